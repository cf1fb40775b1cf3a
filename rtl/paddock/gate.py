"""Module table and call stack: the memories behind `pd.enter` and `pd.leave`.

Specification: docs/reference/extension.md, sections 1 and 3. Both are RAMs that stand out of reach of loads and
stores, so modules and frames cost memory blocks, not logic: switching a module is a change of read address.
"""

from amaranth import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from .bus import Window
from .config import CoreConfig
from .csr_file import is_csr
from .isa.csr import CSR_BY_NAME

__all__ = ["TABLE_CSRS", "CallStack", "GateFlags", "ModuleTable", "frame_layout"]


#: CSRs that show a table entry.
TABLE_CSRS = ("pd_alower", "pd_aupper", "pd_dlower", "pd_dupper", "pd_entry", "pd_sp", "pd_flags")


#: Entries that LUT RAM has without a multiplexer behind it.
_LUT_RAM_DEPTH = 16
#: Synthesis: nobody looks at what is read in the cycle of a write to the same address.
_SMALL_RAM = {"no_rw_check": 1}
#: Use RAM blocks: they cost no logic.
_RAM = {"ram_style": "block", **_SMALL_RAM}


class GateFlags(data.Struct):
    """What a gate wants to know about its target, as in ``pd_flags``."""

    valid: 1
    callable: 1


class ModuleTable(wiring.Component):
    """The module table, with two read ports: the active module's windows, and the target of a gate.

    Windows: the RAM is read at ``next_id`` in every cycle and its data is registered once more, so that the check has
    them from flip-flops: ``arena`` and ``device`` are those of the id that was presented two cycles before. Every
    change of id also redirects fetch, and the first instruction at the target reaches X two cycles later. If
    ``config.compact`` it is the id that is registered, and the check has the windows from the RAM.

    Gate: read in D for the instruction that enters X at the end of the cycle.

    Writes are for CSR instructions; one cycle later both ports see them. CSR reads come from a copy of the whole
    table, one word wide, looked up in D: that replaces a wide multiplexer by a RAM block.
    """

    #: The id to look up: that of the next cycle; while a gate or `mret` is in X, the one that it goes to.
    next_id: In(8)
    arena: Out(Window)
    device: Out(Window)

    #: rs1 of the instruction in D, which moves on to X in this cycle if ``d_advance``.
    d_target: In(32)
    d_advance: In(1)
    #: Entry of that id; valid while the instruction is in X.
    x_entry: Out(32)
    x_sp: Out(32)
    #: Flags of ``x_target``, the same id in X. Read there while they fit into LUT RAM, as the path through D is long.
    x_target: In(32)
    x_flags: Out(GateFlags)

    #: Entry that the CSRs show, and CSR number of the instruction in D.
    select: In(8)
    d_csr: In(12)
    #: The field that D asked for one cycle before.
    d_readback: Out(32)
    #: Write ``x_value`` to the field with this CSR number.
    x_write: In(1)
    x_csr: In(12)
    x_value: In(32)

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__()

    def elaborate(self, platform):
        config = self._config
        m = Module()

        def written(*csrs: str) -> Value:
            return self.x_write & is_csr(self.x_csr, config, *csrs)

        def ram(name: str, shape, csr: str, value, read_addr, read_en=1, attrs=_RAM, domain="sync"):
            """A column of the table: one RAM, written by one CSR, read at one port."""
            m.submodules[name] = column = memory.Memory(shape=shape, depth=config.modules, init=[], attrs=attrs)
            write, read = column.write_port(), column.read_port(domain=domain)
            m.d.comb += [
                write.addr.eq(self.select),
                write.data.eq(value),
                write.en.eq(written(csr)),
                read.addr.eq(read_addr),
            ]
            if domain == "sync":
                m.d.comb += read.en.eq(read_en)
            return read.data

        value = self._legal(m)

        def flag(name: str):
            return value[CSR_BY_NAME["pd_flags"].field(name).lsb]

        large = config.modules > _LUT_RAM_DEPTH
        looked_up = Signal.like(self.next_id) if config.compact else self.next_id
        windows = m.d.comb if config.compact else m.d.sync
        if config.compact:
            m.d.sync += looked_up.eq(self.next_id)

        def column(csr: str):
            return ram(csr, 32, csr, value, looked_up)

        windows += [
            self.arena.lower.eq(column("pd_alower")),
            self.arena.upper.eq(column("pd_aupper")),
        ]
        m.d.comb += [self.arena.read.eq(1), self.arena.write.eq(1)]
        if config.device_window:
            device_flags = Cat(flag("dread"), flag("dwrite"))
            permissions = ram(
                "device_flags", 2, "pd_flags", device_flags, looked_up, attrs=_RAM if large else _SMALL_RAM
            )
            windows += [
                self.device.lower.eq(column("pd_dlower")),
                self.device.upper.eq(column("pd_dupper")),
                Cat(self.device.read, self.device.write).eq(permissions),
            ]

        gate = {"read_addr": self.d_target, "read_en": self.d_advance}
        flags = gate if large else {"read_addr": self.x_target, "attrs": _SMALL_RAM, "domain": "comb"}
        m.d.comb += [
            # The low two bits are 0, also of an entry that was never written.
            self.x_entry.eq(Cat(C(0, 2), ram("pd_entry", 30, "pd_entry", value[2:], **gate))),
            self.x_sp.eq(ram("pd_sp", 32, "pd_sp", value, **gate)),
            self.x_flags.eq(ram("gate_flags", 2, "pd_flags", Cat(flag("valid"), flag("callable")), **flags)),
        ]

        # The field is named by the low bits of the CSR number: pd_alower .. pd_flags differ in them.
        m.submodules.readback = readback = memory.Memory(shape=32, depth=config.modules * 8, init=[], attrs=_RAM)
        write, read = readback.write_port(), readback.read_port()
        m.d.comb += [
            write.addr.eq(Cat(self.x_csr[:3], self.select)),
            write.data.eq(value),
            write.en.eq(written(*TABLE_CSRS)),
            read.addr.eq(Cat(self.d_csr[:3], self.select)),
            self.d_readback.eq(read.data),
        ]
        return m

    def _legal(self, m: Module) -> Signal:
        """WARL: what of ``x_value`` is kept."""
        config = self._config
        legal = Signal(32)
        m.d.comb += legal.eq(self.x_value)
        with m.If(is_csr(self.x_csr, config, "pd_entry")):
            m.d.comb += legal[:2].eq(0)
        with m.If(is_csr(self.x_csr, config, "pd_flags")):
            kept = ("valid", "callable", "dread", "dwrite") if config.device_window else ("valid", "callable")
            fields = [CSR_BY_NAME["pd_flags"].field(name) for name in kept]
            m.d.comb += legal.eq(self.x_value & sum(field.mask for field in fields))
        if not config.device_window:
            with m.If(is_csr(self.x_csr, config, "pd_dlower", "pd_dupper")):
                m.d.comb += legal.eq(0)
        return legal


def frame_layout(config: CoreConfig) -> data.StructLayout:
    """A frame of the call stack: where a call returns to, and what comes back then."""
    grant = {"glower": 32, "gupper": 32, "gread": 1, "gwrite": 1} if config.grant_window else {}
    return data.StructLayout({"pc": 30, "id": config.id_bits, "value": 32, **grant})


class CallStack(wiring.Component):
    """Frames and the stack pointer of the running thread's slice.

    ``frame`` is the top frame, readable two cycles after ``x_push``, ``x_pop`` or a CSR write: as soon as any
    instruction behind them can be in X.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        bits = config.frame_bits + 1
        super().__init__(
            {
                # At the end of this cycle: put `x_new` on top; drop the top frame. At most one of them.
                "x_push": In(1),
                "x_pop": In(1),
                "x_new": In(frame_layout(config)),
                # A push, a pop would leave the slice.
                "full": Out(1),
                "empty": Out(1),
                "frame": Out(frame_layout(config)),
                # CSRs.
                "x_write_slice": In(1),
                "x_write_top": In(1),
                "x_value": In(32),
                "base": Out(bits),
                "limit": Out(bits),
                "top": Out(bits),
            }
        )

    def elaborate(self, platform):
        config = self._config
        m = Module()

        base = Signal.like(self.base)
        limit = Signal.like(self.limit, init=config.frames)
        top = Signal.like(self.top)
        below = Signal(config.frame_bits)
        m.d.comb += [
            self.base.eq(base),
            self.limit.eq(limit),
            self.top.eq(top),
            # The limit is at most the number of frames, so no index leaves the RAM.
            self.full.eq(~(top < limit)),
            self.empty.eq(~(base < top)),
            below.eq(top - 1),
        ]

        m.submodules.frames = frames = memory.Memory(
            shape=frame_layout(config), depth=config.frames, init=[], attrs=_RAM
        )
        write, read = frames.write_port(), frames.read_port()
        m.d.comb += [
            write.addr.eq(top),
            write.data.eq(self.x_new),
            write.en.eq(self.x_push),
            read.addr.eq(below),
            self.frame.eq(read.data),
        ]

        def index(csr: str, field: str):
            """WARL: 0 .. frames; what is too large becomes ``frames``."""
            where = CSR_BY_NAME[csr].field(field)
            value = self.x_value[where.lsb : where.lsb + where.width]
            return Mux(value[config.frame_bits :].any(), config.frames, value)

        with m.If(self.x_push):
            m.d.sync += top.eq(top + 1)
        with m.Elif(self.x_pop):
            m.d.sync += top.eq(below)
        with m.Elif(self.x_write_top):
            m.d.sync += top.eq(index("pd_top", "top"))
        with m.If(self.x_write_slice):
            m.d.sync += [base.eq(index("pd_slice", "base")), limit.eq(index("pd_slice", "limit"))]

        return m
