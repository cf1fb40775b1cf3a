"""Countdown timer for drivers."""

from amaranth import *
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["Timer"]


class Timer(Peripheral):
    """Counts from ``reload`` down to 0 and starts again: a period of ``reload + 1`` cycles.

    ``status`` is set as the count leaves 0; it stays until it is cleared, or is set again in the cycle of the clear.
    ``count`` is read-only. Writes by byte lanes.

    Parameters
    ----------
    width : int
        Bits of ``count`` and ``reload``, from 1 to 32; the others read 0.
    """

    device = DEVICE_BY_NAME["timer"]

    bus: In(Wishbone())
    #: Interrupt request, level: status and interrupt enable.
    irq: Out(1)

    def __init__(self, width: int = 32):
        if not isinstance(width, int) or not 1 <= width <= 32:
            raise ValueError(f"the timer has from 1 to 32 bits, not {width!r}")
        self._width = width
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)
        count = Signal(self._width)
        reload = Signal(self._width)
        control = Signal(2)
        enable, interrupt_enable = control
        status = Signal()

        with m.If(self.written(access, "status") & self.merged(C(0, 1))):
            m.d.sync += status.eq(0)
        with m.If(enable):
            with m.If(count == 0):
                m.d.sync += [count.eq(reload), status.eq(1)]
            with m.Else():
                m.d.sync += count.eq(count - 1)
        with m.If(self.written(access, "reload")):
            m.d.sync += [reload.eq(self.merged(reload)), count.eq(self.merged(reload))]
        with m.If(self.written(access, "control")):
            m.d.sync += control.eq(self.merged(control))

        m.d.comb += self.irq.eq(status & interrupt_enable)
        self.answer(m, access, {"count": count, "reload": reload, "control": control, "status": status})
        return m
