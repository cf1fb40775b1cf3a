"""The demo's expectations: what must become of each misdeed, and of everything else meanwhile."""

import dataclasses
import functools
import json
import re

import pytest

from paddock.cli import main
from paddock.fw.demo import Verdict, judge, run_cached
from paddock.fw.misdeeds import MISDEEDS
from paddock.fw.report import Log, latency_reference
from paddock.fw.symbols import Symbols


@functools.cache
def demo() -> tuple[Verdict, Symbols]:
    text, sim, image = run_cached()
    log = Log()
    for line in text.splitlines():
        log.feed(line)
    symbols = Symbols(image.elf)
    return judge(log, sim, symbols), symbols


@pytest.mark.parametrize("index", range(len(MISDEEDS)), ids=[misdeed.name.lower() for misdeed in MISDEEDS])
def test_misdeed_ends_as_it_must(index):
    assert demo()[0].wrong[index] == []


def test_there_are_enough_misdeeds():
    assert len(MISDEEDS) >= 16
    assert len({misdeed.name for misdeed in MISDEEDS}) == len(MISDEEDS)


def test_run_as_a_whole():
    verdict, _ = demo()
    assert verdict.general == []
    assert verdict.passed
    assert verdict.log.modules == ["led", "counter", "rogue", "store"]


def test_monitor_has_watched_and_seen_no_escape():
    verdict, _ = demo()
    assert verdict.log.watched > 1000
    assert verdict.log.escapes == verdict.sim.escapes == 0


def test_detection_takes_no_longer_than_an_ecall():
    verdict, _ = demo()
    reference = latency_reference(verdict.log)
    measured = {outcome.latency for outcome in verdict.log.outcomes if outcome.latency is not None}
    assert measured == {reference} == {3}


def test_gates_take_as_long_as_a_jump():
    cycles = demo()[0].log.cycles
    assert cycles["enter"] == cycles["leave"] == cycles["jalr"] == 2


def test_summary_is_complete():
    summary = json.loads(json.dumps(demo()[0].summary()))
    assert summary["modules"] == 4
    assert summary["faults_injected"] == summary["faults_caught"] == len(MISDEEDS)
    assert summary["escapes"] == 0
    assert summary["detection_latency_cycles"] == 0
    assert summary["kernel_alive"] is True
    assert summary["passed"] is True


def test_access_faults_name_the_instruction_in_the_rogue():
    verdict, symbols = demo()
    for misdeed, outcome in zip(MISDEEDS, verdict.log.outcomes, strict=True):
        if outcome.pc is not None and outcome.pc != outcome.address:
            where = symbols.place(outcome.pc)
            assert where and ("rogue.c:" in where), f"{misdeed.name}: pc {outcome.pc:#x} is in {where}"


def test_places_are_added_to_a_log(tmp_path, capsys):
    text, _, image = run_cached()
    (tmp_path / "log").write_text(text)
    assert main(["faults", str(image.elf), str(tmp_path / "log")]) == 0
    assert re.search(
        r"load refused, pc [0-9a-f]{8} \(rogue\.rogue_do, rogue\.c:\d+\), address 00000000", capsys.readouterr().out
    )
    assert main(["faults", str(tmp_path / "nothing")]) == 2


# The judge is worth something only if it can say no.

_CHANGES = {
    "code": -1000,
    "memory": "DAMAGED: kernel data",
    "others": "BROKEN: led",
    "escapes": 1,
    "words": "",
    "module": "led",
    "place": "nowhere",
    "address": 0x1234_5678,
    "latency": 4,
}


@pytest.mark.parametrize("field", _CHANGES)
def test_judge_sees_a_wrong(field):
    verdict, symbols = demo()
    index = [misdeed.name for misdeed in MISDEEDS].index("KERNEL_WRITE")
    outcomes = list(verdict.log.outcomes)
    outcomes[index] = dataclasses.replace(outcomes[index], **{field: _CHANGES[field]})
    changed = judge(dataclasses.replace(verdict.log, outcomes=outcomes), verdict.sim, symbols)
    assert changed.wrong[index] and not changed.passed
    assert sum(bool(wrong) for wrong in changed.wrong) == 1


def test_judge_misses_what_is_not_reported():
    verdict, symbols = demo()
    log = dataclasses.replace(verdict.log, outcomes=verdict.log.outcomes[:-1])
    assert judge(log, verdict.sim, symbols).wrong[-1] == ["there is no report of it"]


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("log", {"alive": False}, "not alive"),
        ("log", {"honest": False}, "honest work"),
        ("log", {"panic": "kernel panic: x"}, "kernel panic"),
        ("log", {"cycles": {"jalr": 2, "enter": 3, "leave": 2, "call": 9}}, "longer than a jump"),
        ("log", {"escapes": 1}, "escapes"),
        ("sim", {"escapes": 1}, "escapes"),
        ("sim", {"code": 1}, "failure 1"),
        ("sim", {"end": "max_cycles"}, "did not end"),
    ],
)
def test_judge_sees_a_wrong_end(part, change, message):
    verdict, symbols = demo()
    parts = {"log": verdict.log, "sim": verdict.sim}
    parts[part] = dataclasses.replace(parts[part], **change)
    changed = judge(parts["log"], parts["sim"], symbols)
    assert not changed.passed
    assert any(message in text for text in changed.general)
