"""RAM beside the core: instructions and data at once, without wait states."""

from collections.abc import Iterable

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In
from amaranth.utils import exact_log2

from ..bus import DataPort, FetchPort
from ..isa.memmap import RAM_BASE

__all__ = ["Ram"]

_LARGEST = (1 << 32) - RAM_BASE


class Ram(wiring.Component):
    """One array of 32-bit words with a read port for instructions and a read and write port for data.

    Answers in the cycle after the request, always: ``ready`` is 1. An address behind the end answers with ``err``; a
    store there writes nothing. Bit 31 says RAM to the core, so it is not looked at here: a read below
    `isa.memmap.RAM_BASE` is answered with whatever there is. The answer to a store has no data. A fetch of the very
    word that is stored in the same cycle gets the old word in simulation and anything in an FPGA: code that was
    written is to be fetched after `fence.i`, as the ISA demands anyway.

    The contents can be changed from outside, to load a program into a simulation. In the emitted Verilog they are the
    array ``mem`` of 32-bit words, index 0 first, in the instance that the parent calls this submodule: ``soc.ram.mem``
    if the top is emitted as ``soc``. The Verilog module has the same dotted name, ``soc.ram``.

    Parameters
    ----------
    size : int
        Bytes, a power of two.
    init : iterable of int
        First words. The others are 0.

    Raises
    ------
    ValueError
        If the size is no power of two, or does not fit between RAM_BASE and the end of the address space, or is less
        than ``init``.
    """

    #: Instructions.
    ibus: In(FetchPort())
    #: Data.
    dbus: In(DataPort())

    def __init__(self, size: int, init: Iterable[int] = ()):
        if not isinstance(size, int) or not 8 <= size <= _LARGEST or size & (size - 1):
            raise ValueError(f"RAM size must be a power of two from 8 to {_LARGEST:#x}, not {size!r}")
        self._data = memory.MemoryData(shape=32, depth=size // 4, init=init)
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        # Yosys keeps this promise, that nobody looks at what is read while it is written, by using both ports of ECP5's
        # block RAM. Without the attribute it takes two copies of the RAM, and logic to make reads come first.
        m.submodules.mem = mem = memory.Memory(self._data, attrs={"no_rw_check": 1})
        insn = mem.read_port()
        data = mem.read_port()
        store = mem.write_port(granularity=8)

        end = 2 + exact_log2(self._data.depth)
        insn_beyond = Signal()
        data_beyond = Signal()
        m.d.comb += [
            insn.en.eq(self.ibus.en),
            insn.addr.eq(self.ibus.addr[2:end]),
            insn_beyond.eq(self.ibus.addr[end:31].any()),
            self.ibus.rdata.eq(insn.data),
            self.ibus.ready.eq(1),
            data.en.eq(self.dbus.en),
            data.addr.eq(self.dbus.addr[2:end]),
            data_beyond.eq(self.dbus.addr[end:31].any()),
            self.dbus.rdata.eq(data.data),
            self.dbus.ready.eq(1),
            store.addr.eq(data.addr),
            store.data.eq(self.dbus.wdata),
            # Said here again that a store implies en: the two then share one port's clock enable.
            store.en.eq(Mux(data.en & ~data_beyond, self.dbus.we, 0)),
        ]
        with m.If(self.ibus.en):
            m.d.sync += self.ibus.err.eq(insn_beyond)
        with m.If(self.dbus.en):
            m.d.sync += self.dbus.err.eq(data_beyond)
        return m
