"""The UART's serial side: every form of frame, timing of bits, faults on the line."""

import pytest
from amaranth import *

from lib.serial import Frame, send, watch
from lib.wishbone import simulate, wait_for
from paddock.soc.uart_serial import BaudGenerator, LineControl, Receiver, Transmitter

FORMS = [
    (bits, parity, stops)
    for bits in (5, 6, 7, 8)
    for parity in (None, "even", "odd", "mark", "space")
    for stops in (1, 2)
]
PARITY_BITS = {
    None: {},
    "even": {"parity": 1, "even": 1},
    "odd": {"parity": 1},
    "mark": {"parity": 1, "stick": 1},
    "space": {"parity": 1, "even": 1, "stick": 1},
}
DATA = [0x00, 0xFF, 0x55, 0xAA, 0x01, 0x80, 0x37]


def control(frame):
    return {"length": frame.bits - 5, "two_stop": frame.stops - 1, **PARITY_BITS[frame.parity]}


@pytest.mark.parametrize("divisor", [1, 2, 5, 0x123])
def test_baud_generator(divisor):
    dut = BaudGenerator()

    async def bench(ctx):
        ctx.set(dut.divisor, divisor)
        await wait_for(ctx, dut.tick, divisor + 2)
        for _ in range(4):
            await ctx.tick()
            assert await wait_for(ctx, dut.tick, divisor) == divisor - 1

    simulate(dut, bench)


def test_baud_generator_stands_at_zero_and_starts_again():
    dut = BaudGenerator()

    async def bench(ctx):
        ctx.set(dut.divisor, 0)
        for _ in range(40):
            assert ctx.get(dut.tick) == 0
            await ctx.tick()
        ctx.set(dut.divisor, 0xFFFF)
        await ctx.tick().repeat(4)
        ctx.set(dut.divisor, 3)
        ctx.set(dut.restart, 1)
        await ctx.tick()
        ctx.set(dut.restart, 0)
        await wait_for(ctx, dut.tick, 4)

    simulate(dut, bench)


@pytest.mark.parametrize(("bits", "parity", "stops"), FORMS)
def test_transmitter(bits, parity, stops):
    dut = Transmitter()
    frame = Frame(16, bits, parity, stops)
    received, starts = [], []

    async def bench(ctx):
        ctx.set(dut.tick, 1)
        ctx.set(dut.line, control(frame))
        ctx.set(dut.characters.valid, 1)
        for character in DATA:
            ctx.set(dut.characters.payload, character)
            await wait_for(ctx, dut.characters.ready, 16 * 12 + 2)
            await ctx.tick()
        ctx.set(dut.characters.valid, 0)
        await ctx.tick().repeat(16 * 12)
        assert ctx.get(dut.busy) == 0
        assert received == [character & ((1 << bits) - 1) for character in DATA]
        # One tick between frames, no more.
        length = 16 * len(frame.levels(0))
        assert [b - a for a, b in zip(starts, starts[1:], strict=False)] == [length + 1] * (len(DATA) - 1)

    async def peer(ctx):
        await watch(ctx, dut.tx, frame, received, starts)

    simulate(dut, bench, background=[peer])


def test_transmitter_waits_for_ticks():
    dut = Transmitter()

    async def bench(ctx):
        ctx.set(dut.line, control(Frame(16)))
        ctx.set(dut.characters.valid, 1)
        for _ in range(20):
            assert (ctx.get(dut.tx), ctx.get(dut.characters.ready)) == (1, 0)
            await ctx.tick()
        ctx.set(dut.tick, 1)
        await ctx.tick()
        assert (ctx.get(dut.tx), ctx.get(dut.busy)) == (0, 1)

    simulate(dut, bench)


async def collect(ctx, dut, received):
    while True:
        _clock, _reset, valid, character = await ctx.tick().sample(dut.valid, dut.character)
        if valid:
            received.append((character.data, character.parity_error, character.framing_error, character.broken))


@pytest.mark.parametrize(("bits", "parity", "stops"), FORMS)
def test_receiver(bits, parity, stops):
    dut = Receiver()
    frame = Frame(16, bits, parity, stops)
    received = []

    async def bench(ctx):
        ctx.set(dut.tick, 1)
        ctx.set(dut.line, control(frame))
        await send(ctx, dut.rx, frame, DATA)
        await ctx.tick().repeat(20)
        assert received == [(character & ((1 << bits) - 1), 0, 0, 0) for character in DATA]

    async def sink(ctx):
        await collect(ctx, dut, received)

    simulate(dut, bench, background=[sink])


@pytest.mark.parametrize("cycles", [154, 160, 166])
def test_receiver_tolerates_four_percent(cycles):
    """The tick comes every 10 cycles: 160 per bit."""
    dut = Receiver()
    received = []

    async def ticks(ctx):
        while True:
            for n in range(10):
                ctx.set(dut.tick, n == 0)
                await ctx.tick()

    async def bench(ctx):
        ctx.set(dut.line, control(Frame(cycles)))
        await send(ctx, dut.rx, Frame(cycles), DATA)
        await ctx.tick().repeat(200)
        assert received == [(character, 0, 0, 0) for character in DATA]

    async def sink(ctx):
        await collect(ctx, dut, received)

    simulate(dut, bench, background=[ticks, sink])


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ([9], (0x21, 1, 0, 0)),  # parity
        ([1], (0x20, 1, 0, 0)),  # a bit of data
        ([1, 2], (0x22, 0, 0, 0)),  # two of them, which parity cannot tell
        ([10], (0x21, 0, 1, 0)),  # stop
        ([1, 6, 10], (0x00, 0, 1, 1)),  # all low
    ],
)
def test_receiver_reports_faults_and_goes_on(wrong, expected):
    dut = Receiver()
    frame = Frame(16, parity="even")
    received = []

    async def bench(ctx):
        ctx.set(dut.tick, 1)
        ctx.set(dut.line, control(frame))
        await send(ctx, dut.rx, frame, [0x21], wrong=wrong)
        await ctx.tick().repeat(30)
        await send(ctx, dut.rx, frame, [0x5A])
        await ctx.tick().repeat(30)
        assert received == [expected, (0x5A, 0, 0, 0)]

    async def sink(ctx):
        await collect(ctx, dut, received)

    simulate(dut, bench, background=[sink])


def test_receiver_ignores_a_spike_and_a_long_break_is_one_character():
    dut = Receiver()
    received = []

    async def bench(ctx):
        ctx.set(dut.tick, 1)
        ctx.set(dut.line, control(Frame(16)))
        ctx.set(dut.rx, 0)
        await ctx.tick().repeat(6)
        ctx.set(dut.rx, 1)
        await ctx.tick().repeat(200)
        assert received == []
        ctx.set(dut.rx, 0)
        await ctx.tick().repeat(600)
        ctx.set(dut.rx, 1)
        await ctx.tick().repeat(200)
        assert received == [(0, 0, 1, 1)]

    async def sink(ctx):
        await collect(ctx, dut, received)

    simulate(dut, bench, background=[sink])


def test_line_control_has_the_bits_of_the_register():
    """Bit positions of the 16550's LCR, typed by hand."""
    bits = {"length": 0, "two_stop": 2, "parity": 3, "even": 4, "stick": 5, "send_break": 6, "divisor_access": 7}
    assert {name: LineControl.as_shape()[name].offset for name in bits} == bits
