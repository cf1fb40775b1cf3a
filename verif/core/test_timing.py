"""What the extension costs in cycles: nothing for code inside its bounds, a gate no more than an indirect jump."""

from pathlib import Path

import cocotb
import pytest

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, Cycle, report, the_config
from lib.run import check_all, simulate
from paddock.config import DEFAULT, MINIMAL, PLAIN


async def run_mix(dut, inside: bool) -> tuple[int, int]:
    """Cycles and result of the mix."""
    program = assemble(PROGRAMS / "mix.S", the_config(), (f"-DINSIDE={int(inside)}",))
    bench = Bench(dut)
    await bench.start(program)
    await bench.passes()
    outcome = program.symbols["outcome"]
    return bench.word(outcome), bench.word(outcome + 4)


@cocotb.test()
async def mix_by_kernel(dut):
    cycles, result = await run_mix(dut, inside=False)
    report("cycles", cycles)
    report("result", result)


@cocotb.test()
async def mix_by_module(dut):
    """As many cycles inside bounds as without."""
    cycles, result = await run_mix(dut, inside=True)
    report("cycles_inside", cycles)
    assert (cycles, result) == await run_mix(dut, inside=False)


def slots(cycles: list[Cycle], pc: int) -> list[int]:
    """Cycles in which the instruction at ``pc`` leaves X."""
    return [cycle.cycles for cycle in cycles if cycle.x_fire and cycle.x_pc == pc]


@cocotb.test()
async def gates(dut):
    program = assemble(PROGRAMS / "gate_timing.S", the_config())
    bench = Bench(dut)
    await bench.start(program)
    cycles = await bench.record()

    def distance(origin: str, target: str, occurrence: int = 0) -> int:
        origins, targets = (slots(cycles, program.symbols[name]) for name in (origin, target))
        return targets[occurrence] - origins[0]

    jalr = distance("jump", "jumped")
    report("jalr_cycles", jalr)
    report("enter_cycles", distance("enter", "entry"))
    report("leave_cycles", distance("leave", "left"))
    assert distance("enter", "entry") == jalr
    assert distance("leave", "left") == jalr
    assert distance("late_jump", "late_jumped") == distance("late_enter", "entry", 1) == jalr


#: The table of docs/reference/pipeline.md: label in cycles.S -> cycles until the next instruction.
CYCLES = {
    **dict.fromkeys(("add", "load", "store", "multiply", "csr_read", "csr_read_use", "untaken"), 1),
    **dict.fromkeys(("taken", "jal", "jalr", "fence_i", "mret", "load_use", "multiply_use", "csr_write"), 2),
    **dict.fromkeys(("ecall", "fault"), 3),
    "immediates": 9,
}
#: The same for what waits before its own slot: cycles since the instruction before.
CYCLES_BEFORE = {"divide": 34}
PADDOCK_CYCLES_BEFORE = {"table_read": 2, "caller_read": 2}


@cocotb.test()
async def table_of_cycles(dut):
    program = assemble(PROGRAMS / "cycles.S", the_config())
    bench = Bench(dut)
    await bench.start(program)
    cycles = await bench.record()

    def slot(label: str, offset: int = 0) -> int:
        return slots(cycles, program.symbols[label] + offset)[0]

    for name, want in CYCLES.items():
        got = slot(f"{name}_next") - slot(name)
        assert got == want, f"{name}: {got} cycles, should be {want}"
    before = CYCLES_BEFORE | (PADDOCK_CYCLES_BEFORE if the_config().paddock else {})
    for name, want in before.items():
        got = slot(name) - slot(name, -4)
        assert got == want, f"{name}: {got} cycles, should be {want}"


MIX = r"\.mix_"


@pytest.fixture(scope="module")
def plain_figures():
    figures = {}
    simulate(Path(__file__), PLAIN, only=r"\.mix_by_kernel$", figures=figures)
    return figures


@pytest.mark.parametrize("config", [DEFAULT, MINIMAL], ids=["default", "minimal"])
def test_d10_same_cycles_absent_unused_and_inside(config, plain_figures):
    figures = {}
    results = simulate(Path(__file__), config, only=MIX, figures=figures)
    assert [result.failure for result in results] == [None, None]
    assert figures["result"] == plain_figures["result"]
    assert figures["cycles"] == figures["cycles_inside"] == plain_figures["cycles"]


def test_gates_take_as_long_as_jalr(subtests):
    check_all(subtests, __file__, DEFAULT, only="gates")


@pytest.mark.parametrize("config", [DEFAULT, PLAIN], ids=["default", "plain"])
def test_cycles_of_each_instruction(subtests, config):
    check_all(subtests, __file__, config, only="table_of_cycles")
