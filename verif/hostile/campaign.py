"""Runs programs by the thousand, on several benches at once, and adds up what they did."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .evolve import Breeder
from .program import Program
from .runner import Bench, Outcome
from .shrink import family
from .target import Target

__all__ = ["Finding", "Tally", "run_campaign"]

#: A campaign ends when it has found so many kinds of escapes.
_MOST_FAMILIES = 8


@dataclass(frozen=True)
class Finding:
    """An escape, the first of its family."""

    escape: str
    program: Program
    #: Which of its bench's programs it was, from 1.
    number: int


@dataclass
class Tally:
    """What all programs have done together."""

    programs: int = 0
    escapes: int = 0
    calls: int = 0
    services: int = 0
    interrupts: int = 0
    instructions: int = 0
    honest_instructions: int = 0
    cycles: int = 0
    traps: Counter = field(default_factory=Counter)
    points: set[int] = field(default_factory=set)
    findings: dict[str, Finding] = field(default_factory=dict)

    def add(self, program: Program, number: int, outcome: Outcome) -> None:
        """One more program."""
        self.programs += 1
        for name in ("calls", "services", "interrupts", "instructions", "honest_instructions", "cycles"):
            setattr(self, name, getattr(self, name) + getattr(outcome, name))
        self.traps.update(outcome.traps)
        self.points |= outcome.points
        if outcome.escape is not None:
            self.escapes += 1
            self.findings.setdefault(family(outcome.escape), Finding(outcome.escape, program, number))


def run_campaign(
    binary: Path,
    target: Target,
    *,
    seed: int,
    jobs: int,
    programs: int | None,
    shown: Callable[[Tally], None] = lambda _tally: None,
    most_families: int = _MOST_FAMILIES,
) -> Tally:
    """Run ``programs`` programs, or until interrupted; ``jobs`` benches, each with a population of its own.

    The same seed, number of jobs and number of programs give the same programs. ``shown`` is called often.
    """
    tally = Tally()
    lock = threading.Lock()
    stop = threading.Event()

    def island(index: int) -> None:
        share = None if programs is None else programs // jobs + (index < programs % jobs)
        breeder = Breeder(target, f"{seed}.{index}")
        with Bench(binary, target) as bench:
            number = 0
            while not stop.is_set() and (share is None or number < share):
                number += 1
                program = breeder.next()
                outcome = bench.run(program)
                breeder.learn(program, outcome.points)
                with lock:
                    tally.add(program, number, outcome)
                    if len(tally.findings) >= most_families:
                        stop.set()

    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(island, index) for index in range(jobs)]
        try:
            while not all(future.done() for future in running):
                stop.wait(0.2)
                with lock:
                    shown(tally)
                if any(future.done() and future.exception() for future in running):
                    stop.set()
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
    for future in running:
        future.result()
    return tally
