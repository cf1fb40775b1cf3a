"""What `make bench` measures: the targets hold, and the figures are those of the docs."""

import functools
import json
import re
from xml.etree import ElementTree

import pytest

from paddock.bench_doc import ROWS, bench_svg, with_key
from paddock.fw.bench import TARGETS, measure
from paddock.paths import ROOT


@functools.cache
def figures() -> dict[str, int]:
    return measure()


@pytest.mark.parametrize(("key", "limit"), TARGETS.items())
def test_target_holds(key, limit):
    assert 0 < figures()[key] <= limit


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everything_is_measured(row):
    assert figures()[with_key(row.name)] > 0
    if row.plain:
        assert figures()[with_key(row.plain)] > 0


def test_docs_show_what_is_measured():
    published = json.loads((ROOT / "docs" / "results" / "bench.json").read_text())
    measured = figures()
    assert {key: published[key] for key in measured} == measured, "run: make bench ARGS=--publish; make gen"


def test_chart_has_a_bar_for_each_figure():
    chart = ElementTree.fromstring(bench_svg())
    numbers = [element.text for element in chart.iter() if re.fullmatch(r"\d+", element.text or "")]
    for row in ROWS:
        assert str(figures()[with_key(row.name)]) in numbers
