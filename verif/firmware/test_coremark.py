"""``paddock coremark``: what it refuses, what it reads from the benchmark, and the port with a stand-in for it."""

import hashlib
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from paddock.campaign import Failure
from paddock.cli import main
from paddock.errors import CommandError
from paddock.suites.coremark import FILES, RUNS, Run, build, parse_output

#: Prints what the benchmark prints, around a loop that it times; MISDEED is a statement for that loop.
STAND_IN = """
#include "coremark.h"
ee_u8 block[TOTAL_DATA_SIZE];
int main(void)
{
	core_portable port;
	ee_u16 crc = 0;

	portable_init(&port, 0, 0);
	start_time();
	for (ee_u32 i = 0; i < 1000u * seed4_volatile; i++) {
		block[i % sizeof block] += i;
		crc = crc * 3 + block[i % 7];
		MISDEED
	}
	stop_time();
	ee_printf("Total ticks      : %lu\\n", (unsigned long)get_time());
	ee_printf("Iterations       : %lu\\n", (unsigned long)seed4_volatile);
	ee_printf("%s\\n", "VERDICT");
	ee_printf("[%d]crcfinal      : 0x%04x\\n", 0, (ee_u16)(crc % 256));
	ee_printf("[%u]%d %5x|%c%%\\n", 1, -2147483647 - 1, 0xabcu, 'c');
	portable_fini(&port);
	return 0;
}
"""
HEADER = """
#define SEED_VOLATILE 2
#define MEM_STATIC 0
#define TOTAL_DATA_SIZE 2000
typedef unsigned secs_ret;
#include "core_portme.h"
extern volatile ee_s32 seed4_volatile;
void start_time(void);
void stop_time(void);
CORE_TICKS get_time(void);
"""
VALID = "Correct operation validated. See README.md for run and reporting rules."


def checkout(folder: Path, misdeed: str = "", verdict: str = VALID) -> Path:
    """A stand-in for a checkout of the benchmark."""
    files = {name: "" for name in FILES} | {"coremark.h": HEADER}
    files["core_main.c"] = STAND_IN.replace("MISDEED", misdeed).replace("VERDICT", verdict)
    for name, text in files.items():
        (folder / name).write_text(text)
    sums = (f"{hashlib.md5(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    (folder / "coremark.md5").write_text("".join(sums))
    return folder


def coremark(folder: Path, *options: str) -> int:
    return main(["coremark", str(folder), "--iterations", "2", *options])


@pytest.fixture(autouse=True)
def verdicts(monkeypatch) -> list[tuple[dict, list[Failure]]]:
    """What would be written to ``build/results``, where the figures of the true benchmark may be."""
    kept = []

    def write_verdict(_name, figures, failures, **_rest) -> int:
        kept.append((figures, failures))
        return 1 if failures else 0

    monkeypatch.setattr("paddock.suites.coremark.write_verdict", write_verdict)
    return kept


def test_same_cycles_in_all_runs(tmp_path, capfd, verdicts):
    assert coremark(checkout(tmp_path)) == 0
    printed = capfd.readouterr().out
    assert "[1]-2147483648   abc|c%\n" in printed
    ((figures, _failures),) = verdicts
    runs = figures["runs"]
    assert [run["name"] for run in runs] == list(RUNS)
    assert len({run["cycles"] for run in runs}) == 1
    assert runs[0]["cycles"] > 2000
    # From the first instruction of start_time to that of stop_time; the counter is read near both.
    counted = sum(count for by_insn in runs[-1]["stalls"].values() for count in by_insn.values())
    assert abs(counted - runs[-1]["cycles"]) <= 8


def test_the_same_machine_code_in_all_runs(tmp_path):
    checkout(tmp_path)

    def benchmark(run: Run) -> tuple[int, bytes]:
        with build(tmp_path, run, ["-O2"], 2).open("rb") as file:
            section = ELFFile(file).get_section_by_name(".public")
            return section["sh_addr"], section.data()

    plain, *others = (benchmark(run) for run in RUNS.values())
    assert len(plain[1]) > 500
    assert all(other == plain for other in others)


def test_a_bound_is_in_force_inside(tmp_path, capfd):
    """The module that the benchmark is cannot write to the kernel's code; the kernel can."""
    assert coremark(checkout(tmp_path, "*(volatile ee_u8 *)0x80000000 = 0x97;")) == 1
    assert "inside a module's windows, ended with 7 (a trap's cause), 0 escapes" in capfd.readouterr().err


def test_different_cycles_are_a_failure(tmp_path, verdicts):
    # The module's entry, which returns to the benchmark's own section, makes the loop slower.
    inside = "(ee_ptr_int)__builtin_return_address(0) >= 0x80000400"
    assert coremark(checkout(tmp_path, f'if ({inside}) __asm__ volatile("nop; nop");')) == 1
    ((_figures, (failure,)),) = verdicts
    assert failure.name == "inside" and failure.what.startswith("cycles: ")


def test_checks_by_the_compiler(tmp_path, verdicts):
    assert coremark(checkout(tmp_path), "--checks") == 0
    ((figures, _failures),) = verdicts
    plain, checked = figures["runs"][0], figures["runs"][-1]
    assert checked["name"] == "checks"
    assert checked["cycles"] > 1.5 * plain["cycles"]


#: Reads the kernel's code, below the lower bound, where the compiler inserts checks.
CHECKED_MISDEED = """
#ifdef __clang__
#if __has_feature(address_sanitizer)
		crc += *(volatile ee_u8 *)0x80000000;
#endif
#elif defined(__SANITIZE_ADDRESS__)
		crc += *(volatile ee_u8 *)0x80000000;
#endif
"""


def test_checks_by_the_compiler_stop_a_bad_access(tmp_path, capfd):
    assert coremark(checkout(tmp_path, CHECKED_MISDEED), "--checks") == 1
    assert "checked by the compiler, ended with 3 (a trap's cause)" in capfd.readouterr().err


def test_a_benchmark_that_finds_itself_wrong(tmp_path, verdicts):
    assert coremark(checkout(tmp_path, verdict="[0]ERROR! list crc 0x0000 - should be 0xe714")) == 1
    ((_figures, failures),) = verdicts
    assert [failure.name for failure in failures] == list(RUNS)
    assert "finds itself wrong: ['[0]ERROR! list crc 0x0000 - should be 0xe714']" in failures[0].what


def test_changed_benchmark(tmp_path, capfd):
    folder = checkout(tmp_path)
    (folder / "core_list_join.c").write_text("/* better */\n")
    assert coremark(folder) == 2
    assert "core_list_join.c was changed" in capfd.readouterr().err


def test_no_checkout(tmp_path, capfd):
    assert coremark(tmp_path) == 2
    assert "has no core_list_join.c: it is not a checkout of eembc/coremark" in capfd.readouterr().err
    assert coremark(tmp_path / "absent") == 2
    assert "absent is no folder" in capfd.readouterr().err


def test_output_without_a_result():
    with pytest.raises(CommandError, match="did not print its ticks, crc"):
        parse_output("Iterations       : 3\n")


def test_output_of_a_run_that_is_too_short():
    output = parse_output(
        "Total ticks      : 655414\nERROR! Must execute for at least 10 secs for a valid result!\n"
        "Iterations       : 2\n[0]crcfinal      : 0x72be\nErrors detected\n"
    )
    assert output["too_short"] and not output["errors"] and not output["validated"]
    assert (output["cycles"], output["iterations"], output["crcfinal"]) == (655414, 2, "0x72be")
