"""Reads the demo's log and compares it with the table of misdeeds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..isa.cause import Cause, Kind
from ..isa.memmap import DEVICE_BY_NAME
from .misdeeds import ERRNO, MISDEEDS, Misdeed

__all__ = ["Log", "Outcome", "expected_address", "latency_reference", "problems"]

#: The kernel's words for a cause (``kernel/fault.c``); what is no exception is the timer.
_WORDS = {
    Cause.INSN_MISALIGNED: "misaligned jump",
    Cause.FETCH_FAULT: "fetch refused",
    Cause.ILLEGAL: "illegal instruction",
    Cause.BREAKPOINT: "breakpoint",
    Cause.LOAD_MISALIGNED: "misaligned load",
    Cause.LOAD_FAULT: "load refused",
    Cause.STORE_MISALIGNED: "misaligned store",
    Cause.STORE_FAULT: "store refused",
    Cause.ECALL_MODULE: "ecall",
    Cause.GATE_FAULT: "gate refused",
}
_GATE_WORDS = {
    Kind.BAD_ID: "no such id",
    Kind.NOT_VALID: "no module has this id",
    Kind.NOT_CALLABLE: "target is not open to modules",
    Kind.OVERFLOW: "call stack is full",
    Kind.UNDERFLOW: "nobody to return to",
}

#: ``TIMER_TICK_CYCLES`` of ``kernel/timer.h``.
_TICK = 4000

_TITLE = re.compile(r"\[(\d+)\] (.*)")
_FAULT = re.compile(
    r"     (?P<module>\w+) \(id (?P<id>\d+)\): (?P<words>[\w ]+)"
    r"(?:, (?:pc (?P<pc>[0-9a-f]{8})|in a service))?"
    r"(?:, address (?P<address>[0-9a-f]{8}): (?P<place>.*)|, target (?P<target>\d+): (?P<kind>.*))?"
)
_REFUSED = "     refused by the kernel's service"
_RESULT = re.compile(
    r"     (?:handler after (?P<latency>\d+) cycles; )?"
    r"(?:processor back after (?P<taken>\d+) cycles of (?P<budget>\d+); )?"
    r"caller got (?P<error>.*) \((?P<code>-?\d+)\); (?P<memory>[^;]*); (?P<others>[^;]*); escapes (?P<escapes>\d+)"
)
_CYCLES = re.compile(
    r"cycles: jalr (?P<jalr>\d+), pd.enter (?P<enter>\d+), pd.leave (?P<leave>\d+), "
    r"whole call of a module and back (?P<call>\d+)"
)
_MODULE = re.compile(r"  id +(\d+)  arena ([0-9a-f]{8})-([0-9a-f]{8})  device (\S+) +(\w+)")


@dataclass(frozen=True)
class Outcome:
    """What the kernel reports of one misdeed. ``words`` is None if a service refused, and "" if nothing stopped it."""

    number: int
    title: str
    words: str | None
    module: str | None
    pc: int | None
    address: int | None
    place: str | None
    kind: str | None
    latency: int | None
    #: Cycles that a call took which was ended because its time was used up, and those that it had.
    taken: int | None
    budget: int | None
    code: int
    memory: str
    others: str
    escapes: int


@dataclass
class Log:
    """The log, filled line by line."""

    modules: list[str] = field(default_factory=list)
    #: Measured on the chip: ``jalr``, ``enter``, ``leave``, ``call``.
    cycles: dict[str, int] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    escapes: int | None = None
    watched: int = 0
    alive: bool = False
    honest: bool = False
    panic: str = ""
    _block: list[str] = field(default_factory=list)

    def feed(self, line: str) -> Outcome | None:
        """Take the next line; returns the outcome that it completes, if it does."""
        if line.startswith("["):
            self._block = [line]
        elif self._block:
            self._block.append(line)
            if len(self._block) == 3:
                outcome = _outcome(*self._block)
                self._block = []
                if outcome:
                    self.outcomes.append(outcome)
                return outcome
        elif match := _MODULE.fullmatch(line):
            self.modules.append(match[5])
        elif match := _CYCLES.fullmatch(line):
            self.cycles = {name: int(value) for name, value in match.groupdict().items()}
        elif match := re.fullmatch(r"monitor: escapes (\d+), accesses of modules watched (\d+)", line):
            self.escapes, self.watched = int(match[1]), int(match[2])
        elif line.startswith("kernel panic: "):
            self.panic = line
        self.alive |= line.startswith("kernel alive after ")
        self.honest |= line == "honest work: led, counter and store do theirs"
        return None


def _number(text: str | None, base: int) -> int | None:
    return None if text is None else int(text, base)


def _outcome(title: str, what: str, result: str) -> Outcome | None:
    head, end = _TITLE.fullmatch(title), _RESULT.fullmatch(result)
    fault = _FAULT.fullmatch(what)
    if not head or not end:
        return None
    found = fault.groupdict() if fault else {}
    return Outcome(
        number=int(head[1]),
        title=head[2],
        words=None if what == _REFUSED else found.get("words", ""),
        module=found.get("module"),
        pc=_number(found.get("pc"), 16),
        address=_number(found.get("address"), 16),
        place=found.get("place"),
        kind=found.get("kind"),
        latency=_number(end["latency"], 10),
        taken=_number(end["taken"], 10),
        budget=_number(end["budget"], 10),
        code=int(end["code"]),
        memory=end["memory"],
        others=end["others"],
        escapes=int(end["escapes"]),
    )


def expected_address(misdeed: Misdeed, symbols: dict[str, int]) -> int | None:
    """Where the misdeed was aimed at, from the program's symbols; None if only the place in words is known."""
    if misdeed.target == "NULL":
        return 0 if misdeed.place == "null page" else None
    upper = symbols["rogue.arena.upper"]
    return {
        "KERNEL_DATA": symbols["bait"],
        "KERNEL_CODE": symbols["module_call"],
        "PUBLIC": symbols["module_entry"],
        "STORE_HEAP": symbols["store.arena.heap"],
        "STORE_STACK": symbols["store.arena.stack_top"] - 4,
        "LED_DEVICE": DEVICE_BY_NAME["gpio"].base,
        "KERNEL_TIMER": DEVICE_BY_NAME["clint"].base + 0x4000,
        "BELOW": symbols["rogue.arena.lower"] - 1,
        "ABOVE": upper,
        "UPPER_WORD": upper & ~3,
        "UPPER_HALFWORD": upper - 1,
        "TOP": 0xFFFF_FFFC,
        "MISALIGNED": symbols["rogue.arena.data"] + 1,
    }[misdeed.target]


def latency_reference(log: Log, misdeeds: Sequence[Misdeed] = MISDEEDS) -> int | None:
    """Cycles from an `ecall`, one of ``misdeeds``, to its handler: what a fault of Paddock's is compared with."""
    names = [misdeed.name for misdeed in misdeeds]
    index = names.index("ECALL")
    return log.outcomes[index].latency if index < len(log.outcomes) else None


def problems(misdeed: Misdeed, outcome: Outcome, symbols: dict[str, int], latency: int | None) -> list[str]:
    """All in which the outcome is not what the table says; ``latency`` is what every trap should take, if known."""
    found = []

    def expect(what: str, actual, wanted):
        if actual != wanted:
            found.append(f"{what} should be {wanted}, is {actual}")

    expect("title", outcome.title, misdeed.title)
    expect("result", outcome.code, -ERRNO[misdeed.error])
    expect("memory", outcome.memory, "memory intact")
    expect("others", outcome.others, "others work")
    expect("escapes", outcome.escapes, 0)
    if misdeed.cause is None:
        expect("cause", outcome.words, None)
        return found
    expect("module", outcome.module, "rogue")
    expect("cause", outcome.words, _WORDS.get(misdeed.cause, "time used up"))
    if misdeed.place:
        expect("place", re.sub(r"arena by (?!1\b)\d+", "arena by N", outcome.place or ""), misdeed.place)
        if (address := expected_address(misdeed, symbols)) is not None:
            expect("address", outcome.address, address)
    if misdeed.cause == Cause.GATE_FAULT:
        expect("reason", outcome.kind, _GATE_WORDS[misdeed.kind])
    if misdeed.cause == Cause.FETCH_FAULT:
        expect("pc", outcome.pc, outcome.address)
    if misdeed.error == "ETIMEDOUT" and not outcome.budget <= outcome.taken < outcome.budget + 2 * _TICK:
        found.append(f"the processor should be back within two ticks after {outcome.budget} cycles, is {outcome.taken}")
    if misdeed.lead and latency is not None:
        expect("cycles to the handler", outcome.latency, latency)
    return found
