"""The lockstep suite on a mutant: the seeds of `verif/core/test_lockstep.py`, judged by the model as there.

A mutant whose records of a program are those of the core without mutants, which the model agrees with, has passed that
program; only where they differ is the model asked. It decides: a mutant that is merely slower passes.
"""

import functools
import os
import subprocess
import tempfile
from pathlib import Path

from core.lockstep import Mismatch, compare, conditions
from core.randprog import Program, generate
from paddock.config import DEFAULT
from paddock.sim.records import read_records

from .design import VARIABLE

__all__ = ["SEEDS", "Lockstep"]

#: As `test_core_does_what_both_references_do` runs them.
SEEDS = range(70)
_MAX_CYCLES = 1_000_000
#: Programs in one run of the bench: most mutants die in the first.
_BATCH = 10


@functools.cache
def _program(seed: int) -> Program:
    return generate(seed, DEFAULT)


class Lockstep:
    """The bench with all mutants, and what the core without one does; ``golden`` is a folder for its records."""

    def __init__(self, bench: Path, golden: Path):
        self._bench = bench
        self._golden = golden

    def record_golden(self) -> None:
        """Run the core without mutants and compare it with the model; Mismatch if they differ."""
        for path, end in self._run(0, SEEDS, self._golden):
            self._judge(int(path.stem), path, end)

    def killed_by(self, mutant: int) -> str | None:
        """The first program in which the mutant and the model differ, and how; None if there is none."""
        for first in SEEDS[::_BATCH]:
            with tempfile.TemporaryDirectory(prefix="paddock-") as folder:
                seeds = range(first, min(first + _BATCH, SEEDS.stop))
                results = self._run(mutant, seeds, Path(folder))
                for path, end in results:
                    seed = int(path.stem)
                    if path.read_bytes() == (self._golden / path.name).read_bytes() and end.startswith("finished"):
                        continue
                    try:
                        self._judge(seed, path, end)
                    except Mismatch as mismatch:
                        return f"seed {seed}: {_short(str(mismatch))}"
                if len(results) < len(seeds):
                    return f"seed {seeds[len(results)]}: the bench gave up"
        return None

    def _run(self, mutant: int, seeds: range, folder: Path) -> list[tuple[Path, str]]:
        """Records and end of each program, up to the first that does not end well."""
        jobs, traces = [], []
        for seed in seeds:
            program = _program(seed)
            image, trace = folder / f"{seed}.bin", folder / f"{seed}.rvfi"
            image.write_bytes(program.image)
            waits, interrupts = conditions(seed)
            jobs.append(f"{image} {trace} {seed} {waits} {interrupts} {_MAX_CYCLES}\n")
            traces.append(trace)
        environment = {**os.environ, VARIABLE: str(mutant)}
        done = subprocess.run([self._bench], input="".join(jobs), capture_output=True, text=True, env=environment)
        return list(zip(traces, done.stdout.splitlines(), strict=False))

    def _judge(self, seed: int, path: Path, end: str) -> None:
        compare(_program(seed), list(read_records(path)))
        if not end.startswith("finished"):
            raise Mismatch(f"all instructions agree, but the bench says: {end}")


def _short(text: str) -> str:
    """The differing fields of a mismatch."""
    fields = [line.strip() for line in text.splitlines() if " core " in line and ", model " in line]
    return "; ".join(" ".join(field.split()) for field in fields) or text.splitlines()[-1].strip()
