"""PLIC: priority, threshold, claim and complete, the gateways."""

import random

from lib.wishbone import Initiator, register_address, simulate
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.plic import SOURCES, Plic

PLIC = DEVICE_BY_NAME["plic"]
PENDING, ENABLE, THRESHOLD, CLAIM = (
    register_address(PLIC, name) for name in ("pending", "enable", "threshold", "claim")
)


def priority(source):
    return register_address(PLIC, "priority", source)


async def enable_all(bus, level=1):
    for source in range(1, SOURCES):
        await bus.write(priority(source), level)
    await bus.write(ENABLE, 0xFFFF)


def test_registers_read_back_what_exists():
    dut = Plic()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        for source in range(SOURCES + 2):
            await bus.write(priority(source), source | 0xFFFF_FF00)
        for source in range(SOURCES + 2):
            assert await bus.read(priority(source)) == (source % 8 if 0 < source < SOURCES else 0)
        await bus.write(ENABLE, 0xFFFF_FFFF)
        assert await bus.read(ENABLE) == 0xFFFE
        await bus.write(ENABLE + 1, 0x12, size=1)
        assert await bus.read(ENABLE) == 0x12FE
        await bus.write(THRESHOLD, 0xFF)
        assert await bus.read(THRESHOLD) == 7
        await bus.write(PENDING, 0xFFFF)
        assert await bus.read(PENDING) == 0

    simulate(dut, bench)


def test_one_interrupt_from_rise_to_completion():
    dut = Plic()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await enable_all(bus)
        ctx.set(dut.sources, 1 << 10)
        await ctx.tick()
        assert ctx.get(dut.irq) == 0
        await ctx.tick()
        assert ctx.get(dut.irq) == 1
        assert await bus.read(PENDING) == 1 << 10
        assert await bus.read(CLAIM) == 10
        # The source is still high, and does not interrupt again before completion.
        await ctx.tick().repeat(5)
        assert (ctx.get(dut.irq), await bus.read(PENDING), await bus.read(CLAIM)) == (0, 0, 0)
        await bus.write(CLAIM, 9)
        await ctx.tick().repeat(3)
        assert ctx.get(dut.irq) == 0
        await bus.write(CLAIM, 10)
        await ctx.tick().repeat(2)
        assert ctx.get(dut.irq) == 1
        assert await bus.read(CLAIM) == 10
        ctx.set(dut.sources, 0)
        await bus.write(CLAIM, 10)
        await ctx.tick().repeat(5)
        assert (ctx.get(dut.irq), await bus.read(CLAIM)) == (0, 0)

    simulate(dut, bench)


def test_request_is_kept_when_its_source_falls():
    dut = Plic()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await enable_all(bus)
        ctx.set(dut.sources, 1 << 3)
        await ctx.tick()
        ctx.set(dut.sources, 0)
        await ctx.tick().repeat(4)
        assert ctx.get(dut.irq) == 1
        assert await bus.read(CLAIM) == 3

    simulate(dut, bench)


def test_completion_of_a_disabled_source_is_ignored():
    dut = Plic()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await enable_all(bus)
        ctx.set(dut.sources, 1 << 3)
        await ctx.tick().repeat(2)
        assert await bus.read(CLAIM) == 3
        await bus.write(ENABLE, 0)
        await bus.write(CLAIM, 3)
        await bus.write(ENABLE, 0xFFFE)
        await ctx.tick().repeat(3)
        assert (ctx.get(dut.irq), await bus.read(CLAIM)) == (0, 0)

    simulate(dut, bench)


def test_threshold_masks_the_request_but_not_the_claim():
    dut = Plic()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await enable_all(bus, level=4)
        ctx.set(dut.sources, 1 << 7)
        await ctx.tick().repeat(3)
        for level in range(8):
            await bus.write(THRESHOLD, level)
            assert ctx.get(dut.irq) == (level < 4)
        assert await bus.read(CLAIM) == 7

    simulate(dut, bench)


def test_claims_come_in_order_of_priority_then_number():
    """Random priorities and enables; each claim right behind the one before."""
    dut = Plic()
    random.seed(1)

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        for _ in range(12):
            levels = [0] + [random.randrange(8) for _ in range(1, SOURCES)]
            enabled = random.getrandbits(16)
            ctx.set(dut.sources, 0xFFFF)
            for source in range(1, SOURCES):
                await bus.write(priority(source), levels[source])
            await bus.write(ENABLE, enabled)
            waiting = [s for s in range(1, SOURCES) if enabled >> s & 1 and levels[s]]
            expected = sorted(waiting, key=lambda s: (-levels[s], s))
            assert [await bus.read(CLAIM) for _ in expected] == expected
            assert await bus.read(CLAIM) == 0
            for source in expected:
                await bus.write(CLAIM, source)

    simulate(dut, bench)
