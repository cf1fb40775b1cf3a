"""Between the core's Wishbone port and the devices."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from ..bus import Wishbone
from ..isa.memmap import Device

__all__ = ["Interconnect"]


class Interconnect(wiring.Component):
    """Hands each access to the device in whose range its address lies, without delay.

    Where there is no device, ``err`` comes in the cycle after the request, as an ``ack`` would.

    Parameters
    ----------
    devices : iterable of Device
        Who is connected: each gets a port of its name.
    silent : bool
        All of them return 0 while they do not answer, as a `Peripheral` does: then nothing has to be selected.

    Members
    -------
    bus : In(Wishbone())
        From the core.
    <name> : Out(Wishbone())
        To the device of that name. Has the whole word address, also its part above the device's size.

    Raises
    ------
    ValueError
        If a device's size is no power of two, its base is no multiple of that, or it overlaps another one.
    """

    def __init__(self, devices: Iterable[Device], *, silent: bool = False):
        self._silent = silent
        self._devices = sorted(devices, key=lambda device: device.base)
        end = 0
        for device in self._devices:
            if device.size & (device.size - 1) or device.size < 4:
                raise ValueError(f"size of {device.name} must be a power of two from 4, not {device.size:#x}")
            if device.base % device.size:
                raise ValueError(f"base of {device.name} must be a multiple of {device.size:#x}, not {device.base:#x}")
            if device.base < end:
                raise ValueError(f"{device.name} overlaps the device that ends at {end:#x}: base {device.base:#x}")
            end = device.base + device.size
        super().__init__({"bus": In(Wishbone()), **{device.name: Out(Wishbone()) for device in self._devices}})

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        nobody = Signal()
        refused = Signal()
        answers = []

        m.d.sync += refused.eq(bus.cyc & bus.stb & nobody & ~refused)
        for device in self._devices:
            port = getattr(self, device.name)
            low = exact_log2(device.size) - 2
            selected = Signal(name=f"{device.name}_selected")
            m.d.comb += [
                selected.eq(bus.adr[low:] == device.base // device.size),
                port.cyc.eq(bus.cyc & selected),
                port.stb.eq(bus.stb & selected),
                port.we.eq(bus.we),
                port.adr.eq(bus.adr),
                port.sel.eq(bus.sel),
                port.dat_w.eq(bus.dat_w),
            ]
            answers.append((selected, port))
        m.d.comb += [
            nobody.eq(~Cat(selected for selected, _port in answers).any()),
            bus.dat_r.eq(reduce(or_, (Mux(selected | self._silent, port.dat_r, 0) for selected, port in answers))),
            bus.ack.eq(Cat((selected | self._silent) & port.ack for selected, port in answers).any()),
            bus.err.eq(Cat(selected & port.err for selected, port in answers).any() | refused),
        ]
        return m
