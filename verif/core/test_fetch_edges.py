"""The fetch check at every edge of the public window, by every way that leads there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cocotb

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT
from paddock.isa.cause import Cause, Kind

#: As in fetch_edges.S: bytes of a row, rows.
ROW = 32
ROWS = 64


@dataclass(frozen=True)
class Case:
    """The public window, and how the module gets to ``pc``."""

    way: str
    pc: int
    lower: int
    upper: int
    entry: int
    jump: int = 0
    mepc: int = 0

    @property
    def allowed(self) -> bool:
        """The rule of docs/reference/extension.md, section 2."""
        return self.lower <= self.pc and self.pc + 4 <= self.upper


def cases(symbols: Mapping[str, int]) -> Iterator[Case]:
    """Below, across and at the lower bound, before, across and above the upper one, and well inside."""
    low, high, jumper = (symbols[name] for name in ("low", "high", "jumper"))
    start, end = low - 16, high + 16
    edges = [(low, low + more, end) for more in (4, 2, 1, 0, -2, -4)]
    edges += [(high, start, high + more) for more in (0, 1, 2, 3, 4, 6, 8)]
    for pc, lower, upper in edges:
        yield Case("entry", pc, lower, upper, entry=pc)
        yield Case("jump", pc, lower, upper, entry=jumper, jump=pc)
        yield Case("mret", pc, lower, upper, entry=jumper, mepc=pc)
    for way, before in (("return", symbols["returner"]), ("next", symbols["stepper"])):
        for more in (0, 1, 2, 3, 4, 6, 8):
            yield Case(way, before + 4, start, before + 4 + more, entry=before)


async def run_cases(dut, **settings) -> None:
    program = assemble(PROGRAMS / "fetch_edges.S", the_config())
    symbols = program.symbols
    every = list(cases(symbols))
    assert len(every) <= ROWS
    words = [word for case in every for word in (case.lower, case.upper, case.entry, case.jump, case.mepc, 0, 0, 0)]
    data = {symbols["table"] + 4 * i: word for i, word in enumerate(words)}
    bench = Bench(dut)
    await bench.start(program, data={**data, symbols["rows"]: len(every)}, **settings)
    await bench.passes()
    for i, case in enumerate(every):
        traps, *trap = (bench.word(symbols["results"] + ROW * i + 4 * j) for j in range(5))
        wanted = [Cause.FETCH_FAULT, case.pc, case.pc, Kind.BOUNDS | 1 << 8]
        assert traps == (not case.allowed), f"{case}: {traps} traps, {[hex(word) for word in trap]}"
        assert case.allowed or trap == wanted, f"{case}: {[hex(word) for word in trap]}"


@cocotb.test()
async def fetch_edges(dut):
    await run_cases(dut)
    await run_cases(dut, ibus_chance=4, dbus_chance=4, device_wait=2)


def test_g4_every_edge_by_every_way(subtests):
    check_all(subtests, __file__, DEFAULT)
