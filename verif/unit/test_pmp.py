"""Physical memory protection: the check against the specification's rule, and what its registers keep."""

import random

import pytest

from lib.ports import combinational, drive
from lib.wishbone import simulate
from paddock.config import PMP4, PMP8, PMP16
from paddock.isa.csr import PmpMatch, csr_number
from paddock.pmp import PmpChecker, PmpRegisters

CONFIGS = pytest.mark.parametrize("config", [PMP4, PMP8, PMP16], ids=lambda config: f"pmp{config.pmp}")
OFF, TOR, NA4, NAPOT = PmpMatch
R, W, X, LOCK = 1, 2, 4, 0x80
TOP = 0xFFFF_FFFF
ADDRESS_MASK = 0x3FFF_FFFF


def extent(entries: list[tuple[int, int]], index: int) -> tuple[int, int]:
    """First byte of an entry, given as (configuration, address register), and the first behind it."""
    config, address = entries[index]
    match = config >> 3 & 3
    if match == TOR:
        return (entries[index - 1][1] << 2 if index else 0), address << 2
    if match == NA4:
        return address << 2, (address << 2) + 4
    if match == NAPOT:
        size = 8 << (address ^ address + 1).bit_length() - 1
        return (address << 2) // size * size, (address << 2) // size * size + size
    return 0, 0


def refused(entries: list[tuple[int, int]], address: int, size: int, permission: int, user: bool) -> bool:
    """Section 3.7.1: the lowest entry that matches a byte decides, and must match all of them."""
    for index, (config, _) in enumerate(entries):
        lower, upper = extent(entries, index)
        held = [lower <= byte < upper for byte in range(address, address + size)]
        if any(held):
            return not all(held) or (not config & permission and bool(user or config & LOCK))
    return user


def ends(entries: list[tuple[int, int]], index: int) -> tuple[int, int]:
    """Fields ``lower`` and ``upper`` of `PmpEntry`."""
    lower, upper = extent(entries, index)
    if entries[index][0] >> 3 & 3 == TOR:
        return lower >> 2, upper >> 2 << 1
    return lower >> 2, (upper - 4 & TOP) >> 2 << 1 | 1


def set_entries(ctx, dut, entries: list[tuple[int, int]], permission: int) -> None:
    permitted = 0
    for index, (config, _) in enumerate(entries):
        entry = dut.entries[index]
        lower, upper = ends(entries, index)
        values = {"match": config >> 3 & 3, "locked": config >> 7, "lower": lower, "upper": upper}
        for name, value in values.items():
            ctx.set(getattr(entry, name), value)
        permitted |= bool(config & permission) << index
    ctx.set(dut.permitted, permitted)


def violation(ctx, dut, address: int, user: bool) -> bool:
    drive(ctx, dut, address=address >> 2, user=int(user))
    return bool(ctx.get(dut.violation))


# The check ---------------------------------------------------------------------------------------------------------

#: What an entry matches -> (configuration without permissions, its address, the address below).
REGIONS = {
    "nothing": (OFF, 0x2000_0400, 0x2000_0000),
    "from one address to another": (TOR, 0x2000_0400, 0x2000_03FD),
    "one word by two addresses": (TOR, 0x2000_0401, 0x2000_0400),
    "from 0": (TOR, 0x10, 0),
    "an empty range": (TOR, 0x2000_0400, 0x2000_0400),
    "a range from top to bottom": (TOR, 0x2000_0400, 0x2000_0500),
    "a range to the last word": (TOR, ADDRESS_MASK, 0x3FFF_FFF0),
    "a word": (NA4, 0x2000_0401, 0),
    "a word with ones at the end of its address": (NA4, 0x2000_047F, 0),
    "word 0": (NA4, 0, 0),
    "the last word": (NA4, ADDRESS_MASK, 0),
    "8 bytes": (NAPOT, 0x2000_0402, 0),
    "16 bytes": (NAPOT, 0x2000_0401, 0),
    "512 bytes": (NAPOT, 0x2000_043F, 0),
    "half of all": (NAPOT, 0x2FFF_FFFF, 0),
    "all": (NAPOT, 0x1FFF_FFFF, 0),
    "all, and more than there is": (NAPOT, ADDRESS_MASK, 0),
}


def words_around(*edges: int) -> list[int]:
    near = [edge + 4 * step for edge in edges for step in range(-3, 4)]
    return sorted({address & TOP & ~3 for address in (*near, 0, 4, TOP)})


@pytest.mark.parametrize("name", REGIONS)
def test_each_region_at_each_edge(name):
    """Of an entry with and without the permission, locked and not; in the middle, and at the start."""
    match, address, below = REGIONS[name]
    dut = PmpChecker(PMP16)

    async def bench(ctx):
        for index in (5, 0) if match != TOR or below == 0 else (5,):
            for config in (0, R, LOCK, R | LOCK):
                entries = [(0, 0)] * 16
                entries[index] = (config | match << 3, address)
                if index:
                    entries[index - 1] = (0, below)
                set_entries(ctx, dut, entries, R)
                for where in words_around(*extent(entries, index), address << 2):
                    for user in (False, True):
                        want = refused(entries, where, 4, R, user)
                        got = violation(ctx, dut, where, user)
                        assert got == want, f"{where:#x}, {config=:#x}, {user=}, entry {index}"

    combinational(dut, bench)


def test_every_size_of_napot():
    dut = PmpChecker(PMP4)

    async def bench(ctx):
        for ones in range(31):
            address = 0x1555_5555 & ~((2 << ones) - 1) | (1 << ones) - 1
            entries = [(R | NAPOT << 3, address), *[(0, 0)] * 3]
            set_entries(ctx, dut, entries, R)
            for where in words_around(*extent(entries, 0)):
                assert violation(ctx, dut, where, True) == refused(entries, where, 4, R, True), f"{ones=}, {where:#x}"

    combinational(dut, bench)


@CONFIGS
def test_the_lowest_entry_that_matches_decides(config):
    dut = PmpChecker(config)

    async def bench(ctx):
        for first in range(config.pmp):
            for second in range(first + 1, config.pmp):
                for allowed in (first, second):
                    entries = [(0, 0)] * config.pmp
                    for index in (first, second):
                        entries[index] = (NAPOT << 3 | (R if index == allowed else 0), ADDRESS_MASK)
                    set_entries(ctx, dut, entries, R)
                    assert violation(ctx, dut, 0x8000_0000, True) == (allowed == second), (first, second)

    combinational(dut, bench)


def random_entries(rng: random.Random, count: int) -> list[tuple[int, int]]:
    """Entries that meet each other: all near the same place."""
    base = rng.choice((0, 0x2000_0000, ADDRESS_MASK - 63))
    entries = []
    for _ in range(count):
        address = base + rng.randrange(64) | (1 << rng.choice((0, 0, 1, 2, 4))) - 1
        config = rng.choice((0, R, R | W, X, R | W | X)) | rng.randrange(4) << 3 | rng.choice((0, 0, LOCK))
        entries.append((config, address & ADDRESS_MASK))
    return entries


@CONFIGS
def test_random_entries(config):
    dut = PmpChecker(config)

    async def bench(ctx):
        rng = random.Random(3)
        verdicts = []
        for _ in range(200):
            entries = random_entries(rng, config.pmp)
            for permission in (R, W, X):
                set_entries(ctx, dut, entries, permission)
                for _ in range(6):
                    size = rng.choice((1, 2, 4))
                    near = rng.choice(entries)[1] * 4 + rng.randrange(-16, 17)
                    address, user = near & TOP & -size, rng.random() < 0.6
                    verdicts.append(refused(entries, address, size, permission, user))
                    assert violation(ctx, dut, address, user) == verdicts[-1], (entries, hex(address), size, user)
        assert 0.3 < sum(verdicts) / len(verdicts) < 0.8

    combinational(dut, bench)


# The registers -----------------------------------------------------------------------------------------------------


def read(ctx, dut, csr: str) -> int:
    ctx.set(dut.d_csr, csr_number(csr))
    return ctx.get(dut.d_csr_read)


async def write(ctx, dut, csr: str, value: int) -> None:
    drive(ctx, dut, x_csr=csr_number(csr), x_csr_value=value, x_csr_write=1)
    await ctx.tick()
    ctx.set(dut.x_csr_write, 0)
    while ctx.get(dut.busy):
        await ctx.tick()


def contents(ctx, dut, count: int) -> list[tuple[int, int]]:
    """Configuration and address of every entry."""
    configs = [read(ctx, dut, f"pmpcfg{i // 4}") >> 8 * (i % 4) & 0xFF for i in range(count)]
    return [(config, read(ctx, dut, f"pmpaddr{i}")) for i, config in enumerate(configs)]


def check_ends(ctx, dut, count: int) -> None:
    """What the checkers are given is what the registers say."""
    entries = contents(ctx, dut, count)
    for index, (config, _) in enumerate(entries):
        if config >> 3 & 3 != OFF:
            entry = dut.entries[index]
            lower, upper = ends(entries, index)
            assert ctx.get(entry.upper) == upper, (index, entries)
            if config >> 3 & 3 == TOR and index and entries[index - 1][0] >> 3 & 3 == NAPOT:
                lower = ends(entries, index - 1)[0]
            if index or config >> 3 & 3 != TOR:
                assert ctx.get(entry.lower) == lower, (index, entries)


@CONFIGS
def test_what_is_written_is_kept_and_changes_nothing_else(config):
    """Entries that do not exist read 0."""
    dut = PmpRegisters(config)
    names = [*(f"pmpcfg{i}" for i in range(4)), *(f"pmpaddr{i}" for i in range(16))]

    async def bench(ctx):
        expected = dict.fromkeys(names, 0)
        rng = random.Random(4)
        for _ in range(120):
            name, value = rng.choice(names), rng.getrandbits(32)
            await write(ctx, dut, name, value & 0x7F7F_7F7F if "cfg" in name else value)
            index = int(name.removeprefix("pmpcfg").removeprefix("pmpaddr"))
            if "addr" in name:
                expected[name] = value & ADDRESS_MASK if index < config.pmp else 0
            elif index < config.pmp // 4:
                value &= 0x1F1F_1F1F
                expected[name] = value & ~(~value << 1 & 0x0202_0202)  # no W without R
            assert {name: read(ctx, dut, name) for name in names} == expected
        assert all(any(expected[name] for name in names if kind in name) for kind in ("cfg", "addr"))

    simulate(dut, bench)


def test_nothing_is_written_without_x_csr_write():
    dut = PmpRegisters(PMP16)

    async def bench(ctx):
        drive(ctx, dut, x_csr=csr_number("pmpcfg0"), x_csr_value=0x1F)
        await ctx.tick()
        drive(ctx, dut, x_csr=csr_number("pmpaddr0"), x_csr_value=0x1F)
        await ctx.tick()
        assert (read(ctx, dut, "pmpcfg0"), read(ctx, dut, "pmpaddr0")) == (0, 0)

    simulate(dut, bench)


def test_other_numbers_read_0_and_write_nothing():
    dut = PmpRegisters(PMP16)

    async def bench(ctx):
        for i in range(16):
            await write(ctx, dut, f"pmpaddr{i}", TOP)
        for i in range(4):
            await write(ctx, dut, f"pmpcfg{i}", 0x1F1F_1F1F)
        for number in range(0x1000):
            drive(ctx, dut, d_csr=number, x_csr=number, x_csr_value=0, x_csr_write=int(not 0x3A0 <= number < 0x3C0))
            there = 0x3A0 <= number < 0x3A4 or 0x3B0 <= number < 0x3C0
            assert bool(ctx.get(dut.d_csr_read)) == there, f"{number:#x}"
            await ctx.tick()
        assert read(ctx, dut, "pmpaddr15") == ADDRESS_MASK
        assert read(ctx, dut, "pmpcfg3") == 0x1F1F_1F1F

    simulate(dut, bench)


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("match", list(PmpMatch), ids=lambda match: match.name)
def test_lock(index, match):
    """The entry, and the address below if it is the lower end, keep what they hold; all others can be written."""
    dut = PmpRegisters(PMP8)

    async def bench(ctx):
        for i in range(8):
            await write(ctx, dut, f"pmpaddr{i}", 0x100 + i)
        locked = LOCK | match << 3 | R
        await write(ctx, dut, f"pmpcfg{index // 4}", locked << 8 * (index % 4))
        for i in range(8):
            await write(ctx, dut, f"pmpaddr{i}", 0x200 + i)
        frozen = {index, index - 1} if match == TOR else {index}
        got = [read(ctx, dut, f"pmpaddr{i}") for i in range(8)]
        assert got == [(0x100 if i in frozen else 0x200) + i for i in range(8)]
        check_ends(ctx, dut, 8)
        for i in range(2):
            await write(ctx, dut, f"pmpcfg{i}", 0x0B0B_0B0B)
        configs = [read(ctx, dut, f"pmpcfg{i // 4}") >> 8 * (i % 4) & 0xFF for i in range(8)]
        assert configs == [locked if i == index else 0x0B for i in range(8)]

    simulate(dut, bench)


@CONFIGS
def test_ends_follow_what_is_written(config):
    """Entries next to each other, of all kinds; some are locked in the end."""
    dut = PmpRegisters(config)
    count = config.pmp

    async def bench(ctx):
        rng = random.Random(5)
        seen = set()
        for step in range(150):
            if rng.random() < 0.5:
                address = rng.getrandbits(30) | (1 << rng.choice((0, 1, 2, 5, 29, 30))) - 1
                await write(ctx, dut, f"pmpaddr{rng.randrange(count)}", address)
            else:
                lock = 0x8080_8080 if step > 110 and rng.random() < 0.2 else 0
                await write(ctx, dut, f"pmpcfg{rng.randrange(count // 4)}", rng.getrandbits(32) & (0x1F1F_1F1F | lock))
            check_ends(ctx, dut, count)
            matches = [entry[0] >> 3 & 3 for entry in contents(ctx, dut, count)]
            seen |= set(zip(matches, matches[1:], strict=False))
        assert len(seen) >= 14

    simulate(dut, bench)


@pytest.mark.parametrize(
    ("before", "csr", "value", "cycles"),
    [
        (0x1F0F_0F1F, "pmpaddr2", 0x1FFF, 0),  # TOR below NAPOT
        (0x0F17_0F1F, "pmpaddr2", 0x1FFF, 0),  # NA4 below TOR
        (0x0F1F_0F1F, "pmpaddr2", 0x1FFF, 0),  # NAPOT below TOR
        (0x1F1F_1F1F, "pmpcfg0", 0x1919_1919, 0),  # permissions
        (0x1F1F_1F1F, "pmpcfg0", 0x1F1F_1F17, 4),  # another match
        (0x1F1F_1F1F, "pmpcfg1", 0x0000_0017, 5),
    ],
)
def test_how_long_a_write_takes(before, csr, value, cycles):
    dut = PmpRegisters(PMP8)

    async def bench(ctx):
        await write(ctx, dut, "pmpcfg0", before)
        drive(ctx, dut, x_csr=csr_number(csr), x_csr_value=value, x_csr_write=1)
        await ctx.tick()
        ctx.set(dut.x_csr_write, 0)
        for _ in range(cycles):
            assert ctx.get(dut.busy)
            await ctx.tick()
        assert not ctx.get(dut.busy)
        check_ends(ctx, dut, 8)

    simulate(dut, bench)
