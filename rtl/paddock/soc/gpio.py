"""LEDs and switches: 32 output pins and 32 input pins."""

from amaranth import *
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["Gpio"]


class Gpio(Peripheral):
    """``set`` and ``clear`` change single pins without a read, so that two users need no lock. Writes by byte lanes."""

    device = DEVICE_BY_NAME["gpio"]

    bus: In(Wishbone())
    #: Output pins. 0 after reset.
    outputs: Out(32)
    #: Input pins, of any clock: seen two cycles later.
    inputs: In(32)

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)
        inputs = Signal(32)
        m.submodules.synchronizer = FFSynchronizer(self.inputs, inputs)

        bits = self.merged(C(0, 32))
        with m.If(self.written(access, "out")):
            m.d.sync += self.outputs.eq(self.merged(self.outputs))
        with m.If(self.written(access, "set")):
            m.d.sync += self.outputs.eq(self.outputs | bits)
        with m.If(self.written(access, "clear")):
            m.d.sync += self.outputs.eq(self.outputs & ~bits)

        self.answer(m, access, {"out": self.outputs, "in": inputs, "set": self.outputs, "clear": self.outputs})
        return m
