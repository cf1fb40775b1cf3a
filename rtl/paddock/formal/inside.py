"""Looking into the core without changing it: signals by their path, and blocks to cut out, of the elaborated design."""

from collections.abc import Iterator

from amaranth.hdl import Fragment, MemoryInstance, Signal

from ..config import CoreConfig
from ..core import Core

__all__ = ["Inside"]


class Inside:
    """The elaborated `Core`: the very fragment that is emitted, and its signals by path.

    ``inside.signal("modules.previous")`` is the signal that the submodule ``modules`` drives under the name
    ``previous``; where a register and its output port have the same name, the register. KeyError if there is none.
    """

    def __init__(self, config: CoreConfig):
        self.config = config
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

    def registers(self) -> Iterator[tuple[str, Signal]]:
        """Every signal that is made of flip-flops, with its path; in the same order for equal configurations."""
        for path, fragment in _walk(self.fragment):
            found = {
                id(signal): signal
                for statement in fragment.statements.get("sync", ())
                for signal in statement._lhs_signals()
            }
            for signal in found.values():
                yield f"{path}{signal.name}", signal

    def cut(self, path: str) -> Fragment:
        """Take the submodule at ``path`` out and return it. Whoever does so drives its outputs."""
        *folders, name = path.split(".")
        parent = self.fragment
        for folder in folders:
            parent = next(sub for sub, called, _ in parent.subfragments if called == folder)
        index = next(i for i, (_, called, _) in enumerate(parent.subfragments) if called == name)
        taken, _, source = parent.subfragments[index]
        parent.subfragments[index] = (Fragment(), name, source)
        return taken

    def cut_memories(self) -> dict[str, MemoryInstance]:
        """Take all memories out, register file included; by path."""
        paths = [path[:-1] for path, fragment in _walk(self.fragment) if isinstance(fragment, MemoryInstance)]
        return {path: self.cut(path) for path in paths}


def _walk(fragment: Fragment, path: str = "") -> Iterator[tuple[str, Fragment]]:
    yield path, fragment
    for sub, name, _ in fragment.subfragments:
        yield from _walk(sub, f"{path}{name}.")
