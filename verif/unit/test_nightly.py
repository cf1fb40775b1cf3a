"""``make verify``: its verdicts on suites that pass, fail, lie, hang or cannot run, and the page that says so."""

import json
from pathlib import Path

import pytest

from nightly.__main__ import Outcome, overall, render, run_step
from nightly.steps import Step, steps

FACTS = {"commit": "1234567", "started": "2020-01-01 00:00 UTC", "seconds": 61.0}


def step(command: str, result: str | None = None, **options) -> Step:
    return Step("suite", "what it shows", command, result, **options)


def carry_out(tmp_path: Path, command: str, result: str | None = None, **options) -> Outcome:
    return run_step(step(command, result), tmp_path, tmp_path, **options)


def document(tmp_path: Path, **content) -> str:
    """A command that writes a result with this content."""
    (tmp_path / "made").write_text(json.dumps(content))
    return f"cp {tmp_path}/made {tmp_path}/suite.json"


def test_pass_needs_status_and_result(tmp_path):
    assert carry_out(tmp_path, document(tmp_path, failures=[]), "suite.json").verdict == "pass"


def test_status_alone_fails(tmp_path):
    outcome = carry_out(tmp_path, document(tmp_path, failures=[]) + "; echo last words; exit 3", "suite.json")
    assert (outcome.verdict, outcome.status) == ("fail", 3)
    assert "last words" in render([outcome], **FACTS)


def test_named_failure_fails_and_is_on_the_page(tmp_path):
    failure = {"name": "seed 7", "what": "x3 is <wrong>", "replay": "make fuzz SEED=7 N=1"}
    outcome = carry_out(tmp_path, document(tmp_path, failures=[failure]), "suite.json")
    assert outcome.verdict == "fail"
    page = render([outcome], **FACTS)
    assert "x3 is &lt;wrong&gt;" in page and "make fuzz SEED=7 N=1" in page


def test_old_result_does_not_count(tmp_path):
    (tmp_path / "suite.json").write_text("{}")
    outcome = carry_out(tmp_path, "true", "suite.json")
    assert (outcome.verdict, outcome.reason) == ("fail", "no suite.json was written")


def test_hanging_suite_is_stopped(tmp_path):
    outcome = carry_out(tmp_path, "sleep 60", limit=0.2)
    assert (outcome.verdict, outcome.reason) == ("fail", "stopped after 0 s")


def test_variables_of_verify_do_not_reach_the_suites(tmp_path, monkeypatch):
    monkeypatch.setenv("MAKEFLAGS", " -- ARGS=--only\\ demo N=3")
    monkeypatch.setenv("ARGS", "--only demo")
    monkeypatch.setenv("N", "3")
    assert carry_out(tmp_path, 'test -z "$MAKEFLAGS$ARGS$N" && test "$JOBS" = 5', jobs=5).verdict == "pass"


def test_junit_failures_and_skips_are_named(tmp_path):
    (tmp_path / "junit.xml").write_text(
        '<testsuites><testsuite><testcase classname="verif.unit.test_a" name="test_x"/>'
        '<testcase classname="verif.unit.test_a" name="test_y[3]">'
        '<failure message="assert 1 == 2&#10;more"/></testcase>'
        '<testcase classname="verif.unit.test_a" name="test_z"><skipped/></testcase></testsuite></testsuites>'
    )
    figures, failures = step("true", "junit.xml").read(tmp_path)
    assert figures == {"tests": 3, "skipped": 1}
    assert [(each.name, each.what) for each in failures] == [("verif/unit/test_a::test_y[3]", "assert 1 == 2")]
    assert "verif/unit/test_a.py::test_y[3]" in failures[0].replay


@pytest.mark.parametrize(
    "verdicts, expected",
    [
        (["pass", "pass"], "pass"),
        (["pass", "not run"], "incomplete"),
        (["pass", "running", "to come"], "running"),
        (["fail", "running", "not run"], "fail"),
    ],
)
def test_overall(verdicts, expected):
    assert overall([Outcome(step("true"), verdict) for verdict in verdicts]) == expected


def test_public_suites_need_a_checkout():
    night = {each.name: each for each in steps("", "/some where", 1, 1)}
    assert night["riscv-tests"].missing == "give RISCV_TESTS=<checkout>"
    assert night["riscv-formal"].missing is None
    assert "RISCV_FORMAL='/some where'" in night["riscv-formal"].command
