"""Stage X: computes, checks, asks the RAM, jumps, and does what CSR instructions and gates do."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..bounds import BoundsChecker
from ..bus import DataPort, ProbePort, Window
from ..config import CoreConfig
from ..isa.cause import Cause, Kind
from ..payload import ExecuteOp, MemoryOp
from ..pmp import PmpChecker, PmpEntries
from ..units.align import StoreAlign
from ..units.alu import Alu
from ..units.muldiv import Divider

__all__ = ["ExecuteStage"]


class ExecuteStage(wiring.Component):
    """Executes ``dx`` and fills ``xm``.

    The address comes out of the adder, goes to the RAM and to the check at once, and the verdict gates, in the same
    cycle, the write enable of the RAM and the device request that M would put on the bus. Nothing with an effect
    leaves X without it. All side effects in X (RAM request, gate, CSR write, `mret`) happen in the one cycle with
    ``x_fire``: the instruction leaves X, and no trap in M kills it. For accesses and CSR instructions ``x_go`` says so.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        paddock = {
            # The active module's windows, and whether they count (id != 0).
            "checked": In(1),
            "id": In(config.id_bits),
            "arena": In(Window),
            "device": In(Window),
            "grant": In(Window),
            "public": In(Window),
            # Gates, see `module_state.ModuleState`.
            "x_entering": Out(1),
            "x_leaving": Out(1),
            "x_returning": Out(1),
            "x_enter": Out(1),
            "x_leave": Out(1),
            "enter_kind": In(Kind),
            "leave_kind": In(Kind),
            "enter_pc": In(32),
            "leave_pc": In(32),
            "enter_result": In(32),
            "leave_result": In(32),
            "probe": Out(ProbePort(config)),
        }
        pmp = {
            "entries": In(PmpEntries(config)),
            # Loads and stores have the rights of user mode; the instruction is one of user mode.
            "data_user": In(1),
            "user": In(1),
        }
        super().__init__(
            {
                "dx": In(ExecuteOp(config)),
                "dx_valid": In(1),
                "dbus": Out(DataPort()),
                # The instruction in X leaves with all its effects; M takes whatever comes; a trap in M kills X.
                "x_fire": In(1),
                # The same, if the instruction is none that waits in X itself, such as a division: sooner known.
                "x_go": In(1),
                "m_advance": In(1),
                "kill": In(1),
                # An interrupt ends `wfi`.
                "wakeup": In(1),
                # Why X cannot let its instruction go.
                "x_divide_busy": Out(1),
                "x_sleep": Out(1),
                # A jump, in the cycle of x_fire; there may be one, whatever the comparison says.
                "x_jumps": Out(1),
                "x_may_jump": Out(1),
                # F goes elsewhere: to x_jump_target, or where the trap that kills X goes.
                "x_redirect": Out(1),
                "x_jump_target": Out(32),
                # The same for a gate that leaves X; else 0.
                "x_gate_target": Out(32),
                # Result for D, of instructions that have one here; d_needs_x must wait if x_late.
                "x_result": Out(32),
                "x_late": Out(1),
                # CSR instructions: operand, whether to write; mret.
                "x_sum": Out(32),
                "x_csr_write": Out(1),
                "x_mret": Out(1),
                # The verdict: this access lies in no window, or PMP refuses it. Same cycle as the request slot.
                "x_violation": Out(1),
                "xm": Out(MemoryOp(config)),
                "xm_valid": Out(1),
                **(paddock if config.paddock else {}),
                **(pmp if config.pmp else {}),
            }
        )

    def elaborate(self, platform):
        config = self._config
        m = Module()
        dx = self.dx
        x_xm = Signal(MemoryOp(config))

        # Without a trap that D has found; the late ones only matter to what they gate.
        normal = Signal()
        m.d.comb += normal.eq(self.dx_valid & ~dx.trap)

        # --- Compute ---------------------------------------------------------------------------------------------
        m.submodules.alu = alu = Alu()
        m.submodules.divider = divider = Divider()
        m.d.comb += [
            alu.x_op1.eq(dx.op1),
            alu.x_op2.eq(dx.op2),
            alu.x_subtract.eq(dx.subtract),
            alu.x_logic_op.eq(dx.logic_op),
            alu.x_shift_left.eq(dx.is_shift_left),
            alu.x_shift_arith.eq(dx.shift_arith),
            # sltu 3, sltiu 3; bltu 6, bgeu 7.
            alu.x_unsigned.eq(Mux(dx.branch, dx.funct3[1], dx.funct3[0])),
            self.x_sum.eq(alu.x_sum),
            divider.x_op1.eq(dx.op1),
            divider.x_op2.eq(dx.op2),
            divider.x_funct3.eq(dx.funct3),
            divider.x_start.eq(normal & dx.div),
            divider.x_abort.eq(self.kill),
            divider.x_advance.eq(self.m_advance),
            self.x_divide_busy.eq(normal & dx.div & ~divider.x_done),
            self.x_sleep.eq(normal & dx.wfi & ~self.wakeup),
        ]

        early = Signal(32)
        m.d.comb += [
            early.eq(
                alu.x_logic
                | Mux(dx.is_shift_right, alu.x_shifted, 0)
                | Mux(dx.is_shift_left, Cat(*reversed(alu.x_shifted)), 0)
                | Mux(dx.is_target, dx.target, 0)
                | (dx.is_slt & alu.x_less)
            ),
            self.x_result.eq(Mux(dx.is_sum, alu.x_sum, 0) | early),
            self.x_late.eq(dx.load | dx.mul | dx.div),
        ]

        # --- Address, check, request -----------------------------------------------------------------------------
        m.submodules.align = align = StoreAlign()
        address = alu.x_sum
        to_ram = address[31]
        access = dx.load | dx.store
        m.d.comb += [
            align.x_size.eq(dx.funct3[:2]),
            align.x_offset.eq(address[:2]),
            align.x_value.eq(dx.rs2),
        ]
        judged = self._early("judged")
        verdict = Signal()  # the access, if there is one, is to be refused
        if config.paddock:
            m.submodules.checker = checker = BoundsChecker(config)
            m.d.comb += [
                checker.x_addr.eq(address),
                checker.x_size.eq(dx.funct3[:2]),
                checker.x_store.eq(dx.store),
                checker.x_checked.eq(self.checked),
                checker.arena.eq(self.arena),
                checker.device.eq(self.device),
                checker.grant.eq(self.grant),
                checker.public.eq(self.public),
                verdict.eq(checker.x_violation),
            ]
        if config.pmp:
            m.submodules.checker = checker = PmpChecker(config)
            entries = [self.entries[i] for i in range(config.pmp)]
            m.d.comb += [
                checker.entries.eq(self.entries),
                checker.permitted.eq(Cat(Mux(dx.store, entry.write, entry.read) for entry in entries)),
                checker.user.eq(self.data_user),
                checker.address.eq(address[2:]),
                verdict.eq(checker.violation),
            ]
        # The verdict comes last: one gate behind it decides on each request.
        stored_lanes = Signal(4, attrs={"keep": 1})
        m.d.comb += [
            judged.eq(normal & access & ~align.x_misaligned),
            self.x_violation.eq(judged & verdict),
            stored_lanes.eq(Mux(self.x_go & judged & dx.store, align.x_lanes, 0)),
            # Reads start ahead of the verdict and may go to waste; a refused store is one of them.
            self.dbus.en.eq(self.x_go & normal & access),
            self.dbus.addr.eq(address),
            self.dbus.we.eq(Mux(to_ram & ~verdict, stored_lanes, 0)),
            self.dbus.wdata.eq(align.x_data),
        ]

        # --- Jumps -----------------------------------------------------------------------------------------------
        # Equality is known before less, which comes out of the adder's carry chain: a single gate stands behind that.
        jumps_unless_less, jumps_if_less = self._early("jumps_unless_less"), self._early("jumps_if_less")
        jumps_anyway = self._early("jumps_anyway")
        by_less = dx.branch & dx.funct3[2]
        by_equal = dx.branch & ~dx.funct3[2] & (alu.x_equal ^ dx.funct3[0])
        always = dx.jump | dx.jump_register | dx.enter | dx.leave
        jumps_now = Mux(alu.x_less, jumps_if_less, jumps_unless_less)
        m.d.comb += [
            jumps_if_less.eq(self.x_fire & normal & by_less & ~dx.funct3[0]),
            jumps_unless_less.eq(self.x_fire & normal & by_less & dx.funct3[0]),
            jumps_anyway.eq(self.kill | (self.x_fire & normal & (always | by_equal))),
            self.x_may_jump.eq(normal & (always | dx.branch)),
            self.x_jumps.eq(~self.kill & (jumps_anyway | jumps_now)),
            self.x_redirect.eq(jumps_anyway | jumps_now),
            self.x_jump_target.eq(
                Mux(dx.jump | dx.branch, dx.target, 0) | Mux(dx.jump_register, address & ~1, 0),
            ),
        ]
        gate_result = C(0, 32)
        if config.paddock:
            gate_result = Mux(dx.enter, self.enter_result, 0) | Mux(dx.leave, self.leave_result, 0)
            goes_in, goes_back = self._early("goes_in"), self._early("goes_back")
            m.d.comb += [
                goes_in.eq(self.x_fire & normal & dx.enter),
                goes_back.eq(self.x_fire & normal & dx.leave),
                self.x_gate_target.eq(Mux(goes_in, self.enter_pc, 0) | Mux(goes_back, self.leave_pc, 0)),
            ]

        # --- Traps: the order of isa.cause.FAULTS ------------------------------------------------------------------
        taken = by_equal | (by_less & (alu.x_less ^ dx.funct3[0]))
        misaligned_jump = ((dx.jump | taken) & dx.target[1]) | (dx.jump_register & address[1])
        gate_kind = Signal(Kind)
        if config.paddock:
            with m.If(dx.enter):
                m.d.comb += gate_kind.eq(self.enter_kind)
            with m.Elif(dx.leave):
                m.d.comb += gate_kind.eq(self.leave_kind)
        refused = Signal()
        m.d.comb += [refused.eq(dx.trap | (gate_kind != Kind.NONE)), x_xm.trap.eq(1), x_xm.kind.eq(gate_kind)]
        with m.If(dx.trap):
            m.d.comb += [x_xm.cause.eq(dx.cause), x_xm.kind.eq(Mux(dx.fetch_bounds, Kind.BOUNDS, Kind.NONE))]
        with m.Elif(misaligned_jump):
            m.d.comb += x_xm.cause.eq(Cause.INSN_MISALIGNED)
        with m.Elif(gate_kind != Kind.NONE):
            m.d.comb += x_xm.cause.eq(Cause.GATE_FAULT)
        with m.Elif(access & align.x_misaligned):
            m.d.comb += x_xm.cause.eq(Mux(dx.store, Cause.STORE_MISALIGNED, Cause.LOAD_MISALIGNED))
        with m.Else():
            # Also right for what memory or device will refuse in M.
            m.d.comb += [
                x_xm.trap.eq(self.x_violation),
                x_xm.cause.eq(Mux(dx.store, Cause.STORE_FAULT, Cause.LOAD_FAULT)),
                x_xm.kind.eq(Mux(self.x_violation, Kind.BOUNDS, Kind.NONE)),
            ]

        # --- Side effects other than requests --------------------------------------------------------------------
        m.d.comb += [
            self.x_csr_write.eq(self.x_go & normal & dx.csr_write),
            self.x_mret.eq(self.x_fire & normal & dx.mret),
        ]
        if config.paddock:
            m.d.comb += [
                self.x_entering.eq(self.dx_valid & dx.enter),
                self.x_leaving.eq(self.dx_valid & dx.leave),
                self.x_returning.eq(self.dx_valid & dx.mret),
                self.x_enter.eq(self.x_fire & ~refused & dx.enter),
                self.x_leave.eq(self.x_fire & ~refused & dx.leave),
            ]
            self._drive_probe(m, x_xm)

        # --- X/M register ----------------------------------------------------------------------------------------
        m.d.comb += [
            x_xm.pc.eq(dx.pc),
            x_xm.result.eq(
                self.x_result | divider.x_result | Mux(dx.is_link, dx.link, 0),
            ),
            x_xm.gate_result.eq(gate_result),
            x_xm.addr.eq(address),
            x_xm.store_data.eq(align.x_data),
            x_xm.rd.eq(dx.rd),
            x_xm.rd_write.eq(dx.rd_write),
            x_xm.funct3.eq(dx.funct3),
            x_xm.load.eq(dx.load),
            x_xm.store.eq(dx.store),
            x_xm.tval_pc.eq(dx.trap & (dx.cause == Cause.FETCH_FAULT)),  # no interrupt has this code
            x_xm.tval_addr.eq(~dx.trap & (access | dx.enter | dx.leave)),
            x_xm.interrupt.eq(dx.interrupt),
            x_xm.answer_due.eq(self.dbus.en),
            x_xm.ram.eq(judged & ~verdict & to_ram),
            x_xm.device.eq(judged & ~verdict & ~to_ram),
        ]
        if config.rvfi:
            m.d.comb += [
                x_xm.rvfi.eq(dx.rvfi),
                x_xm.next_pc.eq(Mux(self.x_jumps, self.x_jump_target | self.x_gate_target, dx.link)),
                x_xm.rmask.eq(Mux(dx.load, align.x_lanes, 0)),
                x_xm.wmask.eq(Mux(dx.store, align.x_lanes, 0)),
                x_xm.id.eq(self.id if config.paddock else 0),
            ]
            if config.pmp:
                m.d.comb += x_xm.user.eq(self.user)

        with m.If(self.m_advance):
            m.d.sync += [self.xm.eq(x_xm), self.xm_valid.eq(self.x_fire)]

        return m

    @staticmethod
    def _early(name: str) -> Signal:
        """A signal that synthesis keeps, so that it does not move behind what comes later."""
        return Signal(name=name, attrs={"keep": 1})

    def _drive_probe(self, m: Module, x_xm: MemoryOp) -> None:
        """Tells the monitor what was let through, in the cycle in which it was: read off what carries it on."""
        probe, dx = self.probe, self.dx
        m.d.comb += [
            probe.id.eq(self.id),
            probe.arena.eq(self.arena),
            probe.device.eq(self.device),
            probe.grant.eq(self.grant),
            probe.public.eq(self.public),
            probe.store.eq(self.dbus.we.any()),
            probe.load.eq(self.x_fire & dx.load & x_xm.addr[31] & ~x_xm.trap),
            probe.device_request.eq(self.x_fire & x_xm.device),
            probe.device_write.eq(dx.store),
            probe.addr.eq(x_xm.addr),
            probe.size.eq(dx.funct3[:2]),
        ]
