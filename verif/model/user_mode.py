"""Machine and user mode (privileged specification 1.13, sections 3.1.6 and 3.1.11) and the CSRs that come with them."""

from collections.abc import Callable

from paddock.isa.csr import PMP_MAX_ENTRIES

from .pmp import EXECUTE, Pmp

__all__ = ["UserMode"]

_MPP, _MPRV, _TW = 3 << 11, 1 << 17, 1 << 21
_COUNTERS = range(0xC00, 0xC03), range(0xC80, 0xC83)


class UserMode:
    """The mode in force; with ``entries`` of 0 it is machine mode for ever."""

    def __init__(self, entries: int):
        self.exists = entries > 0
        self.pmp = Pmp(entries)
        #: In user mode; the mode before the trap was user mode.
        self.user = False
        self.from_user = False
        self.mprv = False
        self.tw = False
        self.counters = 0

    @property
    def data_user(self) -> bool:
        """Loads and stores have the rights of user mode."""
        return self.from_user if self.mprv else self.user

    def counter_closed(self, number: int) -> bool:
        """User mode may not read this CSR, which is a counter."""
        return self.user and any(number in some for some in _COUNTERS) and not self.counters >> (number & 31) & 1

    def allows(self, address: int, size: int, permission: int) -> bool:
        """May a load or store be carried out."""
        return not self.exists or self.pmp.allows(address, size, permission, self.data_user)

    def fetch_allowed(self, pc: int) -> bool:
        """May the instruction at ``pc`` be executed."""
        return not self.exists or self.pmp.allows(pc, 4, EXECUTE, self.user)

    # Traps

    def trap(self) -> None:
        """Entry into a trap handler."""
        self.from_user, self.user = self.user, False

    def mret(self) -> None:
        """Return from a trap handler."""
        self.user = self.from_user
        if self.exists:
            self.from_user = True
        if self.user:
            self.mprv = False

    # CSRs

    def read_mstatus(self) -> int:
        """The fields that are kept here."""
        return (0 if self.from_user else _MPP) | (_MPRV if self.mprv else 0) | (_TW if self.tw else 0)

    def write_mstatus(self, value: int) -> None:
        """The same; a mode that does not exist becomes user mode."""
        if self.exists:
            self.from_user = value & _MPP != _MPP
            self.mprv, self.tw = bool(value & _MPRV), bool(value & _TW)

    def _write_mcounteren(self, value: int) -> None:
        self.counters = value & 7

    def registers(self) -> dict[str, tuple[Callable[[], int], Callable[[int], None]]]:
        """Name -> how to read and how to write; the others read 0."""
        found = {"mcounteren": (lambda: self.counters, self._write_mcounteren)}
        pmp = self.pmp
        for i in range(PMP_MAX_ENTRIES // 4):
            found[f"pmpcfg{i}"] = (lambda i=i: pmp.read_config(i), lambda value, i=i: pmp.write_config(i, value))
        for i in range(PMP_MAX_ENTRIES):
            found[f"pmpaddr{i}"] = (lambda i=i: pmp.read_address(i), lambda value, i=i: pmp.write_address(i, value))
        return found
