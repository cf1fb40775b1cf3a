"""The instruction set model against values worked out by hand: the witness of lockstep needs one too."""

from dataclasses import replace

import pytest

from model.execute import instruction_name
from model.memory import BusError, Memory
from model.testing import BASE, DATA, DEVICE, HANDLER, RAM_BYTES, csr_type, i_type, make, r_type, s_type
from paddock.config import DEFAULT, MINIMAL, PLAIN
from paddock.isa.cause import Cause, Kind
from paddock.isa.csr import csr_number
from paddock.isa.encoding import BY_NAME


def run_one(word, config=DEFAULT, **registers):
    hart = make(word, config=config)
    for name, value in registers.items():
        hart.x[int(name[1:])] = value
    return hart, hart.step()


MIN, MAX, ONES = 0x8000_0000, 0x7FFF_FFFF, 0xFFFF_FFFF


@pytest.mark.parametrize(
    ("name", "a", "b", "result"),
    [
        ("add", ONES, 1, 0),
        ("sub", 0, 1, ONES),
        ("sll", 1, 0xFFFF_FFE1, 2),
        ("srl", MIN, 31, 1),
        ("sra", MIN, 31, ONES),
        ("sra", MIN, 32, MIN),
        ("slt", MIN, MAX, 1),
        ("sltu", MIN, MAX, 0),
        ("mul", 0x1_0001, 0x1_0001, 0x0002_0001),
        ("mulh", MIN, MIN, 0x4000_0000),
        ("mulh", ONES, ONES, 0),
        ("mulhsu", ONES, ONES, ONES),
        ("mulhsu", MIN, ONES, 0x8000_0000),
        ("mulhu", ONES, ONES, 0xFFFF_FFFE),
        ("div", MIN, ONES, MIN),
        ("div", 0xFFFF_FFF9, 2, 0xFFFF_FFFD),  # -7 / 2 = -3
        ("div", 7, 0, ONES),
        ("divu", MIN, ONES, 0),
        ("divu", 7, 0, ONES),
        ("rem", MIN, ONES, 0),
        ("rem", 0xFFFF_FFF9, 2, ONES),  # -7 % 2 = -1
        ("rem", 7, 0xFFFF_FFFE, 1),
        ("rem", 0xFFFF_FFF9, 0, 0xFFFF_FFF9),
        ("remu", MIN, ONES, MIN),
        ("remu", 7, 0, 7),
    ],
)
def test_arithmetic(name, a, b, result):
    hart, retired = run_one(r_type(name, 3, 1, 2), x1=a, x2=b)
    assert retired.rd_value == hart.x[3] == result
    assert (retired.rd, retired.trap, retired.next_pc) == (3, None, BASE + 4)


@pytest.mark.parametrize(
    ("name", "a", "imm", "result"),
    [
        ("addi", 5, -6, ONES),
        ("slti", MIN, -1, 1),
        ("sltiu", 5, -1, 1),  # the immediate is sign-extended, then compared as unsigned
        ("xori", 0x0F, -1, 0xFFFF_FFF0),
        ("srai", MIN, 0x404, 0xF800_0000),
        ("srli", MIN, 4, 0x0800_0000),
        ("slli", 3, 31, MIN),
    ],
)
def test_immediates(name, a, imm, result):
    assert run_one(i_type(name, 3, 1, imm), x1=a)[0].x[3] == result


def test_x0_stays_zero():
    hart, retired = run_one(i_type("addi", 0, 1, 1), x1=7)
    assert hart.x[0] == 0
    assert (retired.rd, retired.rd_value) == (0, 0)


@pytest.mark.parametrize(
    ("name", "a", "b", "taken"),
    [
        ("beq", 1, 1, True),
        ("bne", 1, 1, False),
        ("blt", MIN, MAX, True),
        ("bltu", MIN, MAX, False),
        ("bge", MAX, MAX, True),
        ("bgeu", MAX, MIN, False),
    ],
)
def test_branches(name, a, b, taken):
    backwards_8 = 0xFE00_0C80  # the immediate field of a branch by -8
    _, retired = run_one(r_type(name, 0, 1, 2) | backwards_8, x1=a, x2=b)
    assert retired.next_pc == (BASE - 8 if taken else BASE + 4)


def test_jump_reads_its_base_before_the_link():
    hart, retired = run_one(i_type("jalr", 1, 1, 5), x1=BASE + 0x10)
    assert retired.next_pc == BASE + 0x14  # bit 0 is cleared
    assert hart.x[1] == BASE + 4


def test_misaligned_jump_traps_at_the_jump():
    hart, retired = run_one(i_type("jalr", 1, 2, 2), x1=9, x2=BASE)
    assert retired.trap is Cause.INSN_MISALIGNED
    assert (hart.csrs.mepc, hart.csrs.mtval, hart.x[1]) == (BASE, 0, 9)


def test_branch_not_taken_is_never_misaligned():
    by_2 = 1 << 8
    assert run_one(r_type("bne", 0, 1, 2) | by_2)[1].trap is None
    assert run_one(r_type("beq", 0, 1, 2) | by_2)[1].trap is Cause.INSN_MISALIGNED


@pytest.mark.parametrize(
    ("name", "offset", "result", "mask"),
    [
        ("lb", 3, 0xFFFF_FF80, 0b1000),
        ("lbu", 3, 0x80, 0b1000),
        ("lh", 2, 0xFFFF_8070, 0b1100),
        ("lhu", 2, 0x8070, 0b1100),
        ("lw", 0, 0x8070_6050, 0b1111),
    ],
)
def test_loads(name, offset, result, mask):
    hart = make(i_type(name, 3, 1, offset))
    hart.memory.write(DATA, 4, 0x8070_6050)
    hart.x[1] = DATA
    retired = hart.step()
    assert hart.x[3] == result
    assert (retired.access.address, retired.access.rmask, retired.access.wmask) == (DATA, mask, 0)


def test_store_touches_its_lanes_only():
    hart = make(s_type("sb", 1, 2, -1), s_type("sh", 1, 2, 2))
    hart.x[1:3] = DATA + 4, 0xAABB_CCDD
    first, second = hart.step(), hart.step()
    assert (first.access.address, first.access.wmask, first.access.wdata) == (DATA, 0b1000, 0xDD00_0000)
    assert (second.access.address, second.access.wmask, second.access.wdata) == (DATA + 4, 0b1100, 0xCCDD_0000)
    assert hart.memory.read(DATA, 4) == 0xDD00_0000
    assert hart.memory.read(DATA + 4, 4) == 0xCCDD_0000


@pytest.mark.parametrize(
    ("word", "address", "cause"),
    [
        (i_type("lh", 3, 1), DATA + 1, Cause.LOAD_MISALIGNED),
        (i_type("lw", 3, 1), DATA + 2, Cause.LOAD_MISALIGNED),
        (s_type("sh", 1, 2), DATA + 3, Cause.STORE_MISALIGNED),
        (s_type("sw", 1, 2), 0x0000_0001, Cause.STORE_MISALIGNED),  # before the access fault
        (i_type("lw", 3, 1), BASE + RAM_BYTES, Cause.LOAD_FAULT),
        (s_type("sw", 1, 2), BASE + RAM_BYTES, Cause.STORE_FAULT),
        (i_type("lw", 3, 1), DEVICE + 16, Cause.LOAD_FAULT),
        (s_type("sb", 1, 2), 0, Cause.STORE_FAULT),
    ],
)
def test_refused_access(word, address, cause):
    hart, retired = run_one(word, x1=address, x2=1, x3=77)
    assert (retired.trap, retired.next_pc) == (cause, HANDLER)
    assert (hart.csrs.mcause, hart.csrs.mepc, hart.csrs.mtval, hart.x[3]) == (cause, BASE, address, 77)
    assert hart.gates.fault_kind is Kind.NONE


def test_device_holds_what_was_stored():
    hart = make(s_type("sw", 1, 2), i_type("lhu", 3, 1, 2))
    hart.x[1:3] = DEVICE + 4, 0x1234_5678
    hart.step()
    assert hart.step().rd_value == 0x1234


def test_fetch_outside_ram():
    hart = make()
    hart.pc = DEVICE
    retired = hart.step()
    assert (retired.insn, retired.trap, hart.csrs.mtval) == (None, Cause.FETCH_FAULT, DEVICE)


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        (0, Cause.ILLEGAL),
        (0xFFFF_FFFF, Cause.ILLEGAL),
        (r_type("add") | 1 << 26, Cause.ILLEGAL),
        (r_type("pd.leave") | 1 << 20, Cause.ILLEGAL),
        (r_type("pd.leave") | 1 << 15, Cause.ILLEGAL),
        (r_type("pd.enter") | 2 << 12, Cause.ILLEGAL),
        (csr_type("csrrw", 0, "cycle", 0), Cause.ILLEGAL),
        (csr_type("csrrsi", 0, "mhartid", 1), Cause.ILLEGAL),
        (csr_type("csrrs", 1, 0x7C0, 0), Cause.ILLEGAL),
        (BY_NAME["ecall"].match, Cause.ECALL_KERNEL),
        (BY_NAME["ebreak"].match, Cause.BREAKPOINT),
    ],
)
def test_exceptions_have_mtval_zero(word, cause):
    hart = make(word)
    hart.csrs.mtval = 1
    assert hart.step().trap is cause
    assert (hart.csrs.mcause, hart.csrs.mtval) == (cause, 0)


def test_read_only_csr_may_be_read_with_a_set_of_nothing():
    assert run_one(csr_type("csrrs", 1, "mhartid", 0), config=replace(DEFAULT, hart_id=3))[0].x[1] == 3
    assert run_one(csr_type("csrrci", 1, "cycle", 0))[1].trap is None


@pytest.mark.parametrize(
    ("csr", "kept"),
    [
        ("mstatus", 0x1888),
        ("mie", 0x888),
        ("mtvec", 0xFFFF_FF81),
        ("mscratch", ONES),
        ("mepc", 0xFFFF_FFFC),
        ("mcause", 0x8000_001F),
        ("mtval", ONES),
        ("mip", 0),
        ("misa", 0x4080_1100),
        ("mcountinhibit", 0),
        ("mhpmcounter3", 0),
        (0xB1F, 0),
        ("pd_status", 0x30F),
        ("pd_select", 0xF),
        ("pd_entry", 0xFFFF_FFFC),
        ("pd_flags", 0xF),
        ("pd_gperm", 3),
        ("pd_slice", 0x0010_0010),
        ("pd_top", 0x10),
        ("pd_aupper", ONES),
    ],
)
def test_what_csrs_keep_of_all_ones(csr, kept):
    hart = make(csr_type("csrrw", 0, csr, 1), csr_type("csrrs", 2, csr, 0))
    hart.x[1] = ONES
    hart.step()
    assert hart.step().rd_value == kept


def test_configured_out_windows_read_zero():
    for csr in ("pd_dlower", "pd_dupper", "pd_glower", "pd_gupper", "pd_gperm", "pd_plower", "pd_pupper"):
        hart = make(csr_type("csrrw", 0, csr, 1), csr_type("csrrs", 2, csr, 0), config=MINIMAL)
        hart.x[1] = ONES
        hart.step()
        assert hart.step().rd_value == 0, csr


def test_csr_set_and_clear_return_the_old_value():
    hart = make(csr_type("csrrsi", 1, "mscratch", 0b101), csr_type("csrrci", 2, "mscratch", 0b100))
    hart.csrs.mscratch = 0b010
    assert [hart.step().rd_value, hart.step().rd_value] == [0b010, 0b111]
    assert hart.csrs.mscratch == 0b011


def test_instret_counts_what_retires():
    hart = make(
        csr_type("csrrs", 1, "instret", 0),
        BY_NAME["ecall"].match,
        csr_type("csrrw", 0, "minstret", 3),
        csr_type("csrrs", 4, "instret", 0),
    )
    hart.x[3] = 100
    assert hart.step().rd_value == 0
    hart.step()
    hart.pc = BASE + 8
    assert hart.csrs.read(csr_number("instret")) == 1
    hart.step()
    assert [hart.step().rd_value, hart.csrs.instret] == [100, 101]


def test_without_the_extension_none_of_it_exists():
    for word in (r_type("pd.enter"), r_type("pd.leave"), *(csr_type("csrrs", 1, n, 0) for n in ("pd_id", "pd_config"))):
        assert run_one(word, config=PLAIN)[1].trap is Cause.ILLEGAL
    assert run_one(csr_type("csrrs", 1, "misa", 0), config=PLAIN)[0].x[1] == 0x4000_1100
    assert run_one(BY_NAME["ecall"].match, config=PLAIN)[1].trap is Cause.ECALL_KERNEL


# What the trace is asked for, and the rest


def test_a_read_of_cycle_into_x0_tells_nothing():
    hart = make(csr_type("csrrs", 0, "cycle", 0), csr_type("csrrs", 1, "cycle", 0))
    hart.step(observed=0)
    assert hart.step(observed=0xF000_0000).rd_value == 0xF000_0000


def test_cycle_is_observed_but_cannot_run_behind():
    read = csr_type("csrrs", 1, "cycle", 0)
    hart = make(read, read, read)
    assert hart.step(observed=1000).rd_value == 1000
    assert hart.step(observed=1001).rd_value == 1001
    assert hart.step(observed=1001).rd_value == 1002


def test_every_instruction_is_known_by_its_own_name():
    assert all(instruction_name(insn.match) == name for name, insn in BY_NAME.items())


def test_memory_refuses_what_it_has_not():
    memory = Memory(RAM_BYTES)
    for access in (
        lambda: memory.fetch(BASE + RAM_BYTES),
        lambda: memory.fetch(BASE - 4),
        lambda: memory.read(0, 4),
        lambda: memory.write(ONES, 1, 0),
    ):
        with pytest.raises(BusError):
            access()
    with pytest.raises(ValueError, match="not inside the RAM"):
        memory.load_image(bytes(8), BASE + RAM_BYTES - 4)
