"""Random machine code that does its worst: mostly loads, stores, jumps, gates and CSR instructions."""

import random

from paddock.isa.csr import CSRS
from paddock.isa.encoding import BY_NAME, Format, Instruction

__all__ = ["hostile_word"]

_COMMON = ("addi", "add", "sub", "slli", "mul", "divu", "lui", "auipc", "xor")
_MEMORY = ("lb", "lh", "lw", "lbu", "lhu", "sb", "sh", "sw")
#: Registers that hostile.S points at something a module may touch, at an end of it or near one.
_POINTERS = (1, 4, 5, 11, 15, 16, 26, 27)
#: Registers with the ids 2, 2 and 1.
_IDS = (23, 30, 22)
_FLOW = ("jal", "jalr", "beq", "bne", "bltu", "pd.enter", "pd.leave", "ecall", "ebreak", "mret", "wfi", "fence.i")
_CSR = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")


def _branch(offset: int) -> int:
    return (offset >> 12 & 1) << 31 | (offset >> 5 & 63) << 25 | (offset >> 1 & 15) << 8 | (offset >> 11 & 1) << 7


def _jump(offset: int) -> int:
    return (offset >> 20 & 1) << 31 | (offset >> 1 & 1023) << 21 | (offset >> 11 & 1) << 20 | (offset >> 12 & 255) << 12


def _operands(insn: Instruction, rng: random.Random) -> int:
    rd, rs1, rs2 = (rng.randrange(32) << place for place in (7, 15, 20))
    if insn.name in _MEMORY and rng.random() < 0.8:
        rs1 = rng.choice(_POINTERS) << 15
    if insn.name == "pd.enter" and rng.random() < 0.8:
        rs1 = rng.choice(_IDS) << 15
    if rng.random() < 0.8:
        rd = rng.choice((0, 17, 19, 28, 29)) << 7
    immediate = rng.choice([0, 0, 1, 2, 4, -1, -4, rng.randrange(-64, 64), rng.randrange(-2048, 2048)])
    offset = rng.choice([8, 12, -8, -16, rng.randrange(-256, 256) * 4])
    match insn.format:
        case Format.R:
            return rd | rs1 | rs2
        case Format.I:
            return rd | rs1 | (immediate & 0xFFF) << 20
        case Format.S:
            return (immediate & 31) << 7 | rs1 | rs2 | (immediate >> 5 & 127) << 25
        case Format.B:
            return rs1 | rs2 | _branch(offset)
        case Format.U:
            return rd | rng.randrange(1 << 20) << 12
        case Format.J:
            return rd | _jump(offset)


def hostile_word(rng: random.Random) -> int:
    """One instruction, or what looks like one."""
    if rng.random() < 0.02:
        return rng.getrandbits(32)
    if rng.random() < 0.01:
        return BY_NAME["jal"].match  # jumps to itself
    group = rng.choices([_COMMON, _MEMORY, _FLOW, _CSR], [4, 10, 2, 1])[0]
    insn = BY_NAME[rng.choice(group)]
    if group is _CSR:
        number = rng.choice(CSRS).number if rng.random() < 0.9 else rng.randrange(4096)
        return insn.match | rng.randrange(32) << 7 | rng.randrange(32) << 15 | number << 20
    return insn.match | (_operands(insn, rng) & ~insn.mask & 0xFFFF_FFFF)
