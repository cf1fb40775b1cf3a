"""Machine-mode CSRs: what each reads and keeps, traps and mret, interrupts, counters."""

import itertools
from dataclasses import replace

import pytest

from lib.ports import drive
from lib.wishbone import simulate
from paddock.config import DEFAULT, PLAIN
from paddock.csr_file import CsrFile
from paddock.isa.csr import PADDOCK_CSRS, STANDARD_CSRS, csr_number

TOP = 0xFFFF_FFFF
MIE, MPIE, MPP = 1 << 3, 1 << 7, 3 << 11
RW, RS, RC = 1, 2, 3
COUNTERS = ("mcycle", "mcycleh", "minstret", "minstreth", "cycle", "cycleh", "instret", "instreth", "time", "timeh")
#: Standard CSRs that are no counter, what they read after reset, and what of 32 ones they keep.
REGISTERS = {
    "mvendorid": (0, 0),
    "marchid": (0, 0),
    "mimpid": (0, 0),
    "mhartid": (5, 5),
    "mconfigptr": (0, 0),
    "mstatus": (MPP, MPP | MIE | MPIE),
    "misa": (0x4080_1100, 0x4080_1100),
    "mie": (0, 0x888),
    "mtvec": (0, 0xFFFF_FF81),
    "mstatush": (0, 0),
    "mcountinhibit": (0, 0),
    "mhpmevent3": (0, 0),
    "mscratch": (0, TOP),
    "mepc": (0, TOP - 3),
    "mcause": (0, 0x8000_001F),
    "mtval": (0, TOP),
    "mip": (0, 0),
    "mhpmcounter3": (0, 0),
    "mhpmcounter3h": (0, 0),
}
CONFIG = replace(DEFAULT, hart_id=5)
WRITABLE = ("mstatus", "mie", "mtvec", "mscratch", "mepc", "mcause", "mtval")


def read(ctx, dut, csr: str | int) -> int:
    ctx.set(dut.d_csr, csr if isinstance(csr, int) else csr_number(csr))
    return ctx.get(dut.d_read)


async def write(ctx, dut, csr: str | int, operand: int, how: int = RW) -> None:
    """A CSR instruction: read in D, then in X for one cycle; until another can read what it has written."""
    old = read(ctx, dut, csr)
    number = csr if isinstance(csr, int) else csr_number(csr)
    drive(ctx, dut, x_csr=number, x_old=old, x_operand=operand, x_funct3=how, x_write=1)
    await ctx.tick()
    ctx.set(dut.x_write, 0)
    counters = [csr_number(name) for name in COUNTERS[:4]]
    assert ctx.get(dut.settling) == (number in counters)
    if number in counters:
        await ctx.tick()
        assert not ctx.get(dut.settling)


async def trap(ctx, dut, cause: int, pc: int = 0, tval: int = 0, interrupt: int = 0) -> None:
    drive(ctx, dut, m_trap=1, m_cause=cause, m_pc=pc, m_tval=tval, m_interrupt=interrupt)
    await ctx.tick()
    ctx.set(dut.m_trap, 0)


async def mret(ctx, dut) -> None:
    ctx.set(dut.x_mret, 1)
    await ctx.tick()
    ctx.set(dut.x_mret, 0)


def contents(ctx, dut) -> dict[str, int]:
    return {name: read(ctx, dut, name) for name in REGISTERS}


# Values ------------------------------------------------------------------------------------------------------------


def test_table_here_names_every_standard_csr():
    assert {*REGISTERS, *COUNTERS} == {csr.name for csr in STANDARD_CSRS}


def test_each_after_reset():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        assert contents(ctx, dut) == {name: reset for name, (reset, _) in REGISTERS.items()}
        for csr in STANDARD_CSRS:
            for number in range(csr.number + 1, csr.number + csr.count):
                assert read(ctx, dut, number) == 0, f"{csr.name} + {number - csr.number}"

    simulate(dut, bench)


def test_misa_tells_whether_the_extension_is_there():
    dut = CsrFile(PLAIN)

    async def bench(ctx):
        assert read(ctx, dut, "misa") == 0x4000_1100

    simulate(dut, bench)


@pytest.mark.parametrize("name", REGISTERS)
def test_each_keeps_the_bits_that_exist_and_changes_no_other(name):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        others = contents(ctx, dut)
        for number in range(csr_number(name), csr_number(name) + {c.name: c.count for c in STANDARD_CSRS}[name]):
            for operand in (TOP, 0):
                await write(ctx, dut, number, operand)
                want = REGISTERS[name][1] if operand else (0 if name in WRITABLE else others[name])
                if name == "mstatus":
                    want |= MPP
                assert contents(ctx, dut) == others | {name: want}, f"{number:#x} <- {operand:#x}"

    simulate(dut, bench)


@pytest.mark.parametrize("name", ["mscratch", "mtval", "mepc", "mtvec", "mie", "mcause", "mstatus"])
def test_each_bit_has_its_own_place(name):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        mask = REGISTERS[name][1]
        for bit in range(32):
            await write(ctx, dut, name, 1 << bit)
            want = mask & 1 << bit | (MPP if name == "mstatus" else 0)
            if name == "mtvec":
                want = 1 << bit & ~2  # direct unless bit 0 is set: bits 6:2 are kept
            assert read(ctx, dut, name) == want, f"bit {bit}"

    simulate(dut, bench)


@pytest.mark.parametrize("immediate", [0, 4], ids=["register", "immediate"])
def test_write_set_clear(immediate):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for how, want in ((RW, 0x00FF_00FF), (RS, 0x0FFF_0FFF), (RC, 0x0F00_0F00)):
            await write(ctx, dut, "mscratch", 0x0F0F_0F0F)
            await write(ctx, dut, "mscratch", 0x00FF_00FF, how + immediate)
            assert ctx.get(dut.x_value) == want
            assert read(ctx, dut, "mscratch") == want

    simulate(dut, bench)


def test_nothing_is_written_without_x_write():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for name in REGISTERS:
            drive(ctx, dut, x_csr=csr_number(name), x_operand=TOP, x_funct3=RW)
            await ctx.tick()
        assert contents(ctx, dut) == {name: reset for name, (reset, _) in REGISTERS.items()}

    simulate(dut, bench)


def test_numbers_of_the_extension_show_what_it_holds():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        ctx.set(dut.d_other_read, 0x1234_5678)
        for csr in PADDOCK_CSRS:
            assert read(ctx, dut, csr.name) == 0x1234_5678

    simulate(dut, bench)


def test_writes_to_the_extension_change_nothing_here():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        before = contents(ctx, dut)
        for csr in PADDOCK_CSRS:
            await write(ctx, dut, csr.name, TOP)
        assert contents(ctx, dut) == before

    simulate(dut, bench)


# Traps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 24])
@pytest.mark.parametrize("interrupt", [0, 1])
def test_trap_is_recorded(cause, interrupt):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        await write(ctx, dut, "mscratch", 77)
        before = contents(ctx, dut)
        await trap(ctx, dut, cause, pc=0x8765_4324, tval=0xABCD_EF01, interrupt=interrupt)
        recorded = {"mcause": cause | interrupt << 31, "mepc": 0x8765_4324, "mtval": 0xABCD_EF01}
        assert contents(ctx, dut) == before | recorded

    simulate(dut, bench)


def test_trap_masks_interrupts_and_mret_restores_them():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for enabled in (MIE, 0):
            await write(ctx, dut, "mstatus", enabled)
            await trap(ctx, dut, 2)
            assert read(ctx, dut, "mstatus") == MPP | (MPIE if enabled else 0)
            await mret(ctx, dut)
            assert read(ctx, dut, "mstatus") == MPP | MPIE | enabled

    simulate(dut, bench)


def test_mret_changes_nothing_but_mstatus():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        await trap(ctx, dut, 7, pc=0x8000_0010, tval=5)
        before = contents(ctx, dut)
        await mret(ctx, dut)
        assert contents(ctx, dut) == before | {"mstatus": MPP | MPIE}

    simulate(dut, bench)


@pytest.mark.parametrize("base", [0x8000_0000, 0x8000_0080, 0xFFFF_FF80])
def test_vector_of_exceptions_is_the_base_of_interrupts_base_and_4_x_cause(base):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for mode in (0, 1):
            await write(ctx, dut, "mtvec", base | mode)
            for cause in range(32):
                for interrupt in (0, 1):
                    drive(ctx, dut, m_cause=cause, m_interrupt=interrupt)
                    want = base + 4 * cause * (mode & interrupt)
                    assert ctx.get(dut.trap_vector) == want, f"{mode=} {cause=} {interrupt=}"

    simulate(dut, bench)


def test_vectored_base_is_rounded_down_to_128_and_direct_one_to_4():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        await write(ctx, dut, "mtvec", 0x8000_10FD)
        assert read(ctx, dut, "mtvec") == 0x8000_1081
        await write(ctx, dut, "mtvec", 0x8000_10FE)
        assert read(ctx, dut, "mtvec") == 0x8000_10FC

    simulate(dut, bench)


# Interrupts --------------------------------------------------------------------------------------------------------

#: Highest priority first: (input, cause). Privileged specification, section 3.1.9.
PRIORITY = (("irq_external", 11), ("irq_software", 3), ("irq_timer", 7))


def test_which_interrupt_is_taken_for_every_combination():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for lines in itertools.product((0, 1), repeat=3):
            for enables in itertools.product((0, 1), repeat=3):
                for mie in (0, MIE):
                    await write(ctx, dut, "mstatus", mie)
                    mask = sum(enable << cause for enable, (_, cause) in zip(enables, PRIORITY, strict=True))
                    await write(ctx, dut, "mie", mask)
                    drive(ctx, dut, **{name: line for line, (name, _) in zip(lines, PRIORITY, strict=True)})
                    await ctx.tick()
                    both = [line & enable for line, enable in zip(lines, enables, strict=True)]
                    waiting = [cause for high, (_, cause) in zip(both, PRIORITY, strict=True) if high]
                    assert ctx.get(dut.wakeup) == bool(waiting), (lines, enables, mie)
                    assert ctx.get(dut.interrupt) == bool(waiting and mie), (lines, enables, mie)
                    if waiting:
                        assert ctx.get(dut.interrupt_cause) == waiting[0], (lines, enables, mie)

    simulate(dut, bench)


@pytest.mark.parametrize("name, cause", PRIORITY)
def test_mip_shows_the_line_one_cycle_later_and_is_not_written(name, cause):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        drive(ctx, dut, **{name: 1})
        assert read(ctx, dut, "mip") == 0
        await ctx.tick()
        assert read(ctx, dut, "mip") == 1 << cause
        await write(ctx, dut, "mip", 0)
        assert read(ctx, dut, "mip") == 1 << cause
        drive(ctx, dut, **{name: 0})
        await ctx.tick()
        assert read(ctx, dut, "mip") == 0

    simulate(dut, bench)


def test_trap_masks_what_waits_until_mret():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        await write(ctx, dut, "mie", 0x888)
        await write(ctx, dut, "mstatus", MIE)
        ctx.set(dut.irq_timer, 1)
        await ctx.tick()
        assert ctx.get(dut.interrupt)
        await trap(ctx, dut, 7, interrupt=1)
        assert (ctx.get(dut.interrupt), ctx.get(dut.wakeup)) == (0, 1)
        await mret(ctx, dut)
        assert ctx.get(dut.interrupt)

    simulate(dut, bench)


# Counters ----------------------------------------------------------------------------------------------------------


def counter(ctx, dut, name: str) -> int:
    return read(ctx, dut, name) | read(ctx, dut, f"{name}h") << 32


async def retire(ctx, dut, count: int = 1) -> None:
    """Instructions leave M back to back; behind them a reader waits until they are counted."""
    for _ in range(count):
        ctx.set(dut.m_retire, 1)
        await ctx.tick()
    ctx.set(dut.m_retire, 0)
    while ctx.get(dut.counting):
        await ctx.tick()


def test_cycles_are_counted_from_reset_on_all_of_them():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for cycle in range(10):
            assert counter(ctx, dut, "mcycle") == counter(ctx, dut, "cycle") == cycle
            await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize("name, view", [("mcycle", "cycle"), ("minstret", "instret")])
def test_counters_are_written_word_by_word_and_carry(name, view):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for low, high, after in ((TOP - 1, 6, (6 << 32) + TOP), (TOP, 6, 7 << 32), (TOP, TOP, 0), (0, 0, 1)):
            await write(ctx, dut, name, 0)
            await write(ctx, dut, f"{name}h", high)
            assert read(ctx, dut, f"{name}h") == read(ctx, dut, f"{view}h") == high
            await write(ctx, dut, name, low)
            if name == "minstret":
                assert counter(ctx, dut, name) == high << 32 | low
                await retire(ctx, dut)  # the write itself
                assert counter(ctx, dut, name) == high << 32 | low
                await retire(ctx, dut)
            assert counter(ctx, dut, name) == counter(ctx, dut, view) == after

    simulate(dut, bench)


def test_instructions_are_counted_as_they_retire_one_cycle_late():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        retired, counted = [], 0
        for bit in (1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0):
            ctx.set(dut.m_retire, bit)
            assert counter(ctx, dut, "minstret") == counter(ctx, dut, "instret") == counted
            assert ctx.get(dut.counting) == (retired[-1] if retired else 0)
            await ctx.tick()
            counted += retired[-1] if retired else 0
            retired.append(bit)
        assert counted == sum(retired)

    simulate(dut, bench)


@pytest.mark.parametrize("name", ["minstret", "minstreth"])
def test_write_to_minstret_does_not_count_itself_and_those_behind_it_do(name):
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        await retire(ctx, dut, 3)
        low = read(ctx, dut, "minstret") if name == "minstreth" else 100
        assert low in (3, 100)
        await write(ctx, dut, name, 100)
        want = low if name == "minstret" else 100 << 32 | low
        assert counter(ctx, dut, "minstret") == want
        await retire(ctx, dut, 4)
        assert counter(ctx, dut, "minstret") == want + 3

    simulate(dut, bench)


def test_other_csr_instructions_count_themselves():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        for name in ("mscratch", "mcycle", "mcycleh"):
            await write(ctx, dut, name, 100)
            await retire(ctx, dut)
        assert counter(ctx, dut, "minstret") == 3

    simulate(dut, bench)


def test_time_is_that_of_the_port():
    dut = CsrFile(CONFIG)

    async def bench(ctx):
        ctx.set(dut.time, 0x1122_3344_5566_7788)
        assert (read(ctx, dut, "time"), read(ctx, dut, "timeh")) == (0x5566_7788, 0x1122_3344)

    simulate(dut, bench)
