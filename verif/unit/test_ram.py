# amaranth: UnusedElaboratable=no

"""RAM: two ports at once, byte lanes, answers that hold, nothing behind the end."""

import pytest

from lib.wishbone import simulate
from paddock.isa.memmap import RAM_BASE
from paddock.soc.ram import Ram

SIZE = 64
WORDS = [0x1111_0000 + n for n in range(SIZE // 4)]


async def fetch(ctx, ram, address):
    ctx.set(ram.ibus.en, 1)
    ctx.set(ram.ibus.addr, address)
    await ctx.tick()
    ctx.set(ram.ibus.en, 0)
    assert ctx.get(ram.ibus.ready)
    return ctx.get(ram.ibus.err) or ctx.get(ram.ibus.rdata)


async def access(ctx, ram, address, value=0, lanes=0):
    ctx.set(ram.dbus.en, 1)
    ctx.set(ram.dbus.addr, address)
    ctx.set(ram.dbus.wdata, value)
    ctx.set(ram.dbus.we, lanes)
    await ctx.tick()
    ctx.set(ram.dbus.en, 0)
    ctx.set(ram.dbus.we, 0)
    assert ctx.get(ram.dbus.ready)
    return ctx.get(ram.dbus.err), ctx.get(ram.dbus.rdata)


def test_both_ports_read_every_word():
    ram = Ram(SIZE, WORDS)

    async def bench(ctx):
        for n, word in enumerate(WORDS):
            assert await fetch(ctx, ram, RAM_BASE + 4 * n) == word
            assert await access(ctx, ram, RAM_BASE + 4 * n) == (0, word)

    simulate(ram, bench)


def test_each_lane_alone_and_the_low_address_bits_ignored():
    ram = Ram(SIZE, WORDS)

    async def bench(ctx):
        expected = WORDS[5]
        for lane in range(4):
            await access(ctx, ram, RAM_BASE + 20 + lane, 0xA3A2A1A0, 1 << lane)
            mask = 0xFF << 8 * lane
            expected = expected & ~mask | 0xA3A2A1A0 & mask
            assert await access(ctx, ram, RAM_BASE + 20) == (0, expected)
        assert await access(ctx, ram, RAM_BASE + 16) == (0, WORDS[4])
        assert await access(ctx, ram, RAM_BASE + 24) == (0, WORDS[6])
        assert await fetch(ctx, ram, RAM_BASE + 20) == expected

    simulate(ram, bench)


def test_answers_hold_until_the_next_request():
    ram = Ram(SIZE, WORDS)

    async def bench(ctx):
        await fetch(ctx, ram, RAM_BASE + 8)
        await access(ctx, ram, RAM_BASE + 12)
        ctx.set(ram.ibus.addr, RAM_BASE)
        ctx.set(ram.dbus.addr, RAM_BASE + SIZE)
        await ctx.tick().repeat(3)
        assert ctx.get(ram.ibus.rdata) == WORDS[2]
        assert ctx.get(ram.dbus.rdata) == WORDS[3]
        assert ctx.get(ram.dbus.err) == 0

    simulate(ram, bench)


@pytest.mark.parametrize("beyond", [SIZE, SIZE + 4, 0x1000, 0x4000_0000, 0x7FFF_FFFC])
def test_behind_the_end_is_an_error_and_stores_nothing(beyond):
    ram = Ram(SIZE, WORDS)

    async def bench(ctx):
        assert (await access(ctx, ram, RAM_BASE + beyond))[0] == 1
        assert (await access(ctx, ram, RAM_BASE + beyond, 0xFFFF_FFFF, 0b1111))[0] == 1
        assert await fetch(ctx, ram, RAM_BASE + beyond) == 1
        for n, word in enumerate(WORDS):
            assert await access(ctx, ram, RAM_BASE + 4 * n) == (0, word)
        assert await fetch(ctx, ram, RAM_BASE + SIZE - 4) == WORDS[-1]

    simulate(ram, bench)


def test_write_enable_without_request_stores_nothing():
    ram = Ram(SIZE, WORDS)

    async def bench(ctx):
        ctx.set(ram.dbus.addr, RAM_BASE)
        ctx.set(ram.dbus.we, 0b1111)
        await ctx.tick()
        assert await access(ctx, ram, RAM_BASE) == (0, WORDS[0])

    simulate(ram, bench)


@pytest.mark.parametrize("size", [0, 4, 24, 1 << 32, "64"])
def test_refuses_sizes(size):
    with pytest.raises(ValueError, match="RAM size must be a power of two"):
        Ram(size)


def test_refuses_an_image_that_is_too_large():
    with pytest.raises(ValueError, match="exceeds memory depth"):
        Ram(SIZE, [0] * 17)
