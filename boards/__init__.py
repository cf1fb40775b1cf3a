"""FPGA boards: bitstreams, the loader, the test on the board. ``python -m boards`` has the commands."""
