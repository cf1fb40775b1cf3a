"""Breeds programs: new ones, and offspring of those that have shown something new."""

import random
from dataclasses import replace

from core.hostile_words import hostile_word

from .blocks import DISPATCH, NOP, Blocks
from .program import Call, Program
from .target import HOSTILE, MAX_CALLS, SLOT_WORDS, Target

__all__ = ["Breeder"]

#: Of the programs, so many in a hundred are made anew.
_FRESH = 30
#: Parents that are kept; the oldest go first.
_PARENTS = 2000


class Breeder:
    """A population. The same seed gives the same programs if they have the same outcomes."""

    def __init__(self, target: Target, seed: str):
        self.blocks = Blocks(target)
        self.points: set[int] = set()
        self._target = target
        self._rng = random.Random(seed)
        self._parents: list[Program] = []

    def next(self) -> Program:
        """The program to try next."""
        rng = self._rng
        if not self._parents or rng.randrange(100) < _FRESH:
            return self._fresh()
        # The younger half is tried more often.
        young = self._parents[len(self._parents) // 2 :]
        program = rng.choice(young if rng.random() < 0.7 else self._parents)
        for _ in range(rng.choice((1, 1, 2, 4))):
            program = self._mutate(program)
        return replace(program, nonce=rng.getrandbits(32))

    def learn(self, program: Program, points: frozenset[int]) -> None:
        """What the program has reached."""
        if not points <= self.points:
            self.points |= points
            self._parents.append(program)
            del self._parents[:-_PARENTS]

    def _fresh(self) -> Program:
        rng = self._rng
        words = [DISPATCH] if rng.random() < 0.5 else []
        while len(words) < rng.choice((8, 40, 120, 300)):
            words += self.blocks.any(rng)
        arena = tuple(
            self.blocks.address(rng) if rng.random() < 0.7 else hostile_word(rng) for _ in range(rng.randrange(1, 24))
        )
        calls = tuple(self._call(len(words)) for _ in range(rng.randrange(1, MAX_CALLS + 1)))
        return Program(tuple(words[:SLOT_WORDS]), arena, calls, self._delay(), rng.getrandbits(32))

    def _delay(self) -> int:
        return self._rng.choice((0, 0, self._rng.randrange(20), self._rng.randrange(200)))

    def _call(self, words: int) -> Call:
        rng = self._rng
        module = rng.choice((*HOSTILE, HOSTILE[0]))
        operation = rng.choice(("run", "run", "read", "write", "both"))
        arguments = [self.blocks.value(rng) for _ in range(5)]
        if operation != "run":
            # The kernel lends what is its own to lend, nothing else.
            start = rng.choice((0, 0, 1, rng.randrange(64)))
            length = rng.choice((0, 1, 64 - start, rng.randrange(65 - start)))
            arguments[:2] = [self._target.symbols["lent"] + start, length]
        entry = self._target.slot + 4 * rng.choice((1, rng.randrange(1, max(2, words))))
        return Call(module, f"{module}_{operation}", (*arguments, entry))

    def _mutate(self, program: Program) -> Program:
        rng = self._rng
        words = list(program.words)
        at = rng.randrange(len(words))
        match rng.randrange(9):
            case 0:
                words[at] = hostile_word(rng)
            case 1:
                words[at] ^= 1 << rng.randrange(32)
            case 2:
                words[at:at] = self.blocks.any(rng)
            case 3:
                piece = self.blocks.any(rng)
                words[at : at + len(piece)] = piece
            case 4:
                del words[at : at + rng.randrange(1, 8)]
            case 5:
                other = rng.choice(self._parents).words
                start = rng.randrange(len(other))
                words[at:] = other[start:] if rng.random() < 0.5 else [*other[start : start + 16], *words[at:]]
            case 6:
                calls = list(program.calls)
                calls[rng.randrange(len(calls))] = self._call(len(words))
                if len(calls) < MAX_CALLS and rng.random() < 0.5:
                    calls.append(self._call(len(words)))
                return replace(program, calls=tuple(calls))
            case 7:
                arena = list(program.arena)
                arena[rng.randrange(len(arena))] = self.blocks.value(rng)
                return replace(program, arena=tuple(arena))
            case 8:
                return replace(program, delay=self._delay())
        return replace(program, words=tuple(words[:SLOT_WORDS] or [NOP]))
