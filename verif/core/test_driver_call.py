"""Cycles of a call into a driver: kept in by bounds, by PMP and user mode, by nothing. Exact; see driver_call.S."""

import json
from pathlib import Path

import cocotb
import pytest

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, report, the_config
from lib.run import simulate
from paddock.config import DEFAULT, PLAIN, PMP16
from paddock.paths import BUILD

RESULT = BUILD / "results" / "pmp_call.json"
#: In the order of ``outcome`` in driver_call.S: with or without a buffer of 16 words that the driver adds up, and
#: whether the driver called before was another one.
CALLS = ("null_call", "null_call_again", "buffer_call", "buffer_call_again")
CONFIGS = {"none": PLAIN, "paddock": DEFAULT, "pmp16": PMP16}


@cocotb.test()
async def driver_call(dut):
    program = assemble(PROGRAMS / "driver_call.S", the_config())
    bench = Bench(dut)
    await bench.start(program)
    await bench.passes()
    for index, name in enumerate(CALLS):
        report(name, bench.word(program.symbols["outcome"] + 4 * index))


@pytest.fixture(scope="module")
def figures():
    """Configuration -> call -> cycles; also in ``build/results/pmp_call.json``."""
    found = {}
    for name, config in CONFIGS.items():
        found[name] = {}
        (result,) = simulate(Path(__file__), config, figures=found[name])
        assert result.failure is None, result.failure
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    document = {"command": "make test ARGS=verif/core/test_driver_call.py", "unit": "cycles", "calls": found}
    RESULT.write_text(json.dumps(document, indent=2) + "\n")
    return found


#: What `figures` must be, in the order of `CALLS`.
CYCLES = {
    "none": (7, 7, 106, 106),
    "paddock": (82, 82, 188, 188),
    "pmp16": (109, 103, 214, 208),
}


@pytest.mark.parametrize("name", CYCLES)
def test_cycles_of_a_call(name, figures):
    assert figures[name] == dict(zip(CALLS, CYCLES[name], strict=True))
