"""Byte lanes: bytes and halfwords of a word, into a register and out of one."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["LoadAlign", "StoreAlign"]


class StoreAlign(wiring.Component):
    """X: repeats the value in every lane that could be meant, and selects the lanes that are. Combinational."""

    #: log2 of the bytes: 0, 1, 2.
    x_size: In(2)
    #: Address bits 1:0.
    x_offset: In(2)
    x_value: In(32)
    x_data: Out(32)
    x_lanes: Out(4)
    #: The address is not a multiple of the size.
    x_misaligned: Out(1)

    def elaborate(self, platform):
        m = Module()
        with m.Switch(self.x_size):
            with m.Case(0):
                m.d.comb += [
                    self.x_data.eq(self.x_value[:8].replicate(4)),
                    self.x_lanes.eq(1 << self.x_offset),
                ]
            with m.Case(1):
                m.d.comb += [
                    self.x_data.eq(self.x_value[:16].replicate(2)),
                    self.x_lanes.eq(Mux(self.x_offset[1], 0b1100, 0b0011)),
                    self.x_misaligned.eq(self.x_offset[0]),
                ]
            with m.Default():
                m.d.comb += [
                    self.x_data.eq(self.x_value),
                    self.x_lanes.eq(0b1111),
                    self.x_misaligned.eq(self.x_offset.any()),
                ]
        return m


class LoadAlign(wiring.Component):
    """M: takes the addressed bytes out of a word and extends them. Combinational."""

    #: lb 0, lh 1, lw 2, lbu 4, lhu 5.
    m_funct3: In(3)
    m_offset: In(2)
    m_word: In(32)
    m_value: Out(32)

    def elaborate(self, platform):
        m = Module()
        size = self.m_funct3[:2]
        half = Signal(16)
        byte = Signal(8)
        fill = Signal()
        m.d.comb += [
            half.eq(Mux(self.m_offset[1], self.m_word[16:], self.m_word[:16])),
            byte.eq(Mux(self.m_offset[0], half[8:], half[:8])),
            # Of a word there is nothing to fill.
            fill.eq(~self.m_funct3[2] & ~size[1] & Mux(size[0], half[15], byte[7])),
            self.m_value.eq(
                Cat(
                    # The offset of a word is 0, that of a halfword is even.
                    byte,
                    Mux(size == 0, fill.replicate(8), half[8:]),
                    Mux(size[1], self.m_word[16:], fill.replicate(16)),
                )
            ),
        ]
        return m
