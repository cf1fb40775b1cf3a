# amaranth: UnusedElaboratable=no
"""CLINT: time, compare, software interrupt."""

import pytest

from lib.wishbone import Initiator, register_address, simulate, wait_for
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.clint import Clint

MSIP, CMP, CMPH, TIME, TIMEH = (
    register_address(DEVICE_BY_NAME["clint"], name) for name in ("msip", "mtimecmp", "mtimecmph", "mtime", "mtimeh")
)


def test_time_counts_cycles_and_is_on_the_port():
    dut = Clint()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        first = await bus.read(TIME)
        await ctx.tick().repeat(10)
        assert await bus.read(TIME) == first + 12
        before = ctx.get(dut.time)
        await ctx.tick()
        assert ctx.get(dut.time) == before + 1

    simulate(dut, bench)


def test_time_carries_into_its_upper_half():
    dut = Clint()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(TIMEH, 0x12)
        await bus.write(TIME, 0xFFFF_FFF0)
        assert await bus.read(TIMEH) == 0x12
        await ctx.tick().repeat(20)
        assert await bus.read(TIMEH) == 0x13
        assert ctx.get(dut.time) >> 32 == 0x13

    simulate(dut, bench)


def test_timer_interrupt_is_a_level():
    dut = Clint()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await ctx.tick().repeat(5)
        assert ctx.get(dut.timer_irq) == 0
        await bus.write(CMPH, 0)
        await bus.write(CMP, 60)
        await wait_for(ctx, dut.timer_irq, 100)
        # One cycle behind the comparison.
        assert ctx.get(dut.time) == 61
        await ctx.tick().repeat(5)
        assert ctx.get(dut.timer_irq) == 1
        await bus.write(CMP, 0xFFFF_FFFF)
        assert ctx.get(dut.timer_irq) == 0
        await bus.write(CMP, 0)
        await bus.write(CMPH, 1)
        assert ctx.get(dut.timer_irq) == 0
        assert await bus.read(CMPH) == 1

    simulate(dut, bench)


@pytest.mark.parametrize(("register", "lane"), [(CMP, 1), (CMPH, 3), (TIMEH, 2)])
def test_byte_lanes(register, lane):
    dut = Clint()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(register, 0x0A0B0C0D)
        await bus.write(register + lane, 0x77, size=1)
        mask = 0xFF << 8 * lane
        assert await bus.read(register) == 0x0A0B0C0D & ~mask | 0x77 << 8 * lane

    simulate(dut, bench)


def test_software_interrupt():
    dut = Clint()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        assert ctx.get(dut.software_irq) == 0
        await bus.write(MSIP, 0xFFFF_FFFF)
        assert (ctx.get(dut.software_irq), await bus.read(MSIP)) == (1, 1)
        await bus.write(MSIP, 0xFFFF_FFFE)
        assert (ctx.get(dut.software_irq), await bus.read(MSIP)) == (0, 0)

    simulate(dut, bench)


def test_bits_that_are_not_there_read_0_and_the_interrupt_still_follows():
    dut = Clint(48)

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        assert await bus.read(CMPH) == 0xFFFF
        await bus.write(CMPH, 0xFFFF_0001)
        await bus.write(TIMEH, 0xFFFF_0001)
        await bus.write(CMP, 0)
        assert await bus.read(CMPH) == await bus.read(TIMEH) == 1
        assert ctx.get(dut.timer_irq) == 1
        await bus.write(CMPH, 2)
        assert ctx.get(dut.timer_irq) == 0

    simulate(dut, bench)


def test_time_that_cannot_be_set_goes_on_and_compares():
    dut = Clint(settable=False)

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(TIME, 0x8000_0000)
        await bus.write(TIMEH, 1)
        assert (await bus.read(TIMEH), await bus.read(TIME) < 20) == (0, True)
        await bus.write(CMP, 5)
        await bus.write(CMPH, 0)
        await ctx.tick()
        assert ctx.get(dut.timer_irq) == 1

    simulate(dut, bench)


def test_refuses_a_width():
    with pytest.raises(ValueError, match="mtime has from 33 to 64 bits, not 32"):
        Clint(32)
