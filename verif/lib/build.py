"""Emits the bench as Verilog and builds its simulator with Verilator, kept by content."""

import dataclasses
import functools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import cocotb_tools.config

from paddock import paths, toolchain
from paddock.cache import cached, content_key
from paddock.config import CoreConfig

__all__ = ["TOP", "VERIF", "SimulatorError", "emit", "simulator"]

VERIF = Path(__file__).resolve().parents[1]
TOP = "bench"

_PUBLIC = Path(__file__).with_name("public.vlt")

_EMIT = """
import json, sys
from amaranth.back import verilog
import paddock
from lib.bench import CoreBench
from paddock.config import CoreConfig
assert paddock.__file__.startswith(sys.argv[3]), f"{paddock.__file__} is not in {sys.argv[3]}"
print(verilog.convert(CoreBench(CoreConfig(**json.loads(sys.argv[1]))), name=sys.argv[2], emit_src=False))
"""


class SimulatorError(Exception):
    """The simulator could not be built, or ended without results; the message has its output."""


@functools.cache
def emit(config: CoreConfig, rtl: Path = paths.ROOT / "rtl") -> str:
    """The bench as Verilog, around the core in the folder ``rtl``. In a process of its own, as that may be another."""
    words = [sys.executable, "-c", _EMIT, json.dumps(dataclasses.asdict(replace(config, rvfi=True))), TOP, rtl]
    environment = toolchain.environment(PYTHONPATH=os.pathsep.join([str(rtl), str(VERIF)]))
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SimulatorError(f"the bench cannot be emitted:\n{done.stderr}")
    return done.stdout


def simulator(verilog: str, *, waves: bool = False) -> Path:
    """Folder of the simulator for this Verilog."""
    versions = [metadata.version(name) for name in ("verilator", "cocotb")]
    recipe = [str(waves), *versions, Path(__file__).read_text(), _PUBLIC.read_text()]
    runtime = cached("bench", content_key(texts=["runtime", *recipe]), _runtime(waves))

    def build(folder: Path) -> None:
        source = folder / f"{TOP}.v"
        source.write_text(verilog)
        toolchain.run_tool([*_verilate(folder, waves), _PUBLIC, source])
        for compiled in runtime.glob("*.o"):
            shutil.copy(compiled, folder)  # a new time stamp: make takes it as up to date
        _make(folder, TOP)

    return cached("bench", content_key(texts=[verilog, *recipe]), build)


def _verilate(folder: Path, waves: bool) -> list[str | Path]:
    """What cocotb's runner would call; it has no way to compile the parts that all simulators share only once."""
    main = cocotb_tools.config.share_dir / "lib" / "verilator" / "verilator.cpp"
    libraries = cocotb_tools.config.libs_dir
    return [
        *(toolchain.verilator(), "--cc", "--exe", "--vpi", "--prefix", "Vtop", "-o", TOP),
        *("--top-module", TOP, "-Mdir", folder, "--timescale", "1ns/1ns", "-Wno-fatal", "-Wno-lint", "-Wno-style"),
        *("-LDFLAGS", f"-Wl,-rpath,{libraries} -L{libraries} -lcocotbvpi_verilator"),
        *(["--trace"] if waves else []),
        main,
    ]


def _runtime(waves: bool):
    def build(folder: Path) -> None:
        source = folder / f"{TOP}.v"
        source.write_text(f"module {TOP}(input clk); endmodule\n")
        toolchain.run_tool([*_verilate(folder, waves), source])
        # Not verilator.o, which knows the size of the top.
        objects = ["verilated.o", "verilated_dpi.o", "verilated_vpi.o", "verilated_threads.o"]
        _make(folder, *objects, *(["verilated_vcd_c.o"] if waves else []))

    return build


def _make(folder: Path, *targets: str) -> None:
    # All in one file, which compiles in a tenth of the time: Verilator's headers are the larger part. -O1 because
    # planted bugs make one simulator each; tests run long enough to be worth no more than that.
    options = ["VM_PARALLEL_BUILDS=0", "OPT_FAST=-O1", "OPT_SLOW=-O1", "OPT_GLOBAL=-O1"]
    toolchain.run_tool(["make", "-C", folder, "-f", "Vtop.mk", *options, *targets])
