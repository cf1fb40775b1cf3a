"""What all devices have in common: a Wishbone port that answers, and registers that have names."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.utils import exact_log2

__all__ = ["Peripheral"]


class Peripheral(wiring.Component):
    """A device on the bus. Every access takes two cycles: request, then ``ack`` with the data.

    A subclass has a port ``bus: In(Wishbone())`` and an attribute ``device``, its entry in `isa.memmap`. Offsets
    without a register read 0 and ignore writes. ``err`` never comes from a device, only from the interconnect.
    """

    def start(self, m: Module) -> Signal:
        """Connect ``ack``; returns the strobe that is 1 in one cycle per access, in which all its effects happen."""
        access = Signal()
        m.d.comb += access.eq(self.bus.cyc & self.bus.stb & ~self.bus.ack)
        m.d.sync += self.bus.ack.eq(access)
        return access

    def selects(self, name: str, index: int = 0) -> Value:
        """Whether the address on the bus is in the word of a register, or in the ``index``-th word from it."""
        return self._word == (self._offset(name) >> 2) + index

    def written(self, access: Value, name: str, index: int = 0) -> Value:
        """Whether this access writes to the word of a register; ``merged`` gives its new value."""
        return access & self.bus.we & self.selects(name, index)

    def merged(self, old: Value) -> Value:
        """``old`` with the bytes replaced that are written."""
        lanes = range(0, len(old), 8)
        return Cat(
            Mux(self.bus.sel[lsb // 8], self.bus.dat_w[lsb : lsb + 8], old[lsb : lsb + 8])[: len(old) - lsb]
            for lsb in lanes
        )

    def answer(self, m: Module, access: Value, words: dict[str, Value]) -> None:
        """Return the value of the register that is read; ``words`` has them by name. Without an answer it is 0."""
        m.d.sync += self.bus.dat_r.eq(0)
        with m.If(access), m.Switch(self._word):
            for name, value in words.items():
                with m.Case(self._offset(name) >> 2):
                    m.d.sync += self.bus.dat_r.eq(value)

    @property
    def _word(self) -> Value:
        return self.bus.adr[: exact_log2(self.device.size) - 2]

    def _offset(self, name: str) -> int:
        return next(register.offset for register in self.device.registers if register.name == name)
