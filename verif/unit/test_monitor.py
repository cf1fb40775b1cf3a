"""Monitor: judges accesses as the specification's integers do, and counts."""

import dataclasses
import random

import pytest
from amaranth import *

from lib.wishbone import Initiator, register_address, simulate
from paddock.config import DEFAULT, MINIMAL
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.monitor import Monitor

ESCAPES, ADDRESS, CHECKED = (
    register_address(DEVICE_BY_NAME["monitor"], name) for name in ("escapes", "address", "checked")
)
WINDOWS = ("arena", "device", "grant", "public")
EMPTY = {"lower": 0, "upper": 0, "read": 0, "write": 0}
#: How the probe says each kind of access: store, load, device_request, device_write; and whether it writes.
KINDS = {
    "store": ((1, 0, 0, 1), True),
    "load": ((0, 1, 0, 0), False),
    "device_write": ((0, 0, 1, 1), True),
    "device_read": ((0, 0, 1, 0), False),
}


def allowed(windows, config, address, size, writes):
    """The rule, from docs/reference/extension.md, section 2."""
    return any(
        window["lower"] <= address
        and address + (1 << size) <= window["upper"]
        and window["write" if writes else "read"]
        and not (writes and name == "public")
        for name, window in windows.items()
        if name == "arena" or getattr(config, f"{name}_window")
    )


def show(ctx, dut, kind=None, address=0, size=0, module=1, **windows):
    """Put an access on the probe, with the windows named; the others are empty."""
    probe = dut.probe
    store, load, request, write = KINDS[kind][0] if kind else (0, 0, 0, 0)
    ctx.set(probe.id, module)
    for name in WINDOWS:
        ctx.set(getattr(probe, name), windows.get(name, EMPTY))
    for signal, value in (
        (probe.store, store),
        (probe.load, load),
        (probe.device_request, request),
        (probe.device_write, write),
        (probe.addr, address),
        (probe.size, size),
    ):
        ctx.set(signal, value)


async def counts(ctx, dut):
    show(ctx, dut, module=0)
    await ctx.tick().repeat(2)
    return ctx.get(dut.escapes), ctx.get(dut.checked)


def window(lower, upper, read=1, write=1):
    return {"lower": lower, "upper": upper, "read": read, "write": write}


ARENA = window(0x8000_1000, 0x8000_1010)
TOP = window(0xFFFF_FFF0, 0xFFFF_FFFF)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("bounds", "address", "size", "escapes"),
    [
        (ARENA, 0x8000_1000, 2, 0),
        (ARENA, 0x8000_0FFF, 0, 1),
        (ARENA, 0x8000_100F, 0, 0),
        (ARENA, 0x8000_1010, 0, 1),
        (ARENA, 0x8000_100E, 1, 0),
        (ARENA, 0x8000_100F, 1, 1),
        (ARENA, 0x8000_100C, 2, 0),
        (ARENA, 0x8000_100D, 2, 1),
        (EMPTY, 0, 0, 1),
        (window(8, 8), 8, 0, 1),
        (window(16, 8), 12, 0, 1),
        (TOP, 0xFFFF_FFFE, 0, 0),
        (TOP, 0xFFFF_FFFF, 0, 1),
        (TOP, 0xFFFF_FFFC, 2, 1),
        (window(0, 0xFFFF_FFFF), 0xFFFF_FFFC, 2, 1),
        (window(0, 0xFFFF_FFFF), 0xFFFF_FFFE, 1, 1),
        (window(0, 0xFFFF_FFFF), 0, 2, 0),
    ],
)
def test_bounds(kind, bounds, address, size, escapes):
    dut = Monitor(DEFAULT)

    async def bench(ctx):
        show(ctx, dut, kind, address, size, arena=bounds)
        await ctx.tick()
        assert await counts(ctx, dut) == (escapes, 1)

    simulate(dut, bench)


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("read", "write"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_permissions(name, kind, read, write):
    dut = Monitor(DEFAULT)
    granted = (write and name != "public") if KINDS[kind][1] else read

    async def bench(ctx):
        show(ctx, dut, kind, 0x104, 2, **{name: window(0x100, 0x200, read, write)})
        await ctx.tick()
        assert await counts(ctx, dut) == (int(not granted), 1)

    simulate(dut, bench)


def test_two_windows_side_by_side_are_not_one():
    dut = Monitor(DEFAULT)

    async def bench(ctx):
        show(ctx, dut, "load", 0x102, 2, arena=window(0, 0x104), device=window(0x104, 0x200))
        await ctx.tick()
        assert await counts(ctx, dut) == (1, 1)

    simulate(dut, bench)


@pytest.mark.parametrize("name", WINDOWS)
def test_window_that_is_not_configured_does_not_count(name):
    dut = Monitor(MINIMAL)

    async def bench(ctx):
        show(ctx, dut, "load", 0x100, 2, **{name: window(0, 0x200)})
        await ctx.tick()
        assert await counts(ctx, dut) == (int(name != "arena"), 1)

    simulate(dut, bench)


def test_kernel_and_silence_are_not_watched():
    dut = Monitor(DEFAULT)

    async def bench(ctx):
        for kind in KINDS:
            show(ctx, dut, kind, 0x100, 2, module=0)
            await ctx.tick()
        show(ctx, dut, None, 0x100, 2, module=1)
        await ctx.tick().repeat(3)
        assert await counts(ctx, dut) == (0, 0)

    simulate(dut, bench)


def test_windows_of_the_same_cycle_count():
    """Access, windows and id are taken together: the next cycle's do not help."""
    dut = Monitor(DEFAULT)

    async def bench(ctx):
        show(ctx, dut, "store", 0x100, 2)
        await ctx.tick()
        show(ctx, dut, "store", 0x104, 2, arena=window(0x100, 0x200))
        await ctx.tick()
        show(ctx, dut, "store", 0x108, 2)
        await ctx.tick()
        assert await counts(ctx, dut) == (2, 3)
        bus = Initiator(ctx, dut.bus)
        assert await bus.read(ADDRESS) == 0x100

    simulate(dut, bench)


def test_registers_are_read_only():
    dut = Monitor(DEFAULT)

    async def bench(ctx):
        show(ctx, dut, "store", 0xCAFE_0000, 0)
        await ctx.tick()
        await counts(ctx, dut)
        bus = Initiator(ctx, dut.bus)
        for register in (ESCAPES, ADDRESS, CHECKED):
            await bus.write(register, 0)
        assert [await bus.read(r) for r in (ESCAPES, ADDRESS, CHECKED)] == [1, 0xCAFE_0000, 1]

    simulate(dut, bench)


@pytest.mark.parametrize("config", [DEFAULT, dataclasses.replace(DEFAULT, grant_window=False)])
def test_random_accesses_against_the_rule(config):
    """Small numbers, so that every edge is met, at both ends of the address space."""
    dut = Monitor(config)
    random.seed(2)

    async def bench(ctx):
        expected = 0
        accesses = 1500
        for _ in range(accesses):
            base = random.choice((0, 0xFFFF_FFE8))

            def near(top, base=base):
                return base + random.randrange(top)

            windows = {n: window(near(24), near(24), random.getrandbits(1), random.getrandbits(1)) for n in WINDOWS}
            kind, size, address = random.choice(list(KINDS)), random.randrange(3), near(24)
            show(ctx, dut, kind, address, size, random.randrange(1, config.modules), **windows)
            await ctx.tick()
            expected += not allowed(windows, config, address, size, KINDS[kind][1])
        assert await counts(ctx, dut) == (expected, accesses)

    simulate(dut, bench)


class Both(Elaboratable):
    def __init__(self):
        self.full, self.compact = Monitor(DEFAULT), Monitor(DEFAULT, compact=True)

    def elaborate(self, platform):
        m = Module()
        m.submodules.full, m.submodules.compact = self.full, self.compact
        return m


def test_compact_judges_the_same_while_windows_stay_for_a_cycle():
    dut = Both()
    rng = random.Random(3)

    def bound():
        return rng.choice([0, 8, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF]) ^ rng.choice([0, 0, rng.randrange(8)])

    async def bench(ctx):
        for _ in range(1500):
            windows = {
                name: window(bound(), bound(), rng.getrandbits(1), rng.getrandbits(1))
                for name in WINDOWS
                if rng.random() < 0.6
            }
            module = rng.choice([0, 1, 1, 1])
            for kind in (rng.choice([None, *KINDS]), rng.choice([None, *KINDS]), None):
                address, size = bound(), rng.randrange(3)
                for monitor in (dut.full, dut.compact):
                    show(ctx, monitor, kind, address, size, module, **windows)
                await ctx.tick()
        for monitor in (dut.full, dut.compact):
            show(ctx, monitor, module=0)
        await ctx.tick().repeat(2)
        assert ctx.get(dut.compact.escapes) == ctx.get(dut.full.escapes) > 100
        assert ctx.get(dut.compact.checked) == ctx.get(dut.full.checked) > ctx.get(dut.full.escapes) + 100
        assert ctx.get(dut.compact.address) == 0

    simulate(dut, bench)


def test_compact_counters_stay_at_their_largest_value():
    dut = Monitor(DEFAULT, compact=True)

    async def bench(ctx):
        show(ctx, dut, "store", 0x8000_0000)
        await ctx.tick().repeat((1 << 16) + 4)
        assert await counts(ctx, dut) == (0xFFFF, 0xFFFF)

    simulate(dut, bench)
