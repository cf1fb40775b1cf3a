"""One hostile program: machine code, what its arena holds, and how it is called."""

import json
import struct
from dataclasses import asdict, dataclass
from pathlib import Path

from .target import MAX_CALLS, SLOT_WORDS, Target

__all__ = ["Call", "Program", "encode", "load", "save"]

#: Offsets in ``struct mailbox`` of the image, and sizes.
_CALLS_AT, _CALL_BYTES, _ROUNDS_AT, _ROUND_BYTES = 12, 28, 12 + 28 * MAX_CALLS, 20
#: More than a round of honest calls takes, ticks included; more than a turn of the delay loop takes.
_ROUND_CYCLES, _TURN_CYCLES = 20_000, 40
#: More than a call may take, with what the kernel does before and after it.
_CALL_CYCLES = 40_000


@dataclass(frozen=True)
class Call:
    """A call that the kernel makes."""

    module: str
    operation: str
    arguments: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """What the campaign breeds. Words are those of the slot, from its start; ``arena`` fills both arenas, repeated."""

    words: tuple[int, ...]
    arena: tuple[int, ...]
    calls: tuple[Call, ...]
    delay: int
    nonce: int

    def __post_init__(self):
        if not 1 <= len(self.calls) <= MAX_CALLS or len(self.words) > SLOT_WORDS or not self.arena:
            raise ValueError(f"{len(self.calls)} calls, {len(self.words)} words, {len(self.arena)} words of arena")


def save(program: Program, path: Path, **notes) -> None:
    """Write it where ``--replay`` can read it; ``notes`` are for people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {**notes, "program": asdict(program)}
    document["program"]["words"] = [f"{word:08x}" for word in program.words]
    path.write_text(json.dumps(document, indent=1) + "\n")


def load(path: Path) -> Program:
    """The program in a file that `save` has written."""
    fields = json.loads(path.read_text())["program"]
    return Program(
        words=tuple(int(word, 16) for word in fields["words"]),
        arena=tuple(fields["arena"]),
        calls=tuple(Call(c["module"], c["operation"], tuple(c["arguments"])) for c in fields["calls"]),
        delay=fields["delay"],
        nonce=fields["nonce"],
    )


def encode(program: Program, target: Target) -> bytes:
    """The message to the bench; ``bench/main.cpp`` has its form."""
    calls = len(program.calls)
    limit = calls * _CALL_CYCLES + (calls + 1) * _ROUND_CYCLES + program.delay * _TURN_CYCLES
    words = [limit, *_pokes(program, target)]
    expected = _expectations(program, target)
    words += [len(expected), *(word for pair in expected for word in pair)]
    return struct.pack(f"<{len(words) + 1}I", len(words), *words)


def _pokes(program: Program, target: Target) -> list[int]:
    code = [*program.words, *[0] * (SLOT_WORDS - len(program.words))]
    driver = target.symbols["driver.driver_run"]
    mailbox = [program.delay, len(program.calls), program.nonce]
    for call in program.calls:
        mailbox += [target.number(call.module, call.operation), *call.arguments]
    chunks = [(target.slot, code), (driver, [jump(target.slot - driver)]), (target.symbols["mailbox"], mailbox)]
    for module in ("hostile", "driver"):
        lower, upper = target.arena(module)
        lower = lower + 3 & ~3
        count = (upper - lower) // 4
        chunks.append((lower, (list(program.arena) * (count // len(program.arena) + 1))[:count]))
    words = [len(chunks)]
    for address, content in chunks:
        words += [address, len(content), *content]
    return words


def jump(offset: int) -> int:
    """``j offset``."""
    high = (offset >> 20 & 1) << 31 | (offset >> 12 & 0xFF) << 12
    return high | (offset >> 1 & 0x3FF) << 21 | (offset >> 11 & 1) << 20 | 0x6F


def _expectations(program: Program, target: Target) -> list[tuple[int, int]]:
    """What the honest calls of ``main.c`` must have left in the mailbox."""
    found = []
    state = 1
    for number in range(len(program.calls) + 1):
        value = program.nonce + number & 0xFFFF_FFFF
        state = state * 1664525 + value & 0xFFFF_FFFF
        filled = sum(value + index * 7 & 0xFF for index in range(32))
        at = target.symbols["mailbox"] + _ROUNDS_AT + _ROUND_BYTES * number
        found += [(at + 4 * index, word) for index, word in enumerate((state, filled, filled, value & 0xFFFF, 1))]
    return found
