"""Builds the simulators with all mutants in them, kept by content."""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from core import lockstep_build
from lib.build import simulator
from paddock.cache import cached, content_key
from paddock.paths import ROOT
from paddock.sim.build import insn_names
from paddock.toolchain import ToolError, environment, package_folder, run_tool, verilator

from .choose import Mutant

__all__ = ["Built", "build"]

_RTL = ROOT / "rtl" / "paddock"
_RECORDS = _RTL / "sim" / "records.h"
_CXX = ("g++", "-std=c++17", "-O2", "-pthread")


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
    return Built(mutants, document["candidates"], design, _lockstep(design / "core.v"), bench)


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


def _lockstep(source: Path) -> Path:
    """As `core.lockstep_build` builds the bench of a core without mutants."""
    bench = Path(lockstep_build.__file__).with_name("lockstep_bench.cpp")
    command = ["--cc", "--top-module", "paddock_core", "--Mdir", ".", "-Wno-fatal", "-Wno-lint", "-O3", "--noassert"]
    command += ["--x-assign", "unique", "--x-initial", "unique"]
    defines = [f"-D{name}={value}u" for name, value in lockstep_build.bench_constants().items()]

    def compile_bench(folder: Path) -> None:
        (folder / "insn_names.h").write_text(insn_names())
        run_tool([verilator(), *command, source], cwd=folder)
        include = package_folder("verilator") / "include"
        model = "".join(f'#include "{path.name}"\n' for path in sorted(folder.glob("Vpaddock_core*.cpp")))
        (folder / "model.cpp").write_text(model)
        units = [folder / "model.cpp", bench, include / "verilated.cpp", include / "verilated_threads.cpp"]
        flags = ["-DVM_TRACE=0", "-DVM_COVERAGE=0", "-DVM_SC=0", *defines]
        flags += [f"-I{path}" for path in (".", _RECORDS.parent, include, include / "vltstd")]
        run_tool([*_CXX, *flags, *units, "-o", "bench"], cwd=folder)

    versions = [metadata.version("verilator"), run_tool([_CXX[0], "--version"])]
    key = content_key(files=[source, bench, _RECORDS], texts=[*command, *defines, *_CXX, *versions, insn_names()])
    return cached("mutate", key, compile_bench) / "bench"
