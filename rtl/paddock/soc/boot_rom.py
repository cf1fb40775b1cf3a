"""The boot ROM: where a core without a program in its RAM starts. On the fetch port, in front of the RAM."""

from collections.abc import Iterable

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from ..bus import FetchPort
from ..isa.memmap import BOOT_BYTES

__all__ = ["BootRom"]


class BootRom(wiring.Component):
    """Answers fetches from ``isa.memmap.BOOT_BASE`` up to the end of the address space; hands all others on.

    Nothing but instructions: loads and stores do not see it. Like the RAM it answers in the next cycle, and the RAM
    behind it must too.

    Parameters
    ----------
    words : iterable of int
        The program.

    Raises
    ------
    ValueError
        If the program is larger than the ROM.
    """

    #: From the core.
    ibus: In(FetchPort())
    #: To the RAM.
    ram: Out(FetchPort())

    def __init__(self, words: Iterable[int]):
        self._words = list(words)
        if len(self._words) > BOOT_BYTES // 4:
            raise ValueError(f"the boot program has {4 * len(self._words)} bytes, the ROM has {BOOT_BYTES}")
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.mem = mem = memory.Memory(
            shape=32, depth=BOOT_BYTES // 4, init=self._words, attrs={"rom_style": "block"}
        )
        read = mem.read_port()
        inside = Signal()
        selected = Signal()
        m.d.comb += [
            inside.eq(self.ibus.addr[12:31].all()),
            read.addr.eq(self.ibus.addr[2:]),
            read.en.eq(self.ibus.en),
            self.ram.en.eq(self.ibus.en),
            self.ram.addr.eq(self.ibus.addr),
            self.ibus.rdata.eq(Mux(selected, read.data, self.ram.rdata)),
            self.ibus.err.eq(self.ram.err & ~selected),
            self.ibus.ready.eq(1),
        ]
        with m.If(self.ibus.en):
            m.d.sync += selected.eq(inside)
        return m
