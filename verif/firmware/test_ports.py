"""The kernel with other kinds of protection than Xpaddock, for comparison: what holds with them, and what does not."""

import functools
import re
import shutil
from pathlib import Path

import pytest

from hostile.plants import KernelPlant, plant_kernel
from paddock.config import PMP16, SocConfig
from paddock.fw.build import FIRMWARE, build_image
from paddock.fw.ports import CHECKS, NONE, PADDOCK, PMP, Port
from paddock.sim.run import SimResult, simulate

IMAGES = Path(__file__).parent / "images"
CAGE = IMAGES / "cage"
CLAIMS = re.findall(r'check\("(\w+)"', (CAGE / "main.c").read_text())
EXAMPLES = sorted(path.parent for path in (FIRMWARE / "examples").glob("*/image.toml"))


def run(image: Path, port: Port, folder: Path, soc: SocConfig | None = None, **options) -> tuple[list[str], SimResult]:
    elf = build_image(image, port=port, **options).elf
    with (folder / "log").open("wb") as log:
        result = simulate(elf, soc or SocConfig(core=port.core), max_cycles=20_000_000, stdout=log)
    return (folder / "log").read_text().replace("\r", "").splitlines(), result


# User mode and PMP


@pytest.fixture(scope="module")
def cage(tmp_path_factory):
    return functools.cache(lambda port: run(CAGE, port, tmp_path_factory.mktemp(port.name)))


@pytest.mark.parametrize("port", [PADDOCK, PMP], ids=lambda port: port.name)
@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_module_can_reach(cage, port, claim):
    lines, _ = cage(port)
    assert f"ok {claim}" in lines


@pytest.mark.parametrize("port", [PADDOCK, PMP], ids=lambda port: port.name)
def test_cage_ends_well(cage, port):
    lines, result = cage(port)
    assert lines[-1] == "end, 0 failures" and result.failure == 0
    assert len(CLAIMS) == len(set(CLAIMS)) == len(lines) - 1


@pytest.mark.parametrize("image", EXAMPLES, ids=lambda folder: folder.name)
def test_examples_are_the_same_with_pmp(image, tmp_path):
    lines, result = run(image, PMP, tmp_path)
    text = re.sub(r"(pc|address) 8[0-9a-f]{7}", r"\1 XXXXXXXX", "\n".join(lines) + "\n")
    assert text == (image / "expected.txt").read_text() and result.failure == 0


def test_runtime_contracts_hold_with_pmp(tmp_path):
    """Failure, restarts, interrupts, threads: what ``test_runtime.py`` wants of the kernel."""
    lines, result = run(IMAGES / "runtime", PMP, tmp_path)
    assert [line for line in lines if not line.startswith("ok ")] == ["end, 0 failures"]
    assert len(lines) > 35 and result.failure == 0


def test_more_entries_cost_nothing(tmp_path):
    """Eight have room for all windows, so that the core with 16 takes the same cycles."""
    _, eight = run(CAGE, PMP, tmp_path)
    _, sixteen = run(CAGE, PMP, tmp_path, SocConfig(core=PMP16))
    assert (sixteen.failure, sixteen.cycles) == (0, eight.cycles)


#: Faults of the PMP build, and the claim that notices.
PLANTS = {
    "behind_arena": KernelPlant("upper_too_high", "kernel/pmp/pmp.c", "= upper >> 2;", "= (upper >> 2) + 1;"),
    "before_arena": KernelPlant("lower_too_low", "kernel/pmp/port.h", "(value + 3) >> 2", "(value - 4) >> 2"),
    "public_store": KernelPlant("public_writable", "kernel/pmp/port.h", "CONFIG 0x0d00", "CONFIG 0x0f00"),
    "wfi": KernelPlant("wfi_open", "kernel/pmp/pmp.c", "\tcsr_set(CSR_MSTATUS, MSTATUS_TW_MASK);\n", ""),
    "behind_lent": KernelPlant(
        "lent_too_long", "kernel/pmp/gate.S", "\taddi\tt3, t3, 3\n\tsrli\tt3", "\taddi\tt3, t3, 7\n\tsrli\tt3"
    ),
    "lent_to_read_only": KernelPlant("lent_to_write", "kernel/pmp/gate.S", "\tori\tt4, t4, 1\n", "\tori\tt4, t4, 3\n"),
    "no_longer_lent": KernelPlant(
        "lent_for_ever", "kernel/pmp/gate.S", "_MASK\n\tcsrci\tCSR_PMPCFG1, PMP_GRANT_RIGHTS\n1:", "_MASK\n1:"
    ),
    "other_store": KernelPlant("entries_stay", "kernel/pmp/gate.S", "beq\tt5, t6, gate_go\n", "bnez\tt6, gate_go\n"),
    "grown": KernelPlant(
        "growth_waits", "kernel/pmp/pmp.c", "pmp_now.record == pmp_select", "pmp_now.record == 1 + pmp_select"
    ),
    "lent_again_after_a_call": KernelPlant("service_no_reload", "kernel/pmp/gate.S", "\tbne\tt1, tp, 4f\n", ""),
    "windows_come_back_with_a_thread": KernelPlant(
        "resume_no_reload", "kernel/pmp/trap.S", "\tbeq\tt1, a6, 2f\n", "\tj\t2f\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("claim", PLANTS)
def test_planted_fault_is_noticed(claim, tmp_path):
    lines, _ = run(CAGE, PMP, tmp_path, firmware=plant_kernel(PLANTS[claim], tmp_path / "planted"))
    assert f"ok {claim}" not in lines


# Without protection, and with checks by the compiler

#: Statements of the kernel that make `cage` do what it may.
ALLOWED = {
    "own memory": "cage_store(cage_own())",
    "its constants": "cage_load((uintptr_t)__public_start)",
    "its device": "cage_load(TIMER_RELOAD)",
    "its stack and a buffer": "(buffer[8] = cage_with_both(buffer, 8, (uintptr_t)buffer + 7, 1))",
    "a buffer to read": "cage_with_read(buffer, 8, (uintptr_t)buffer, 0)",
    "a copy": "cage_copy(cage_own() + 1, cage_own(), 8)",
    "a call while a buffer is lent": "(cage_nested(buffer, 8) != 0 && buffer[0] != 1)",
    "its heap": "(cage_grow() < 2)",
}
#: ... and what it may not.
REFUSED = {
    "kernel load": "cage_load((uintptr_t)buffer)",
    "kernel store": "cage_store((uintptr_t)buffer)",
    "public store": "cage_store((uintptr_t)__public_start)",
    "another's memory": "cage_store(other_own())",
    "before the arena": "cage_store(module_table[MODULE_CAGE].arena.lower - 1)",
    "device of the kernel": "cage_load(CLINT_MTIME)",
    "behind a buffer": "cage_with_both(buffer, 8, (uintptr_t)buffer + 8, 1)",
    "a buffer to read only": "cage_with_read(buffer, 8, (uintptr_t)buffer, 1)",
    "copy from another": "cage_copy(cage_own(), other_own(), 8)",
    "copy over the end": "cage_copy(cage_own(), (uintptr_t)__public_end - 4, 8)",
    "copy around the end of addresses": "cage_copy(cage_own() + 1, cage_own(), -1)",
    "the stack of its caller": "cage_store((uintptr_t)__builtin_frame_address(0))",
}
MAIN = """
#include "cage/cage.h"
#include "console.h"
#include "module.h"
#include "other/other.h"
#include <memmap.h>
#include <modules.h>
extern const char __public_start[], __public_end[];
unsigned char buffer[16];
int image_main(void)
{
	const long result = STATEMENT;
	console_print("result %d\\n", (int)result);
	return 0;
}
"""


def outcome(statement: str, port: Port, folder: Path) -> str:
    """What the image printed last that has this statement for its main program."""
    shutil.copytree(CAGE, folder / "image")
    (folder / "image" / "main.c").write_text(MAIN.replace("STATEMENT", statement))
    lines, _ = run(folder / "image", port, folder)
    return lines[-1]


@pytest.mark.parametrize("name", ALLOWED)
def test_checks_let_through(name, tmp_path):
    assert outcome(ALLOWED[name], CHECKS, tmp_path) == "result 0"


@pytest.mark.parametrize("name", REFUSED)
def test_checks_refuse(name, tmp_path):
    """By an ebreak, which is the end: nobody catches it."""
    assert outcome(REFUSED[name], CHECKS, tmp_path).startswith("kernel panic: trap 00000003 in the kernel")


@pytest.mark.parametrize("name", ["kernel load", "kernel store", "another's memory", "behind a buffer"])
def test_nothing_is_refused_without_protection(name, tmp_path):
    assert outcome(REFUSED[name], NONE, tmp_path) == "result 0"
