"""RISC-V formal interface: one record per retired or trapping instruction, for checkers and traces."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .isa.cause import Cause
from .payload import ExecuteOp, MemoryOp

__all__ = ["RvfiPort", "RvfiTrace"]


class RvfiPort(wiring.Signature):
    """RVFI with NRET = 1, ILEN = XLEN = 32; names without the ``rvfi_`` prefix (riscv-formal, docs/rvfi.md).

    Valid for one cycle per instruction, in program order, in the cycle after the instruction has left stage M.
    ``trap`` marks an instruction that raised an exception: it has no other effect. ``pc_wdata`` is then the trap
    vector. ``intr`` marks the first instruction of a handler. ``mem_addr`` is word-aligned as riscv-formal expects.
    ``mode`` is 3 in the kernel and 0 in a module, which has the rights of user mode, and in user mode. ``mem_fault``
    marks a refused fetch, load or store, by a window, PMP or the memory; the masks say what a load or store wanted.
    What is ours: ``pd_id`` is the module id under which the instruction ran, ``cause`` is that of a ``trap``.
    ``csr_valid``: a CSR instruction, on ``csr_number``, has read ``csr_rdata``; if ``csr_write``, it has written
    ``csr_wdata`` (of which the register keeps what it has bits for). riscv-formal's ports for each CSR follow from
    these five.
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
                "mem_fault": Out(1),
                "mem_fault_rmask": Out(4),
                "mem_fault_wmask": Out(4),
                "cause": Out(5),
                "csr_valid": Out(1),
                "csr_number": Out(12),
                "csr_write": Out(1),
                "csr_rdata": Out(32),
                "csr_wdata": Out(32),
                "pd_id": Out(8),
            }
        )


class RvfiTrace(wiring.Component):
    """Makes the records, registered, from what leaves M."""

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                # What goes from X to M with ``m_advance``, and the value that its CSR instruction writes.
                "dx": In(ExecuteOp(config)),
                "x_csr_value": In(32),
                "m_advance": In(1),
                "xm": In(MemoryOp(config)),
                "m_retire": In(1),
                "m_trap": In(1),
                "m_cause": In(5),
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

        fault = exception & self.m_cause.matches(Cause.FETCH_FAULT, Cause.LOAD_FAULT, Cause.STORE_FAULT)
        access_fault = fault & (self.m_cause != Cause.FETCH_FAULT)

        m_csr, m_csr_write = Signal(), Signal()
        m_csr_number = Signal(12)
        m_csr_old, m_csr_new = Signal(32), Signal(32)
        with m.If(self.m_advance):
            m.d.sync += [
                m_csr.eq(self.dx.csr),
                m_csr_write.eq(self.dx.csr_write),
                m_csr_number.eq(self.dx.csr_number),
                m_csr_old.eq(self.dx.target),
                m_csr_new.eq(self.x_csr_value),
            ]

        m.d.comb += rvfi.ixl.eq(1)
        m.d.sync += [
            rvfi.valid.eq(self.m_retire | exception),
            rvfi.order.eq(order),
            rvfi.insn.eq(xm.rvfi.insn),
            rvfi.trap.eq(exception),
            rvfi.mode.eq(Mux(xm.user, 0, 3) if self._config.pmp else Mux(xm.id == 0, 3, 0)),
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
            rvfi.mem_fault.eq(fault),
            rvfi.mem_fault_rmask.eq(Mux(access_fault, xm.rmask, 0)),
            rvfi.mem_fault_wmask.eq(Mux(access_fault, xm.wmask, 0)),
            rvfi.cause.eq(self.m_cause),
            rvfi.csr_valid.eq(self.m_retire & m_csr),
            rvfi.csr_number.eq(m_csr_number),
            rvfi.csr_write.eq(self.m_retire & m_csr_write),
            rvfi.csr_rdata.eq(m_csr_old),
            rvfi.csr_wdata.eq(m_csr_new),
            rvfi.pd_id.eq(xm.id),
        ]
        with m.If(self.m_retire | exception):
            m.d.sync += [order.eq(order + 1), in_handler.eq(0)]
        with m.If(self.m_trap):
            m.d.sync += in_handler.eq(1)
        return m
