"""What the extension's state does, in Python: docs/reference/extension.md, sections 1 to 5, without the pipeline."""

from paddock.gate import TABLE_CSRS
from paddock.isa.cause import Kind

__all__ = ["Spec"]

TOP = 0xFFFF_FFFF


class Spec:
    """The state, and one method per event; `enter` and `leave` say why they are refused, or where they go."""

    def __init__(self, config):
        self.config = config
        self.id = self.pid = self.arm = self.parm = self.select = 0
        self.grant = (0, 0, 0)
        self.public = (0, 0)
        self.top = self.base = 0
        self.limit = config.frames
        self.fault = (0, Kind.NONE)
        self.frames: list = [None] * config.frames
        self.table = [dict.fromkeys(TABLE_CSRS, 0) for _ in range(config.modules)]

    def enter(self, target: int, value: int, link: int) -> tuple[Kind, tuple[int, int] | None]:
        """Kind, and if it is NONE (pc, rd)."""
        if target >= self.config.modules:
            return Kind.BAD_ID, None
        entry = self.table[target]
        if not entry["pd_flags"] & 1:
            return Kind.NOT_VALID, None
        if self.id and not entry["pd_flags"] & 2:
            return Kind.NOT_CALLABLE, None
        if self.top >= self.limit or self.top >= self.config.frames:
            return Kind.OVERFLOW, None
        lower, upper, permissions = self.grant
        lends = self.id == 0 and self.arm
        self.frames[self.top] = (link, self.id, value, (lower, upper, 0 if lends else permissions))
        if not lends:
            self.grant = (lower, upper, 0)
        self.arm = 0
        self.top += 1
        self.id = target
        return Kind.NONE, (entry["pd_entry"], entry["pd_sp"])

    def leave(self) -> tuple[Kind, tuple[int, int] | None]:
        """Kind, and if it is NONE (pc, rd)."""
        if self.top <= self.base:
            return Kind.UNDERFLOW, None
        self.top -= 1
        pc, self.id, value, self.grant = self.frames[self.top]
        return Kind.NONE, (pc, value)

    def trap(self, exception: bool, kind: Kind) -> None:
        """Exception or interrupt."""
        if exception:
            self.fault = (self.id, kind)
        self.pid, self.id = self.id, 0
        self.parm, self.arm = self.arm, 0

    def mret(self) -> None:
        """Back from a trap."""
        self.id, self.pid = self.pid, 0
        self.arm, self.parm = self.parm, 0

    def windows(self) -> dict[str, tuple[int, int, int, int]]:
        """Windows of the active id as (lower, upper, read, write)."""
        entry, config = self.table[self.id], self.config
        flags = entry["pd_flags"]
        lower, upper, permissions = self.grant
        device = (entry["pd_dlower"], entry["pd_dupper"], flags >> 2 & 1, flags >> 3 & 1)
        return {
            "arena": (entry["pd_alower"], entry["pd_aupper"], 1, 1),
            "device": device if config.device_window else (0, 0, 0, 0),
            "grant": (lower, upper, permissions & 1, permissions >> 1),
            "public": (*self.public, 1, 0),
        }

    def write(self, csr: str, value: int) -> None:
        """A CSR write by the kernel, with what WARL leaves of it."""
        config, ids = self.config, self.config.modules - 1
        grant, public = config.grant_window, config.public_window
        lower, upper, permissions = self.grant
        match csr:
            case "pd_status":
                self.pid = value & 0xFF & ids
                if grant:
                    self.arm, self.parm = value >> 8 & 1, value >> 9 & 1
            case "pd_select":
                self.select = value & 0xFF & ids
            case "pd_glower" if grant:
                self.grant = (value, upper, permissions)
            case "pd_gupper" if grant:
                self.grant = (lower, value, permissions)
            case "pd_gperm" if grant:
                self.grant = (lower, upper, value & 3)
                self.arm = int(value & 3 != 0)
            case "pd_plower" if public:
                self.public = (value, self.public[1])
            case "pd_pupper" if public:
                self.public = (self.public[0], value)
            case "pd_slice":
                self.base, self.limit = min(value & 0x1FF, config.frames), min(value >> 16 & 0x1FF, config.frames)
            case "pd_top":
                self.top = min(value & 0x1FF, config.frames)
            case _ if csr in TABLE_CSRS:
                self.table[self.select][csr] = self._kept(csr, value)

    def _kept(self, csr: str, value: int) -> int:
        if csr == "pd_entry":
            return value & TOP - 3
        device = self.config.device_window
        if csr == "pd_flags":
            return value & (0b1111 if device else 0b0011)
        return value if device or csr not in ("pd_dlower", "pd_dupper") else 0

    def read(self, csr: str) -> int:
        """What a CSR holds."""
        config = self.config
        if csr in TABLE_CSRS:
            return self.table[self.select][csr]
        exist = 1 | config.device_window << 1 | config.grant_window << 2 | config.public_window << 3
        return {
            "pd_status": self.pid | self.arm << 8 | self.parm << 9,
            "pd_select": self.select,
            "pd_glower": self.grant[0],
            "pd_gupper": self.grant[1],
            "pd_gperm": self.grant[2],
            "pd_plower": self.public[0],
            "pd_pupper": self.public[1],
            "pd_slice": self.base | self.limit << 16,
            "pd_top": self.top,
            "pd_config": config.modules | config.frames << 9 | exist << 18 | 1 << 28,
            "pd_fault": self.fault[1] | self.fault[0] << 8,
            "pd_id": self.id,
            "pd_caller": self.frames[self.top - 1][1] if self.top > self.base else 0,
        }[csr]
