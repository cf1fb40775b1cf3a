"""A counter that can be written, a word at a time."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Counter"]


class Counter(wiring.Component):
    """Counts the cycles with ``increment``, at the end of each.

    A write clears the word at the end of its cycle, and in the next one what it is to be comes in through the adder,
    together with the increment: ``count`` is right from the second cycle after the write on. That takes a flip-flop
    per bit where a choice between the two would take a LUT.

    Parameters
    ----------
    bits : int
        Width: 32, or 64; then there is a high word.
    """

    def __init__(self, bits: int):
        self._words = bits // 32
        super().__init__(
            {
                "increment": In(1),
                # At most one of them; writes to the high word of a counter that has none are ignored.
                "write_low": In(1),
                "write_high": In(1),
                "value": In(32),
                "count": Out(bits),
            }
        )

    def elaborate(self, platform):
        m = Module()
        # Bit 0 of both summands makes the increment the carry into bit 1.
        addend = Signal.like(self.count)
        m.d.sync += self.count.eq((Cat(C(1, 1), self.count) + Cat(self.increment, addend))[1:])
        for n, write in enumerate((self.write_low, self.write_high)[: self._words]):
            word = slice(32 * n, 32 * n + 32)
            m.d.sync += addend[word].eq(0)
            with m.If(write):
                m.d.sync += [self.count[word].eq(0), addend[word].eq(self.value)]
        return m
