"""Instruction encodings: RV32IM_Zicsr_Zifencei, the machine-mode instructions, and the two gates of Xpaddock.

Every instruction is a (mask, match) pair over its 32 bits, as in riscv-opcodes. The decoder, the model, the
random program generator and the docs use this one list.
"""

from dataclasses import dataclass
from enum import IntEnum, unique

__all__ = ["BY_NAME", "INSTRUCTIONS", "Format", "Instruction", "Opcode"]


@unique
class Opcode(IntEnum):
    """Bits 6:0."""

    LOAD = 0x03
    CUSTOM_0 = 0x0B
    MISC_MEM = 0x0F
    OP_IMM = 0x13
    AUIPC = 0x17
    STORE = 0x23
    OP = 0x33
    LUI = 0x37
    BRANCH = 0x63
    JALR = 0x67
    JAL = 0x6F
    SYSTEM = 0x73


class Format(IntEnum):
    """Where immediate and operands stand."""

    R = 0
    I = 1  # noqa: E741 - the specification's name
    S = 2
    B = 3
    U = 4
    J = 5


@dataclass(frozen=True)
class Instruction:
    """One instruction: ``word & mask == match``."""

    name: str
    format: Format
    mask: int
    match: int

    @property
    def opcode(self) -> Opcode:
        """Bits 6:0 as their enumeration."""
        return Opcode(self.match & 0x7F)

    @property
    def funct3(self) -> int:
        """Bits 14:12."""
        return (self.match >> 12) & 7


def _op(
    name: str, form: Format, opcode: Opcode, f3: int | None = None, f7: int | None = None, exact: int | None = None
):
    mask, match = 0x7F, int(opcode)
    if f3 is not None:
        mask, match = mask | 0x7000, match | f3 << 12
    if f7 is not None:
        mask, match = mask | 0xFE000000, match | f7 << 25
    if exact is not None:
        mask, match = 0xFFFFFFFF, exact
    return Instruction(name, form, mask, match)


_R, _I, _S, _B, _U, _J = Format.R, Format.I, Format.S, Format.B, Format.U, Format.J

INSTRUCTIONS = (
    _op("lui", _U, Opcode.LUI),
    _op("auipc", _U, Opcode.AUIPC),
    _op("jal", _J, Opcode.JAL),
    _op("jalr", _I, Opcode.JALR, 0),
    *(
        _op(name, _B, Opcode.BRANCH, f3)
        for name, f3 in {"beq": 0, "bne": 1, "blt": 4, "bge": 5, "bltu": 6, "bgeu": 7}.items()
    ),
    *(_op(name, _I, Opcode.LOAD, f3) for name, f3 in {"lb": 0, "lh": 1, "lw": 2, "lbu": 4, "lhu": 5}.items()),
    *(_op(name, _S, Opcode.STORE, f3) for name, f3 in {"sb": 0, "sh": 1, "sw": 2}.items()),
    *(
        _op(name, _I, Opcode.OP_IMM, f3)
        for name, f3 in {"addi": 0, "slti": 2, "sltiu": 3, "xori": 4, "ori": 6, "andi": 7}.items()
    ),
    _op("slli", _I, Opcode.OP_IMM, 1, 0x00),
    _op("srli", _I, Opcode.OP_IMM, 5, 0x00),
    _op("srai", _I, Opcode.OP_IMM, 5, 0x20),
    _op("sub", _R, Opcode.OP, 0, 0x20),
    _op("sra", _R, Opcode.OP, 5, 0x20),
    *(
        _op(name, _R, Opcode.OP, f3, 0x00)
        for f3, name in enumerate(("add", "sll", "slt", "sltu", "xor", "srl", "or", "and"))
    ),
    *(
        _op(name, _R, Opcode.OP, f3, 0x01)
        for f3, name in enumerate(("mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"))
    ),
    _op("fence", _I, Opcode.MISC_MEM, 0),
    _op("fence.i", _I, Opcode.MISC_MEM, 1),
    _op("ecall", _I, Opcode.SYSTEM, exact=0x00000073),
    _op("ebreak", _I, Opcode.SYSTEM, exact=0x00100073),
    _op("mret", _I, Opcode.SYSTEM, exact=0x30200073),
    _op("wfi", _I, Opcode.SYSTEM, exact=0x10500073),
    *(
        _op(name, _I, Opcode.SYSTEM, f3)
        for name, f3 in {"csrrw": 1, "csrrs": 2, "csrrc": 3, "csrrwi": 5, "csrrsi": 6, "csrrci": 7}.items()
    ),
    # pd.enter rd, rs1, rs2: an R-type instruction; pd.leave rd: rs1, rs2 and funct7 must be 0.
    _op("pd.enter", _R, Opcode.CUSTOM_0, 0, 0x00),
    Instruction("pd.leave", _R, 0xFFFFF07F, 0x1000 | Opcode.CUSTOM_0),
)

BY_NAME = {insn.name: insn for insn in INSTRUCTIONS}
