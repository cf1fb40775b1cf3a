"""RAM beside the core from the single-port RAMs of an iCE40 UltraPlus: both ports in every cycle, by a second clock."""

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from ..bus import DataPort, FetchPort

__all__ = ["SinglePortRam", "SpramRam"]

#: Words of one bank: two SB_SPRAM256KA of 16 bits side by side.
_BANK = 1 << 14


class SinglePortRam(wiring.Component):
    """One bank: 16,384 words with one port, in the domain ``fast``; data one cycle later, held without ``en``.

    Parameters
    ----------
    primitive : bool
        Made of SB_SPRAM256KA, which only the FPGA has. Otherwise an array, for simulation.
    """

    en: In(1)
    we: In(4)
    addr: In(14)
    wdata: In(32)
    rdata: Out(32)

    def __init__(self, *, primitive: bool):
        self._primitive = primitive
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        if not self._primitive:
            m.submodules.mem = mem = memory.Memory(shape=32, depth=_BANK, init=[])
            read = mem.read_port(domain="fast")
            write = mem.write_port(domain="fast", granularity=8)
            m.d.comb += [
                read.addr.eq(self.addr),
                read.en.eq(self.en & ~self.we.any()),
                self.rdata.eq(read.data),
                write.addr.eq(self.addr),
                write.data.eq(self.wdata),
                write.en.eq(Mux(self.en, self.we, 0)),
            ]
            return m
        for half in range(2):
            lanes = self.we[2 * half : 2 * half + 2]
            m.submodules[f"half{half}"] = Instance(
                "SB_SPRAM256KA",
                i_CLOCK=ClockSignal("fast"),
                i_CHIPSELECT=self.en,
                i_ADDRESS=self.addr,
                i_WREN=self.we.any(),
                i_MASKWREN=Cat(lane.replicate(2) for lane in lanes),
                i_DATAIN=self.wdata.word_select(half, 16),
                o_DATAOUT=self.rdata.word_select(half, 16),
                i_STANDBY=C(0),
                i_SLEEP=C(0),
                i_POWEROFF=C(1),
            )
        return m


class SpramRam(wiring.Component):
    """128 KiB, seen by the core as `ram.Ram` is: without wait states, cycle for cycle the same.

    The domain ``fast`` has twice the frequency of ``sync``, and every edge of ``sync`` comes with one of ``fast``, as
    the two outputs of one PLL have them. At the common edge the RAM takes the fetch, whose address has been there for
    the whole cycle; the instruction is there in the first half of the next one. At the edge between it takes the data
    access, from registers; what a load reads is there in the second half.

    Parameters
    ----------
    primitive : bool
        See `SinglePortRam`.
    """

    #: Instructions.
    ibus: In(FetchPort())
    #: Data.
    dbus: In(DataPort())

    def __init__(self, *, primitive: bool = True):
        self._primitive = primitive
        super().__init__()

    def elaborate(self, platform):
        m = Module()

        # --- Which half of the cycle it is -----------------------------------------------------------------------
        toggle = Signal()
        follows = Signal(reset_less=True)
        first = Signal()
        m.d.sync += toggle.eq(~toggle)
        m.d.fast += follows.eq(toggle)
        m.d.comb += first.eq(toggle ^ follows)

        # --- Requests --------------------------------------------------------------------------------------------
        fetched = Signal()
        data_en = Signal()
        data_addr = Signal(15)
        data_we = Signal(4)
        data_word = Signal(32)
        beyond = Signal()
        m.d.comb += beyond.eq(self.dbus.addr[17:31].any())
        m.d.sync += [fetched.eq(self.ibus.en), data_en.eq(self.dbus.en)]
        with m.If(self.ibus.en):
            m.d.sync += self.ibus.err.eq(self.ibus.addr[17:31].any())
        with m.If(self.dbus.en):
            m.d.sync += [
                data_addr.eq(self.dbus.addr[2:17]),
                data_we.eq(Mux(beyond, 0, self.dbus.we)),
                data_word.eq(self.dbus.wdata),
                self.dbus.err.eq(beyond),
            ]

        # --- Banks -----------------------------------------------------------------------------------------------
        addr = Signal(15)
        en = Signal()
        m.d.comb += [
            addr.eq(Mux(first, data_addr, self.ibus.addr[2:17])),
            en.eq(Mux(first, data_en, self.ibus.en)),
        ]
        words = []
        for n in range(2):
            m.submodules[f"bank{n}"] = bank = SinglePortRam(primitive=self._primitive)
            m.d.comb += [
                bank.en.eq(en & (addr[14] == n)),
                bank.we.eq(Mux(first, data_we, 0)),
                bank.addr.eq(addr),
                bank.wdata.eq(data_word),
            ]
            words.append(bank.rdata)

        # --- Answers ---------------------------------------------------------------------------------------------
        chosen = Signal(reset_less=True)
        word = Signal(32)
        insn = Signal(32, reset_less=True)
        m.d.fast += chosen.eq(addr[14])
        m.d.comb += [
            word.eq(Mux(chosen, words[1], words[0])),
            self.ibus.rdata.eq(Mux(first & fetched, word, insn)),
            self.dbus.rdata.eq(word),
            self.ibus.ready.eq(1),
            self.dbus.ready.eq(1),
        ]
        with m.If(first & fetched):
            m.d.fast += insn.eq(word)
        return m
