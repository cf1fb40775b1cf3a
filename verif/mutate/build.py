"""Builds the simulators with all mutants in them, kept by content."""

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from core.lockstep_build import build_bench
from lib.build import simulator
from paddock.cache import cached, content_key
from paddock.config import DEFAULT
from paddock.paths import ROOT
from paddock.toolchain import ToolError, environment

from .choose import Mutant

__all__ = ["Built", "build"]

_RTL = ROOT / "rtl" / "paddock"


@dataclass(frozen=True)
class Built:
    """Mutants, and what runs them."""

    mutants: list[Mutant]
    #: How many faults there were to choose from.
    candidates: int
    #: Folder with what `design` has written.
    design: Path
    #: Program for lockstep; folder of the cocotb simulator.
    lockstep: Path
    bench: Path


def build(n: int, seed: int) -> Built:
    """Everything for ``n`` mutants."""
    design = _design(n, seed)
    document = json.loads((design / "mutants.json").read_text())
    mutants = [Mutant(**{**each, "source": tuple(each["source"])}) for each in document["mutants"]]
    bench = simulator((design / "bench.v").read_text())
    lockstep = build_bench(replace(DEFAULT, rvfi=True), design / "core.v")
    return Built(mutants, document["candidates"], design, lockstep, bench)


def _design(n: int, seed: int) -> Path:
    own = Path(__file__).parent
    sources = sorted(
        path for path in _RTL.rglob("*.py") if path.relative_to(_RTL).parts[0] not in ("sim", "fw", "formal")
    )
    sources += [ROOT / "verif" / "lib" / "bench.py", *(own / name for name in ("choose.py", "design.py", "netlist.py"))]

    def emit(folder: Path) -> None:
        # In a process of its own, as its messages are many and Yosys ends the process at an error.
        command = [sys.executable, "-m", "mutate.design", str(n), str(seed), str(folder)]
        python_path = f"{ROOT / 'rtl'}:{ROOT / 'verif'}"
        done = subprocess.run(command, env=environment(PYTHONPATH=python_path), capture_output=True, text=True)
        if done.returncode:
            raise ToolError(f"emitting the mutants failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")

    versions = [metadata.version(name) for name in ("amaranth", "pyosys")]
    return cached("mutate", content_key(files=sources, texts=[str(n), str(seed), *versions]), emit)
