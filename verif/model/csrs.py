"""Control and status registers: who may access which, what they read, what of a write they keep."""

from collections.abc import Callable

from paddock.config import CoreConfig
from paddock.isa.cause import Kind
from paddock.isa.csr import ALL_CSRS, csrs_of

from .gate import Gates
from .trap import illegal
from .user_mode import UserMode
from .windows import Window

__all__ = ["Csrs"]

_WORD = 0xFFFF_FFFF
_INTERRUPTS = 1 << 3 | 1 << 7 | 1 << 11
_MIE, _MPIE = 1 << 3, 1 << 7
_CAUSE_BITS = 0x8000_001F

#: Every number that exists, with its table entry; a run of registers has several.
_BY_NUMBER = {csr.number + i: csr for csr in ALL_CSRS for i in range(csr.count)}


class Csrs:
    """The CSR file of a hart; those of the extension look into `Gates`, those of user mode into `UserMode`.

    What only time or the devices know (cycle, time, mip) reads ``observed``: the value that the trace under
    comparison shows. Without a trace it is None; then counters count instructions, and nothing is pending.
    """

    def __init__(self, config: CoreConfig, gates: Gates):
        self.config = config
        self.gates = gates
        self.mode = UserMode(config.pmp)
        self.mie_bit = False
        self.mpie_bit = False
        self.mie = 0
        self.mtvec = 0
        self.mscratch = 0
        self.mepc = 0
        self.mcause = 0
        self.mtval = 0
        self.instret = 0
        self.observed: int | None = None
        #: Values that mcause may have after an interrupt whose source the trace has not told yet; else empty.
        self.open_causes: tuple[int, ...] = ()
        self._cycle_floor: tuple[int, int] | None = None
        self._readers: dict[int, Callable[[], int]] = {}
        self._writers: dict[int, Callable[[int], None]] = {}
        of_user_mode = self.mode.registers()
        for csr in csrs_of(config.paddock, config.pmp):
            name = csr.name
            reader, writer = of_user_mode.get(name, (None, None))
            reader = getattr(self, f"_read_{name}", reader)
            writer = getattr(self, f"_write_{name}", writer)
            for number in range(csr.number, csr.number + csr.count):
                self._readers[number] = reader or (lambda: 0)
                self._writers[number] = writer or (lambda value: None)

    def check(self, number: int, write: bool) -> None:
        """Raises the illegal instruction that an access is."""
        csr = _BY_NUMBER.get(number)
        if (
            number not in self._readers
            or (write and csr.read_only)
            or (csr.machine and (self.gates.id or self.mode.user))
            or self.mode.counter_closed(number)
        ):
            raise illegal()

    def read(self, number: int) -> int:
        """Value of a CSR that `check` has let through."""
        return self._readers[number]()

    def write(self, number: int, value: int) -> None:
        """Writes a CSR that `check` has let through."""
        self._writers[number](value)

    # Traps

    def enter_trap(self, pc: int, cause: int, tval: int) -> None:
        """What every trap does to the standard registers."""
        self.mepc = pc
        self.mcause = cause
        self.mtval = tval
        self.open_causes = ()
        self.mpie_bit, self.mie_bit = self.mie_bit, False
        self.mode.trap()

    def mret(self) -> int:
        """Undoes it; the address to go on at."""
        self.mie_bit, self.mpie_bit = self.mpie_bit, True
        self.mode.mret()
        return self.mepc

    # Identity: all 0 but the hart's number.

    def _read_mhartid(self) -> int:
        return self.config.hart_id

    def _read_misa(self) -> int:
        return 1 << 30 | 1 << 12 | 1 << 8 | self.config.paddock << 23 | self.mode.exists << 20

    # Traps and interrupts

    def _read_mstatus(self) -> int:
        return self.mode.read_mstatus() | (_MPIE if self.mpie_bit else 0) | (_MIE if self.mie_bit else 0)

    def _write_mstatus(self, value: int) -> None:
        self.mie_bit, self.mpie_bit = bool(value & _MIE), bool(value & _MPIE)
        self.mode.write_mstatus(value)

    def _read_mie(self) -> int:
        return self.mie

    def _write_mie(self, value: int) -> None:
        self.mie = value & _INTERRUPTS

    def _read_mip(self) -> int:
        return (self.observed or 0) & _INTERRUPTS

    def _read_mtvec(self) -> int:
        return self.mtvec

    def _write_mtvec(self, value: int) -> None:
        # A vectored base is a multiple of 128.
        self.mtvec = value & (0xFFFF_FF81 if value & 1 else 0xFFFF_FFFC)

    def _read_mscratch(self) -> int:
        return self.mscratch

    def _write_mscratch(self, value: int) -> None:
        self.mscratch = value

    def _read_mepc(self) -> int:
        return self.mepc

    def _write_mepc(self, value: int) -> None:
        self.mepc = value & ~3 & _WORD

    def _read_mcause(self) -> int:
        if self.observed in self.open_causes:
            self.mcause = self.observed
            self.open_causes = ()
        return self.mcause

    def _write_mcause(self, value: int) -> None:
        self.mcause = value & _CAUSE_BITS
        self.open_causes = ()

    def _read_mtval(self) -> int:
        return self.mtval

    def _write_mtval(self, value: int) -> None:
        self.mtval = value

    # Counters. A write to minstret is done instead of the count (unprivileged specification, Zicsr): the next
    # instruction reads what was written, and the other half stays.

    def _read_cycle(self) -> int:
        if self.observed is None:
            return self.instret & _WORD
        if self._cycle_floor is not None:
            cycle, instret = self._cycle_floor
            least = (cycle + self.instret - instret) & _WORD
            if (self.observed - least) & 1 << 31:
                return least  # an instruction takes a cycle at least: differs from the trace, and so is reported
        self._cycle_floor = self.observed, self.instret
        return self.observed

    _read_mcycle = _read_cycle

    def _write_mcycle(self, value: int) -> None:
        self._cycle_floor = None

    def _read_cycleh(self) -> int:
        return self.observed or 0

    _read_mcycleh = _read_time = _read_timeh = _read_cycleh

    def _read_instret(self) -> int:
        return self.instret & _WORD

    _read_minstret = _read_instret

    def _read_instreth(self) -> int:
        return self.instret >> 32 & _WORD

    _read_minstreth = _read_instreth

    def _write_minstret(self, value: int) -> None:
        self._set_instret(self.instret >> 32 << 32 | value)

    def _write_minstreth(self, value: int) -> None:
        self._set_instret(self.instret & _WORD | value << 32)

    def _set_instret(self, value: int) -> None:
        self.instret = (value - 1) & (1 << 64) - 1
        self._cycle_floor = None

    # Xpaddock: the module table, seen through pd_select

    def _read_pd_select(self) -> int:
        return self.gates.select

    def _write_pd_select(self, value: int) -> None:
        self.gates.select = value & (self.config.modules - 1)

    def _read_pd_alower(self) -> int:
        return self.gates.selected.alower

    def _write_pd_alower(self, value: int) -> None:
        self.gates.selected.alower = value

    def _read_pd_aupper(self) -> int:
        return self.gates.selected.aupper

    def _write_pd_aupper(self, value: int) -> None:
        self.gates.selected.aupper = value

    def _read_pd_dlower(self) -> int:
        return self.gates.selected.dlower

    def _write_pd_dlower(self, value: int) -> None:
        if self.config.device_window:
            self.gates.selected.dlower = value

    def _read_pd_dupper(self) -> int:
        return self.gates.selected.dupper

    def _write_pd_dupper(self, value: int) -> None:
        if self.config.device_window:
            self.gates.selected.dupper = value

    def _read_pd_entry(self) -> int:
        return self.gates.selected.entry

    def _write_pd_entry(self, value: int) -> None:
        self.gates.selected.entry = value & ~3 & _WORD

    def _read_pd_sp(self) -> int:
        return self.gates.selected.sp

    def _write_pd_sp(self, value: int) -> None:
        self.gates.selected.sp = value

    def _read_pd_flags(self) -> int:
        entry = self.gates.selected
        return entry.valid | entry.callable << 1 | entry.dread << 2 | entry.dwrite << 3

    def _write_pd_flags(self, value: int) -> None:
        entry = self.gates.selected
        entry.valid, entry.callable = bool(value & 1), bool(value & 2)
        if self.config.device_window:
            entry.dread, entry.dwrite = bool(value & 4), bool(value & 8)

    # Xpaddock: grant, public window, call stack, ids

    def _read_pd_status(self) -> int:
        return self.gates.pid | self.gates.arm << 8 | self.gates.parm << 9

    def _write_pd_status(self, value: int) -> None:
        self.gates.pid = value & (self.config.modules - 1)
        if self.config.grant_window:
            self.gates.arm, self.gates.parm = bool(value & 1 << 8), bool(value & 1 << 9)

    def _read_pd_glower(self) -> int:
        return self.gates.grant.lower

    def _read_pd_gupper(self) -> int:
        return self.gates.grant.upper

    def _read_pd_gperm(self) -> int:
        return self.gates.grant.read | self.gates.grant.write << 1

    def _write_pd_glower(self, value: int) -> None:
        if self.config.grant_window:
            self.gates.grant = self.gates.grant._replace(lower=value)

    def _write_pd_gupper(self, value: int) -> None:
        if self.config.grant_window:
            self.gates.grant = self.gates.grant._replace(upper=value)

    def _write_pd_gperm(self, value: int) -> None:
        if self.config.grant_window:
            self.gates.grant = self.gates.grant._replace(read=bool(value & 1), write=bool(value & 2))
            self.gates.arm = bool(value & 3)

    def _read_pd_plower(self) -> int:
        return self.gates.public.lower

    def _read_pd_pupper(self) -> int:
        return self.gates.public.upper

    def _write_pd_plower(self, value: int) -> None:
        if self.config.public_window:
            self.gates.public = Window(value, self.gates.public.upper)

    def _write_pd_pupper(self, value: int) -> None:
        if self.config.public_window:
            self.gates.public = Window(self.gates.public.lower, value)

    def _read_pd_slice(self) -> int:
        return self.gates.base | self.gates.limit << 16

    def _write_pd_slice(self, value: int) -> None:
        self.gates.base = self._frame_index(value)
        self.gates.limit = self._frame_index(value >> 16)

    def _read_pd_top(self) -> int:
        return self.gates.top

    def _write_pd_top(self, value: int) -> None:
        self.gates.top = self._frame_index(value)

    def _frame_index(self, value: int) -> int:
        """A field of 9 bits that holds 0 .. frames; what is too large becomes ``frames``."""
        return min(value & 0x1FF, self.config.frames)

    def _read_pd_config(self) -> int:
        config = self.config
        windows = 1 << 18 | config.device_window << 19 | config.grant_window << 20 | config.public_window << 21
        return config.modules | config.frames << 9 | windows | 1 << 28

    def _read_pd_fault(self) -> int:
        return Kind(self.gates.fault_kind) | self.gates.fault_id << 8

    def _read_pd_id(self) -> int:
        return self.gates.id

    def _read_pd_caller(self) -> int:
        return self.gates.caller()
