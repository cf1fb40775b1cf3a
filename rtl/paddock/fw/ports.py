"""The kinds of protection that the kernel can be built for: Xpaddock, and its rivals for comparison."""

from dataclasses import dataclass
from pathlib import Path

from ..config import DEFAULT, PLAIN, PMP8, CoreConfig

__all__ = ["CHECKS", "NONE", "PADDOCK", "PMP", "PORTS", "Port"]


@dataclass(frozen=True)
class Port:
    """What a build of the kernel differs in from the others.

    The sources in ``firmware/kernel/<name>`` take the place of those with the same names one folder up, and the ones in
    ``public`` there of those in ``firmware/public``. The kernel and the image are compiled with ``KERNEL_PORT`` and
    ``KERNEL_<NAME>`` defined, except for Xpaddock, which has no folder.
    """

    name: str
    #: The core that it is for.
    core: CoreConfig
    #: There are no gates: who calls an operation or a service calls the function itself.
    direct: bool = False
    #: The compiler inserts a check before every access of a module.
    checked: bool = False

    @property
    def folder(self) -> str:
        """Of its sources, in ``firmware/kernel``."""
        return "none" if self.checked else self.name

    def sources(self, own: list[Path], kernel: Path) -> list[Path]:
        """The kernel's sources, ``own`` being those in its folder ``kernel``."""
        return self._replace(own, kernel / self.folder)

    def public(self, own: Path, kernel: Path) -> Path:
        """What stands in for ``own`` of the public library."""
        (found,) = self._replace([own], kernel / self.folder / "public")
        return found

    def headers(self, kernel: Path) -> list[Path]:
        """Further folders with headers."""
        return [kernel / self.folder] if self is not PADDOCK else []

    @property
    def flags(self) -> tuple[str, ...]:
        """For the compiler."""
        return ("-DKERNEL_PORT", f"-DKERNEL_{self.folder.upper()}") if self is not PADDOCK else ()

    def _replace(self, own: list[Path], folder: Path) -> list[Path]:
        mine = {path.name: path for path in [*folder.glob("*.c"), *folder.glob("*.S")]} if self is not PADDOCK else {}
        kept = [mine.pop(path.name, path) for path in own]
        return kept if len(own) == 1 else [*kept, *(path for _name, path in sorted(mine.items()))]


PADDOCK = Port("paddock", DEFAULT)
#: User mode and PMP; 8 entries are the fewest that have room for all windows.
PMP = Port("pmp", PMP8)
#: A module is as much of the kernel as any other function.
NONE = Port("none", PLAIN, direct=True)
#: As `NONE`, and every access of a module's C is checked by software.
CHECKS = Port("checks", PLAIN, direct=True, checked=True)

PORTS = {port.name: port for port in (PADDOCK, PMP, NONE, CHECKS)}
