"""RISC-V formal interface: one record per retired or trapping instruction, for checkers and traces."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .payload import MemoryOp

__all__ = ["RvfiPort", "RvfiTrace"]


class RvfiPort(wiring.Signature):
    """RVFI with NRET = 1, ILEN = XLEN = 32; names without the ``rvfi_`` prefix (riscv-formal, docs/rvfi.md).

    Valid for one cycle per instruction, in program order, in the cycle after the instruction has left stage M.
    ``trap`` marks an instruction that raised an exception: it has no other effect. ``pc_wdata`` is then the trap
    vector. ``intr`` marks the first instruction of a handler. ``mem_addr`` is word-aligned as riscv-formal expects.
    ``pd_id`` is ours: the module id under which the instruction ran.
    """

    def __init__(self):
        super().__init__(
            {
                "valid": Out(1),
                "order": Out(64),
                "insn": Out(32),
                "trap": Out(1),
                "halt": Out(1),
                "intr": Out(1),
                "mode": Out(2),
                "ixl": Out(2),
                "rs1_addr": Out(5),
                "rs2_addr": Out(5),
                "rs1_rdata": Out(32),
                "rs2_rdata": Out(32),
                "rd_addr": Out(5),
                "rd_wdata": Out(32),
                "pc_rdata": Out(32),
                "pc_wdata": Out(32),
                "mem_addr": Out(32),
                "mem_rmask": Out(4),
                "mem_wmask": Out(4),
                "mem_rdata": Out(32),
                "mem_wdata": Out(32),
                "pd_id": Out(8),
            }
        )


class RvfiTrace(wiring.Component):
    """Makes the records, registered, from what leaves M."""

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "xm": In(MemoryOp(config)),
                "m_retire": In(1),
                "m_trap": In(1),
                "m_result": In(32),
                "m_word": In(32),
                "trap_vector": In(32),
                "rvfi": Out(RvfiPort()),
            }
        )

    def elaborate(self, platform):
        m = Module()
        xm, rvfi = self.xm, self.rvfi

        exception = self.m_trap & ~xm.interrupt
        order = Signal(64)
        in_handler = Signal()
        writes = self.m_retire & xm.rd_write

        m.d.comb += [rvfi.mode.eq(3), rvfi.ixl.eq(1)]
        m.d.sync += [
            rvfi.valid.eq(self.m_retire | exception),
            rvfi.order.eq(order),
            rvfi.insn.eq(xm.rvfi.insn),
            rvfi.trap.eq(exception),
            rvfi.intr.eq(in_handler),
            rvfi.rs1_addr.eq(xm.rvfi.rs1),
            rvfi.rs2_addr.eq(xm.rvfi.rs2),
            rvfi.rs1_rdata.eq(xm.rvfi.rs1_value),
            rvfi.rs2_rdata.eq(xm.rvfi.rs2_value),
            rvfi.rd_addr.eq(Mux(writes, xm.rd, 0)),
            rvfi.rd_wdata.eq(Mux(writes, self.m_result, 0)),
            rvfi.pc_rdata.eq(xm.pc),
            rvfi.pc_wdata.eq(Mux(exception, self.trap_vector, xm.next_pc)),
            rvfi.mem_addr.eq(xm.addr & ~3),
            rvfi.mem_rmask.eq(Mux(self.m_retire, xm.rmask, 0)),
            rvfi.mem_wmask.eq(Mux(self.m_retire, xm.wmask, 0)),
            rvfi.mem_rdata.eq(self.m_word),
            rvfi.mem_wdata.eq(xm.store_data),
            rvfi.pd_id.eq(xm.id),
        ]
        with m.If(self.m_retire | exception):
            m.d.sync += [order.eq(order + 1), in_handler.eq(0)]
        with m.If(self.m_trap):
            m.d.sync += in_handler.eq(1)
        return m
