"""Runs seeds in parallel, adds up what they met, and collects what differs."""

import itertools
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field

from core.lockstep import Run, Verdict, conditions, examine
from core.lockstep_build import build_bench
from core.lockstep_model import Difference
from core.randprog import generate

from .configs import CONFIGS, RUN, config_name

__all__ = ["Campaign", "Found", "batches", "run_batch", "run_campaign", "run_seeds"]


@dataclass(frozen=True)
class Found:
    """A program on which the core and a reference differ."""

    config: str
    seed: int
    difference: Difference

    @property
    def kind(self) -> tuple:
        """What it has in common with others that have the same cause, most likely."""
        return self.difference.reference, self.difference.signature


@dataclass
class Campaign:
    """What has been done, in a batch or so far."""

    programs: int = 0
    instructions: int = 0
    cycles: int = 0
    counters: Counter = field(default_factory=Counter)
    #: Instructions by core.
    cores: Counter = field(default_factory=Counter)
    #: One of each kind of difference.
    found: list[Found] = field(default_factory=list)

    def add(self, other: "Campaign") -> None:
        """Adds up."""
        self.programs += other.programs
        self.instructions += other.instructions
        self.cycles += other.cycles
        self.counters += other.counters
        self.cores += other.cores
        for found in other.found:
            if found.kind not in [known.kind for known in self.found]:
                self.found.append(found)


def batches(choice: str, first: int, n: int | None) -> Iterator[tuple[str, list[int]]]:
    """Seeds from ``first`` on, ``n`` of them or without end, in runs that have the same core."""
    seeds = itertools.count(first) if n is None else range(first, first + n)
    for (_, config), run in itertools.groupby(seeds, lambda seed: (seed // RUN, config_name(choice, seed))):
        yield config, list(run)


def run_seeds(config: str, seeds: list[int]) -> list[Verdict]:
    """The verdicts on the programs of some seeds."""
    core = CONFIGS[config]
    return examine(build_bench(core), [Run(generate(seed, core), conditions(seed), seed) for seed in seeds])


def run_batch(config: str, seeds: list[int]) -> Campaign:
    """The same, added up."""
    batch = Campaign()
    for verdict in run_seeds(config, seeds):
        found = [Found(config, verdict.run.seed, verdict.difference)] if verdict.difference else []
        instructions = verdict.instructions
        cores = Counter({config: instructions})
        batch.add(Campaign(1, instructions, verdict.cycles, verdict.counters, cores, found))
    return batch


def run_campaign(
    work: Iterator[tuple[str, list[int]]], jobs: int, max_failures: int, show: Callable[[Campaign], None]
) -> tuple[Campaign, bool]:
    """Does all the work, or what is done when ^C or ``max_failures`` ends it; the flag says that ^C did."""
    campaign = Campaign()
    # The workers and their benches are not to see the ^C: they end with their batch.
    pool = ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    pending: set[Future[Campaign]] = set()
    try:
        while len(campaign.found) < max_failures:
            for config, seeds in itertools.islice(work, 2 * jobs - len(pending)):
                pending.add(pool.submit(run_batch, config, seeds))
            if not pending:
                break
            finished, pending = wait(pending, return_when=FIRST_COMPLETED)
            for each in finished:
                campaign.add(each.result())
            show(campaign)
        return campaign, False
    except KeyboardInterrupt:
        return campaign, True
    finally:
        pool.shutdown(cancel_futures=True)
