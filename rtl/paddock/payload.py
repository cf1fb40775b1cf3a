"""What travels down the pipeline: one struct per stage boundary. The file to read first.

::

      F            D                 X                      M
    address -> instruction,  dx -> ALU, address, check,  xm -> load data, device access,
               registers           RAM request, CSR, gate      write-back, traps
"""

from amaranth.lib import data

from .config import CoreConfig
from .isa.cause import Kind
from .units.alu import LogicOp

__all__ = ["ExecuteOp", "MemoryOp", "RvfiInfo"]

_KIND_BITS = max(Kind).bit_length()


class RvfiInfo(data.Struct):
    """What only the formal interface wants to know; present if ``CoreConfig.rvfi``."""

    insn: 32
    rs1: 5
    rs2: 5
    rs1_value: 32
    rs2_value: 32


class ExecuteOp(data.StructLayout):
    """``dx``: a decoded instruction with its operands, from D to X."""

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "pc": 32,
                "link": 32,  # pc + 4
                "target": 32,  # pc + immediate: branch and jal target, auipc result; old value of a CSR; mepc for mret
                "op1": 32,  # rs1, or 0
                "op2": 32,  # rs2 or immediate; inverted if `subtract`
                "rs2": 32,  # rs2: data of a store, value that pd.enter saves
                "rd": 5,
                "rd_write": 1,  # rd != 0 and the instruction has a result
                "funct3": 3,
                "subtract": 1,  # the adder gives op1 - op2: sub, slt, branches
                # Where the result comes from; at most one is set, none: no result before M.
                "is_sum": 1,
                "is_slt": 1,
                "logic_op": LogicOp,
                "is_shift_left": 1,
                "is_shift_right": 1,
                "shift_arith": 1,  # funct7 bit 5 of a right shift
                "is_target": 1,
                "is_link": 1,  # not forwarded: behind a jump there is a bubble
                # What kind of instruction; at most one is set.
                "branch": 1,
                "jump": 1,  # jal, mret and fence.i: to target
                "jump_register": 1,  # jalr
                "load": 1,
                "store": 1,
                "mul": 1,
                "div": 1,
                "csr": 1,  # only the formal interface asks
                "csr_write": 1,  # the CSR instruction also writes
                "csr_number": 12,
                "mret": 1,
                "wfi": 1,
                "enter": 1,
                "leave": 1,
                # Decided in D: exception or interrupt that this instruction shall end in.
                "trap": 1,
                "interrupt": 1,
                "cause": 5,
                "fetch_bounds": 1,  # the trap is a fetch outside the public window
                **({"rvfi": RvfiInfo} if config.rvfi else {}),
            }
        )


class MemoryOp(data.StructLayout):
    """``xm``: an executed instruction, from X to M."""

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "pc": 32,
                "result": 32,  # of everything but loads, multiplications and gates, for which it is 0
                "gate_result": 32,  # of gates, else 0; apart, as the OR of both fits into a LUT of M and not of X
                "addr": 32,  # address of the access; rs1 of pd.enter
                "store_data": 32,  # bytes in their lanes, for devices
                "rd": 5,
                "rd_write": 1,
                "funct3": 3,
                "load": 1,
                "store": 1,
                "tval_pc": 1,  # what mtval becomes in a trap: pc, or addr, or 0
                "tval_addr": 1,
                "answer_due": 1,  # the RAM port was asked
                "ram": 1,  # the access is one to RAM: its answer counts
                "device": 1,  # the access was let through and goes to Wishbone
                "trap": 1,
                "interrupt": 1,
                "cause": 5,
                "kind": _KIND_BITS,  # for pd_fault
                **({"rvfi": RvfiInfo, "next_pc": 32, "wmask": 4, "rmask": 4, "id": 8} if config.rvfi else {}),
                **({"user": 1} if config.rvfi and config.pmp else {}),
            }
        )
