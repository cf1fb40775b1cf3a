"""`paddock riscv-tests` on a checkout of our own making: what passes, what fails, and what it says."""

import json

import pytest

from paddock.cli import main
from paddock.paths import BUILD
from paddock.suites import riscv_tests

ENVIRONMENT = """
#define START .weak mtvec_handler; .section .text.init; .globl _start; _start:
#define END(code) li a0, code; la a1, tohost; sw a0, (a1); 1: j 1b; \\
    .pushsection .tohost, "aw"; .global tohost; tohost: .word 0; .popsection
"""
PASSES = '#include "riscv_test.h"\nSTART END(1)\n'
FAILS = '#include "riscv_test.h"\nSTART END(7 << 1 | 1)\n'
HANDLES = '#include "riscv_test.h"\nSTART la t0, mtvec_handler\nEND(1)\n.global mtvec_handler\nmtvec_handler: nop\n'


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(riscv_tests, "SUITES", ("rv32ui",))
    monkeypatch.setattr(riscv_tests, "DOES_NOT_APPLY", {"rv32ui-odd": "for the test"})

    def make(**tests: str):
        for name in ("isa/rv32ui", "isa/macros/scalar", "env/p"):
            (tmp_path / name).mkdir(parents=True)
        (tmp_path / "isa/rv32ui/Makefrag").write_text("rv32ui_sc_tests = \\\n\t" + " \\\n\t".join(tests) + "\n\n")
        (tmp_path / "isa/macros/scalar/test_macros.h").touch()
        (tmp_path / "env/p/riscv_test.h").write_text(ENVIRONMENT)
        for name, text in tests.items():
            (tmp_path / f"isa/rv32ui/{name}.S").write_text(text)
        return tmp_path

    return make


def statuses() -> dict:
    document = json.loads((BUILD / "results" / "riscv_tests.json").read_text())
    return {(test["name"], test["core"]): test["status"] for test in document["tests"]}


def test_passing_tests_run_on_all_cores(checkout, capsys):
    assert main(["riscv-tests", str(checkout(good=PASSES, handler=HANDLES, odd=FAILS))]) == 0
    assert "6 of 9 pass, 3 do not apply, 0 are wrong" in capsys.readouterr().out
    assert statuses()["rv32ui-good", "plain"] == "pass"
    assert statuses()["rv32ui-odd", "paddock"] == "does not apply"


def test_a_test_of_pmp_applies_where_there_is_some(checkout, monkeypatch):
    monkeypatch.setattr(riscv_tests, "DOES_NOT_APPLY_WITHOUT_PMP", {"rv32ui-bound": "for the test"})
    assert main(["riscv-tests", str(checkout(bound=FAILS))]) == 1
    assert [statuses()["rv32ui-bound", core] for core in ("plain", "pmp16")] == ["does not apply", "fail"]


def test_a_failing_test_is_named_with_its_case(checkout, capsys):
    assert main(["riscv-tests", str(checkout(good=PASSES, bad=FAILS))]) == 1
    assert "rv32ui-bad on plain: fail: its case 7" in capsys.readouterr().out


def test_a_test_that_should_not_apply_must_fail(checkout, capsys):
    assert main(["riscv-tests", str(checkout(odd=PASSES))]) == 1
    assert "rv32ui-odd on plain: passes although it should not apply" in capsys.readouterr().out


def test_a_checkout_without_its_submodule_is_refused(checkout, capsys):
    folder = checkout(good=PASSES)
    (folder / "env/p/riscv_test.h").unlink()
    assert main(["riscv-tests", str(folder)]) == 2
    assert "git submodule update --init env" in capsys.readouterr().err
