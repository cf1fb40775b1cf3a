"""The instruction set model against values worked out by hand: the witness of lockstep needs one too."""

import struct
from dataclasses import replace

import pytest

from model.execute import instruction_name
from model.hart import Hart, ImpossibleInterrupt
from model.memory import BusError, Memory, Region, Storage
from model.windows import Window, Windows, passes
from paddock.config import DEFAULT, MINIMAL, PLAIN
from paddock.isa.cause import Cause, Kind
from paddock.isa.csr import csr_number
from paddock.isa.encoding import BY_NAME

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


# Windows


@pytest.mark.parametrize(
    ("lower", "upper", "address", "size", "verdict"),
    [
        (0x100, 0x110, 0x100, 1, True),
        (0x100, 0x110, 0x0FF, 1, False),
        (0x100, 0x110, 0x10F, 1, True),
        (0x100, 0x110, 0x110, 1, False),
        (0x100, 0x110, 0x10C, 4, True),
        (0x100, 0x10F, 0x10C, 4, False),
        (0x101, 0x110, 0x100, 4, False),
        (0x101, 0x110, 0x102, 2, True),
        (0x100, 0x100, 0x100, 1, False),
        (0x110, 0x100, 0x108, 1, False),
        (0, ONES, ONES, 1, False),
        (0, ONES, 0xFFFF_FFFC, 4, False),
        (0, ONES, 0xFFFF_FFFE, 1, True),
        (0, 2, 0xFFFF_FFFE, 4, False),
        (0, ONES, 0, 4, True),
    ],
)
def test_window(lower, upper, address, size, verdict):
    assert passes(Window(lower, upper), address, size, True) is verdict
    assert passes(Window(lower, upper), address, size, False) is False


def test_windows_do_not_add_up():
    windows = Windows(
        arena=Window(0x100, 0x102),
        device=Window(0x102, 0x104, True, True),
        grant=Window(0x200, 0x204, True, False),
        public=Window(0x300, 0x304),
    )
    assert windows.load_allowed(0x100, 2)
    assert windows.load_allowed(0x102, 2)
    assert not windows.load_allowed(0x100, 4)
    assert windows.load_allowed(0x200, 4)
    assert not windows.store_allowed(0x200, 4)
    assert windows.load_allowed(0x300, 4)
    assert not windows.store_allowed(0x300, 1)
    assert windows.fetch_allowed(0x300)
    assert not windows.fetch_allowed(0x301)
    assert not windows.fetch_allowed(0x100)
    assert windows._replace(fetch_check=False).fetch_allowed(0x100)


# Gates

ENTER = r_type("pd.enter", 2, 5, 6)
LEAVE = r_type("pd.leave", 7)
BODY = BASE + 0x400


def paddocked(*words, target=3, config=DEFAULT):
    """A hart whose module ``target`` is open, with x5 = target and its arena at DATA."""
    hart = make(*words, config=config)
    entry = hart.gates.table[target]
    entry.valid, entry.entry, entry.sp, entry.alower, entry.aupper = True, BODY, 0x5555, DATA, DATA + 16
    hart.gates.public = Window(BASE, BASE + 0x800)
    hart.x[5:7] = target, 0x6666
    return hart


def put(hart, address, *words):
    hart.memory.load_image(struct.pack(f"<{len(words)}I", *words), address)


def test_enter_and_leave():
    hart = paddocked(ENTER)
    put(hart, BODY, LEAVE)
    entered = hart.step()
    assert (entered.rd, entered.rd_value, entered.next_pc, entered.id) == (2, 0x5555, BODY, 0)
    assert (hart.gates.id, hart.gates.top, hart.gates.caller()) == (3, 1, 0)
    left = hart.step()
    assert (left.rd, left.rd_value, left.next_pc, left.id) == (7, 0x6666, BASE + 4, 3)
    assert (hart.gates.id, hart.gates.top) == (0, 0)


def test_enter_reads_before_it_writes():
    hart = paddocked(r_type("pd.enter", 5, 5, 5))
    hart.step()
    assert hart.x[5] == 0x5555
    assert hart.gates.frames[0].value == 3


@pytest.mark.parametrize(
    ("change", "by", "kind"),
    [
        (lambda hart: hart.x.__setitem__(5, 16), 0, Kind.BAD_ID),
        (lambda hart: hart.x.__setitem__(5, 0x8000_0003), 0, Kind.BAD_ID),
        (lambda hart: hart.x.__setitem__(5, 4), 0, Kind.NOT_VALID),
        (lambda hart: hart.x.__setitem__(5, 4), 2, Kind.NOT_VALID),
        (lambda hart: None, 2, Kind.NOT_CALLABLE),
        (lambda hart: setattr(hart.gates, "limit", 0), 0, Kind.OVERFLOW),
        (lambda hart: setattr(hart.gates, "top", 16), 0, Kind.OVERFLOW),
    ],
)
def test_enter_refused(change, by, kind):
    hart = paddocked(ENTER)
    hart.gates.id = by
    change(hart)
    target, top = hart.x[5], hart.gates.top
    retired = hart.step()
    assert (retired.trap, retired.next_pc) == (Cause.GATE_FAULT, HANDLER)
    assert (hart.csrs.mtval, hart.gates.fault_kind, hart.gates.fault_id) == (target, kind, by)
    assert (hart.gates.id, hart.gates.pid, hart.gates.top, hart.x[2]) == (0, by, top, 0)


def test_leave_refused_below_the_slice():
    hart = paddocked(LEAVE)
    hart.gates.base = hart.gates.top = 2
    assert hart.step().trap is Cause.GATE_FAULT
    assert (hart.gates.fault_kind, hart.csrs.mtval, hart.gates.top) == (Kind.UNDERFLOW, 0, 2)


def test_grant_is_lent_for_one_call():
    gperm = csr_type("csrrwi", 0, "pd_gperm", 1)
    hart = paddocked(gperm, ENTER)
    hart.gates.grant = Window(0x10, 0x20)
    put(hart, BODY, ENTER, LEAVE)
    hart.gates.table[3].callable = True
    hart.step()
    assert hart.gates.arm
    hart.step()
    assert (hart.gates.grant, hart.gates.arm) == (Window(0x10, 0x20, True, False), False)
    hart.step()
    assert not hart.gates.grant.read, "a module lends nothing on"
    hart.pc = BODY + 4
    hart.step()
    assert hart.gates.grant.read, "and has its own again after its call"
    hart.step()
    assert not hart.gates.grant.read, "but the kernel's caller has lent it for one call only"


@pytest.mark.parametrize("name", ["mret", "wfi"])
def test_privileged_instructions_in_a_module(name):
    hart = paddocked(BY_NAME[name].match)
    hart.gates.id = 3
    assert hart.step().trap is Cause.ILLEGAL
    assert hart.gates.fault_kind is Kind.NONE


def test_rights_of_a_module():
    for word, cause in (
        (csr_type("csrrs", 1, "mstatus", 0), Cause.ILLEGAL),
        (csr_type("csrrw", 0, "mtvec", 1), Cause.ILLEGAL),
        (csr_type("csrrs", 1, "pd_fault", 0), Cause.ILLEGAL),
        (csr_type("csrrs", 1, "pd_id", 0), None),
        (csr_type("csrrs", 1, "pd_caller", 0), None),
        (csr_type("csrrs", 1, "cycle", 0), None),
        (BY_NAME["ecall"].match, Cause.ECALL_MODULE),
        (s_type("sw", 8, 0, 12), None),
        (s_type("sb", 8, 0, 16), Cause.STORE_FAULT),
        (i_type("lb", 1, 8, -1), Cause.LOAD_FAULT),
        (i_type("lw", 1, 8, 14), Cause.LOAD_MISALIGNED),
        (i_type("jalr", 0, 8), None),
    ):
        hart = paddocked(word)
        hart.gates.id, hart.x[8] = 3, DATA
        assert hart.step().trap is cause, f"{word:#010x}"
    retired = hart.step()
    assert (retired.trap, retired.id, hart.csrs.mtval) == (Cause.FETCH_FAULT, 3, DATA)
    assert hart.gates.fault_kind is Kind.BOUNDS


def test_trap_and_mret_put_the_id_aside():
    hart = paddocked(BY_NAME["ecall"].match)
    put(hart, HANDLER, BY_NAME["mret"].match)
    hart.gates.id, hart.gates.arm, hart.csrs.mie_bit = 3, True, True
    hart.step()
    assert (hart.gates.id, hart.gates.pid, hart.gates.arm, hart.gates.parm) == (0, 3, False, True)
    assert (hart.csrs.mie_bit, hart.csrs.mpie_bit) == (False, True)
    hart.step()
    assert (hart.gates.id, hart.gates.pid, hart.gates.arm, hart.gates.parm) == (3, 0, True, False)
    assert (hart.csrs.mie_bit, hart.csrs.mpie_bit, hart.pc) == (True, True, BASE)


# Interrupts


def interruptible(mie, mtvec):
    hart = paddocked(i_type("addi", 1, 0, 1))
    put(hart, HANDLER, csr_type("csrrs", 1, "mcause", 0))
    hart.csrs.mie_bit, hart.csrs.mie, hart.csrs.mtvec = True, mie, mtvec
    hart.gates.id, hart.gates.fault_id = 3, 7
    return hart


def test_interrupt_in_a_module():
    hart = interruptible(1 << 7, HANDLER)
    retired = hart.step(interrupt=HANDLER)
    assert (retired.pc, retired.id, retired.rd_value) == (HANDLER, 0, 0x8000_0007)
    assert (hart.csrs.mepc, hart.gates.pid, hart.gates.fault_id) == (BASE, 3, 7)


def test_trace_tells_which_of_two_interrupts_it_was():
    for cause in (0x8000_0003, 0x8000_000B):
        assert interruptible(0x808, HANDLER).step(interrupt=HANDLER, observed=cause).rd_value == cause
    assert interruptible(0x808, HANDLER).step(interrupt=HANDLER, observed=0x8000_0007).rd_value == 0x8000_000B


def test_vectored_interrupt():
    hart = interruptible(0x888, HANDLER | 1)
    put(hart, HANDLER + 4 * 11, i_type("addi"))
    hart.step(interrupt=HANDLER + 4 * 11)
    assert hart.csrs.mcause == 0x8000_000B


@pytest.mark.parametrize(
    ("enabled", "mie", "handler"),
    [(False, 1 << 7, HANDLER), (True, 0, HANDLER), (True, 1 << 7, HANDLER + 4)],
)
def test_impossible_interrupt(enabled, mie, handler):
    hart = interruptible(mie, HANDLER)
    hart.csrs.mie_bit = enabled
    with pytest.raises(ImpossibleInterrupt):
        hart.step(interrupt=handler)


# What the trace is asked for, and the rest


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
