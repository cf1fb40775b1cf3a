"""The Wishbone helper itself: what it would let pass, every device test would."""

import pytest
from amaranth import *

from lib.wishbone import BusError, Initiator, register_address, simulate, wait_for
from paddock.bus import Wishbone
from paddock.isa.memmap import DEVICE_BY_NAME


class Scripted(Elaboratable):
    """Answers with ``ack`` or ``err`` if told so; remembers the request."""

    def __init__(self, ack=0, err=0):
        self.bus = Wishbone().flip().create()
        self._ack, self._err = ack, err
        self.seen = Signal(36 + 30)

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        m.d.comb += [bus.ack.eq(bus.stb & self._ack), bus.err.eq(bus.stb & self._err), bus.dat_r.eq(0x44332211)]
        with m.If(bus.stb):
            m.d.sync += self.seen.eq(Cat(bus.sel, bus.dat_w, bus.adr))
        return m


def test_lanes_and_cycles():
    dut = Scripted(ack=1)

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        assert await bus.read(0x100) == 0x44332211
        assert bus.cycles == 1
        assert await bus.read(0x102, size=2) == 0x4433
        assert await bus.read(0x101, size=1) == 0x22
        await bus.write(0x103, 0x5A, size=1)
        assert ctx.get(dut.seen) == 0b1000 | 0x5A00_0000 << 4 | 0x40 << 36

    simulate(dut, bench)


@pytest.mark.parametrize(("answers", "error"), [({"err": 1}, BusError), ({"ack": 1, "err": 1}, AssertionError)])
def test_wrong_answers_are_reported(answers, error):
    dut = Scripted(**answers)

    async def bench(ctx):
        with pytest.raises(error):
            await Initiator(ctx, dut.bus).read(0)

    simulate(dut, bench)


def test_silence_is_reported():
    dut = Scripted()

    async def bench(ctx):
        with pytest.raises(pytest.fail.Exception, match="no answer to an access at 0x8"):
            await Initiator(ctx, dut.bus).read(8)
        with pytest.raises(pytest.fail.Exception, match="did not rise in 3 cycles"):
            await wait_for(ctx, dut.bus.ack, 3)

    simulate(dut, bench)


def test_register_address():
    assert register_address(DEVICE_BY_NAME["plic"], "priority", 3) == 0x0C00_000C
