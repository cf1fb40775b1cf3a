"""A bench to AIGER: two outputs per property (``violated``, ``covered``), and one for each step of its proof."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from amaranth.back import rtlil

from ..config import DEFAULT, MINIMAL, CoreConfig
from .bench import Bench
from .isolation import add_properties
from .two_runs import TwoRuns

__all__ = ["BENCHES", "CONFIGS", "configured", "emit", "make"]

CONFIGS = {"default": DEFAULT, "minimal": MINIMAL}
BENCHES = ("isolation", "two_runs")


def configured(config: str, modules: int, frames: int) -> CoreConfig:
    """A configuration by name, at a size."""
    return dataclasses.replace(CONFIGS[config], modules=modules, frames=frames)


def make(bench: str, config: CoreConfig) -> Bench | TwoRuns:
    """The bench with its properties."""
    if bench == "two_runs":
        return TwoRuns(config)
    made = Bench(config)
    add_properties(made)
    return made


def emit(name: str, config: CoreConfig, folder: Path) -> None:
    """Write ``bench.aig``, ``bench.rtlil`` (for traces) and ``properties.json`` to ``folder``."""
    from pyosys import libyosys as yosys

    bench = make(name, config)
    source = folder / "source.rtlil"
    source.write_text(rtlil.convert(bench, name="bench", ports=bench.ports(), emit_src=False))
    script = [
        f"read_rtlil {source}",
        "hierarchy -check -top bench",
        # What a RAM holds after reset is arbitrary.
        "delete t:$meminit*",
        "proc",
        "flatten",
        "opt_clean",
        "memory",
        f"write_rtlil {folder / 'bench.rtlil'}",
        "opt -full",
        "async2sync",
        "dffunmap",
        "techmap",
        "aigmap",
        "opt_clean",
        f"write_aiger -zinit -map {folder / 'bench.map'} {folder / 'bench.aig'}",
    ]
    design = yosys.Design()
    for line in script:
        yosys.run_pass(f"tee -q {line}", design)
    # Each is one bit wide, and AIGER has them in the order of the ports.
    outputs = {signal.name: index for index, signal in enumerate(bench.outputs())}
    for line in (folder / "bench.map").read_text().splitlines():
        kind, *where = line.split()
        if kind == "output" and outputs[where[2]] != int(where[0]):
            raise RuntimeError(f"output {where[2]} is number {where[0]} of the AIGER file, not {outputs[where[2]]}")
    listed = [
        {
            "name": each.name,
            "claim": each.claim,
            "violated": outputs[each.violated.name],
            "covered": outputs[each.covered.name],
            "steps": [outputs[step.name] for step in each.steps],
        }
        for each in bench.properties
    ]
    (folder / "properties.json").write_text(json.dumps(listed, indent=1))


def main() -> int:
    """Run as a module, so that a patched copy of the RTL can be emitted in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bench", choices=BENCHES)
    parser.add_argument("config", choices=CONFIGS)
    parser.add_argument("modules", type=int)
    parser.add_argument("frames", type=int)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    emit(args.bench, configured(args.config, args.modules, args.frames), args.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
