"""Two runs of the core side by side that differ in memory which the module may not read: nothing else may differ."""

from amaranth import *

from ..config import CoreConfig
from ..payload import ExecuteOp, MemoryOp
from .bench import Property, active_windows, inside_window, may_access
from .inside import Inside

__all__ = ["TwoRuns"]

#: Flip-flops that count only while another one is set: path -> the latter's.
ONLY_WHILE = {
    "decode.dx": "decode.dx_valid",
    "execute.xm": "execute.xm_valid",
    **{
        f"execute.divider.{name}": "execute.divider.busy"
        for name in ("quotient", "complement", "carry", "remainder", "negate", "steps")
    },
}
#: Signals on the way, from which the others follow more easily: path -> while which they count.
INSIDE = {
    "execute.alu.x_sum": "decode.dx_valid",
    "execute.alu.x_logic": "decode.dx_valid",
    "execute.alu.x_shifted": "decode.dx_valid",
    "execute.alu.x_less": "decode.dx_valid",
    **{
        f"execute.checker.{window}_{side}": "decode.dx_valid"
        for window in ("arena", "device", "grant", "public")
        for side in ("below_lower", "below_upper", "permitted")
    },
    "execute.x_violation": "",
    "execute.x_result": "decode.dx_valid",
    "execute.x_jumps": "",
    "memory.m_trap": "",
    "memory.m_retire": "",
    "memory.m_result": "memory.m_commit",
    "hazard.m_advance": "",
    "hazard.x_advance": "",
    "hazard.x_go": "",
    "hazard.x_fire": "",
    "execute.x_jump_target": "execute.x_jumps",
    "execute.x_gate_target": "",
    "execute.x_xm": "decode.dx_valid",
    "execute.x_redirect": "",
    "csr_file.x_value": "execute.x_csr_write",
}
#: What the gate table has read counts only while its instruction is in X.
GATE_TABLE = ("modules.table.pd_entry", "modules.table.pd_sp")
READBACK = "modules.table.readback"


class TwoRuns(Elaboratable):
    """Two copies of the core, ``a`` and ``b``, with the same inputs, but for what lies outside the windows.

    Memory answers to a request of a module may differ in each byte that no window lets the module read, and in ``err``
    if the access is refused; data from Wishbone in lanes that nobody asks for. In the second property fetched words
    from outside the public window differ too. The claim is that all flip-flops and all requests are equal, but for
    those that nobody looks at: it implies itself one cycle later, so nothing needs to be known about how it began.

    Memories and multiplier are cut out of both copies. To the same question each gives both the same answer, an
    arbitrary one; to different questions, arbitrary ones. That is right as long as the same has been written to both,
    which is part of the claim.
    """

    def __init__(self, config: CoreConfig):
        self.config = config
        self.a, self.b = Inside(config), Inside(config)
        self.properties: list[Property] = []
        self.module = Module()
        self.domain = ClockDomain("sync", reset_less=True)
        self._free: list[Signal] = []
        #: The claim: flip-flops by path; and what follows in the same cycle, each with the help of those before.
        self._state: dict[str, Value] = {}
        self._signals: list[Value] = []
        self._writes: list[tuple] = []
        self._same: dict[str, Value] = {}
        registers = [
            (path, one, other) for (path, one), (_, other) in zip(self.a.registers(), self.b.registers(), strict=True)
        ]
        self._view()
        self._share_inputs()
        self._cut_multiplier()
        self._cut_memories()
        self._compare(registers)

    # --- Vocabulary ----------------------------------------------------------------------------------------------
    def free(self, shape, name: str) -> Signal:
        """An input of the bench."""
        self._free.append(Signal(shape, name=name))
        return self._free[-1]

    def both(self, path: str) -> tuple[Signal, Signal]:
        """A signal of the core in both runs."""
        return self.a.signal(path), self.b.signal(path)

    def require(self, one, other, only_while=1) -> None:
        """Part of the claim: ``one`` in run a is ``other`` in run b."""
        self._signals.append(self._same_if(one, other, only_while))

    @staticmethod
    def _same_if(one, other, only_while) -> Value:
        return (Value.cast(one) == Value.cast(other)) | ~Value.cast(only_while).any()

    def _view(self) -> None:
        signal = self.a.signal
        self.id = signal("modules.active")
        self.dx = ExecuteOp(self.config)(signal("decode.dx"))
        self.xm = MemoryOp(self.config)(signal("execute.xm"))
        self.xm_valid = signal("execute.xm_valid")
        self.pc = signal("fetch.d_pc")
        self.windows = active_windows(self.a)

    # --- Inputs --------------------------------------------------------------------------------------------------
    def _share_inputs(self) -> None:
        """The same for both, but for what the module may not read."""
        m, a, b = self.module, self.a.core, self.b.core
        module = self.id != 0
        shared = ["irq_software", "irq_timer", "irq_external", "time"]
        m.d.comb += [getattr(b, name).eq(getattr(a, name)) for name in shared]
        m.d.comb += [b.ibus.ready.eq(a.ibus.ready), b.dbus.ready.eq(a.dbus.ready)]
        m.d.comb += [b.wb.ack.eq(a.wb.ack), b.wb.err.eq(a.wb.err)]

        # What was asked of the RAM last: which bytes of the answer are none of the module's business?
        self.hidden = Signal(4)
        self.refused = Signal()
        address = a.dbus.addr
        last = address | Cat(self.dx.funct3[:2] != 0, self.dx.funct3[1])
        with m.If(a.dbus.en):
            m.d.sync += self.refused.eq(module & ~may_access(self.config, self.windows, address, last, self.dx.store))
            for i in range(4):
                byte = Cat(C(i, 2), address[2:])
                m.d.sync += self.hidden[i].eq(module & ~may_access(self.config, self.windows, byte, byte, C(0)))
        other = self.free(32, "other_ram_rdata")
        for i in range(4):
            lane = slice(8 * i, 8 * i + 8)
            m.d.comb += b.dbus.rdata[lane].eq(Mux(self.hidden[i], other[lane], a.dbus.rdata[lane]))
        m.d.comb += b.dbus.err.eq(Mux(self.refused, self.free(1, "other_ram_err"), a.dbus.err))
        other = self.free(32, "other_device_data")
        for i in range(4):
            lane = slice(8 * i, 8 * i + 8)
            asked = a.wb.stb & a.wb.sel[i]
            m.d.comb += b.wb.dat_r[lane].eq(Mux(asked, a.wb.dat_r[lane], other[lane]))

        # Whether fetches from outside differ is chosen once.
        choice, held, self.started = self.free(1, "choose_fetch"), Signal(), Signal()
        m.d.sync += self.started.eq(1)
        with m.If(~self.started):
            m.d.sync += held.eq(choice)
        self.fetch_differs = Mux(self.started, held, choice) if self.config.public_window else C(0)
        inside = inside_window(self.windows["public"], self.pc, Cat(C(3, 2), self.pc[2:]))
        self.foreign = Signal()
        m.d.comb += [
            self.foreign.eq(self.fetch_differs & module & ~inside),
            b.ibus.rdata.eq(Mux(self.foreign, self.free(32, "other_fetch_rdata"), a.ibus.rdata)),
            b.ibus.err.eq(Mux(self.foreign, self.free(1, "other_fetch_err"), a.ibus.err)),
        ]

    # --- Cuts ----------------------------------------------------------------------------------------------------
    def _answer(self, name: str, one, other, same) -> None:
        """The outputs ``one`` and ``other`` of a block that is cut out: equal if ``same``."""
        answer, else_answer = self.free(len(one), f"{name}_a"), self.free(len(one), f"{name}_b")
        self.module.d.comb += [one.eq(answer), other.eq(Mux(same, answer, else_answer))]

    def _cut_multiplier(self) -> None:
        result = self.both("multiplier.m_result")
        operands = []
        for side in (self.a, self.b):
            side.cut("multiplier")
            dx = ExecuteOp(self.config)(side.signal("decode.dx"))
            operands.append(Cat(side.signal("hazard.m_advance"), dx.op1, dx.op2, dx.funct3))
        same = Signal(name="multiplier_same")
        with self.module.If(operands[0][0] | operands[1][0]):
            self.module.d.sync += same.eq(operands[0] == operands[1])
        self._answer("multiplier", *result, same)
        self._state["multiplier.same"] = same | ~self.xm_valid

    def _cut_memories(self) -> None:
        for (path, one), other in zip(self.a.cut_memories().items(), self.b.cut_memories().values(), strict=True):
            name = path.replace(".", "_")
            for here, there in zip(one._write_ports, other._write_ports, strict=True):
                self._writes.append((here._en, there._en, 1))
                self._writes.append((Cat(here._addr, here._data), Cat(there._addr, there._data), here._en))
            for i, (here, there) in enumerate(zip(one._read_ports, other._read_ports, strict=True)):
                question, same = Cat(here._en, here._addr), Signal(init=1, name=f"{name}_same")
                if here._domain == "comb":
                    self.module.d.comb += same.eq(here._addr == there._addr)
                else:
                    with self.module.If(here._en | there._en):
                        self.module.d.sync += same.eq(question == Cat(there._en, there._addr))
                    self._same[path] = same
                self._answer(f"{name}_{i}", here._data, there._data, same)

    # --- Claim ---------------------------------------------------------------------------------------------------
    def _compare(self, registers) -> None:
        a, b = self.a.core, self.b.core
        skipped = ("multiplier.", "hazard.looked_up")
        for path, one, other in registers:
            if not path.startswith(skipped):
                only_while = self.a.signal(ONLY_WHILE[path]) if path in ONLY_WHILE else 1
                self._state[path] = self._same_if(one, other, only_while)
        # Whether D has looked up a CSR in the table, and what, is about the word that D holds.
        looked_up = self.both("hazard.looked_up")
        self._state["hazard.looked_up"] = self._same_if(*looked_up, ~self.foreign)
        for path, same in self._same.items():
            counts = C(1)
            if path in GATE_TABLE:
                counts = self.a.signal("decode.dx_valid")
            elif path == READBACK:
                counts = looked_up[0] & ~self.foreign
            self._state[f"{path}.same"] = same | ~counts

        absent = [name for name in ("device", "grant", "public") if not getattr(self.config, f"{name}_window")]
        for path, only_while in INSIDE.items():
            if path.startswith(tuple(f"execute.checker.{name}_" for name in absent)):
                continue
            self.require(*self.both(path), self.a.signal(only_while) if only_while else 1)
        for one, other, only_while in self._writes:
            self.require(one, other, only_while)
        self.require(a.ibus.en, b.ibus.en)
        self.require(a.ibus.addr, b.ibus.addr, a.ibus.en)
        self.require(a.dbus.en, b.dbus.en)
        self.require(Cat(a.dbus.addr, a.dbus.we), Cat(b.dbus.addr, b.dbus.we), a.dbus.en)
        self.require(a.dbus.wdata, b.dbus.wdata, a.dbus.we.any())
        self.require(Cat(a.wb.cyc, a.wb.stb), Cat(b.wb.cyc, b.wb.stb))
        self.require(Cat(a.wb.we, a.wb.adr, a.wb.sel), Cat(b.wb.we, b.wb.adr, b.wb.sel), a.wb.stb)
        self.require(a.wb.dat_w, b.wb.dat_w, a.wb.stb & a.wb.we)

        self._link_request_and_answer()
        self._add_properties()

    def _add_properties(self) -> None:
        a, b, m = self.a.core, self.b.core, self.module
        refused_load = self.refused & self.xm_valid & self.xm.load & self.a.signal("memory.m_trap")
        self._add(
            "g1_two_runs",
            "two runs whose memory differs in bytes that the module may not read are the same in every cycle: "
            "requests, register writes, traps, flip-flops",
            ~self.fetch_differs,
            ~self.fetch_differs,
            (a.dbus.rdata != b.dbus.rdata) & refused_load,
        )
        if self.config.public_window:
            # The refused word is about to become a trap.
            redirect = self.a.signal("execute.x_redirect")
            arrives = self.foreign & self.a.signal("fetch.d_valid")
            ends = arrives & self.a.signal("hazard.x_advance") & ~redirect
            ended = Signal()
            m.d.sync += ended.eq(ended | ends)
            self._add(
                "g4_two_runs",
                "the same if words fetched from outside the public window differ too, until one of them is the next "
                "instruction and thus becomes a trap",
                self.fetch_differs & ~ended,
                self.fetch_differs & ~ended & ~ends,
                arrives & (a.ibus.rdata != b.ibus.rdata) & redirect,
            )

    def _add(self, name: str, claim: str, live, live_signals, cover) -> None:
        """The claim, about flip-flops while ``live`` and signals while ``live_signals``, and the steps of its proof.

        Induction by hand, as a solver alone does not find the order: flip-flops are equal at first, and if all was
        equal one cycle before; signals are equal if flip-flops are, and those signals that come before.
        """
        m, new = self.module, Property(name, claim)
        state, signals, held = Signal(), Signal(), Signal()
        m.d.comb += [state.eq(Cat(self._state.values()).all()), signals.eq(Cat(self._signals).all())]
        m.d.sync += held.eq(state & signals & live_signals)
        m.d.comb += [
            new.violated.eq((live & ~state) | (live_signals & ~signals)),
            new.covered.eq(cover & live_signals),
        ]
        broken = [~self.started & live & ~state]
        units = {path.rsplit(".", 1)[0] for path in self._state}
        for unit in sorted(units):
            of_unit = [equal for path, equal in self._state.items() if path.rsplit(".", 1)[0] == unit]
            broken.append(self.started & held & live & ~Cat(of_unit).all())
        before = state
        for equal in self._signals:
            broken.append(before & live_signals & ~equal)
            before = before & equal
        for i, each in enumerate(broken):
            new.steps.append(Signal(name=f"{name}_step_{i}"))
            m.d.comb += new.steps[-1].eq(each)
        self.properties.append(new)

    def _link_request_and_answer(self) -> None:
        """What makes the claim imply itself: an answer that M uses is one that was not hidden when it was asked for."""
        dx, xm = self.dx, self.xm
        answered = self.a.signal("memory.answered")
        half, word = xm.funct3[:2] == 1, xm.funct3[1]
        lanes = Mux(word, 0b1111, Mux(half, Mux(xm.addr[1], 0b1100, 0b0011), (1 << xm.addr[:2])[:4]))
        aligned = ~(half & xm.addr[0]) & ~(word & xm.addr[:2].any())
        load_store = dx.load & dx.store
        facts = (
            (self.a.signal("decode.dx_valid") & ~dx.trap, ~load_store),
            (self.xm_valid & xm.ram, ~self.refused & ~xm.device & aligned & xm.answer_due),
            (self.xm_valid & xm.ram & xm.load, ~(self.hidden & lanes).any()),
            (self.xm_valid & xm.device, aligned),
            (self.xm_valid & xm.load & ~xm.ram & ~xm.device, xm.trap),
            (C(1), answered == self.a.signal("memory.refused")),
        )
        self._state |= {f"answer.{i}": ~when | then for i, (when, then) in enumerate(facts)}

    # --- Hardware ------------------------------------------------------------------------------------------------
    def ports(self) -> list[Signal]:
        """Inputs of run a, what else is free, and two outputs for each property."""
        core = self.a.core
        inputs = [core.irq_software, core.irq_timer, core.irq_external, core.time]
        for bus in (core.ibus, core.dbus):
            inputs += [bus.rdata, bus.err, bus.ready]
        inputs += [core.wb.dat_r, core.wb.ack, core.wb.err, *self._free]
        return [self.domain.clk, *inputs, *self.outputs()]

    def outputs(self) -> list[Signal]:
        """In the order in which they are emitted."""
        return [signal for each in self.properties for signal in each.outputs()]

    def elaborate(self, platform):
        self.module.domains += self.domain
        self.module.submodules.a = self.a.fragment
        self.module.submodules.b = self.b.fragment
        return self.module
