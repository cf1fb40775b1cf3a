"""Makes a program that was found out smaller: what is left is what it takes."""

import re
from collections.abc import Callable
from dataclasses import replace

from .blocks import NOP
from .program import Program

__all__ = ["family", "shrink"]


def family(escape: str) -> str:
    """What kind of escape it is: its words without the numbers."""
    return re.sub(r"\b(0x)?[0-9a-f]*[0-9][0-9a-f]*\b", "N", escape)


def shrink(program: Program, escapes: Callable[[Program], str | None], *, tries: int = 3000) -> Program:
    """A smaller program with an escape of the same family. ``escapes`` runs one, and says what has happened."""
    wanted = family(escapes(program) or "")
    left = tries

    def still(candidate: Program) -> bool:
        nonlocal left
        left -= 1
        found = escapes(candidate)
        return found is not None and family(found) == wanted

    while left > 0:
        before = program
        for smaller in _simpler(program):
            if left > 0 and still(smaller):
                program = smaller
        program = _without_words(program, still, lambda: left > 0)
        if program == before:
            break
    return program


def _simpler(program: Program):
    """Candidates with fewer calls, less in the arena, no delay; each to be tried by itself."""
    for index in range(len(program.calls)):
        if len(program.calls) > 1:
            yield replace(program, calls=(program.calls[index],))
            yield replace(program, calls=program.calls[:index] + program.calls[index + 1 :])
    yield replace(program, arena=(0,))
    yield replace(program, delay=0)
    yield replace(program, nonce=0)
    for index, call in enumerate(program.calls):
        quiet = replace(call, arguments=(*[0] * 5, call.arguments[5])) if call.operation.endswith("_run") else call
        yield replace(program, calls=(*program.calls[:index], quiet, *program.calls[index + 1 :]))


def _without_words(program: Program, still, patience) -> Program:
    """Words become nops, in runs that get shorter; then the end is cut off. Nothing moves, so jumps stay right."""
    size = len(program.words)
    while size >= 1 and patience():
        for start in range(0, len(program.words), size):
            part = program.words[start : start + size]
            if patience() and any(word != NOP for word in part):
                words = (*program.words[:start], *[NOP] * len(part), *program.words[start + size :])
                candidate = replace(program, words=words)
                if still(candidate):
                    program = candidate
        size //= 2
    end = len(program.words)
    while end > 1 and program.words[end - 1] == NOP:
        end -= 1
    candidate = replace(program, words=program.words[:end])
    return candidate if still(candidate) else program
