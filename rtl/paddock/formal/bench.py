"""What every property builds on: the core, views into it, and an observer's own record of what it should be doing."""

from amaranth import *

from ..bus import Window
from ..config import CoreConfig
from ..gate import frame_layout
from ..isa.csr import CSR_BY_NAME
from ..payload import ExecuteOp, MemoryOp
from .inside import Inside

__all__ = ["CUT", "Bench", "Property", "active_windows", "inside_window", "may_access"]

#: Fields of a table entry that the watcher copies: name -> CSR that writes it.
ENTRY = {
    "alower": "pd_alower",
    "aupper": "pd_aupper",
    "dlower": "pd_dlower",
    "dupper": "pd_dupper",
    "entry": "pd_entry",
    "sp": "pd_sp",
    "flags": "pd_flags",
}

#: Blocks whose outputs become free inputs, see docs/reference/proof.md.
CUT = {"decode.registers": ("d_rs1_value", "d_rs2_value"), "multiplier": ("m_result",)}


def active_windows(inside: Inside) -> dict[str, Window]:
    """The active module's windows; one that the configuration leaves out is empty."""
    config = inside.config
    windows = {"arena": Window(inside.signal("modules.table.arena"))}
    for name, path in (("device", "modules.table.device"), ("grant", "modules.grant"), ("public", "modules.public")):
        present = getattr(config, f"{name}_window")
        windows[name] = Window(inside.signal(path)) if present else Signal(Window, name=f"no_{name}")
    return windows


def inside_window(window, first, last) -> Value:
    """Every byte from ``first`` to ``last`` is in the window; for ``first <= last`` the specification's rule."""
    return (window.lower <= first) & (last < window.upper)


def may_access(config: CoreConfig, windows: dict[str, Window], first, last, store) -> Value:
    """The specification's ``store_allowed`` or ``load_allowed`` for an id other than 0."""
    may = [inside_window(windows["arena"], first, last)]
    for name, present in (("device", config.device_window), ("grant", config.grant_window)):
        if present:
            permitted = Mux(store, windows[name].write, windows[name].read)
            may.append(inside_window(windows[name], first, last) & permitted)
    if config.public_window:
        may.append(inside_window(windows["public"], first, last) & ~store)
    return Cat(may).any()


class Property:
    """A claim that holds in every cycle, and a situation that shows that it says something."""

    def __init__(self, name: str, claim: str):
        self.name = name
        self.claim = claim
        self.violated = Signal(name=f"{name}_violated")
        self.covered = Signal(name=f"{name}_covered")
        #: High in a cycle that breaks a step of the proof; if there are any, they prove the property together.
        self.steps: list[Signal] = []

    def outputs(self) -> list[Signal]:
        """What the bench shows of the property."""
        return [self.violated, self.covered, *self.steps]


class Bench(Elaboratable):
    """The core with free inputs, and properties beside it.

    Nothing is assumed of the inputs: instructions, answers, wait states and interrupts are arbitrary in every cycle,
    which is more than `bus` allows. ``watched`` is an arbitrary module id and ``watched_frame`` an arbitrary frame,
    both constant; the bench copies what is written to them, and what holds for them holds for all.
    """

    def __init__(self, config: CoreConfig):
        self.config = config
        self.module = Module()
        self.inside = inside = Inside(config)
        self.free = self._cut()
        self.core = inside.core
        self.properties: list[Property] = []

        self.id = inside.signal("modules.active")
        self.dx = ExecuteOp(config)(inside.signal("decode.dx"))
        self.dx_valid = inside.signal("decode.dx_valid")
        self.xm = MemoryOp(config)(inside.signal("execute.xm"))
        self.xm_valid = inside.signal("execute.xm_valid")
        self.x_fire = inside.signal("hazard.x_fire")
        self.m_advance = inside.signal("hazard.m_advance")
        self.m_trap = inside.signal("memory.m_trap")
        self.m_retire = inside.signal("memory.m_retire")
        self.m_commit = inside.signal("memory.m_commit")
        self.windows = active_windows(inside)
        self.arena, self.device, self.grant, self.public = self.windows.values()
        self.csr_write = inside.signal("execute.x_csr_write")
        self.csr_value = inside.signal("csr_file.x_value")

        #: Constant inputs: which entry and which frame are watched. Taken over in the first cycle.
        self.choose_id = Signal(config.id_bits)
        self.choose_frame = Signal(config.frame_bits)
        self.started = Signal()
        #: No reset: the first cycle is the one after it.
        self.domain = ClockDomain("sync", reset_less=True)
        self._observe()

    # --- Vocabulary ----------------------------------------------------------------------------------------------
    def reg(self, path: str) -> Signal:
        """A signal of the core by its path."""
        return self.inside.signal(path)

    def past(self, value) -> Signal:
        """``value`` one cycle before; meaningless until ``started``."""
        value = Value.cast(value)
        earlier = Signal(value.shape(), name="past")
        self.module.d.sync += earlier.eq(value)
        return earlier

    def add(self, name: str, claim: str, holds, cover) -> None:
        """The property ``name``: ``holds`` is true in every cycle, ``cover`` in some."""
        new = Property(name, claim)
        self.module.d.comb += [new.violated.eq(~Value.cast(holds).any()), new.covered.eq(Value.cast(cover).any())]
        self.properties.append(new)

    def inside_window(self, window, first, last) -> Value:
        """See `inside_window`."""
        return inside_window(window, first, last)

    def allowed(self, first, last, store) -> Value:
        """See `may_access`, with the active windows."""
        return may_access(self.config, self.windows, first, last, store)

    # --- Observer ------------------------------------------------------------------------------------------------
    def _observe(self) -> None:
        config, m, dx = self.config, self.module, self.dx
        m.d.sync += self.started.eq(1)

        # The access in X, at the address that goes to the RAM port and to Wishbone.
        self.address = self.core.dbus.addr
        self.last = Signal(32)
        self.access_ok = Signal()
        below_word = Cat(dx.funct3[:2] != 0, dx.funct3[1])
        m.d.comb += [
            self.last.eq(self.address | below_word),
            self.access_ok.eq(self.allowed(self.address, self.last, dx.store)),
        ]
        # What M holds: was it an access of a module outside its windows, to which address?
        self.m_id = Signal(config.id_bits)
        self.m_outside = Signal()
        self.m_address = Signal(32)
        self.m_size = Signal(2)
        self.m_store = Signal()
        m_access = Signal()
        with m.If(self.m_advance):
            m.d.sync += [
                self.m_id.eq(self.id),
                m_access.eq(dx.load | dx.store),
                self.m_outside.eq((self.id != 0) & (dx.load | dx.store) & ~self.access_ok),
                self.m_address.eq(self.address),
                self.m_size.eq(dx.funct3[:2]),
                self.m_store.eq(dx.store),
            ]
        self.m_access = m_access

        # The watched entry: what was written to it last.
        self.watched = self._constant(self.choose_id)
        self.entry = {name: Signal(32, name=f"watched_{name}") for name in ENTRY}
        self.entry_known = {name: Signal(name=f"watched_{name}_known") for name in ENTRY}
        for name, csr in ENTRY.items():
            with m.If(self.writes(csr) & (self.reg("modules.select") == self.watched)):
                m.d.sync += [self.entry[name].eq(self.csr_value), self.entry_known[name].eq(1)]

        # The watched frame: what was pushed there last.
        self.watched_frame = self._constant(self.choose_frame)
        self.frame = Signal(frame_layout(config))
        self.frame_known = Signal()
        top = self.reg("modules.stack.top")
        with m.If(self.enters() & self.reg("execute.x_enter") & (top == self.watched_frame)):
            lend = (self.id == 0) & self.reg("modules.arm")
            m.d.sync += [
                self.frame_known.eq(1),
                self.frame.pc.eq(dx.pc[2:] + 1),
                self.frame.id.eq(self.id),
                self.frame.value.eq(dx.rs2),
            ]
            if config.grant_window:
                m.d.sync += [
                    self.frame.glower.eq(self.grant.lower),
                    self.frame.gupper.eq(self.grant.upper),
                    self.frame.gread.eq(self.grant.read & ~lend),
                    self.frame.gwrite.eq(self.grant.write & ~lend),
                ]

    def _constant(self, choice: Signal) -> Value:
        held = Signal.like(choice)
        first = ~self.started
        with self.module.If(first):
            self.module.d.sync += held.eq(choice)
        return Mux(first, choice, held)

    def writes(self, csr: str) -> Value:
        """The instruction in X writes this CSR at the end of the cycle."""
        return self.csr_write & (self.dx.csr_number == CSR_BY_NAME[csr].number)

    def flag(self, name: str) -> Value:
        """A flag of the watched entry."""
        return self.entry["flags"][CSR_BY_NAME["pd_flags"].field(name).lsb]

    def enters(self) -> Value:
        """`pd.enter` leaves X, refused or not."""
        return self.x_fire & self.dx.enter & ~self.dx.trap

    def leaves(self) -> Value:
        """`pd.leave` leaves X, refused or not."""
        return self.x_fire & self.dx.leave & ~self.dx.trap

    def _cut(self) -> list[Signal]:
        """Take out register file and multiplier; returns the inputs that stand in for their outputs."""
        free = []
        for path, outputs in CUT.items():
            for name in outputs:
                output = self.inside.signal(f"{path}.{name}")
                free.append(Signal.like(output, name=f"any_{name}"))
                self.module.d.comb += output.eq(free[-1])
            self.inside.cut(path)
        return free

    # --- Hardware ------------------------------------------------------------------------------------------------
    def ports(self) -> list[Signal]:
        """Inputs of the core, the choices, and two outputs for each property."""
        core = self.core
        inputs = [core.irq_software, core.irq_timer, core.irq_external, core.time]
        for bus in (core.ibus, core.dbus):
            inputs += [bus.rdata, bus.err, bus.ready]
        inputs += [core.wb.dat_r, core.wb.ack, core.wb.err]
        return [self.domain.clk, *inputs, *self.free, self.choose_id, self.choose_frame, *self.outputs()]

    def outputs(self) -> list[Signal]:
        """In the order in which they are emitted."""
        return [signal for each in self.properties for signal in each.outputs()]

    def elaborate(self, platform):
        self.module.domains += self.domain
        self.module.submodules.core = self.inside.fragment
        return self.module
