"""What the simulator simulates: the SoC with a clock and no reset."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, flipped

from ..config import SocConfig
from ..fw.boot import boot_words
from ..soc.soc import Soc

__all__ = ["SimTop"]


class SimTop(wiring.Component):
    """The SoC, starting from its registers' initial values, which are those after a reset.

    A reset input would be an input of every register's next value, and Verilator would work all of them out a second
    time in every cycle: half the speed.

    Members
    -------
    clk : In(1)
        Clock.
    All others are the ports of `Soc`.
    """

    def __init__(self, config: SocConfig):
        self._soc = Soc(config, boot=boot_words() if config.boot_rom else ())
        super().__init__({"clk": In(1), **self._soc.signature.members})

    def elaborate(self, _platform):
        m = Module()
        m.domains.sync = ClockDomain(reset_less=True)
        m.submodules.soc = soc = self._soc
        m.d.comb += ClockSignal().eq(self.clk)
        for name, member in soc.signature.members.items():
            inner, outer = getattr(soc, name), getattr(self, name)
            if member.is_signature:
                wiring.connect(m, inner, flipped(outer))
            elif member.flow is Out:
                m.d.comb += outer.eq(inner)
            else:
                m.d.comb += inner.eq(outer)
        return m
