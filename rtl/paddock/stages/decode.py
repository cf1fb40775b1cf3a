"""Stage D: what the instruction is, with which operands, and whether it may run at all."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..bounds import FetchChecker
from ..bus import Window
from ..config import CoreConfig
from ..isa.cause import Cause
from ..isa.csr import csr_number
from ..payload import ExecuteOp
from ..pmp import PmpChecker, PmpEntries
from ..units.decoder import Decoder
from ..units.regfile import RegisterFile

__all__ = ["DecodeStage"]


class DecodeStage(wiring.Component):
    """Decodes, reads registers, takes what is newer from X and M, and fills ``dx``.

    Traps that are known here (fetch fault, illegal instruction, `ecall`, `ebreak`, interrupt) travel with the
    instruction to M.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        pmp = {
            "entries": In(PmpEntries(config)),
            # In user mode (`checked`): what the decoder refuses.
            "wfi_refused": In(1),
            "counters": In(3),
        }
        super().__init__(
            {
                # From F.
                "d_pc": In(32),
                "d_link": In(32),
                "d_insn": In(32),
                "d_refused": In(1),
                # The active module; with `pmp`, `checked` is user mode.
                "checked": In(1),
                "public": In(Window),
                # An interrupt is to be taken.
                "interrupt": In(1),
                "interrupt_cause": In(5),
                # Results that are not in the register file yet: of the instruction in X, of that in M.
                "x_rd": In(5),
                "x_rd_write": In(1),  # X holds an instruction that writes x_rd
                "x_result": In(32),
                "m_rd": In(5),
                "m_rd_write": In(1),  # the same for M, with or without the result
                "m_result": In(32),
                "m_commit": In(1),  # m_result goes into the register file at the end of this cycle
                # For the hazards: the instruction needs the result of the one in X.
                "d_needs_x": Out(1),
                "d_csr_counted": Out(1),
                "d_csr_in_table": Out(1),
                # For the gate table: `pd.enter`, and rs1 as long as it does not come from X, which is late.
                "d_enter": Out(1),
                "d_settled1": Out(32),
                # CSR to read (for mret: mepc) and its value.
                "d_csr": Out(12),
                "d_csr_read": In(32),
                # What it holds if it is in a RAM, else 0; late in the cycle.
                "d_looked_up": In(32),
                # The instruction goes on into X; X takes whatever comes, or nothing; a trap in M empties X.
                "d_advance": In(1),
                "x_advance": In(1),
                "kill": In(1),
                "dx": Out(ExecuteOp(config)),
                "dx_valid": Out(1),
                **(pmp if config.pmp else {}),
            }
        )

    def elaborate(self, platform):
        config = self._config
        m = Module()
        m.submodules.decoder = decoder = Decoder(config)
        m.submodules.registers = registers = RegisterFile(block_ram=config.block_registers)

        d_dx = Signal(ExecuteOp(config))
        m.d.comb += [
            decoder.d_insn.eq(self.d_insn),
            decoder.d_module.eq(self.checked),
            self.d_csr.eq(Mux(decoder.d_mret, csr_number("mepc"), self.d_insn[20:32])),
            self.d_csr_counted.eq(decoder.d_csr_counted),
            self.d_csr_in_table.eq(decoder.d_csr_in_table),
        ]

        # --- Registers and forwarding ----------------------------------------------------------------------------
        # By the fields as they stand in the instruction: that there is no rs1 comes out of the decoder later, and is
        # in time for the choice.
        rs1_field = self.d_insn[15:20]
        m.d.comb += [
            registers.d_rs1.eq(rs1_field),
            registers.d_rs2.eq(decoder.d_rs2),
            registers.m_write.eq(self.m_commit),
            registers.m_rd.eq(self.m_rd),
            registers.m_value.eq(self.m_result),
        ]

        def forwarded(name: str, number, stored, absent):
            """The newest value of a register, 0 if it is absent; the same, but 0 if X makes it; whether X does."""
            in_x = Signal(name=f"{name}_in_x")
            in_m = Signal(name=f"{name}_in_m")
            from_x = Signal(name=f"{name}_from_x")
            from_m = Signal(name=f"{name}_from_m")
            from_file = Signal(name=f"{name}_from_file")
            value = Signal(32, name=f"{name}_value")
            settled = Signal(32, name=f"{name}_settled")
            m.d.comb += [
                in_x.eq(self.x_rd_write & (self.x_rd == number)),
                in_m.eq(self.m_rd_write & (self.m_rd == number)),
                from_x.eq(in_x & ~absent),
                from_m.eq(in_m & ~in_x & ~absent),
                from_file.eq(~in_m & ~in_x & ~absent),
                settled.eq(Mux(from_m, self.m_result, 0) | Mux(from_file, stored, 0)),
                # What X makes comes last.
                value.eq(Mux(from_x, self.x_result, 0) | settled),
            ]
            return value, settled, from_x

        rs1, settled1, rs1_from_x = forwarded("d_rs1", rs1_field, registers.d_rs1_value, decoder.d_no_rs1)
        rs2, _, rs2_from_x = forwarded("d_rs2", decoder.d_rs2, registers.d_rs2_value, C(0, 1))
        d_target = Signal(32)
        m.d.comb += [
            self.d_needs_x.eq(rs1_from_x | (decoder.d_uses_rs2 & rs2_from_x)),
            self.d_enter.eq(decoder.d_enter),
            self.d_settled1.eq(settled1),
            d_dx.op1.eq(rs1),
            d_dx.op2.eq(
                Mux(decoder.d_use_immediate, decoder.d_immediate, rs2) ^ decoder.d_subtract.replicate(32),
            ),
            d_dx.rs2.eq(rs2),
            d_target.eq(Mux(decoder.d_csr | decoder.d_mret, self.d_csr_read, self.d_pc + decoder.d_immediate)),
            d_dx.target.eq(d_target | self.d_looked_up),
            # If compact, the core takes both from F: the instruction behind the one in X is the next that is fetched.
            d_dx.link.eq(0 if config.compact else self.d_link),
            d_dx.pc.eq(0 if config.compact else self.d_pc),
        ]

        # --- Control ---------------------------------------------------------------------------------------------
        copied = (
            "subtract is_sum is_slt logic_op is_shift_left is_shift_right is_target is_link "
            "branch jump jump_register load store mul div csr csr_write mret wfi enter leave"
        )
        m.d.comb += [getattr(d_dx, name).eq(getattr(decoder, f"d_{name}")) for name in copied.split()]
        m.d.comb += [
            d_dx.rd.eq(self.d_insn[7:12]),
            d_dx.rd_write.eq(decoder.d_writes_rd),
            d_dx.funct3.eq(self.d_insn[12:15]),
            d_dx.shift_arith.eq(self.d_insn[30]),
            d_dx.csr_number.eq(self.d_insn[20:32]),
        ]
        if config.rvfi:
            m.d.comb += [
                d_dx.rvfi.insn.eq(self.d_insn),
                d_dx.rvfi.rs1.eq(decoder.d_rs1),
                d_dx.rvfi.rs2.eq(Mux(decoder.d_uses_rs2, decoder.d_rs2, 0)),
                d_dx.rvfi.rs1_value.eq(rs1),
                d_dx.rvfi.rs2_value.eq(Mux(decoder.d_uses_rs2, rs2, 0)),
            ]

        # --- Traps, highest priority first -----------------------------------------------------------------------
        outside = Signal()
        if config.paddock and config.public_window:
            m.submodules.fetch_checker = checker = FetchChecker()
            m.d.comb += [
                checker.d_pc.eq(self.d_pc),
                checker.d_checked.eq(self.checked),
                checker.public.eq(self.public),
                outside.eq(checker.d_violation),
            ]
        if config.pmp:
            m.submodules.fetch_checker = checker = PmpChecker(config)
            m.d.comb += [
                checker.entries.eq(self.entries),
                checker.permitted.eq(Cat(self.entries[i].execute for i in range(config.pmp))),
                checker.user.eq(self.checked),
                checker.address.eq(self.d_pc[2:]),
                outside.eq(checker.violation),
                decoder.d_wfi_refused.eq(self.wfi_refused),
                decoder.d_counters.eq(self.counters),
            ]
        m.d.comb += [d_dx.trap.eq(1), d_dx.interrupt.eq(self.interrupt)]
        with m.If(self.interrupt):
            m.d.comb += d_dx.cause.eq(self.interrupt_cause)
        with m.Elif(outside | self.d_refused):
            m.d.comb += [d_dx.cause.eq(Cause.FETCH_FAULT), d_dx.fetch_bounds.eq(outside)]
        with m.Elif(decoder.d_illegal):
            m.d.comb += d_dx.cause.eq(Cause.ILLEGAL)
        with m.Elif(decoder.d_ebreak):
            m.d.comb += d_dx.cause.eq(Cause.BREAKPOINT)
        with m.Elif(decoder.d_ecall):
            m.d.comb += d_dx.cause.eq(Mux(self.checked, Cause.ECALL_MODULE, Cause.ECALL_KERNEL))
        with m.Else():
            m.d.comb += d_dx.trap.eq(0)

        # --- D/X register ----------------------------------------------------------------------------------------
        with m.If(self.x_advance):
            m.d.sync += self.dx.eq(d_dx)
        with m.If(self.kill):
            m.d.sync += self.dx_valid.eq(0)
        with m.Elif(self.x_advance):
            m.d.sync += self.dx_valid.eq(self.d_advance)

        return m
