"""For tests of the model: instruction words, and a hart about to run them."""

import struct

from paddock.config import DEFAULT
from paddock.isa.csr import csr_number
from paddock.isa.encoding import BY_NAME

from .hart import Hart
from .memory import Memory, Region, Storage

__all__ = ["BASE", "DATA", "DEVICE", "HANDLER", "RAM_BYTES", "csr_type", "i_type", "make", "put", "r_type", "s_type"]

BASE = 0x8000_0000
HANDLER = BASE + 0x800
DATA = BASE + 0x1000
DEVICE = 0x1000_0000
RAM_BYTES = 0x4000


def r_type(name, rd=0, rs1=0, rs2=0):
    return BY_NAME[name].match | rd << 7 | rs1 << 15 | rs2 << 20


def i_type(name, rd=0, rs1=0, imm=0):
    return BY_NAME[name].match | rd << 7 | rs1 << 15 | (imm & 0xFFF) << 20


def s_type(name, rs1, rs2, imm=0):
    return BY_NAME[name].match | (imm & 31) << 7 | rs1 << 15 | rs2 << 20 | (imm >> 5 & 127) << 25


def csr_type(name, rd, csr, source):
    return i_type(name, rd, source, csr if isinstance(csr, int) else csr_number(csr))


def make(*words, config=DEFAULT, at=BASE):
    """A hart about to run ``words``, with its handler and a device of plain storage in place."""
    memory = Memory(RAM_BYTES, (Region(DEVICE, 16, Storage(16)),))
    hart = Hart(config, memory)
    memory.load_image(struct.pack(f"<{len(words)}I", *words), at)
    hart.pc = at
    hart.csrs.mtvec = HANDLER
    return hart


def put(hart, address, *words):
    hart.memory.load_image(struct.pack(f"<{len(words)}I", *words), address)
