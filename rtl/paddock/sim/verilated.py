"""Compiles what Verilator has written; its makefile would ask for libraries that waves do not need here."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from ..cache import cached, content_key
from ..toolchain import package_folder, run_tool

__all__ = ["compile_model", "compiler_texts"]

_CXX = ("g++", "-std=c++17", "-pthread")
#: Headers of the libraries for waves.
_SHIM = Path(__file__).parent / "shim"


def compile_model(
    folder: Path,
    program: str,
    units: Sequence[Path],
    flags: Sequence[str] = (),
    *,
    optimise: str = "-O2",
    fst: bool = False,
) -> None:
    """Make ``program`` in ``folder``, of the model that Verilator has written there and of the C++ files ``units``.

    ``flags`` are for the compiler; ``fst``: the model was made with ``--trace-fst``.
    """
    # As one unit, so that the compiler sees all of it.
    model = "".join(f'#include "{path.name}"\n' for path in sorted(folder.glob("V*.cpp")))
    (folder / "model.cpp").write_text(model)
    command = [*_CXX, optimise, *flags, *_defines(fst), "-I.", *_includes()]

    def compile_unit(unit: Path) -> str:
        run_tool([*command, "-c", unit, "-o", f"{unit.stem}.o"], cwd=folder)
        return f"{unit.stem}.o"

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compile_unit, [folder / "model.cpp", *units]))
    run_tool([*_CXX, *objects, *_runtime(fst), "-o", program], cwd=folder)


def compiler_texts() -> list[str]:
    """What a kept program depends on besides its sources: the compiler, its options, Verilator."""
    return [*_CXX, run_tool([_CXX[0], "--version"]), metadata.version("verilator"), *_defines(False)]


def _runtime(fst: bool) -> list[Path]:
    """Verilator's own part of every program, compiled once: it takes longer than most models."""
    names = ["verilated", "verilated_threads", *(["verilated_fst_c"] if fst else [])]
    include = package_folder("verilator") / "include"

    def build(folder: Path) -> None:
        for name in names:
            command = [*_CXX, "-O2", *_defines(fst), *_includes(), "-c", include / f"{name}.cpp"]
            run_tool([*command, "-o", f"{name}.o"], cwd=folder)

    shims = sorted(_SHIM.rglob("*.h"))
    folder = cached("verilated", content_key(files=shims, texts=[*names, *_defines(fst), *compiler_texts()]), build)
    return [folder / f"{name}.o" for name in names]


def _defines(fst: bool) -> list[str]:
    off = ["-DVM_COVERAGE=0", "-DVM_SC=0", "-DVM_TRACE_VCD=0"]
    return [f"-DVM_TRACE={int(fst)}", f"-DVM_TRACE_FST={int(fst)}", *off]


def _includes() -> list[str]:
    include = package_folder("verilator") / "include"
    return [f"-I{path}" for path in (_SHIM, include, include / "vltstd")]
