"""Paddock: bounds for every kernel module on a small RISC-V core."""
