"""Test finisher: how a program ends the simulation it runs in. Compatible with `sifive,test0`."""

from amaranth import *
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["FAIL", "PASS", "Finisher"]

#: What to write: a pass, and a failure (with its code in the upper half).
PASS = 0x5555
FAIL = 0x3333


class Finisher(Peripheral):
    """Remembers the first verdict written to it. Everything else is ignored; reads 0.

    A write of the lower half alone is a verdict too, with code 0.
    """

    device = DEVICE_BY_NAME["finisher"]

    bus: In(Wishbone())
    #: A verdict was written. Stays 1 until reset.
    done: Out(1)
    #: 0 for a pass, else the code; valid with ``done``.
    code: Out(16)

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)
        value = Signal(32)
        m.d.comb += value.eq(self.merged(C(0, 32)))
        with m.If(self.written(access, "finish") & ~self.done), m.Switch(value[:16]):
            with m.Case(PASS):
                m.d.sync += self.done.eq(1)
            with m.Case(FAIL):
                m.d.sync += [self.done.eq(1), self.code.eq(value[16:])]
        return m
