"""Instruction set model of the core, written from the specifications.

It shares the plain tables of `paddock.isa` and the configuration with the hardware, and no code: where the two
disagree, one of them is wrong.
"""
