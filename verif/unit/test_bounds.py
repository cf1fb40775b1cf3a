"""The checkers against the specification's rule, written down once more in three lines of Python."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from amaranth.sim import Simulator

from paddock.bounds import BoundsChecker, FetchChecker
from paddock.config import DEFAULT, MINIMAL

COMPACT = replace(DEFAULT, compact=True)
TOP = 0xFFFF_FFFF
SIZES = (0, 1, 2)
WINDOWS = ("arena", "device", "grant", "public")
#: (lower, upper) of a window, and why it is here.
RANGES = {
    "a page": (0x8000_1000, 0x8000_2000),
    "a word": (0x8000_1004, 0x8000_1008),
    "a byte": (0x8000_1005, 0x8000_1006),
    "odd ends": (0x8000_1003, 0x8000_100D),
    "half a word": (0x8000_1002, 0x8000_1004),
    "from 0": (0, 0x10),
    "up to the top": (0xFFFF_FFF0, TOP),
    "everything there is": (0, TOP),
    "across bit 31": (0x7FFF_FFF0, 0x8000_0010),
    "empty": (0x8000_1000, 0x8000_1000),
    "empty at 0": (0, 0),
    "empty at the top": (TOP, TOP),
    "inverted": (0x8000_2000, 0x8000_1000),
    "inverted by one": (0x8000_1001, 0x8000_1000),
    "wrapping": (0xFFFF_FFF0, 0x10),
}


def passes(lower: int, upper: int, permission: bool, address: int, size: int) -> bool:
    """docs/reference/extension.md, section 2."""
    return permission and lower <= address and address + (1 << size) <= upper


def addresses(lower: int, upper: int, size: int) -> list[int]:
    """Aligned addresses around both ends, in the middle, and at the ends of the address space."""
    near = [end + offset for end in (lower, upper, (lower + upper) // 2) for offset in range(-9, 10)]
    return sorted({address & TOP & -(1 << size) for address in (*near, 0, 4, TOP)})


def run(dut, process) -> None:
    simulator = Simulator(dut)

    async def testbench(ctx):
        await process(ctx)

    simulator.add_testbench(testbench)
    simulator.run()


def set_window(ctx, window, lower: int, upper: int, read: bool, write: bool) -> None:
    for name, value in {"lower": lower, "upper": upper, "read": read, "write": write}.items():
        ctx.set(getattr(window, name), int(value))


def violation(ctx, dut, address: int, size: int, store: bool) -> bool:
    ctx.set(dut.x_addr, address)
    ctx.set(dut.x_size, size)
    ctx.set(dut.x_store, int(store))
    return bool(ctx.get(dut.x_violation))


@pytest.mark.parametrize("config", [DEFAULT, COMPACT], ids=["default", "compact"])
@pytest.mark.parametrize("name", WINDOWS)
def test_each_window_at_each_edge(name, config):
    dut = BoundsChecker(config)

    async def process(ctx):
        ctx.set(dut.x_checked, 1)
        for lower, upper in RANGES.values():
            for read, write in ((1, 1), (1, 0), (0, 1), (0, 0)):
                set_window(ctx, getattr(dut, name), lower, upper, read, write)
                for size in SIZES:
                    for address in addresses(lower, upper, size):
                        for store in (False, True):
                            want = not passes(lower, upper, bool(write if store else read), address, size)
                            got = violation(ctx, dut, address, size, store)
                            kind = "store" if store else "load"
                            assert got == want, f"{kind} of {1 << size} at {address:#x} in [{lower:#x}, {upper:#x})"

    run(dut, process)


@pytest.mark.parametrize("config", [DEFAULT, COMPACT], ids=["default", "compact"])
def test_kernel_is_never_refused(config):
    dut = BoundsChecker(config)

    async def process(ctx):
        for address in (0, 0x8000_0000, TOP):
            for store in (False, True):
                assert not violation(ctx, dut, address, 0, store)

    run(dut, process)


def _random_access(rng: random.Random) -> Iterator[tuple]:
    base = rng.choice([0, 0x1000_0000, 0x8000_0000, TOP - 63])
    windows = {}
    for name in WINDOWS:
        lower = base + rng.randrange(48)
        upper = min(TOP, lower + rng.randrange(-4, 24))
        windows[name] = (lower, max(0, upper), rng.random() < 0.7, rng.random() < 0.7)
    for _ in range(8):
        size = rng.choice(SIZES)
        yield windows, (base + rng.randrange(64)) & TOP & -(1 << size), size, rng.random() < 0.5


@pytest.mark.parametrize("config", [DEFAULT, MINIMAL, COMPACT], ids=["default", "minimal", "compact"])
def test_any_of_several_windows(config):
    dut = BoundsChecker(config)
    exist = {
        "arena": True,
        "device": config.device_window,
        "grant": config.grant_window,
        "public": config.public_window,
    }

    async def process(ctx):
        rng = random.Random(1)
        ctx.set(dut.x_checked, 1)
        verdicts = set()
        for _ in range(400):
            for windows, address, size, store in _random_access(rng):
                for name, window in windows.items():
                    set_window(ctx, getattr(dut, name), *window)
                want = not any(
                    passes(lower, upper, write if store else read, address, size)
                    for name, (lower, upper, read, write) in windows.items()
                    if exist[name]
                )
                assert violation(ctx, dut, address, size, store) == want, (windows, hex(address), size, store)
                verdicts.add(want)
        assert verdicts == {True, False}

    run(dut, process)


def test_two_windows_side_by_side_are_not_one():
    dut = BoundsChecker(replace(DEFAULT, public_window=False))

    async def process(ctx):
        ctx.set(dut.x_checked, 1)
        set_window(ctx, dut.arena, 0x1000, 0x1002, True, True)
        set_window(ctx, dut.grant, 0x1002, 0x1004, True, True)
        assert violation(ctx, dut, 0x1000, 2, False)
        assert not violation(ctx, dut, 0x1000, 1, False)
        assert not violation(ctx, dut, 0x1002, 1, False)

    run(dut, process)


def test_fetch_needs_the_whole_word():
    dut = FetchChecker()

    async def process(ctx):
        for lower, upper in RANGES.values():
            set_window(ctx, dut.public, lower, upper, True, False)
            for address in addresses(lower, upper, 2):
                ctx.set(dut.d_pc, address)
                for checked in (0, 1):
                    ctx.set(dut.d_checked, checked)
                    want = bool(checked) and not passes(lower, upper, True, address, 2)
                    assert bool(ctx.get(dut.d_violation)) == want, f"pc {address:#x} in [{lower:#x}, {upper:#x})"

    run(dut, process)
