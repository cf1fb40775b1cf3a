"""The decoder: control signals of every instruction, operands of every format, and who may execute what."""

import random

import pytest

from lib.ports import combinational, drive
from paddock.config import DEFAULT, PLAIN
from paddock.gate import TABLE_CSRS
from paddock.isa.csr import CSRS, PADDOCK_CSRS, csr_number
from paddock.isa.encoding import BY_NAME, INSTRUCTIONS, Format, Opcode
from paddock.units.alu import LogicOp
from paddock.units.decoder import Decoder

CONFIGS = pytest.mark.parametrize("config", [DEFAULT, PLAIN], ids=["paddock", "plain"])
#: One-bit signals that are exact: high where the table below says so, else low.
FLAGS = (
    "ecall ebreak subtract is_sum is_slt is_shift_left is_shift_right is_target is_link branch jump jump_register "
    "load store mul div csr mret wfi enter leave"
)

CONTROL = {
    "lui": "is_sum",
    "auipc": "is_target",
    "jal": "jump is_link",
    "jalr": "jump_register is_link",
    **{name: "branch subtract" for name in ("beq", "bne", "blt", "bge", "bltu", "bgeu")},
    **{name: "load" for name in ("lb", "lh", "lw", "lbu", "lhu")},
    **{name: "store" for name in ("sb", "sh", "sw")},
    **{name: "is_sum" for name in ("addi", "add")},
    **{name: "is_slt subtract" for name in ("slti", "sltiu", "slt", "sltu")},
    **{name: "" for name in ("xori", "ori", "andi", "xor", "or", "and", "fence")},
    **{name: "is_shift_left" for name in ("slli", "sll")},
    **{name: "is_shift_right" for name in ("srli", "srai", "srl", "sra")},
    "sub": "is_sum subtract",
    **{name: "mul" for name in ("mul", "mulh", "mulhsu", "mulhu")},
    **{name: "div" for name in ("div", "divu", "rem", "remu")},
    "fence.i": "jump",
    "ecall": "ecall",
    "ebreak": "ebreak",
    "mret": "mret jump",
    "wfi": "wfi",
    **{name: "csr is_target" for name in ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")},
    "pd.enter": "enter",
    "pd.leave": "leave",
}
LOGIC = {"xori": LogicOp.XOR, "xor": LogicOp.XOR, "ori": LogicOp.OR, "or": LogicOp.OR}
LOGIC |= {"andi": LogicOp.AND, "and": LogicOp.AND}
IMMEDIATE_CSR = {"csrrwi", "csrrsi", "csrrci"}
#: Instructions that leave nothing in a register.
NO_RESULT = {"fence", "fence.i", "ecall", "ebreak", "mret", "wfi"}


def samples(name: str, count: int = 60) -> list[int]:
    """Words of this instruction: all operand bits 0, all 1, then random; a CSR that can be written and read."""
    insn = BY_NAME[name]
    free = ~insn.mask & 0xFFFF_FFFF
    rng = random.Random(name)
    words = [insn.match, insn.match | free, *(insn.match | rng.getrandbits(32) & free for _ in range(count))]
    if name.startswith("csrr"):
        words = [word & 0x000F_FFFF | csr_number(rng.choice(["mscratch", "mie", "pd_top"])) << 20 for word in words]
    return words


def each_sample(dut, check) -> None:
    """Decode samples of all instructions; ``check(instruction, word, read)``, where ``read`` gives a port's value."""

    async def bench(ctx):
        for insn in INSTRUCTIONS:
            for word in samples(insn.name):
                ctx.set(dut.d_insn, word)
                check(insn, word, lambda name: ctx.get(getattr(dut, f"d_{name}")))

    combinational(dut, bench)


def field(word: int, lsb: int, width: int = 5) -> int:
    return word >> lsb & (1 << width) - 1


def gather(word: int, *parts: tuple[int, int], sign: int) -> int:
    """Put together an immediate from (position in the word, bits), lowest part first; ``sign`` bits are extended."""
    value = position = 0
    for lsb, width in parts:
        value |= field(word, lsb, width) << position
        position += width
    return (value - (value >> sign << sign + 1) if value >> sign else value) & 0xFFFF_FFFF


def immediate(name: str, word: int) -> int:
    """Unprivileged specification, section 2.3."""
    match BY_NAME[name].format:
        case Format.I:
            return gather(word, (20, 12), sign=11)
        case Format.S:
            return gather(word, (7, 5), (25, 7), sign=11)
        case Format.B:
            return gather(word, (8, 4), (25, 6), (7, 1), (31, 1), sign=11) << 1 & 0xFFFF_FFFF
        case Format.U:
            return word & 0xFFFF_F000
        case Format.J:
            return gather(word, (21, 10), (20, 1), (12, 8), (31, 1), sign=19) << 1 & 0xFFFF_FFFF
    raise ValueError(f"{name} has no immediate")


def test_table_names_every_instruction():
    assert set(CONTROL) == set(BY_NAME)


def test_control_signals():
    def check(insn, word, read):
        high = {flag for flag in FLAGS.split() if read(flag)}
        assert high == set(CONTROL[insn.name].split()), f"{insn.name}: {word:#010x}"
        assert read("logic_op") == LOGIC.get(insn.name, LogicOp.NONE), f"{insn.name}: {word:#010x}"
        assert not read("illegal"), f"{insn.name}: {word:#010x}"

    each_sample(Decoder(DEFAULT), check)


def test_result_is_written_unless_rd_is_0_or_there_is_none():
    def check(insn, word, read):
        has_result = insn.format not in (Format.S, Format.B) and insn.name not in NO_RESULT
        assert read("writes_rd") == (has_result and field(word, 7) != 0), f"{insn.name}: {word:#010x}"

    each_sample(Decoder(DEFAULT), check)


def test_registers_to_read():
    def check(insn, word, read):
        text = f"{insn.name}: {word:#010x}"
        if insn.name in IMMEDIATE_CSR or insn.name == "lui":
            assert read("rs1") == 0, f"{text}: the immediate is added to x0"
        elif insn.format not in (Format.U, Format.J) and insn.name not in NO_RESULT:
            assert read("rs1") == field(word, 15), text
        if insn.format in (Format.S, Format.B) or (insn.format == Format.R and insn.name != "pd.leave"):
            assert (read("rs2"), read("uses_rs2")) == (field(word, 20), 1), text
        elif insn.opcode in (Opcode.LOAD, Opcode.OP_IMM):
            assert not read("uses_rs2"), f"{text}: it would wait for a register that it does not read"

    each_sample(Decoder(DEFAULT), check)


def operand(insn, word: int) -> int:
    """What is added to rs1 or to the pc."""
    match insn.opcode:
        case Opcode.SYSTEM:
            return field(word, 15) if insn.name in IMMEDIATE_CSR else 0
        case Opcode.MISC_MEM:
            return 4  # fence.i jumps to pc + 4
        case Opcode.CUSTOM_0:
            return 0  # the sum is rs1, for mtval
        case _:
            return immediate(insn.name, word)


def test_second_operand_and_immediate():
    def check(insn, word, read):
        text = f"{insn.name}: {word:#010x}"
        registers = insn.opcode in (Opcode.OP, Opcode.BRANCH)
        if insn.name not in ("auipc", "jal", *NO_RESULT):
            assert read("use_immediate") == (not registers), text
        if insn.opcode != Opcode.OP:
            assert read("immediate") == operand(insn, word), text

    each_sample(Decoder(DEFAULT), check)


@pytest.mark.parametrize(
    "name, word, want",
    [
        ("lui a0, 0x80000", 0x8000_0537, 0x8000_0000),
        ("jal ra, .-4", 0xFFDF_F0EF, 0xFFFF_FFFC),
        ("jal ra, .+0xffffe", 0x7FFF_F0EF, 0x000F_FFFE),
        ("beq x0, x0, .-4096", 0x8000_0063, 0xFFFF_F000),
        ("beq x0, x0, .+4094", 0x7E00_0FE3, 0x0000_0FFE),
        ("sw a0, -1(a1)", 0xFEA5_AFA3, 0xFFFF_FFFF),
        ("addi a0, a0, -2048", 0x8005_0513, 0xFFFF_F800),
        ("csrwi mscratch, 31", 0x340F_D073, 31),
    ],
)
def test_immediates_as_an_assembler_writes_them(name, word, want):
    """Hand-typed, so that the Python above is not the only witness."""
    dut = Decoder(DEFAULT)

    async def bench(ctx):
        ctx.set(dut.d_insn, word)
        assert ctx.get(dut.d_immediate) == want, name

    combinational(dut, bench)


# Rights ------------------------------------------------------------------------------------------------------------


def known_csr(number: int, config):
    present = [csr for csr in CSRS if config.paddock or csr not in PADDOCK_CSRS]
    return next((csr for csr in present if csr.number <= number < csr.number + csr.count), None)


def writes_csr(word: int) -> bool:
    """csrrs and csrrc with rs1 = x0, or with 0 as the immediate, only read."""
    return field(word, 12, 2) == 1 or field(word, 15) != 0


def illegal(word: int, module: bool, config) -> bool:
    """docs/gen/traps.md: unknown instruction or CSR, write to a read-only CSR; machine level, mret, wfi in a module."""
    insn = next((insn for insn in INSTRUCTIONS if word & insn.mask == insn.match), None)
    if insn is None or (insn.name.startswith("pd.") and not config.paddock):
        return True
    if insn.name.startswith("csrr"):
        csr = known_csr(word >> 20, config)
        return csr is None or (csr.read_only and writes_csr(word)) or (csr.machine and module)
    return module and insn.name in ("mret", "wfi")


def random_words(count: int) -> list[int]:
    """Some all random, most with bits of a real instruction, some of those with one bit flipped."""
    rng = random.Random(2)
    words = []
    for _ in range(count):
        word, insn = rng.getrandbits(32), rng.choice(INSTRUCTIONS)
        kind = rng.randrange(4)
        if kind:
            word = insn.match | word & ~insn.mask
        if kind == 1:
            word = word & ~0x7F | insn.opcode
        if kind == 2:
            word ^= 1 << rng.randrange(32)
        words.append(word & 0xFFFF_FFFF)
    return words


def modules(config) -> tuple[bool, ...]:
    return (False, True) if config.paddock else (False,)


@CONFIGS
def test_random_words_are_illegal_or_an_instruction(config):
    dut = Decoder(config)

    async def bench(ctx):
        verdicts = []
        for word in random_words(3000):
            for module in modules(config):
                drive(ctx, dut, d_insn=word, d_module=module)
                verdicts.append(illegal(word, module, config))
                assert ctx.get(dut.d_illegal) == verdicts[-1], f"{word:#010x}, module: {module}"
        assert 0.2 < sum(verdicts) / len(verdicts) < 0.8

    combinational(dut, bench)


def test_every_bit_that_names_the_instruction_counts():
    dut = Decoder(DEFAULT)

    async def bench(ctx):
        for insn in INSTRUCTIONS:
            for word in samples(insn.name, count=2):
                for bit in range(32):
                    if insn.mask >> bit & 1:
                        other = word ^ 1 << bit
                        ctx.set(dut.d_insn, other)
                        want = illegal(other, False, DEFAULT)
                        assert ctx.get(dut.d_illegal) == want, f"{insn.name} with bit {bit} changed: {other:#010x}"

    combinational(dut, bench)


@CONFIGS
def test_every_csr_number(config):
    """Reads of all numbers; every way to write those that exist and their neighbours; for module and kernel."""
    dut = Decoder(config)
    near = {number + step for csr in CSRS for number in (csr.number, csr.number + csr.count - 1) for step in (-1, 0, 1)}

    async def bench(ctx):
        for number in range(0x1000):
            operations = [(2, 0)]
            if number in near:
                operations += [(1, 0), (1, 9), (2, 9), (3, 0), (3, 16), (5, 0), (6, 0), (6, 1), (7, 0), (7, 31)]
            for funct3, rs1 in operations:
                word = number << 20 | rs1 << 15 | funct3 << 12 | Opcode.SYSTEM
                for module in modules(config):
                    drive(ctx, dut, d_insn=word, d_module=module)
                    want = illegal(word, module, config)
                    assert ctx.get(dut.d_illegal) == want, f"CSR {number:#x}, {funct3=}, {rs1=}, {module=}"
                assert ctx.get(dut.d_csr_write) == writes_csr(word), f"CSR {number:#x}, {funct3=}, {rs1=}"

    combinational(dut, bench)


def test_which_csrs_have_to_wait():
    dut = Decoder(DEFAULT)
    counted = {"minstret", "minstreth", "instret", "instreth"}
    looked_up = {*TABLE_CSRS, "pd_caller"}

    async def bench(ctx):
        for csr in CSRS:
            for opcode, is_csr in ((Opcode.SYSTEM | 2 << 12, True), (Opcode.LOAD | 2 << 12, False)):
                ctx.set(dut.d_insn, csr.number << 20 | opcode)
                assert ctx.get(dut.d_csr_counted) == (is_csr and csr.name in counted), csr.name
                assert ctx.get(dut.d_csr_in_table) == (is_csr and csr.name in looked_up), csr.name

    combinational(dut, bench)


def test_without_the_extension_no_gate_is_decoded():
    dut = Decoder(PLAIN)

    async def bench(ctx):
        for name in ("pd.enter", "pd.leave"):
            ctx.set(dut.d_insn, BY_NAME[name].match)
            assert (ctx.get(dut.d_illegal), ctx.get(dut.d_enter), ctx.get(dut.d_leave)) == (1, 0, 0), name

    combinational(dut, bench)


def test_a_module_may_execute_all_but_these():
    """Its samples of CSR instructions name machine-level ones."""
    dut = Decoder(DEFAULT)

    async def bench(ctx):
        ctx.set(dut.d_module, 1)
        refused = set()
        for insn in INSTRUCTIONS:
            for word in samples(insn.name):
                ctx.set(dut.d_insn, word)
                if ctx.get(dut.d_illegal):
                    refused.add(insn.name)
        assert refused == {"mret", "wfi", "csrrw", "csrrs", "csrrc", *IMMEDIATE_CSR}

    combinational(dut, bench)
