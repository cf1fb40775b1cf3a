"""Looking into the core without changing it: signals by their path, from the elaborated design."""

from amaranth.hdl import Fragment, Signal

from ..config import CoreConfig
from ..core import Core

__all__ = ["Inside"]


class Inside:
    """The elaborated `Core`: the very fragment that is emitted, and its signals by path.

    ``inside.signal("modules.previous")`` is the signal that the submodule ``modules`` drives under the name
    ``previous``; where a register and its output port have the same name, the register. KeyError if there is none.
    """

    def __init__(self, config: CoreConfig):
        self.core = Core(config)
        self.fragment = Fragment.get(self.core, None)

    def signal(self, path: str) -> Signal:
        """The signal at ``path``, submodules separated by dots."""
        *folders, name = path.split(".")
        fragment = self.fragment
        for folder in folders:
            fragment = next((sub for sub, called, _ in fragment.subfragments if called == folder), None)
            if fragment is None:
                raise KeyError(f"the core has no submodule {folder!r} of {path!r}")
        driven = {
            domain: {
                id(signal): signal
                for statement in statements
                for signal in statement._lhs_signals()
                if signal.name == name
            }
            for domain, statements in fragment.statements.items()
        }
        found = driven.get("sync") or driven.get("comb") or {}
        if len(found) != 1:
            raise KeyError(f"the core drives {len(found)} signals called {path!r}, not one")
        return next(iter(found.values()))
