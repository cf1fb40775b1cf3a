"""The kernel's contracts, checked by a program on the simulated SoC: images/selftest and images/panic."""

import functools
import re
import shutil
from pathlib import Path

import pytest

from paddock.fw.build import build_image
from paddock.sim.run import SimResult, simulate

IMAGES = Path(__file__).parent / "images"
GNU = "riscv64-unknown-elf-"
#: The GNU toolchain is tried where it is installed.
COMPILERS = {"zig": "", **({"gnu": GNU} if shutil.which(f"{GNU}gcc") else {})}
CONTRACTS = re.findall(r'check\("(\w+)"', (IMAGES / "selftest" / "selftest.c").read_text())


def run(image: str, folder: Path) -> tuple[list[str], SimResult]:
    log = folder / "log"
    with log.open("wb") as file:
        result = simulate(build_image(IMAGES / image).elf, max_cycles=5_000_000, stdout=file)
    return log.read_text().splitlines(), result


@pytest.fixture(scope="module")
def selftest(tmp_path_factory):
    @functools.cache
    def results(compiler: str):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CROSS_COMPILE", COMPILERS[compiler])
            return run("selftest", tmp_path_factory.mktemp(compiler))

    return results


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract(selftest, contract, compiler):
    lines, _ = selftest(compiler)
    assert f"ok {contract}" in lines


@pytest.mark.parametrize("compiler", COMPILERS)
def test_selftest_ends_well(selftest, compiler):
    lines, result = selftest(compiler)
    assert lines[-1] == "end, 0 failures"
    assert (result.failure, result.escapes) == (0, 0)
    assert len(CONTRACTS) == len(set(CONTRACTS)) == len(lines) - 1


def test_fault_of_the_kernel_is_reported_and_fatal(tmp_path):
    lines, result = run("panic", tmp_path)
    assert lines[0] == "before"
    assert re.fullmatch(r"kernel panic: trap 00000007 in the kernel, pc [0-9a-f]{8}, address 40000000", lines[-1])
    assert result.failure == 1


def test_fault_in_the_trap_handler_is_reported_and_fatal(tmp_path):
    lines, result = run("nested", tmp_path)
    end = r"kernel panic: trap 00000005 in the kernel, pc [0-9a-f]{8}, address 4000000[0-9a-f]"
    assert re.fullmatch(end, lines[-1])
    assert result.failure == 1
