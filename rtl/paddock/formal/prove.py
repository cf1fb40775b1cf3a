"""Questions to ABC about one output of a bench: is it ever high?"""

import re
import subprocess
import time
from pathlib import Path

from ..toolchain import package_folder

__all__ = ["CYCLES", "ask", "prove", "reached"]

#: How far covers and planted bugs are looked for; `g5_bounded` has a division in its way.
CYCLES = 60
_SIMPLER = "scleanup; fraig; "


def ask(folder: Path, output: int, commands: str) -> str:
    """What ABC prints when it runs ``commands`` on one output of the bench in ``folder``."""
    script = f"read_aiger {folder / 'bench.aig'}; cone -O {output}; {commands}"
    done = subprocess.run([package_folder("pyosys") / "yosys-abc", "-c", script], capture_output=True, text=True)
    return done.stdout + done.stderr


def reached(folder: Path, output: int, limit: int) -> int | None:
    """A cycle in which the output is high, if one is found within `CYCLES` and ``limit`` seconds."""
    found = re.search(r"was asserted in frame (\d+)", ask(folder, output, f"{_SIMPLER}bmc3 -F {CYCLES} -T {limit}"))
    return int(found[1]) if found else None


def prove(folder: Path, listed: dict, limit: int) -> dict:
    """The verdict on a property, its cover, and the seconds that the proof took."""
    started = time.monotonic()
    if listed["steps"]:
        method = "induction"
        proved = all(_never(folder, step, limit) for step in listed["steps"])
    else:
        method = "pdr"
        proved = "Property proved" in ask(folder, listed["violated"], f"{_SIMPLER}pdr -T {limit}")
    seconds = round(time.monotonic() - started, 1)
    result = {"method": method, "depth": None, "seconds": seconds}
    if proved:
        cover = reached(folder, listed["covered"], limit)
        return {**result, "status": "vacuous" if cover is None else "proved", "cover_cycle": cover}
    violated = reached(folder, listed["violated"], limit)
    return {**result, "status": "undecided" if violated is None else "violated", "violated_in_cycle": violated}


def _never(folder: Path, output: int, limit: int) -> bool:
    """A step of an induction: low in the first two cycles, and if it was low in a cycle, in the next. Quick or not."""
    for simpler in ("", _SIMPLER):
        said = ask(folder, output, f"{simpler}bmc3 -F 2; ind -F 2 -T {limit if simpler else 3}")
        # Without flip-flops there is but one cycle to look at.
        if "is combinational" in said:
            return "UNSATISFIABLE" in ask(folder, output, "scleanup; sat")
        if "Networks are equivalent" in said:
            return "No output asserted in 2 frames" in said
    return False
