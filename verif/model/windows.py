"""The rule of the windows (extension.md, section 2), in integers, so that nothing wraps around."""

from typing import NamedTuple

__all__ = ["Window", "Windows", "passes"]


class Window(NamedTuple):
    """Half-open byte range ``[lower, upper)`` with permissions."""

    lower: int = 0
    upper: int = 0
    read: bool = False
    write: bool = False


def passes(window: Window, address: int, size: int, permission: bool) -> bool:
    """The access of ``size`` bytes at ``address`` lies wholly in the window, which permits it."""
    return bool(permission) and window.lower <= address and address + size <= window.upper


class Windows(NamedTuple):
    """The windows of the active module. One that the configuration leaves out is empty."""

    arena: Window
    device: Window
    grant: Window
    public: Window
    #: The configuration has a public window, and with it the fetch check.
    fetch_check: bool = True

    def load_allowed(self, address: int, size: int) -> bool:
        """Any window that may be read holds the access."""
        return (
            passes(self.arena, address, size, True)
            or passes(self.device, address, size, self.device.read)
            or passes(self.grant, address, size, self.grant.read)
            or passes(self.public, address, size, True)
        )

    def store_allowed(self, address: int, size: int) -> bool:
        """Any window that may be written holds the access."""
        return (
            passes(self.arena, address, size, True)
            or passes(self.device, address, size, self.device.write)
            or passes(self.grant, address, size, self.grant.write)
        )

    def fetch_allowed(self, pc: int) -> bool:
        """The instruction at ``pc`` lies in the public window."""
        return not self.fetch_check or passes(self.public, pc, 4, True)
