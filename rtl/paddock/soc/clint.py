"""Core-local interruptor: the hart's software interrupt, its timer, and the time itself."""

from amaranth import *
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["Clint"]


class Clint(Peripheral):
    """One hart. ``mtime`` counts clock cycles from 0; ``mtimecmp`` is as late as can be after reset.

    Each half of the 64-bit registers is written by byte lanes, by itself. So raise ``mtimecmph`` first, to the largest
    value, if a value in between must not interrupt; and read ``mtimeh`` again after ``mtime``.

    Parameters
    ----------
    width : int
        Bits of both registers, from 33 to 64; the others read 0.
    settable : bool
        ``mtime`` can be written.
    """

    device = DEVICE_BY_NAME["clint"]

    bus: In(Wishbone())
    #: What the ``time`` CSR shall read.
    time: Out(64)
    #: Interrupt requests, level. The timer's follows mtime and mtimecmp one cycle behind, and is 0 in the cycle after
    #: a write to one of them.
    software_irq: Out(1)
    timer_irq: Out(1)

    def __init__(self, width: int = 64, *, settable: bool = True):
        if not isinstance(width, int) or not 33 <= width <= 64:
            raise ValueError(f"mtime has from 33 to 64 bits, not {width!r}")
        self._width = width
        self._settable = settable
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)
        time = Signal(self._width)
        compare = Signal(self._width, init=-1)
        software = Signal()

        m.d.sync += [time.eq(time + 1), self.timer_irq.eq(time >= compare)]
        # A write puts the request down at once: the comparison comes too late for a handler that ends right behind it.
        written = [(compare, "mtimecmp", "mtimecmph")]
        if self._settable:
            written.append((time, "mtime", "mtimeh"))
        for register, low, high in written:
            with m.If(self.written(access, low)):
                m.d.sync += [register[:32].eq(self.merged(register[:32])), self.timer_irq.eq(0)]
            with m.If(self.written(access, high)):
                m.d.sync += [register[32:].eq(self.merged(register[32:])), self.timer_irq.eq(0)]
        with m.If(self.written(access, "msip")):
            m.d.sync += software.eq(self.merged(software))

        m.d.comb += [self.time.eq(time), self.software_irq.eq(software)]
        self.answer(
            m,
            access,
            {
                "msip": software,
                "mtimecmp": compare[:32],
                "mtimecmph": compare[32:],
                "mtime": time[:32],
                "mtimeh": time[32:],
            },
        )
        return m
