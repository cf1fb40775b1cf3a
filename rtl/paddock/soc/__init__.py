"""The SoC around the core: RAM, the devices of `isa.memmap`, and what connects them."""
