"""LEDs and switches: 32 output pins and 32 input pins."""

from amaranth import *
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["Gpio"]


class Gpio(Peripheral):
    """``set`` and ``clear`` change single pins without a read, so that two users need no lock. Writes by byte lanes.

    Parameters
    ----------
    width : int
        Pins that are there, the others read 0.

    Raises
    ------
    ValueError
        If the width is not from 1 to 32.
    """

    device = DEVICE_BY_NAME["gpio"]

    bus: In(Wishbone())
    #: Output pins. 0 after reset.
    outputs: Out(32)
    #: Input pins, of any clock: seen two cycles later.
    inputs: In(32)

    def __init__(self, width: int = 32):
        if not isinstance(width, int) or not 1 <= width <= 32:
            raise ValueError(f"GPIO has from 1 to 32 pins, not {width!r}")
        self._width = width
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)
        outputs = Signal(self._width)
        inputs = Signal(self._width)
        m.submodules.synchronizer = FFSynchronizer(self.inputs[: self._width], inputs)

        bits = self.merged(C(0, self._width))
        with m.If(self.written(access, "out")):
            m.d.sync += outputs.eq(self.merged(outputs))
        with m.If(self.written(access, "set")):
            m.d.sync += outputs.eq(outputs | bits)
        with m.If(self.written(access, "clear")):
            m.d.sync += outputs.eq(outputs & ~bits)

        m.d.comb += self.outputs.eq(outputs)
        self.answer(m, access, {"out": outputs, "in": inputs, "set": outputs, "clear": outputs})
        return m
