"""Register file: 31 registers and a zero, two reads in the same cycle, one write at its end."""

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["RegisterFile"]


class RegisterFile(wiring.Component):
    """32 x 32 bits with asynchronous reads (LUT RAM). x0 stays 0 because nobody writes it.

    A read in the cycle of a write to the same register gives the old value: D forwards from M instead.

    Parameters
    ----------
    block_ram : bool
        For FPGAs without LUT RAM: block RAM that is read at the falling edge of the clock, in the middle of the cycle.
        The numbers are to be there in its first half, the values come in its second: the same cycle.
    """

    #: Register numbers to read; values in the same cycle.
    d_rs1: In(5)
    d_rs2: In(5)
    d_rs1_value: Out(32)
    d_rs2_value: Out(32)

    #: Write ``m_value`` to ``m_rd`` at the end of this cycle. Never with ``m_rd`` = 0.
    m_write: In(1)
    m_rd: In(5)
    m_value: In(32)

    def __init__(self, *, block_ram: bool = False):
        self._block_ram = block_ram
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        reads = "comb"
        attrs = {}
        if self._block_ram:
            reads = "falling"
            # Said to the synthesiser: the write, half a cycle later, cannot meet the read.
            attrs = {"ram_style": "block", "no_rw_check": 1}
            m.domains.falling = falling = ClockDomain(clk_edge="neg", reset_less=True, local=True)
            m.d.comb += falling.clk.eq(ClockSignal())
        m.submodules.registers = registers = memory.Memory(shape=32, depth=32, init=[], attrs=attrs)
        write = registers.write_port()
        read1 = registers.read_port(domain=reads)
        read2 = registers.read_port(domain=reads)
        m.d.comb += [
            read1.addr.eq(self.d_rs1),
            read2.addr.eq(self.d_rs2),
            self.d_rs1_value.eq(read1.data),
            self.d_rs2_value.eq(read2.data),
            write.addr.eq(self.m_rd),
            write.data.eq(self.m_value),
            write.en.eq(self.m_write),
        ]
        return m
