"""The check itself: does an access, does a fetch lie in a window of the active module?

`BoundsChecker` sits in X beside the address adder, `FetchChecker` in D beside the program counter.
Specification: docs/reference/extension.md, section 2.
"""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .bus import Window
from .config import CoreConfig

__all__ = ["BoundsChecker", "FetchChecker"]


def _difference(address: Value, bound: Value) -> Value:
    """Its sign, bit 33, tells whether ``address`` is below ``bound``."""
    return address - bound


def _difference_compact(address: Value, bound: Value) -> Value:
    """The same bit 33, as the carry of a sum: not the bounds are inverted but the address, which all of them share."""
    return bound + ~Cat(address, C(0, 33 - len(address)))


class BoundsChecker(wiring.Component):
    """Verdict on a load or store, combinational, in the cycle in which its address is formed.

    Upper bounds are exclusive and the *last* byte is checked: ``lower <= first`` and ``last < upper``. For an aligned
    access ``last`` is the address with its low bits set, so nothing has to be added behind the address adder and
    nothing can wrap at 2**32. A misaligned access traps as misaligned, whatever this says.

    On a violation X keeps the request in the core: no write enable, no device request. A RAM read may have been
    started; M discards it. ``rd`` stays as it is, ``mepc`` is the access, ``mtval`` its address. Bounds are written by
    CSR instructions of the kernel and replaced by gates; either holds for the next instruction. A trap makes the id 0.
    """

    #: Byte address and log2 of the size of the access.
    x_addr: In(32)
    x_size: In(2)
    #: A store, else a load.
    x_store: In(1)
    #: The active id is not the kernel's.
    x_checked: In(1)
    #: Active windows. Those that the configuration leaves out are ignored.
    arena: In(Window)
    device: In(Window)
    grant: In(Window)
    public: In(Window)
    #: No window lets the access through. Same cycle as ``x_addr``; meaningless without an access.
    x_violation: Out(1)

    def __init__(self, config: CoreConfig):
        self._windows = ["arena"]
        self._windows += ["device"] if config.device_window else []
        self._windows += ["grant"] if config.grant_window else []
        self._windows += ["public"] if config.public_window else []
        self._difference = _difference_compact if config.compact else _difference
        super().__init__()

    def elaborate(self, platform):
        m = Module()

        last = Signal(32)
        with m.Switch(self.x_size):
            with m.Case(0):
                m.d.comb += last.eq(self.x_addr)
            with m.Case(1):
                m.d.comb += last.eq(self.x_addr | 1)
            with m.Default():
                m.d.comb += last.eq(self.x_addr | 3)

        # Each comparison is a subtraction whose sign tells, one bit wider than the address: what is known early goes
        # into that bit, so that nothing but an AND-OR stands behind the carry chains. An access that lacks permission
        # lies below every lower bound; the kernel's lies in the arena, wherever it is.
        unchecked = ~self.x_checked
        passed = Signal(len(self._windows))
        for i, name in enumerate(self._windows):
            window = getattr(self, name)
            permitted = Signal(name=f"{name}_permitted")
            below_lower = Signal(signed(34), name=f"{name}_below_lower")
            below_upper = Signal(signed(34), name=f"{name}_below_upper")
            always = unchecked if name == "arena" else C(0, 1)
            m.d.comb += [
                permitted.eq(Mux(self.x_store, window.write, window.read) | always),
                # {permitted, address} < {1, lower}; for the kernel < {0, lower}
                below_lower.eq(self._difference(Cat(self.x_addr, permitted), Cat(window.lower, ~always))),
                below_upper.eq(self._difference(last, Cat(window.upper, always))),
                passed[i].eq(~below_lower[-1] & below_upper[-1]),
            ]
        m.d.comb += self.x_violation.eq(~passed.any())

        return m


class FetchChecker(wiring.Component):
    """Verdict on the instruction in D: does all of it lie in the public window? Combinational."""

    #: Address of the instruction, a multiple of 4.
    d_pc: In(32)
    d_checked: In(1)
    public: In(Window)
    #: Same cycle as ``d_pc``.
    d_violation: Out(1)

    def elaborate(self, platform):
        m = Module()
        first, last = self.d_pc, Cat(C(0b11, 2), self.d_pc[2:])
        inside = ~(first < self.public.lower) & (last < self.public.upper)
        m.d.comb += self.d_violation.eq(self.d_checked & ~inside)
        return m
