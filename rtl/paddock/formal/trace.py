"""A counterexample as a waveform: ABC finds the inputs, Yosys plays them to the bench."""

import json
import subprocess
import sys
from pathlib import Path

from ..toolchain import environment, package_folder

__all__ = ["waveform"]


def waveform(folder: Path, output: int, cycles: int, vcd: Path, limit: int) -> bool:
    """Write a run of at most ``cycles`` in which this output of the bench in ``folder`` is high; was there one?"""
    found = folder / f"{vcd.stem}.cex"
    found.unlink(missing_ok=True)
    # Without simplification, so that the inputs stay those of the bench.
    script = (
        f"read_aiger {folder / 'bench.aig'}; cone -a -O {output}; bmc3 -F {cycles} -T {limit}; write_cex -a {found}"
    )
    subprocess.run([package_folder("pyosys") / "yosys-abc", "-c", script], capture_output=True)
    if not found.exists():
        return False
    witness = folder / f"{vcd.stem}.yw"
    witness.write_text(json.dumps(_witness(folder / "bench.map", found.read_text().split())))
    vcd.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", __name__, str(folder / "bench.rtlil"), str(witness), str(vcd)]
    done = subprocess.run(command, env=environment(), capture_output=True)
    return done.returncode == 0 and vcd.exists()


def _witness(names: Path, lines: list[str]) -> dict:
    """Yosys' own format, out of ABC's list of input bits: one line per cycle."""
    inputs, initial = {}, {}
    for line in names.read_text().splitlines():
        kind, *rest = line.split(maxsplit=3)
        if kind in ("input", "init") and rest[2] != "clk":
            (inputs if kind == "input" else initial).setdefault(int(rest[0]), (rest[2], int(rest[1])))
    signals = [
        {"path": [f"\\{name}"], "width": 1, "offset": bit, **({"init_only": True} if kind is initial else {})}
        for kind in (inputs, initial)
        for name, bit in kind.values()
    ]
    width = max([*inputs, *initial]) + 1
    steps = [line for line in lines if len(line) == width and not line.strip("01x")]
    # The first signal is the last character.
    bits = ["".join(step[i] for i in reversed([*inputs, *(initial if t == 0 else ())])) for t, step in enumerate(steps)]
    return {
        "format": "Yosys Witness Trace",
        "clocks": [{"path": ["\\clk"], "edge": "posedge", "offset": 0}],
        "signals": signals,
        "steps": [{"bits": each} for each in bits],
    }


def main() -> int:
    """Play a witness; in a process of its own, as Yosys ends it on an error."""
    from pyosys import libyosys as yosys

    design, witness, vcd = sys.argv[1:]
    loaded = yosys.Design()
    for line in (f"read_rtlil {design}", f"sim -r {witness} -hdlname -vcd {vcd} bench"):
        yosys.run_pass(line, loaded)
    return 0


if __name__ == "__main__":
    sys.exit(main())
