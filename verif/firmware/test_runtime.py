"""The kernel's contracts on failure, interrupts and threads, checked by a program on the SoC: images/runtime."""

import functools
import re
from pathlib import Path

import pytest

from paddock.fw.build import build_image
from paddock.sim.run import SimResult, simulate

RUNTIME = Path(__file__).parent / "images" / "runtime"
SOURCES = ("failures.c", "interrupts.c", "threads.c", "main.c")
CONTRACTS = [name for file in SOURCES for name in re.findall(r'check\("(\w+)"', (RUNTIME / file).read_text())]


@functools.cache
def runtime(folder: Path) -> tuple[list[str], SimResult]:
    log = folder / "log"
    with log.open("wb") as file:
        result = simulate(build_image(RUNTIME).elf, max_cycles=15_000_000, stdout=file)
    return log.read_text().splitlines(), result


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "runtime"
    folder.mkdir(exist_ok=True)
    return runtime(folder)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract(lines, contract):
    assert f"ok {contract}" in lines[0]


def test_ends_well(lines):
    log, result = lines
    assert log[-1] == "end, 0 failures"
    assert (result.failure, result.escapes) == (0, 0)
    assert len(CONTRACTS) == len(set(CONTRACTS)) == len(log) - 1
