"""Stage M: takes the answer of RAM or device, writes the register file, takes traps."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..config import CoreConfig
from ..payload import MemoryOp
from ..units.align import LoadAlign

__all__ = ["MemoryStage"]


class MemoryStage(wiring.Component):
    """Finishes ``xm``.

    A device access is on Wishbone from the first cycle in M until its answer. A refused one (``err``, from RAM or
    device) stays one cycle more, to become a trap like any other.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                "xm": In(MemoryOp(config)),
                "xm_valid": In(1),
                "wb": Out(Wishbone()),
                # The data port's answer (its request is X's business).
                "ram_rdata": In(32),
                "ram_err": In(1),
                "ram_ready": In(1),
                "mul_result": In(32),  # 0 if this is none
                # A trap cannot redirect fetch now.
                "f_wait": In(1),
                # Why M keeps its instruction.
                "m_wait_ram": Out(1),
                "m_wait_device": Out(1),
                "m_wait_error": Out(1),
                "m_wait_fetch": Out(1),
                # The instruction leaves M: with a trap, or with its result (if it has one) and retired.
                "m_trap": Out(1),
                "m_retire": Out(1),
                "m_result": Out(32),
                "m_word": Out(32),  # the word that a load has read
                "m_rd_write": Out(1),
                "m_commit": Out(1),
                "m_cause": Out(5),
                "m_tval": Out(32),
            }
        )

    def elaborate(self, platform):
        m = Module()
        xm = self.xm

        # --- Answers ---------------------------------------------------------------------------------------------
        # An error is put aside for the cycle after the answer, in which there is nothing left to wait for.
        refused = Signal()
        answered = Signal()
        waiting = self.xm_valid & ~answered
        error = (xm.ram & self.ram_ready & self.ram_err) | (xm.device & self.wb.err & self.wb.stb)
        m.d.comb += [
            self.m_wait_ram.eq(waiting & xm.answer_due & ~self.ram_ready),
            self.m_wait_device.eq(waiting & xm.device & ~self.wb.ack),
            self.m_wait_error.eq(waiting & error),
            # Not before the RAM is done with the read that was started beside it: one answer at a time.
            self.wb.cyc.eq(waiting & xm.device & ~self.m_wait_ram),
            self.wb.stb.eq(self.wb.cyc),
            self.wb.we.eq(xm.store),
            self.wb.adr.eq(xm.addr[2:]),
            self.wb.dat_w.eq(xm.store_data),
        ]
        with m.Switch(xm.funct3[:2]):
            with m.Case(0):
                m.d.comb += self.wb.sel.eq(1 << xm.addr[:2])
            with m.Case(1):
                m.d.comb += self.wb.sel.eq(Mux(xm.addr[1], 0b1100, 0b0011))
            with m.Default():
                m.d.comb += self.wb.sel.eq(0b1111)

        with m.If(self.m_wait_error):
            m.d.sync += [refused.eq(1), answered.eq(1)]
        with m.Elif(~self.m_wait_fetch):
            m.d.sync += [refused.eq(0), answered.eq(0)]

        # --- Result ----------------------------------------------------------------------------------------------
        m.submodules.align = align = LoadAlign()
        m.d.comb += [
            self.m_word.eq(Mux(xm.device, self.wb.dat_r, self.ram_rdata)),
            align.m_funct3.eq(xm.funct3),
            align.m_offset.eq(xm.addr[:2]),
            align.m_word.eq(self.m_word),
        ]
        m.d.comb += self.m_result.eq(
            Mux(xm.load, align.m_value, 0) | (self.mul_result | xm.result) | xm.gate_result,
        )

        # --- End -------------------------------------------------------------------------------------------------
        trap = self.xm_valid & (xm.trap | refused)
        waits = self.m_wait_ram | self.m_wait_device | self.m_wait_error
        m.d.comb += [
            self.m_wait_fetch.eq(trap & self.f_wait),
            self.m_trap.eq(trap & ~waits & ~self.f_wait),
            self.m_retire.eq(self.xm_valid & ~trap & ~waits),
            self.m_rd_write.eq(self.xm_valid & xm.rd_write),
            self.m_commit.eq(self.m_retire & xm.rd_write),
            self.m_cause.eq(xm.cause),
            self.m_tval.eq(Mux(xm.tval_pc, xm.pc, 0) | Mux(xm.tval_addr, xm.addr, 0)),
        ]

        return m
