"""Bench to AIGER: one file, two outputs per property (`violated`, `covered`)."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from amaranth.back import rtlil

from ..config import DEFAULT
from .bench import Bench
from .isolation import add_properties

__all__ = ["emit"]

#: Modules whose outputs become free inputs, see docs/reference/proof.md.
CUT = ("core.decode.registers", "core.multiplier")


def emit(modules: int, frames: int, folder: Path) -> None:
    """Write ``bench.il``, ``bench.aig`` and ``properties.json`` to ``folder``."""
    from pyosys import libyosys as yosys

    config = dataclasses.replace(DEFAULT, modules=modules, frames=frames)
    bench = Bench(config)
    add_properties(bench)
    source = folder / "bench.il"
    source.write_text(rtlil.convert(bench, name="bench", ports=bench.ports(), emit_src=False))
    script = [
        f"read_rtlil {source}",
        "hierarchy -check -top bench",
        *(f"cutpoint bench.{name}" for name in CUT),
        # What a RAM holds after reset is arbitrary.
        "delete t:$meminit*",
        "proc",
        "flatten",
        "opt_clean",
        "memory",
        "opt -full",
        "async2sync",
        "dffunmap",
        "techmap",
        "aigmap",
        "opt_clean",
        "stat",
        f"write_aiger -zinit -map {folder / 'bench.map'} {folder / 'bench.aig'}",
    ]
    design = yosys.Design()
    for line in script:
        yosys.run_pass(line, design)
    listed = [{"name": each.name, "claim": each.claim} for each in bench.properties]
    (folder / "properties.json").write_text(json.dumps(listed, indent=1))


def main() -> int:
    """Run as a module, so that a patched copy of the RTL can be emitted in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", type=int)
    parser.add_argument("frames", type=int)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    emit(args.modules, args.frames, args.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
