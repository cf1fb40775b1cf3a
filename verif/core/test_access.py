"""Every access case: what it traps with and where, and that a refused one has changed neither memory nor ``rd``."""

import cocotb
from access_cases import DEVICE, SIZES, Access, Layout, all_cases, allowed, random_cases

from lib.asm import PROGRAMS, assemble
from lib.bench import RAM_BYTES
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT
from paddock.isa.csr import CSR_BY_NAME
from paddock.isa.memmap import RAM_BASE

#: As in access.S: rows of the table, bytes of a row.
ROWS = 256
ROW = 64
UNTOUCHED = 0xA5A5_5A5A
STORED = 0xC0DE_F00D
NO_TRAP = 0xFFFF_FFFF


def observed(access: Access) -> int:
    """The word of the access if the kernel can read it and its neighbours, else 0."""
    word = access.address & ~3
    in_ram = RAM_BASE + 4 <= word < RAM_BASE + RAM_BYTES - 4
    return word if in_ram or DEVICE + 4 <= word < DEVICE + 0xE0 else 0


def row(access: Access) -> list[int]:
    flags = CSR_BY_NAME["pd_flags"]
    device = flags.field("dread").mask * access.device.read | flags.field("dwrite").mask * access.device.write
    return [
        list(SIZES).index(access.name),
        access.address,
        *(access.arena.lower, access.arena.upper, access.device.lower, access.device.upper),
        flags.field("valid").mask | device,
        *(access.grant.lower, access.grant.upper, access.grant.read | access.grant.write << 1),
        *(access.public.lower, access.public.upper),
        STORED,
        observed(access),
        *(0, 0),
    ]


def loaded(access: Access, word: int) -> int:
    """What a load makes of the word."""
    bits = 8 * access.size
    value = word >> 8 * (access.address & 3) & ((1 << bits) - 1)
    negative = not access.name.endswith("u") and value >> (bits - 1)
    return value | (0xFFFF_FFFF << bits & 0xFFFF_FFFF if negative else 0)


def stored(access: Access, word: int) -> int:
    """What a store makes of the word."""
    shift, mask = 8 * (access.address & 3), (1 << 8 * access.size) - 1
    return word & ~(mask << shift) | (STORED & mask) << shift


def judge(access: Access, place: int, result: list[int], others: int = 0) -> None:
    """Compare a row of the program's results with what must have happened.

    ``place`` is the access instruction's, ``others`` how many requests to the device come from other instructions.
    """
    traps, cause, mepc, mtval, fault, rd, *words = result[:12]
    before, after, requests = words[:3], words[3:], result[12]
    expected = access.expected()
    if expected is None:
        assert (traps, cause) == (0, NO_TRAP), f"{access}: must pass, but has trapped with cause {cause}"
        if observed(access):
            want = [before[0], stored(access, before[1]) if access.store else before[1], before[2]]
            assert after == want, f"{access}: memory is {after}, should be {want}"
            rd_want = UNTOUCHED if access.store else loaded(access, before[1])
            assert rd == rd_want, f"{access}: rd is {rd:#x}, should be {rd_want:#x}"
    else:
        assert traps == 1, f"{access}: {traps} traps, should be 1"
        assert (cause, fault) == (expected[0], expected[1] | 1 << 8), f"{access}: cause {cause}, pd_fault {fault:#x}"
        assert mepc == place, f"{access}: mepc is {mepc:#x}, should be {place:#x}"
        assert mtval == access.address, f"{access}: mtval is {mtval:#x}"
        assert rd == UNTOUCHED, f"{access}: rd is written: {rd:#x}"
        if observed(access):
            assert after == before, f"{access}: memory has changed from {before} to {after}"
    to_device = expected is None and access.address < RAM_BASE
    assert requests == others + to_device, f"{access}: {requests} requests to the device"


async def run_cases(dut, make, **settings) -> None:
    program = assemble(PROGRAMS / "access.S", the_config())
    symbols = program.symbols
    layout = Layout(**{name: symbols[name] for name in ("memory", "public_low", "accesses", "public_high")})
    cases = list(dict.fromkeys(make(layout)))
    bench = Bench(dut)
    for first in range(0, len(cases), ROWS):
        batch = cases[first : first + ROWS]
        words = [word for access in batch for word in row(access)]
        data = {symbols["table"] + 4 * i: word for i, word in enumerate(words)}
        await bench.start(program, data={**data, symbols["rows"]: len(batch)}, **settings)
        await bench.passes()
        for i, access in enumerate(batch):
            base = symbols["table"] + ROWS * ROW + ROW * i
            place = symbols["accesses"] + 8 * list(SIZES).index(access.name)
            judge(access, place, [bench.word(base + 4 * j) for j in range(13)])


@cocotb.test()
async def table(dut):
    await run_cases(dut, all_cases)


@cocotb.test()
async def table_with_wait_states(dut):
    await run_cases(dut, all_cases, ibus_chance=2, dbus_chance=4, device_wait=3)


@cocotb.test()
async def near_bounds_at_random(dut):
    await run_cases(dut, lambda layout: random_cases(layout, 2000, seed=1))


def test_g1_every_access_case(subtests):
    check_all(subtests, __file__, DEFAULT)


def test_table_has_both_verdicts_for_every_kind():
    layout = Layout(memory=0x8000_1000, public_low=0x8000_0800, accesses=0x8000_0810, public_high=0x8000_0850)
    cases = list(all_cases(layout))
    for name in SIZES:
        assert {allowed(case) for case in cases if case.name == name} == {True, False}
