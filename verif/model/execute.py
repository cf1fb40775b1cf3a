"""What each instruction does: a word becomes its destination register and a function of the hart.

The function returns the value for the destination. It sets ``hart.next_pc`` for a jump and ``hart.access`` for an
access to memory, and raises `Trap` before it has changed anything.
"""

from collections.abc import Callable
from typing import NamedTuple

from paddock.isa.cause import Cause, Kind
from paddock.isa.csr import ALL_CSRS
from paddock.isa.encoding import BY_NAME, INSTRUCTIONS, Format

from .memory import BusError
from .pmp import READ, WRITE
from .trap import Trap, illegal

__all__ = ["NO_ACCESS", "Access", "Decoded", "decode", "disassemble", "instruction_name", "signed"]

_WORD = 0xFFFF_FFFF


class Access(NamedTuple):
    """An access to memory as RVFI shows it: word address, byte lanes, data in their lanes."""

    address: int = 0
    rmask: int = 0
    wmask: int = 0
    rdata: int = 0
    wdata: int = 0


NO_ACCESS = Access()

_CSR_NAMES = {csr.number: csr.name for csr in ALL_CSRS}

Run = Callable[..., int]
Decoded = tuple[int, Run]


def signed(value: int) -> int:
    """A 32-bit value as a signed number."""
    return value - (1 << 32) if value & 1 << 31 else value


# Arithmetic


def _div(a: int, b: int) -> int:
    if b == 0:
        return -1
    quotient = abs(a) // abs(b)
    return -quotient if (a < 0) != (b < 0) else quotient


def _rem(a: int, b: int) -> int:
    if b == 0:
        return a
    remainder = abs(a) % abs(b)
    return -remainder if a < 0 else remainder


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "sll": lambda a, b: a << (b & 31),
    "slt": lambda a, b: signed(a) < signed(b),
    "sltu": lambda a, b: a < b,
    "xor": lambda a, b: a ^ b,
    "srl": lambda a, b: a >> (b & 31),
    "sra": lambda a, b: signed(a) >> (b & 31),
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "mul": lambda a, b: a * b,
    "mulh": lambda a, b: signed(a) * signed(b) >> 32,
    "mulhsu": lambda a, b: signed(a) * b >> 32,
    "mulhu": lambda a, b: a * b >> 32,
    "div": lambda a, b: _div(signed(a), signed(b)),
    "divu": lambda a, b: a // b if b else _WORD,
    "rem": lambda a, b: _rem(signed(a), signed(b)),
    "remu": lambda a, b: a % b if b else a,
}

_IMMEDIATE_OPERATIONS = {
    "addi": "add",
    "slti": "slt",
    "sltiu": "sltu",
    "xori": "xor",
    "ori": "or",
    "andi": "and",
    "slli": "sll",
    "srli": "srl",
    "srai": "sra",
}

_CONDITIONS: dict[str, Callable[[int, int], bool]] = {
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: signed(a) < signed(b),
    "bge": lambda a, b: signed(a) >= signed(b),
    "bltu": lambda a, b: a < b,
    "bgeu": lambda a, b: a >= b,
}

# Fields


def _rd(word: int) -> int:
    return word >> 7 & 31


def _rs1(word: int) -> int:
    return word >> 15 & 31


def _rs2(word: int) -> int:
    return word >> 20 & 31


def _sign(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


def _imm_i(word: int) -> int:
    return _sign(word >> 20, 12)


def _imm_s(word: int) -> int:
    return _sign(word >> 25 << 5 | word >> 7 & 31, 12)


def _imm_b(word: int) -> int:
    return _sign(word >> 31 << 12 | (word >> 7 & 1) << 11 | (word >> 25 & 63) << 5 | (word >> 8 & 15) << 1, 13)


def _imm_j(word: int) -> int:
    return _sign(word >> 31 << 20 | (word >> 12 & 255) << 12 | (word >> 20 & 1) << 11 | (word >> 21 & 1023) << 1, 21)


# Builders: one per kind of instruction


def _register_register(name: str, word: int) -> Decoded:
    operation, rs1, rs2 = _OPERATIONS[name], _rs1(word), _rs2(word)

    def run(hart):
        x = hart.x
        return operation(x[rs1], x[rs2]) & _WORD

    return _rd(word), run


def _register_immediate(name: str, word: int) -> Decoded:
    operation, rs1, imm = _OPERATIONS[_IMMEDIATE_OPERATIONS[name]], _rs1(word), _imm_i(word) & _WORD

    def run(hart):
        return operation(hart.x[rs1], imm) & _WORD

    return _rd(word), run


def _upper(name: str, word: int) -> Decoded:
    imm = word & 0xFFFF_F000
    if name == "lui":
        return _rd(word), lambda hart: imm
    return _rd(word), lambda hart: (hart.pc + imm) & _WORD


def _jump(hart, target: int) -> None:
    if target & 2:
        raise Trap(Cause.INSN_MISALIGNED)
    hart.next_pc = target


def _jal(name: str, word: int) -> Decoded:
    imm = _imm_j(word)

    def run(hart):
        _jump(hart, (hart.pc + imm) & _WORD)
        return (hart.pc + 4) & _WORD

    return _rd(word), run


def _jalr(name: str, word: int) -> Decoded:
    rs1, imm = _rs1(word), _imm_i(word)

    def run(hart):
        _jump(hart, (hart.x[rs1] + imm) & _WORD & ~1)
        return (hart.pc + 4) & _WORD

    return _rd(word), run


def _branch(name: str, word: int) -> Decoded:
    condition, rs1, rs2, imm = _CONDITIONS[name], _rs1(word), _rs2(word), _imm_b(word)

    def run(hart):
        x = hart.x
        if condition(x[rs1], x[rs2]):
            _jump(hart, (hart.pc + imm) & _WORD)
        return 0

    return 0, run


_SIZES = {"b": 1, "h": 2, "w": 4}


def _load(name: str, word: int) -> Decoded:
    rs1, imm, size, unsigned = _rs1(word), _imm_i(word), _SIZES[name[1]], name.endswith("u")
    bits = 8 * size
    high = 0 if unsigned else _WORD >> bits << bits

    def run(hart):
        address = (hart.x[rs1] + imm) & _WORD
        if address & (size - 1):
            raise Trap(Cause.LOAD_MISALIGNED, address)
        if hart.gates.id and not hart.gates.windows().load_allowed(address, size):
            raise Trap(Cause.LOAD_FAULT, address, Kind.BOUNDS)
        if not hart.csrs.mode.allows(address, size, READ):
            raise Trap(Cause.LOAD_FAULT, address)
        try:
            value = hart.memory.read(address, size, hart.csrs.observed)
        except BusError:
            raise Trap(Cause.LOAD_FAULT, address) from None
        lane = address & 3
        hart.access = Access(address - lane, ((1 << size) - 1) << lane, 0, value << 8 * lane, 0)
        return value | high if value >> (bits - 1) else value

    return _rd(word), run


def _store(name: str, word: int) -> Decoded:
    rs1, rs2, imm, size = _rs1(word), _rs2(word), _imm_s(word), _SIZES[name[1]]
    mask = (1 << 8 * size) - 1

    def run(hart):
        address = (hart.x[rs1] + imm) & _WORD
        if address & (size - 1):
            raise Trap(Cause.STORE_MISALIGNED, address)
        if hart.gates.id and not hart.gates.windows().store_allowed(address, size):
            raise Trap(Cause.STORE_FAULT, address, Kind.BOUNDS)
        if not hart.csrs.mode.allows(address, size, WRITE):
            raise Trap(Cause.STORE_FAULT, address)
        value = hart.x[rs2] & mask
        try:
            hart.memory.write(address, size, value)
        except BusError:
            raise Trap(Cause.STORE_FAULT, address) from None
        lane = address & 3
        hart.access = Access(address - lane, 0, ((1 << size) - 1) << lane, 0, value << 8 * lane)
        return 0

    return 0, run


def _csr(name: str, word: int) -> Decoded:
    number, field, immediate, action = word >> 20, _rs1(word), name.endswith("i"), name[4]
    writes = action == "w" or field != 0
    rd = _rd(word)

    def run(hart):
        csrs = hart.csrs
        csrs.check(number, writes)
        if not rd:
            csrs.observed = None  # the trace shows nothing of what was read
        old = csrs.read(number)
        if writes:
            operand = field if immediate else hart.x[field]
            if action == "s":
                operand |= old
            elif action == "c":
                operand = old & ~operand
            csrs.write(number, operand)
        return old

    return rd, run


def _system(name: str, word: int) -> Decoded:
    def run(hart):
        gates, mode = hart.gates, hart.csrs.mode
        if name == "ecall":
            raise Trap(Cause.ECALL_MODULE if gates.id or mode.user else Cause.ECALL_KERNEL)
        if name == "ebreak":
            raise Trap(Cause.BREAKPOINT)
        if gates.id or (mode.user and (name == "mret" or mode.tw)):
            raise illegal()
        if name == "mret":
            hart.next_pc = hart.csrs.mret()
            gates.mret()
        return 0

    return 0, run


def _fence(name: str, word: int) -> Decoded:
    return 0, lambda hart: 0


def _enter(name: str, word: int) -> Decoded:
    rs1, rs2 = _rs1(word), _rs2(word)

    def run(hart):
        if not hart.config.paddock:
            raise illegal()
        entry = hart.gates.enter(hart.x[rs1], hart.x[rs2], (hart.pc + 4) & _WORD)
        hart.next_pc = entry.entry
        return entry.sp

    return _rd(word), run


def _leave(name: str, word: int) -> Decoded:
    def run(hart):
        if not hart.config.paddock:
            raise illegal()
        frame = hart.gates.leave()
        hart.next_pc = frame.pc
        return frame.value

    return _rd(word), run


_BUILDERS = {
    **dict.fromkeys(_OPERATIONS, _register_register),
    **dict.fromkeys(_IMMEDIATE_OPERATIONS, _register_immediate),
    **dict.fromkeys(("lui", "auipc"), _upper),
    "jal": _jal,
    "jalr": _jalr,
    **dict.fromkeys(_CONDITIONS, _branch),
    **dict.fromkeys(("lb", "lh", "lw", "lbu", "lhu"), _load),
    **dict.fromkeys(("sb", "sh", "sw"), _store),
    **dict.fromkeys(("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"), _csr),
    **dict.fromkeys(("ecall", "ebreak", "mret", "wfi"), _system),
    **dict.fromkeys(("fence", "fence.i"), _fence),
    "pd.enter": _enter,
    "pd.leave": _leave,
}


def instruction_name(word: int) -> str | None:
    """Name of the instruction, None if there is no such."""
    for insn in INSTRUCTIONS:
        if word & insn.mask == insn.match:
            return insn.name
    return None


def disassemble(word: int) -> str:
    """The instruction as text, roughly as an assembler would write it; branches and jumps show their offset."""
    name = instruction_name(word)
    if name is None:
        return f".word {word:#010x}"
    form = BY_NAME[name].format
    rd, rs1, rs2 = f"x{_rd(word)}", f"x{_rs1(word)}", f"x{_rs2(word)}"
    if _BUILDERS[name] in (_system, _fence):
        return name
    if _BUILDERS[name] is _csr:
        csr = _CSR_NAMES.get(word >> 20, f"{word >> 20:#x}")
        return f"{name} {rd}, {csr}, {_rs1(word) if name.endswith('i') else rs1}"
    operands = {
        Format.R: f"{rd}, {rs1}, {rs2}",
        Format.I: f"{rd}, {rs1}, {_imm_i(word)}",
        Format.S: f"{rs2}, {_imm_s(word)}({rs1})",
        Format.B: f"{rs1}, {rs2}, {_imm_b(word):+d}",
        Format.U: f"{rd}, {word >> 12:#x}",
        Format.J: f"{rd}, {_imm_j(word):+d}",
    }
    return f"{name} {operands[form]}"


def decode(word: int) -> Decoded:
    """Destination register (0 if none) and effect of an instruction word."""
    name = instruction_name(word)
    if name is None:

        def run(hart):
            raise illegal()

        return 0, run
    return _BUILDERS[name](name, word)
