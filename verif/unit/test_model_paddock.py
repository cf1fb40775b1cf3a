"""The extension in the model, and interrupts, against what the specification says in words."""

import pytest

from model.hart import ImpossibleInterrupt
from model.testing import BASE, DATA, HANDLER, csr_type, i_type, make, put, r_type, s_type
from model.windows import Window, Windows, passes
from paddock.config import DEFAULT
from paddock.isa.cause import Cause, Kind
from paddock.isa.encoding import BY_NAME

ONES = 0xFFFF_FFFF

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
