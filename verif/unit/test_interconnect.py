# amaranth: UnusedElaboratable=no
"""Interconnect: who is meant by an address, and that nobody is an error."""

import dataclasses

import pytest
from amaranth import *

from lib.wishbone import BusError, Initiator, simulate
from paddock.isa.memmap import DEVICES, Device
from paddock.soc.interconnect import Interconnect


class Bench(Elaboratable):
    """The interconnect with devices that answer at once: with their number in the upper byte and the word address."""

    def __init__(self, devices=DEVICES, broken=()):
        self.interconnect = Interconnect(devices)
        self.devices = devices
        self.stores = Signal(len(devices))
        self._broken = broken

    def elaborate(self, platform):
        m = Module()
        m.submodules.interconnect = self.interconnect
        for n, device in enumerate(self.devices):
            port = getattr(self.interconnect, device.name)
            access = port.cyc & port.stb
            m.d.comb += [
                port.ack.eq(access & (device.name not in self._broken)),
                port.err.eq(access & (device.name in self._broken)),
                port.dat_r.eq(Cat(port.adr[:24], C(n, 8))),
            ]
            with m.If(access & port.we & (port.dat_w == 0x1234) & (port.sel == 0b0011)):
                m.d.sync += self.stores[n].eq(1)
        return m


def test_each_device_gets_its_range_and_no_more():
    dut = Bench()

    async def bench(ctx):
        bus = Initiator(ctx, dut.interconnect.bus)
        for n, device in enumerate(DEVICES):
            for address in (device.base, device.base + device.size - 4):
                assert await bus.read(address) == n << 24 | address >> 2 & 0xFF_FFFF
                assert bus.cycles == 1
            others = [d for d in DEVICES if d is not device]
            for address in (device.base - 4, device.base + device.size):
                if not any(d.base <= address < d.base + d.size for d in others):
                    with pytest.raises(BusError):
                        await bus.read(address)

    simulate(dut, bench)


def test_stores_reach_only_their_device():
    dut = Bench()

    async def bench(ctx):
        bus = Initiator(ctx, dut.interconnect.bus)
        for n, device in enumerate(DEVICES):
            await bus.write(device.base, 0x1234, size=2)
            assert ctx.get(dut.stores) == (2 << n) - 1

    simulate(dut, bench)


@pytest.mark.parametrize("address", [0, 4, 0x0FFF_FFFC, 0x7FFF_FFFC])
def test_nobody_is_an_error_after_one_cycle(address):
    dut = Bench()

    async def bench(ctx):
        bus = Initiator(ctx, dut.interconnect.bus)
        for _ in range(2):
            with pytest.raises(BusError):
                await bus.write(address, 0)
            assert bus.cycles == 2
        assert await bus.read(DEVICES[0].base) == DEVICES[0].base >> 2

    simulate(dut, bench)


def test_device_that_is_left_out_is_nobody_and_errors_pass():
    dut = Bench(DEVICES[1:], broken=(DEVICES[1].name,))

    async def bench(ctx):
        bus = Initiator(ctx, dut.interconnect.bus)
        for device in DEVICES[:2]:
            with pytest.raises(BusError):
                await bus.read(device.base)
        assert bus.cycles == 1

    simulate(dut, bench)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 0x300}, "size of b must be a power of two"),
        ({"base": 0x1080}, "base of b must be a multiple of 0x100, not 0x1080"),
        ({"base": 0x1000}, "b overlaps the device that ends at 0x1100: base 0x1000"),
    ],
)
def test_refuses_maps(change, message):
    first = Device("a", 0x1000, 0x100, "")
    second = dataclasses.replace(Device("b", 0x1100, 0x100, ""), **change)
    Interconnect([first, Device("b", 0x1100, 0x100, "")])
    with pytest.raises(ValueError, match=message):
        Interconnect([first, second])
