"""Makes a failing program short: leaves out whatever is not needed for the same difference."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.lockstep import Conditions, Run, Verdict

__all__ = ["minimize", "shrink"]


def minimize(items: Sequence[int], fails: Callable[[list[int]], bool]) -> list[int]:
    """A short part of ``items`` that still fails: no single item and no half can be left out of it.

    ``fails`` says so of a part, in the order of ``items``; of all items it must. Delta debugging, from large pieces to
    single items, from the end, since what comes behind the failure goes first.
    """
    kept = list(items)
    size = max(1, len(kept) // 2)
    while True:
        before = len(kept)
        end = len(kept)
        while end > 0:
            start = max(0, end - size)
            candidate = kept[:start] + kept[end:]
            if fails(candidate):
                kept = candidate
            end = start
        if size > 1:
            size //= 2
        elif len(kept) == before:
            return kept


def shrink(failing: Verdict, examine: Callable[[Run], Verdict]) -> Verdict:
    """The verdict on the shortest program found that fails as ``failing`` does, with the same reference and fields."""
    best = failing

    def attempt(run: Run) -> bool:
        nonlocal best
        verdict = examine(replace(run, max_cycles=2 * best.difference.cycle + 2000))
        seen, wanted = verdict.difference, failing.difference
        # Code that changes without fence.i may be executed old or new: no failure.
        legal = not verdict.counters["executed_without_fence_i"]
        if legal and seen and (seen.reference, seen.signature) == (wanted.reference, wanted.signature):
            best = verdict
            return True
        return False

    was = failing.run.conditions
    for calm in (Conditions(), Conditions(waits=was.waits), Conditions(interrupts=was.interrupts)):
        if calm != was and attempt(replace(failing.run, conditions=calm)):
            break

    program = failing.run.program
    everything = frozenset(program.removable)

    def fails(kept: list[int]) -> bool:
        shorter = replace(program, without=program.without | everything.difference(kept))
        return attempt(replace(best.run, program=shorter))

    minimize(program.removable, fails)
    return best
