"""What `make bench` measures: the targets hold, and the figures are those of the docs."""

import functools
import json
import re
from xml.etree import ElementTree

import pytest

from paddock.bench_doc import COLUMNS, ROWS, bench_svg, cells
from paddock.fw.bench import TARGETS, call_steps, measure_all
from paddock.fw.call_steps import STEPS
from paddock.overhead import cycles
from paddock.paths import ROOT

#: Rows that there are only with a gate, and only if a fault can be survived.
GATE = {"gate_round_trip"}
FAULTS = {"fault_to_error", "fault_to_restarted"}


@functools.cache
def figures() -> dict:
    return measure_all()


def published(name: str) -> dict:
    return json.loads((ROOT / "docs" / "results" / f"{name}.json").read_text())


@pytest.mark.parametrize(("key", "limit"), TARGETS.items())
def test_target_holds(key, limit):
    assert 0 < figures()[key] <= limit


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everything_is_measured(row):
    without = {"paddock": set(), "pmp": set()} | dict.fromkeys(("none", "checks"), GATE | FAULTS)
    for column, cell in zip(COLUMNS, cells(figures(), row), strict=True):
        assert cell == "" if row.name in without[column] else cell > 0


def test_docs_show_what_is_measured():
    document = published("bench")
    assert {key: document[key] for key in figures()} == figures(), "run: make bench ARGS=--publish; make gen"


def test_overhead_shows_what_is_measured():
    document = published("overhead_cycles")
    hint = "run: make overhead ARGS='--cycles --publish'; make gen"
    assert document["rows"] == cycles.rows(figures()), hint
    assert document["call_steps"] == call_steps(), hint


def test_steps_add_up_to_the_call():
    steps = call_steps()
    assert all(list(by_step) == list(STEPS) for by_step in steps.values())
    together = {name: sum(by_step.values()) for name, by_step in steps.items()}
    assert together == {
        "paddock": figures()["call_round_trip_cycles"],
        "pmp": figures()["pmp"]["call_round_trip_cycles"],
        "pmp_another": figures()["pmp"]["call_of_another_cycles"],
    }
    assert steps["paddock"]["switch"] == 4 and steps["paddock"]["entries"] == 0
    # Three addresses and a configuration: read, written, and that they have been.
    assert steps["pmp_another"]["entries"] - steps["pmp"]["entries"] == 4 * (1 + 2)


def test_the_drivers_do_the_same_work_with_every_protection():
    """The image compares what it reads back; here: the driver was interrupted, and interrupts cost."""
    for column in COLUMNS:
        found = figures() if column == "paddock" else figures()[column]
        assert 4 <= found["serial_interrupts"] <= 12
        assert found["files_cycles"] >= figures()["none"]["files_cycles"]
        assert found["serial_cycles"] >= figures()["none"]["serial_cycles"]


def test_chart_has_a_bar_for_each_figure():
    chart = ElementTree.fromstring(bench_svg())
    numbers = [element.text for element in chart.iter() if re.fullmatch(r"\d+", element.text or "")]
    for row in ROWS:
        assert {str(cell) for cell in cells(figures(), row) if cell != ""} <= set(numbers)
