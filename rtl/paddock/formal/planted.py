"""Planted bugs of ``verif/plants`` for the proofs: each property must fall to its own."""

import sys
import tempfile
import threading
from pathlib import Path

from ..paths import ROOT
from .prove import reached

__all__ = ["Planted", "load_plants"]


def load_plants():
    """The modules ``plants`` and ``proof_plants``, which are no part of the package."""
    folder = str(ROOT / "verif" / "plants")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import proof_plants

    import plants

    return plants, proof_plants


class Planted:
    """Benches of the core with a bug, each emitted when it is first asked for. ``with`` deletes them at the end.

    ``emit(bench, folder, rtl)`` is to emit one from the RTL below ``rtl`` and to return its properties.
    """

    def __init__(self, emit):
        self._emit = emit
        self._folder = tempfile.TemporaryDirectory()
        self._made: dict[tuple[str, str], list[dict]] = {}
        self._lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def try_on(self, name: str, bench: str, limit: int) -> dict:
        """The bug that belongs to a property, and the cycle in which the property falls, if it does."""
        plants, proof_plants = load_plants()
        fault = proof_plants.plant_of(name)
        folder = Path(self._folder.name) / fault.name / bench
        with self._lock:
            if (fault.name, bench) not in self._made:
                folder.mkdir(parents=True)
                self._made[fault.name, bench] = self._emit(bench, folder, plants.plant(fault, folder))
        listed = next(each for each in self._made[fault.name, bench] if each["name"] == name)
        return {"plant": fault.name, "broken_in_cycle": reached(folder, listed["violated"], limit)}
