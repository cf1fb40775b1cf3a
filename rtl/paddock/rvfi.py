"""RISC-V formal interface: one record per retired or trapping instruction, for checkers and traces."""

from amaranth.lib import wiring
from amaranth.lib.wiring import Out

__all__ = ["RvfiPort"]


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
