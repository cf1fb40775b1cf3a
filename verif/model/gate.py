"""State of the extension and its two instructions (extension.md, sections 1 and 3)."""

from dataclasses import dataclass
from typing import NamedTuple

from paddock.config import CoreConfig
from paddock.isa.cause import Cause, Kind

from .trap import Trap
from .windows import Window, Windows

__all__ = ["Entry", "Frame", "Gates"]


@dataclass
class Entry:
    """One entry of the module table."""

    alower: int = 0
    aupper: int = 0
    dlower: int = 0
    dupper: int = 0
    entry: int = 0
    sp: int = 0
    valid: bool = False
    callable: bool = False
    dread: bool = False
    dwrite: bool = False


class Frame(NamedTuple):
    """One frame of the call stack."""

    pc: int
    id: int
    value: int
    grant: Window


class Gates:
    """Module table, call stack, grant and public window, active and previous id."""

    def __init__(self, config: CoreConfig):
        self.config = config
        self.table = [Entry() for _ in range(config.modules)]
        self.frames = [Frame(0, 0, 0, Window()) for _ in range(config.frames)]
        self.id = 0
        self.pid = 0
        self.arm = False
        self.parm = False
        self.select = 0
        self.grant = Window()
        self.public = Window()
        self.top = 0
        self.base = 0
        self.limit = config.frames
        self.fault_id = 0
        self.fault_kind = Kind.NONE

    def windows(self) -> Windows:
        """The active windows, of the active id."""
        entry = self.table[self.id]
        return Windows(
            arena=Window(entry.alower, entry.aupper, True, True),
            device=Window(entry.dlower, entry.dupper, entry.dread, entry.dwrite),
            grant=self.grant,
            public=self.public,
            fetch_check=self.config.public_window,
        )

    @property
    def selected(self) -> Entry:
        """The table entry that ``pd_select`` shows."""
        return self.table[self.select]

    def caller(self) -> int:
        """``pd_caller``: the id that the top frame returns to."""
        return self.frame(self.top - 1).id if self.top > self.base else 0

    def frame(self, index: int) -> Frame:
        """Frame ``index`` of the call stack, whose index has no more bits than needed."""
        return self.frames[index % self.config.frames]

    def enter(self, target: int, value: int, return_pc: int) -> Entry:
        """``pd.enter``: the entry of the module that is now active."""
        if target >= self.config.modules:
            raise Trap(Cause.GATE_FAULT, target, Kind.BAD_ID)
        entry = self.table[target]
        if not entry.valid:
            raise Trap(Cause.GATE_FAULT, target, Kind.NOT_VALID)
        if self.id != 0 and not entry.callable:
            raise Trap(Cause.GATE_FAULT, target, Kind.NOT_CALLABLE)
        if self.top >= self.limit or self.top >= self.config.frames:
            raise Trap(Cause.GATE_FAULT, target, Kind.OVERFLOW)
        lend = self.id == 0 and self.arm
        saved = self.grant._replace(read=self.grant.read and not lend, write=self.grant.write and not lend)
        self.frames[self.top] = Frame(return_pc, self.id, value, saved)
        if not lend:
            self.grant = self.grant._replace(read=False, write=False)
        self.arm = False
        self.top += 1
        self.id = target
        return entry

    def leave(self) -> Frame:
        """``pd.leave``: the frame that it has returned to."""
        if self.top <= self.base:
            raise Trap(Cause.GATE_FAULT, 0, Kind.UNDERFLOW)
        self.top -= 1
        frame = self.frame(self.top)
        self.id = frame.id
        self.grant = frame.grant
        return frame

    def trap(self) -> None:
        """Entry into a trap handler."""
        self.pid, self.id = self.id, 0
        self.parm, self.arm = self.arm, False

    def mret(self) -> None:
        """Return from a trap handler."""
        self.id, self.pid = self.pid, 0
        self.arm, self.parm = self.parm, False
