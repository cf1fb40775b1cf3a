"""The core: four stages, wired.

::

           +-------+      +-----------+  dx  +--------------------+  xm  +-----------+
    pc --> |   F   | ---> |     D     | ---> |         X          | ---> |     M     |
           +-------+      +-----------+      +--------------------+      +-----------+
            ibus addr      ibus data          adder -> dbus addr          dbus data, wb
                           registers          check -> dbus we            register write
                           fetch check        jump, gate, CSR             trap
               ^               ^                     |                         |
               +---- jump -----|---------------------+                         |
               +---- trap -----|-----------------------------------------------+
                               +---- forwarded results: from X, from M --------+
"""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from .bus import DataPort, FetchPort, ProbePort, Wishbone
from .config import CoreConfig
from .csr_file import CsrFile
from .hazard import HazardUnit
from .module_state import ModuleState
from .pmp import PmpRegisters
from .rvfi import RvfiPort, RvfiTrace
from .stages.decode import DecodeStage
from .stages.execute import ExecuteStage
from .stages.fetch import FetchStage
from .stages.memory import MemoryStage
from .units.muldiv import Multiplier
from .user_mode import UserMode

__all__ = ["Core"]


class Core(wiring.Component):
    """RV32IM_Zicsr_Zifencei_Zicntr in machine mode, with Xpaddock if ``config.paddock``; or, if ``config.pmp``, also in
    user mode, with physical memory protection.

    In order, one instruction per cycle but for: jumps, gates, `mret`, CSR writes 2; a result of a load or
    multiplication that the next instruction needs +1; divisions 34; traps 3.

    Parameters
    ----------
    config : CoreConfig
        What the core has.

    Members
    -------
    ibus, dbus : FetchPort, DataPort
        RAM, at addresses with bit 31 set.
    wb : Wishbone
        Devices, below.
    irq_software, irq_timer, irq_external : In(1)
        Level-sensitive interrupt requests, synchronous to the clock.
    time : In(64)
        What the ``time`` CSRs read.
    probe : ProbePort
        For `soc.monitor`; if ``config.paddock``.
    rvfi : RvfiPort
        If ``config.rvfi``.
    """

    def __init__(self, config: CoreConfig):
        self.config = config
        super().__init__(
            {
                "ibus": Out(FetchPort()),
                "dbus": Out(DataPort()),
                "wb": Out(Wishbone()),
                "irq_software": In(1),
                "irq_timer": In(1),
                "irq_external": In(1),
                "time": In(64),
                **({"probe": Out(ProbePort(config))} if config.paddock else {}),
                **({"rvfi": Out(RvfiPort())} if config.rvfi else {}),
            }
        )

    def elaborate(self, platform):
        config = self.config
        m = Module()
        m.submodules.fetch = f = FetchStage(config)
        m.submodules.decode = d = DecodeStage(config)
        m.submodules.execute = x = ExecuteStage(config)
        m.submodules.multiplier = multiplier = Multiplier(narrow=config.compact)
        m.submodules.memory = mem = MemoryStage(config)
        m.submodules.csr_file = csr = CsrFile(config)
        m.submodules.hazard = hazard = HazardUnit(pmp=config.pmp > 0)

        # --- F -> D ----------------------------------------------------------------------------------------------
        connect(m, f.ibus, flipped(self.ibus))
        m.d.comb += [
            f.f_redirect.eq(x.x_redirect),
            f.f_target.eq(Mux(mem.m_trap, csr.trap_vector, x.x_jump_target)),
            f.f_gate_target.eq(x.x_gate_target),
            f.d_ready.eq(hazard.d_ready),
            d.d_pc.eq(f.d_pc),
            d.d_link.eq(f.d_link),
            d.d_insn.eq(f.d_insn),
            d.d_refused.eq(f.d_refused),
        ]

        # --- D -> X ----------------------------------------------------------------------------------------------
        m.d.comb += [
            d.interrupt.eq(csr.interrupt),
            d.interrupt_cause.eq(csr.interrupt_cause),
            d.x_rd.eq(x.dx.rd),
            d.x_rd_write.eq(d.dx_valid & x.dx.rd_write),
            d.x_result.eq(x.x_result),
            d.m_rd.eq(mem.xm.rd),
            d.m_rd_write.eq(mem.m_rd_write),
            d.m_result.eq(mem.m_result),
            d.m_commit.eq(mem.m_commit),
            d.d_advance.eq(hazard.d_advance),
            d.x_advance.eq(hazard.x_advance),
            d.kill.eq(mem.m_trap),
            x.dx.eq(d.dx),
            x.dx_valid.eq(d.dx_valid),
        ]
        if config.compact:
            m.d.comb += [x.dx.link.eq(f.d_pc), x.dx.pc.eq(f.d_pc - 4)]

        # --- X -> M ----------------------------------------------------------------------------------------------
        m.d.comb += [
            self.dbus.en.eq(x.dbus.en),
            self.dbus.addr.eq(x.dbus.addr),
            self.dbus.we.eq(x.dbus.we),
            self.dbus.wdata.eq(x.dbus.wdata),
            x.x_fire.eq(hazard.x_fire),
            x.x_go.eq(hazard.x_go),
            x.m_advance.eq(hazard.m_advance),
            x.kill.eq(mem.m_trap),
            x.wakeup.eq(csr.wakeup),
            multiplier.x_op1.eq(x.dx.op1),
            multiplier.x_op2.eq(x.dx.op2),
            multiplier.x_funct3.eq(x.dx.funct3),
            multiplier.x_start.eq(x.dx.mul),
            multiplier.x_advance.eq(hazard.m_advance),
            mem.xm.eq(x.xm),
            mem.xm_valid.eq(x.xm_valid),
        ]

        # --- M ---------------------------------------------------------------------------------------------------
        connect(m, mem.wb, flipped(self.wb))
        m.d.comb += [
            mem.ram_rdata.eq(self.dbus.rdata),
            mem.ram_err.eq(self.dbus.err),
            mem.ram_ready.eq(self.dbus.ready),
            mem.mul_result.eq(multiplier.m_result),
            mem.f_wait.eq(f.f_wait),
        ]

        # --- CSRs and traps --------------------------------------------------------------------------------------
        m.d.comb += [
            csr.d_csr.eq(d.d_csr),
            d.d_csr_read.eq(csr.d_read),
            csr.x_csr.eq(x.dx.csr_number),
            csr.x_old.eq(x.dx.target),
            csr.x_operand.eq(x.x_sum),
            csr.x_funct3.eq(x.dx.funct3),
            csr.x_write.eq(x.x_csr_write),
            csr.x_mret.eq(x.x_mret),
            csr.m_trap.eq(mem.m_trap),
            csr.m_interrupt.eq(mem.xm.interrupt),
            csr.m_cause.eq(mem.m_cause),
            csr.m_pc.eq(mem.xm.pc),
            csr.m_tval.eq(mem.m_tval),
            csr.m_retire.eq(mem.m_retire),
            csr.irq_software.eq(self.irq_software),
            csr.irq_timer.eq(self.irq_timer),
            csr.irq_external.eq(self.irq_external),
            csr.time.eq(self.time),
        ]

        # --- Hazards ---------------------------------------------------------------------------------------------
        m.d.comb += [
            hazard.d_needs_x.eq(d.d_needs_x),
            hazard.x_late.eq(x.x_late),
            hazard.x_csr_write.eq(x.dx.csr_write),
            hazard.d_csr_counted.eq(d.d_csr_counted),
            hazard.d_csr_in_table.eq(d.d_csr_in_table),
            hazard.m_valid.eq(x.xm_valid),
            hazard.counting.eq(csr.counting),
            hazard.settling.eq(csr.settling),
            hazard.x_divide_busy.eq(x.x_divide_busy),
            hazard.x_sleep.eq(x.x_sleep),
            hazard.f_wait.eq(f.f_wait),
            hazard.m_wait_ram.eq(mem.m_wait_ram),
            hazard.m_wait_device.eq(mem.m_wait_device),
            hazard.m_wait_error.eq(mem.m_wait_error),
            hazard.m_wait_fetch.eq(mem.m_wait_fetch),
            hazard.d_valid.eq(f.d_valid),
            hazard.x_valid.eq(d.dx_valid),
            hazard.x_may_jump.eq(x.x_may_jump),
            hazard.x_redirect.eq(x.x_redirect),
            hazard.m_trap.eq(mem.m_trap),
        ]

        if config.paddock:
            self._add_paddock(m, d, x, mem, csr, hazard)
        if config.pmp:
            self._add_pmp(m, d, x, mem, csr, hazard)
        if config.rvfi:
            m.submodules.trace = trace = RvfiTrace(config)
            connect(m, trace.rvfi, flipped(self.rvfi))
            m.d.comb += [
                trace.dx.eq(x.dx),
                trace.x_csr_value.eq(csr.x_value),
                trace.m_advance.eq(hazard.m_advance),
                trace.xm.eq(mem.xm),
                trace.m_retire.eq(mem.m_retire),
                trace.m_trap.eq(mem.m_trap),
                trace.m_cause.eq(mem.m_cause),
                trace.m_result.eq(mem.m_result),
                trace.m_word.eq(mem.m_word),
                trace.trap_vector.eq(csr.trap_vector),
            ]
        return m

    def _add_paddock(self, m: Module, d, x, mem, csr, hazard) -> None:
        """The extension's state, beside the pipeline."""
        m.submodules.modules = state = ModuleState(self.config)
        checked = state.id != 0
        connect(m, x.probe, flipped(self.probe))
        m.d.comb += [
            d.checked.eq(checked),
            d.public.eq(state.public),
            x.checked.eq(checked),
            x.id.eq(state.id),
            x.arena.eq(state.arena),
            x.device.eq(state.device),
            x.grant.eq(state.grant),
            x.public.eq(state.public),
            state.d_target.eq(d.d_settled1),
            hazard.d_enter.eq(d.d_enter),
            state.d_advance.eq(hazard.x_advance),
            state.x_entering.eq(x.x_entering),
            state.x_leaving.eq(x.x_leaving),
            state.x_returning.eq(x.x_returning),
            state.x_enter.eq(x.x_enter),
            state.x_leave.eq(x.x_leave),
            state.x_target.eq(x.dx.op1),
            state.x_value.eq(x.dx.rs2),
            state.x_link.eq(x.dx.link),
            x.enter_kind.eq(state.x_enter_kind),
            x.leave_kind.eq(state.x_leave_kind),
            x.enter_pc.eq(state.x_enter_pc),
            x.leave_pc.eq(state.x_leave_pc),
            x.enter_result.eq(state.x_enter_result),
            x.leave_result.eq(state.x_leave_result),
            state.x_mret.eq(x.x_mret),
            state.m_trap.eq(mem.m_trap),
            state.m_exception.eq(~mem.xm.interrupt),
            state.m_kind.eq(mem.xm.kind),
            state.d_csr.eq(d.d_csr),
            state.x_csr.eq(x.dx.csr_number),
            state.x_csr_write.eq(x.x_csr_write),
            state.x_csr_value.eq(csr.x_value),
            state.d_csr_in_table.eq(d.d_csr_in_table),
            csr.d_other_read.eq(state.d_csr_read),
            d.d_looked_up.eq(state.d_looked_up),
        ]

    def _add_pmp(self, m: Module, d, x, mem, csr, hazard) -> None:
        """User mode and physical memory protection, beside the pipeline."""
        m.submodules.user_mode = mode = UserMode()
        m.submodules.pmp = pmp = PmpRegisters(self.config)
        for state in (mode, pmp):
            m.d.comb += [
                state.d_csr.eq(d.d_csr),
                state.x_csr.eq(x.dx.csr_number),
                state.x_csr_value.eq(csr.x_value),
                state.x_csr_write.eq(x.x_csr_write),
            ]
        m.d.comb += [
            mode.x_mret.eq(x.x_mret),
            mode.m_trap.eq(mem.m_trap),
            d.checked.eq(mode.user),
            d.wfi_refused.eq(mode.wfi_refused),
            d.counters.eq(mode.counters),
            d.entries.eq(pmp.entries),
            x.user.eq(mode.user),
            x.data_user.eq(mode.data_user),
            x.entries.eq(pmp.entries),
            csr.user.eq(mode.user),
            hazard.d_pmp_busy.eq(pmp.busy),
            csr.d_other_read.eq(mode.d_csr_read | pmp.d_csr_read),
        ]
