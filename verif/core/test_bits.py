"""Every bit of every bound decides: windows and addresses that differ in one bit, anywhere in the address space.

Most of those addresses have no memory behind them. A load or fetch that the windows let through then ends in a fault of
the bus, of which ``pd_fault`` says that it is none of Paddock's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import cocotb
from access_cases import WINDOWS, Range

from lib.asm import PROGRAMS, assemble
from lib.bench import RAM_BYTES
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT
from paddock.isa.cause import Cause, Kind
from paddock.isa.csr import CSR_BY_NAME
from paddock.isa.memmap import RAM_BASE

#: As in bits.S.
ROWS = 256
ROW = 64
RESULT = 32
TOP = 0xFFFF_FFFF
#: Addresses for each bit of each bound, in turn for words and bytes. Many: one bit may go wrong for another bit's sake.
SIZES = (1, 4) * 8


@dataclass(frozen=True)
class Case:
    """A load, or with ``fetch`` the module's first fetch."""

    address: int
    windows: dict[str, Range]
    size: int = 4
    fetch: bool = False
    what: str = field(default="", compare=False)

    @property
    def allowed(self) -> bool:
        """Some window lets it through; a fetch needs the public one."""
        names = ("public",) if self.fetch else WINDOWS
        return any(self.windows[name].passes(self.address, self.size, False) for name in names if name in self.windows)


def in_ram(address: int) -> bool:
    return RAM_BASE <= address < RAM_BASE + RAM_BYTES


def one_bit_apart(rng: random.Random, bit: int, upper: bool, size: int, near: bool = False):
    """An address, and a window whose one bound decides by this bit: upper bounds are compared with the last byte.

    ``near``: the address is at the start of RAM, or half the address space before it.
    """
    address = rng.choice((RAM_BASE, 0)) | rng.getrandbits(11) if near else rng.getrandbits(32)
    address &= ~(size - 1)
    if upper:
        return address, Range(0, (address | (size - 1)) ^ 1 << bit, True)
    return address, Range(address ^ 1 << bit, TOP, True)


def cases(code: range, seed: int) -> Iterator[Case]:
    """All bits of both bounds of every window, several times with other addresses; of the public one by fetches too."""
    rng = random.Random(seed)
    for bit in range(32):
        for upper in (False, True):
            what = f"bit {bit} of the {'upper' if upper else 'lower'} bound"
            for window in ("arena", "device", "grant"):
                for size in SIZES:
                    address, opened = one_bit_apart(rng, bit, upper, size)
                    public = Range(code.start, code.stop, True)
                    yield Case(address, {window: opened, "public": public}, size, what=f"{what}, {window}")
            for size in SIZES:
                # Its code must stay executable: not every bit can decide from everywhere.
                for near in (True, False) * 200:
                    address, opened = one_bit_apart(rng, bit, upper, size, near)
                    if opened.lower <= code.start and code.stop <= opened.upper:
                        yield Case(address, {"public": opened}, size, what=f"{what}, public")
                        break
            for _ in SIZES:
                address, opened = one_bit_apart(rng, bit, upper, 4)
                if not in_ram(address):
                    yield Case(address, {"public": opened}, fetch=True, what=f"{what}, fetch")


def row(case: Case) -> list[int]:
    flags = CSR_BY_NAME["pd_flags"]
    arena, device, grant, public = (case.windows.get(name, Range()) for name in WINDOWS)
    return [
        case.address if case.fetch else 0,
        case.address,
        *(arena.lower, arena.upper, device.lower, device.upper),
        flags.field("valid").mask | flags.field("dread").mask * device.read,
        *(grant.lower, grant.upper, int(grant.read)),
        *(public.lower, public.upper),
        int(case.size == 1),
        *(0, 0, 0),
    ]


def judge(case: Case, result: list[int]) -> None:
    traps, cause, _, mtval, fault = result
    shown = f"{case.what}: {'fetch' if case.fetch else 'load'} of {case.size} at {case.address:#x} in {case.windows}"
    if case.allowed and traps == 0:
        return
    assert traps == 1, f"{shown}: {traps} traps"
    assert cause == (Cause.FETCH_FAULT if case.fetch else Cause.LOAD_FAULT), f"{shown}: cause {cause}"
    assert mtval == case.address, f"{shown}: mtval {mtval:#x}"
    kind = Kind.NONE if case.allowed else Kind.BOUNDS
    assert fault == kind | 1 << 8, f"{shown}: {'refused' if case.allowed else 'let through'}, pd_fault {fault:#x}"


@cocotb.test()
async def every_bit_of_every_bound(dut):
    program = assemble(PROGRAMS / "bits.S", the_config())
    symbols = program.symbols
    every = list(cases(range(symbols["code"], symbols["code_end"]), seed=1))
    assert {case.allowed for case in every if case.fetch} == {case.allowed for case in every} == {True, False}
    bench = Bench(dut)
    for first in range(0, len(every), ROWS):
        batch = every[first : first + ROWS]
        words = [word for case in batch for word in row(case)]
        data = {symbols["table"] + 4 * i: word for i, word in enumerate(words)}
        await bench.start(program, data={**data, symbols["rows"]: len(batch)})
        await bench.passes()
        for i, case in enumerate(batch):
            judge(case, [bench.word(symbols["results"] + RESULT * i + 4 * j) for j in range(5)])


def test_g1_g4_every_bit_of_every_bound(subtests):
    check_all(subtests, __file__, DEFAULT)
