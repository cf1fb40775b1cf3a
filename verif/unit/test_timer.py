# amaranth: UnusedElaboratable=no
"""Countdown timer: period, status, interrupt, stop."""

import pytest

from lib.wishbone import Initiator, register_address, simulate, wait_for
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.timer import Timer

COUNT, RELOAD, CONTROL, STATUS = (
    register_address(DEVICE_BY_NAME["timer"], name) for name in ("count", "reload", "control", "status")
)
ENABLE, INTERRUPT = 1, 2


def test_period_is_reload_plus_one():
    dut = Timer()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(RELOAD, 19)
        assert await bus.read(COUNT) == 19
        await bus.write(CONTROL, ENABLE | INTERRUPT)
        # The write takes effect one cycle before its ack.
        assert await wait_for(ctx, dut.irq, 100) == 20 - 1
        await bus.write(STATUS, 1)
        # Set as the count left 0, cleared at the end of the first cycle of the write; found one cycle later.
        assert ctx.get(dut.irq) == 0
        assert await wait_for(ctx, dut.irq, 100) == 20 - bus.cycles

    simulate(dut, bench)


def test_disabled_it_holds():
    dut = Timer()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(RELOAD, 3)
        await ctx.tick().repeat(10)
        assert await bus.read(COUNT) == 3
        assert await bus.read(STATUS) == 0
        await bus.write(CONTROL, ENABLE)
        await bus.write(CONTROL, 0)
        stopped = await bus.read(COUNT)
        assert stopped == 1
        await ctx.tick().repeat(5)
        assert await bus.read(COUNT) == stopped
        await bus.write(COUNT, 77)
        assert await bus.read(COUNT) == stopped

    simulate(dut, bench)


def test_status_without_interrupt_enable_and_cleared_by_one_only():
    dut = Timer()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(RELOAD, 1)
        await bus.write(CONTROL, ENABLE)
        await ctx.tick().repeat(4)
        await bus.write(CONTROL, 0)
        assert (await bus.read(STATUS), ctx.get(dut.irq)) == (1, 0)
        await bus.write(STATUS, 0)
        await bus.write(STATUS + 1, 1, size=1)
        await bus.write(CONTROL, INTERRUPT)
        assert (await bus.read(STATUS), ctx.get(dut.irq)) == (1, 1)
        assert await bus.read(CONTROL) == INTERRUPT
        await bus.write(STATUS, 1)
        assert (await bus.read(STATUS), ctx.get(dut.irq)) == (0, 0)

    simulate(dut, bench)


def test_setting_wins_over_clearing():
    dut = Timer()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(RELOAD, 0)
        await bus.write(CONTROL, ENABLE | INTERRUPT)
        await bus.write(STATUS, 1)
        assert ctx.get(dut.irq) == 1

    simulate(dut, bench)


def test_bits_that_are_not_there_read_0():
    dut = Timer(24)

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(RELOAD, 0xFF12_3456)
        assert await bus.read(RELOAD) == await bus.read(COUNT) == 0x12_3456

    simulate(dut, bench)


def test_refuses_a_width():
    with pytest.raises(ValueError, match="the timer has from 1 to 32 bits, not 33"):
        Timer(33)
