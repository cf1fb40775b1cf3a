"""Stage F: which instruction is next. Presents the address; the instruction arrives one stage later, in D."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..bus import FetchPort
from ..config import CoreConfig

__all__ = ["FetchStage"]


class FetchStage(wiring.Component):
    """Program counter and instruction port.

    There is no prediction: fetch goes straight on until X (jump) or M (trap) says otherwise, in the cycle in which
    they say so. A jump therefore costs one bubble, a trap two. Reading ahead has no side effect, as this port
    reaches RAM only; whether the instruction may be *executed* is judged in D.
    """

    ibus: Out(FetchPort())

    #: Go on at ``f_target`` instead of behind ``d_pc``. Only while ``f_wait`` is low.
    f_redirect: In(1)
    f_target: In(32)
    #: Where a gate goes, ored to that; else 0. It comes out of a RAM, late in the cycle.
    f_gate_target: In(32)
    #: The memory has not answered: no redirect can be taken.
    f_wait: Out(1)

    #: D takes the instruction in this cycle.
    d_ready: In(1)
    #: An instruction is there; the following are valid with it.
    d_valid: Out(1)
    d_pc: Out(32)
    #: d_pc + 4.
    d_link: Out(32)
    d_insn: Out(32)
    #: The memory refused the fetch.
    d_refused: Out(1)

    def __init__(self, config: CoreConfig):
        self._reset_address = config.reset_address
        super().__init__()

    def elaborate(self, platform):
        m = Module()

        # The pc before the first instruction, so that going straight on reaches it.
        pc = Signal(30, init=(self._reset_address >> 2) - 1)
        asked = Signal()
        next_pc = Signal(30)

        m.d.comb += [
            self.d_pc.eq(Cat(C(0, 2), pc)),
            self.d_link.eq(Cat(C(0, 2), (pc + 1)[:30])),
            self.d_valid.eq(asked & self.ibus.ready),
            self.d_insn.eq(self.ibus.rdata),
            self.d_refused.eq(self.ibus.err | ~pc[-1]),  # RAM has bit 31; the port need not look at it
            self.f_wait.eq(asked & ~self.ibus.ready),
            next_pc.eq(Mux(self.f_redirect, self.f_target[2:], self.d_link[2:]) | self.f_gate_target[2:]),
            self.ibus.addr.eq(Cat(C(0, 2), next_pc)),
            self.ibus.en.eq(~self.f_wait & (self.d_ready | self.f_redirect | ~asked)),
        ]
        with m.If(self.ibus.en):
            m.d.sync += [pc.eq(next_pc), asked.eq(1)]

        return m
