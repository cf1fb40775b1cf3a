"""ISA facts as plain data: the one place for CSR numbers, fields, causes, encodings and the memory map.

Imports nothing of Amaranth, so that firmware, tests, models and docs can use the tables without the hardware.
`paddock.isa.export` turns them into headers, a linker script and the tables of the docs (``make gen``).
"""
