"""Makes a program that was found out smaller: what is left is what it takes."""

import re
from collections.abc import Callable
from dataclasses import replace

from .blocks import NOP
from .program import Call, Program

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
        for edit in _edits(program):
            smaller = edit(program)
            if left > 0 and smaller != program and still(smaller):
                program = smaller
        program = _without_words(program, still, lambda: left > 0)
        if program == before:
            break
    return program


def _edits(program: Program):
    """Changes that make a program simpler, each to be tried on what the ones before have left."""
    for index in reversed(range(len(program.calls))):
        yield lambda p, i=index: replace(p, calls=p.calls[:i] + p.calls[i + 1 :]) if len(p.calls) > 1 else p
    yield lambda p: replace(p, arena=(0,), delay=0, nonce=0)
    yield lambda p: replace(p, arena=(0,))
    yield lambda p: replace(p, delay=0)
    yield lambda p: replace(p, nonce=0)
    yield lambda p: replace(p, calls=tuple(_quiet(call) for call in p.calls))


def _quiet(call: Call) -> Call:
    """Without arguments, but for where to begin and what is lent."""
    kept = 0 if call.operation.endswith("_run") else 2
    return replace(call, arguments=(*call.arguments[:kept], *[0] * (5 - kept), call.arguments[5]))


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
