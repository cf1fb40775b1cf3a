"""The core with all mutants in it, each asleep until its number is selected.

``python -m mutate.design N SEED FOLDER`` writes ``mutants.json``, ``core.v`` for lockstep, ``bench.v`` for the cocotb
suites, and ``core.il``, the core without mutants. In a process of its own, as patched RTL could be what is imported.
"""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from amaranth.back import rtlil

from lib.bench import CoreBench
from paddock.config import DEFAULT
from paddock.core import Core

from .choose import TOP, Mutant, candidates, choose, sources

__all__ = ["VARIABLE", "main", "read_design"]

#: Environment variable of the simulators: number of the mutant; 0 or absent for none.
VARIABLE = "PADDOCK_MUTANT"
_SELECT = "mutant_select"


def read_design(component, name: str, folder: Path):
    """A function that runs Yosys' commands on the design of ``component``.

    Amaranth gives the cells of a module the same names wherever the module is used, and what ``proc`` adds is numbered
    anew in each module: so a mutant of the core alone has its place in every design around the core.
    """
    from pyosys import libyosys as yosys

    design = yosys.Design()
    source = folder / f"{name}.amaranth.il"

    def run(*lines: str) -> None:
        for line in lines:
            yosys.run_pass(f"tee -q -a {folder / name}.log {line}", design)

    source.write_text(rtlil.convert(component, name=name))
    run(f"read_rtlil {source}", f"hierarchy -check -top {name}", "proc", f"write_rtlil {source}", "design -reset")
    source.write_text(_MODULE.sub(lambda match: _renumbered(match[0]), source.read_text()))
    run(f"read_rtlil {source}", f"hierarchy -check -top {name}", "opt_clean")
    return run


_MODULE = re.compile(r"^module .*?^end$", re.MULTILINE | re.DOTALL)


def _renumbered(module: str) -> str:
    numbers = sorted({int(number) for number in re.findall(r"\$procmux\$(\d+)", module)})
    return re.sub(r"\$procmux\$(\d+)", lambda match: f"$mux${numbers.index(int(match[1]))}", module)


def _netlist(run, path: Path) -> dict:
    run(f"write_json {path}")
    return json.loads(path.read_text())


def _insert(run, netlist: dict, prefix: str, mutants: list[Mutant]) -> None:
    width = len(mutants).bit_length()
    for mutant in mutants:
        cell = netlist["modules"][prefix + mutant.module]["cells"].get(mutant.cell)
        if cell is None or (cell["type"], sources(cell)) != (mutant.kind, mutant.source):
            raise ValueError(f"{prefix}{mutant.module} has no such {mutant.kind} called {mutant.cell}: {mutant.text}")
        run(mutant.command(prefix, f"-ctrl {_SELECT} {width} {mutant.number}"))
    run("opt_clean")


def _write_verilog(run, path: Path, top: str) -> None:
    """Write the design; the simulator itself reads which mutant it is, ``top`` has no port for it."""
    run(f"write_verilog -noattr {path}")
    text = path.read_text()
    start = re.search(rf"^module \\?{re.escape(top)}\b", text, re.MULTILINE).start()
    end = text.index("endmodule", start)
    header, body = text[start:end].split(";", 1)
    header = re.sub(rf",\s*{_SELECT}\b|\b{_SELECT}\s*,", "", header)
    body, declared = re.subn(rf"input (\[\d+:0\]) {_SELECT};", rf"reg \1 {_SELECT};", body)
    if declared != 1 or _SELECT in header:
        raise ValueError(f"{path.name}: the port {_SELECT} of {top} is not declared as expected")
    body = re.sub(rf"^\s*wire \[\d+:0\] {_SELECT};\n", "", body, flags=re.MULTILINE)
    variable = f'std::getenv(\\"{VARIABLE}\\")'
    body += f'  initial {_SELECT} = $c32("({variable} ? std::atoi({variable}) : 0)");\n'
    path.write_text(text[:start] + header + ";" + body + text[end:])


def main(n: int, seed: int, folder: Path) -> None:
    """Write the files."""
    config = replace(DEFAULT, rvfi=True)
    run = read_design(Core(config), TOP, folder)
    run(f"write_rtlil {folder / 'core.il'}", f"mutate -list 1000000 -o {folder / 'candidates'} {TOP} {TOP}.*")
    netlist = _netlist(run, folder / "core.json")
    places = candidates((folder / "candidates").read_text().splitlines(), netlist)
    mutants = choose(places, n, seed)
    _insert(run, netlist, "", mutants)
    run(f"rename {TOP} paddock_core")
    _write_verilog(run, folder / "core.v", "paddock_core")

    run = read_design(CoreBench(config), "bench", folder)
    _insert(run, _netlist(run, folder / "bench.json"), "bench.", mutants)
    _write_verilog(run, folder / "bench.v", "bench")
    for intermediate in ("candidates", "core.json", "bench.json", "core.amaranth.il", "bench.amaranth.il"):
        (folder / intermediate).unlink()
    document = {"candidates": len(places), "mutants": [mutant.document() for mutant in mutants]}
    (folder / "mutants.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
