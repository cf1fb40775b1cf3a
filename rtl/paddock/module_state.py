"""Which module runs, with which grant: the part of the extension that gates, traps and `mret` change.

Specification: docs/reference/extension.md, sections 1, 3 and 4.
"""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .bus import Window
from .config import CoreConfig
from .csr_file import is_csr
from .gate import CallStack, ModuleTable
from .isa.cause import Kind
from .isa.csr import CSR_BY_NAME

__all__ = ["ModuleState"]

_KIND_BITS = max(Kind).bit_length()


class ModuleState(wiring.Component):
    """Active id, previous id, grant and public window, with module table and call stack inside.

    ``x_enter``, ``x_leave``, ``x_mret`` and ``x_csr_write`` act at the end of the cycle and are only set for an
    instruction that leaves X without an exception, ``m_trap`` for a trap that is taken: at most one of them at a time.
    The other inputs from X say what is there, even if it waits or will trap.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                # Active id and windows. The windows are valid when the first instruction of the id is in X, for all
                # its loads and stores; while a gate or mret waits in X they may be those of its target already.
                "id": Out(config.id_bits),
                "arena": Out(Window),
                "device": Out(Window),
                "grant": Out(Window),
                "public": Out(Window),
                # Gates. d_target is rs1 of the instruction in D; it moves to X if d_advance.
                "d_target": In(32),
                "d_advance": In(1),
                "x_entering": In(1),  # the instruction is in X; at most one of them
                "x_leaving": In(1),
                "x_returning": In(1),  # mret
                "x_enter": In(1),  # it also has its effect at the end of this cycle
                "x_leave": In(1),
                "x_target": In(32),  # rs1 of pd.enter
                "x_value": In(32),  # rs2 of pd.enter
                "x_link": In(32),  # where a call returns to
                "x_enter_kind": Out(_KIND_BITS),  # why pd.enter is refused; Kind.NONE: it is not
                "x_leave_kind": Out(_KIND_BITS),
                "x_enter_pc": Out(32),
                "x_leave_pc": Out(32),
                "x_enter_result": Out(32),
                "x_leave_result": Out(32),
                # Traps. m_kind is for pd_fault, which interrupts leave alone.
                "x_mret": In(1),
                "m_trap": In(1),
                "m_exception": In(1),
                "m_kind": In(_KIND_BITS),
                # CSR to read and what it holds (0 if not of ours).
                "d_csr": In(12),
                "d_csr_read": Out(32),
                # It is one that comes out of a RAM: one cycle later, and late in that, so it has a way of its own.
                "d_csr_in_table": In(1),
                "d_looked_up": Out(32),  # else 0
                # CSR to write at the end of the cycle.
                "x_csr": In(12),
                "x_csr_write": In(1),
                "x_csr_value": In(32),
            }
        )

    def elaborate(self, platform):
        config = self._config
        m = Module()
        m.submodules.table = table = ModuleTable(config)
        m.submodules.stack = stack = CallStack(config)

        active = Signal(config.id_bits)
        previous = Signal(config.id_bits)
        select = Signal(config.id_bits)
        arm = Signal()
        previous_arm = Signal()
        fault_id = Signal(config.id_bits)
        fault_kind = Signal(Kind)
        grant = Signal(Window)
        public = Signal(Window)

        def written(name: str):
            return self.x_csr_write & is_csr(self.x_csr, config, name)

        def field(csr: str, name: str):
            where = CSR_BY_NAME[csr].field(name)
            return self.x_csr_value[where.lsb : where.lsb + where.width]

        # --- Active id -------------------------------------------------------------------------------------------
        next_id = Signal(config.id_bits)
        m.d.comb += next_id.eq(active)
        with m.If(self.m_trap):
            m.d.comb += next_id.eq(0)
            m.d.sync += [previous.eq(active), previous_arm.eq(arm), arm.eq(0)]
            with m.If(self.m_exception):
                m.d.sync += [fault_id.eq(active), fault_kind.eq(self.m_kind)]
        with m.Elif(self.x_mret):
            m.d.comb += next_id.eq(previous)
            m.d.sync += [previous.eq(0), arm.eq(previous_arm), previous_arm.eq(0)]
        with m.Elif(self.x_enter):
            m.d.comb += next_id.eq(self.x_target)
            m.d.sync += arm.eq(0)
        with m.Elif(self.x_leave):
            m.d.comb += next_id.eq(stack.frame.id)
        m.d.sync += active.eq(next_id)

        # --- Gates -----------------------------------------------------------------------------------------------
        # The windows that the next instruction needs, whether this one is refused or not: a trap makes them void.
        m.d.comb += table.next_id.eq(active)
        with m.If(self.x_entering):
            m.d.comb += table.next_id.eq(self.x_target)
        with m.If(self.x_leaving):
            m.d.comb += table.next_id.eq(stack.frame.id)
        with m.If(self.x_returning):
            m.d.comb += table.next_id.eq(previous)
        m.d.comb += [
            table.d_target.eq(self.d_target),
            table.x_target.eq(self.x_target),
            table.d_advance.eq(self.d_advance),
            self.x_enter_pc.eq(table.x_entry),
            self.x_enter_result.eq(table.x_sp),
            self.x_leave_pc.eq(Cat(C(0, 2), stack.frame.pc)),
            self.x_leave_result.eq(stack.frame.value),
            stack.x_push.eq(self.x_enter),
            stack.x_pop.eq(self.x_leave),
            stack.x_new.pc.eq(self.x_link[2:]),
            stack.x_new.id.eq(active),
            stack.x_new.value.eq(self.x_value),
        ]
        with m.If(self.x_target[config.id_bits :].any()):
            m.d.comb += self.x_enter_kind.eq(Kind.BAD_ID)
        with m.Elif(~table.x_flags.valid):
            m.d.comb += self.x_enter_kind.eq(Kind.NOT_VALID)
        with m.Elif((active != 0) & ~table.x_flags.callable):
            m.d.comb += self.x_enter_kind.eq(Kind.NOT_CALLABLE)
        with m.Elif(stack.full):
            m.d.comb += self.x_enter_kind.eq(Kind.OVERFLOW)
        with m.If(stack.empty):
            m.d.comb += self.x_leave_kind.eq(Kind.UNDERFLOW)

        # --- Windows ---------------------------------------------------------------------------------------------
        m.d.comb += [
            self.id.eq(active),
            self.arena.eq(table.arena),
            self.device.eq(table.device),
            self.grant.eq(grant),
            self.public.eq(public),
            public.read.eq(1),
        ]
        if config.grant_window:
            lend = (active == 0) & arm
            permissions = Cat(grant.read, grant.write)
            m.d.comb += [
                stack.x_new.glower.eq(grant.lower),
                stack.x_new.gupper.eq(grant.upper),
                Cat(stack.x_new.gread, stack.x_new.gwrite).eq(permissions & ~lend.replicate(2)),
            ]
            with m.If(self.x_enter & ~lend):
                m.d.sync += permissions.eq(0)
            with m.If(self.x_leave):
                m.d.sync += [
                    grant.lower.eq(stack.frame.glower),
                    grant.upper.eq(stack.frame.gupper),
                    permissions.eq(Cat(stack.frame.gread, stack.frame.gwrite)),
                ]
            with m.If(written("pd_glower")):
                m.d.sync += grant.lower.eq(self.x_csr_value)
            with m.If(written("pd_gupper")):
                m.d.sync += grant.upper.eq(self.x_csr_value)
            with m.If(written("pd_gperm")):
                lent = Cat(field("pd_gperm", "read"), field("pd_gperm", "write"))
                m.d.sync += [permissions.eq(lent), arm.eq(lent.any())]
        if config.public_window:
            with m.If(written("pd_plower")):
                m.d.sync += public.lower.eq(self.x_csr_value)
            with m.If(written("pd_pupper")):
                m.d.sync += public.upper.eq(self.x_csr_value)

        # --- CSRs ------------------------------------------------------------------------------------------------
        with m.If(written("pd_status")):
            m.d.sync += previous.eq(field("pd_status", "pid"))
            if config.grant_window:
                m.d.sync += [arm.eq(field("pd_status", "arm")), previous_arm.eq(field("pd_status", "parm"))]
        with m.If(written("pd_select")):
            m.d.sync += select.eq(field("pd_select", "id"))
        m.d.comb += [
            table.select.eq(select),
            table.d_csr.eq(self.d_csr),
            table.x_csr.eq(self.x_csr),
            table.x_write.eq(self.x_csr_write),
            table.x_value.eq(self.x_csr_value),
            stack.x_value.eq(self.x_csr_value),
            stack.x_write_slice.eq(written("pd_slice")),
            stack.x_write_top.eq(written("pd_top")),
        ]

        def fields(csr: str, **values) -> Value:
            """The register with these fields in their places."""
            result = Const(0, 32)
            for name, value in values.items():
                result = result | (Value.cast(value) << CSR_BY_NAME[csr].field(name).lsb)
            return result[:32]

        shown = {
            "pd_status": fields("pd_status", pid=previous, arm=arm, parm=previous_arm),
            "pd_select": fields("pd_select", id=select),
            "pd_glower": grant.lower,
            "pd_gupper": grant.upper,
            "pd_gperm": fields("pd_gperm", read=grant.read, write=grant.write),
            "pd_plower": public.lower,
            "pd_pupper": public.upper,
            "pd_slice": fields("pd_slice", base=stack.base, limit=stack.limit),
            "pd_top": fields("pd_top", top=stack.top),
            "pd_config": fields(
                "pd_config",
                modules=config.modules,
                frames=config.frames,
                arena=1,
                device=int(config.device_window),
                grant=int(config.grant_window),
                public=int(config.public_window),
                version=1,
            ),
            "pd_fault": fields("pd_fault", kind=fault_kind, id=fault_id),
            "pd_id": fields("pd_id", id=active),
        }
        selected = [Mux(is_csr(self.d_csr, config, name), value, 0) for name, value in shown.items()]
        value = selected[0]
        for other in selected[1:]:
            value = value | other
        m.d.comb += self.d_csr_read.eq(value)

        show_field, show_caller = Signal(attrs={"keep": 1}), Signal(attrs={"keep": 1})
        is_caller = is_csr(self.d_csr, config, "pd_caller")
        caller = fields("pd_caller", id=stack.frame.id)
        m.d.comb += [
            show_field.eq(self.d_csr_in_table & ~is_caller),
            show_caller.eq(self.d_csr_in_table & is_caller & ~stack.empty),
            self.d_looked_up.eq(Mux(show_field, table.d_readback, 0) | Mux(show_caller, caller, 0)),
        ]

        return m
