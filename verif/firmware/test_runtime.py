"""The kernel's contracts on failure, interrupts, timers, threads, checked by a program on the SoC: images/runtime."""

import functools
import re
from pathlib import Path

import pytest

from paddock.fw.build import build_image
from paddock.sim.run import SimResult, simulate

IMAGES = Path(__file__).parent / "images"
RUNTIME = IMAGES / "runtime"
SOURCES = ("failures.c", "interrupts.c", "callbacks.c", "threads.c", "main.c")
CONTRACTS = [name for file in SOURCES for name in re.findall(r'check\("(\w+)"', (RUNTIME / file).read_text())]


def run(image: Path, folder: Path, max_cycles: int) -> tuple[list[str], SimResult]:
    log = folder / "log"
    with log.open("wb") as file:
        result = simulate(build_image(image).elf, max_cycles=max_cycles, stdout=file)
    return log.read_text().splitlines(), result


@functools.cache
def runtime(folder: Path) -> tuple[list[str], SimResult]:
    return run(RUNTIME, folder, 15_000_000)


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


def test_log_outlasts_a_restart_of_the_kernel(tmp_path):
    log, result = run(IMAGES / "rebirth", tmp_path, 500_000)
    assert log[0] == "first life"
    assert re.fullmatch(r"1 fault, broken \(id 1\): store refused, pc [0-9a-f]{8}, address 00000000: null page", log[1])
    assert result.failure == 0


def test_module_that_must_not_fail(tmp_path):
    log, result = run(IMAGES / "fatal", tmp_path, 500_000)
    assert log[0].startswith("broken (id 1): store refused")
    assert log[-1] == "kernel panic: module broken must not fail"
    assert result.failure == 1
