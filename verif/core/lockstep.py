"""Random programs on the core, judged by two references: Unicorn, and our own model.

Both get the same records, one for each instruction. `lockstep_unicorn` is somebody else's reading of the base ISA;
`lockstep_model` knows the extension too. `examine` is what tests and ``python -m fuzz`` use.
"""

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from model.execute import instruction_name
from paddock.config import CoreConfig
from paddock.sim.records import Record, read_records

from .lockstep_build import build_bench
from .lockstep_model import Difference, Mismatch, compare, model_of, shown
from .lockstep_unicorn import Judgement, judge
from .randprog import Program, generate

__all__ = ["Conditions", "Mismatch", "Run", "Verdict", "compare", "conditions", "examine", "model_of", "run"]

#: Programs that the bench gets at once: their records wait on the disk.
_BATCH = 50
_MAX_CYCLES = 1_000_000
_HISTORY = 12


class Conditions(NamedTuple):
    """What the bench does to a program, in percent."""

    #: Answers that come late.
    waits: int = 0
    #: Cycles in which an interrupt line changes.
    interrupts: int = 0


def conditions(seed: int) -> Conditions:
    """From none to many wait states, from none to many interrupts, in every combination."""
    return Conditions((0, 10, 30, 70)[seed % 4], (0, 2, 0, 10)[seed // 4 % 4])


@dataclass(frozen=True)
class Run:
    """A program, and how to run it."""

    program: Program
    conditions: Conditions
    #: Of the bench's random numbers: when it waits, when it interrupts, what is noise.
    seed: int
    max_cycles: int = _MAX_CYCLES


@dataclass
class Verdict:
    """What the references say of one program on the core."""

    run: Run
    #: Instructions that both have agreed on; with PMP our model alone.
    instructions: int
    cycles: int
    #: By name; those of both references and of the bench.
    counters: Counter
    #: The first difference.
    difference: Difference | None


def run(config: CoreConfig, seeds: range) -> list[Verdict]:
    """The programs of all seeds."""
    config = replace(config, rvfi=True)
    bench = build_bench(config)
    verdicts = []
    for start in range(0, len(seeds), _BATCH):
        some = seeds[start : start + _BATCH]
        verdicts += examine(bench, [Run(generate(seed, config), conditions(seed), seed) for seed in some])
    return verdicts


def examine(bench: Path, runs: Sequence[Run]) -> list[Verdict]:
    """Runs the programs on the bench, and lets both references judge what it has recorded."""
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="paddock-") as name:
        while len(verdicts) < len(runs):  # the bench stops behind a program that does not end
            verdicts += _examine(bench, runs[len(verdicts) :], Path(name))
    return verdicts


def _examine(bench: Path, runs: Sequence[Run], folder: Path) -> list[Verdict]:
    files = [(folder / f"{index}.bin", folder / f"{index}.rvfi") for index in range(len(runs))]
    jobs = []
    for each, (image, trace) in zip(runs, files, strict=True):
        image.write_bytes(each.program.image)
        jobs.append(f"{image} {trace} {each.seed} {' '.join(map(str, each.conditions))} {each.max_cycles}\n")
    done = subprocess.run([bench], input="".join(jobs), capture_output=True, text=True)
    ends = done.stdout.splitlines()
    if done.returncode or not ends:
        raise RuntimeError(f"the bench failed ({done.returncode}) in job {len(ends)}:\n{done.stderr}")
    finished = list(zip(runs, files, ends, strict=False))
    judgements = _judge(finished)
    return [
        _verdict(each, end, trace, judgement)
        for (each, (_, trace), end), judgement in zip(finished, judgements, strict=True)
    ]


def _judge(finished: Sequence[tuple]) -> Sequence[Judgement | None]:
    """Unicorn's judgements; None without it: it has PMP of its own, and is not told of ours."""
    if any(each.program.config.pmp for each, _, _ in finished):
        return [None] * len(finished)
    return judge((image, trace, each.program.config.paddock) for each, (image, trace), _ in finished)


def _verdict(each: Run, end: str, trace: Path, judgement: Judgement | None) -> Verdict:
    records = list(read_records(trace))
    differences: list[Difference] = []
    try:
        compared = compare(each.program, records)
    except Mismatch as mismatch:
        compared = mismatch.result
        differences.append(mismatch.difference)
    if judgement and judgement.difference:
        differences.append(_unicorn_difference(records, judgement))
    how, _, figures = end.partition(" ")
    counters = compared.counters + (judgement.counters if judgement else Counter())
    instructions = min(compared.instructions, judgement.judged) if judgement else compared.instructions
    cycles = 0
    if how == "error":
        differences.append(Difference("bench", len(records), records[-1].cycle if records else 0, ("error",), figures))
    else:
        cycles, *waits = (int(figure) for figure in figures.split())
        counters.update(dict(zip(("waits_fetch", "waits_data", "waits_device"), waits, strict=True)))
    # Of two at the same record the model's: it names all fields.
    first = min(differences, key=lambda difference: difference.index, default=None)
    return Verdict(each, instructions, cycles, counters, first)


def _unicorn_difference(records: list[Record], judgement: Judgement) -> Difference:
    at = judgement.judged
    lines = [shown(record) for record in records[max(0, at - _HISTORY) : at + 1]]
    without_values = re.sub(r"\b[0-9a-f]{8}\b", "...", judgement.difference.partition(":")[0])
    signature = (instruction_name(records[at].insn) or "unknown", without_values)
    return Difference("Unicorn", at, records[at].cycle, signature, "\n".join([*lines, judgement.difference]))
