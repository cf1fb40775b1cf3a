"""The tests are tested: each planted bug must turn its suite red, and without one the same suites are green."""

import json
from pathlib import Path

import pytest

from lib.build import emit, simulator
from lib.run import pattern, simulate
from paddock.paths import BUILD, ROOT
from plants import PLANTS, Plant, PlantError, Suite, plant

CORE_TESTS = ROOT / "verif" / "core"
RESULTS = BUILD / "results" / "plants"


def run(suite: Suite, folder: Path, max_failures: int | None = None):
    test_file = CORE_TESTS / suite.file
    return simulate(test_file, suite.config, folder=folder, only=pattern(suite.only), max_failures=max_failures)


@pytest.mark.parametrize("fault", PLANTS, ids=lambda fault: fault.name)
def test_plant_is_seen(fault, tmp_path, record_property):
    """The name of the test that has seen it goes into ``build/results/plants`` and into the JUnit report."""
    built = simulator(emit(fault.suite.config, plant(fault, tmp_path)))
    red = [result.name for result in run(fault.suite, built, max_failures=1) if result.failure]
    assert red, f"{fault.name}: {fault.suite.file} ({fault.suite.only}*) has not seen it"
    seen_by = f"{fault.suite.file}::{red[0]}"
    record_property("seen_by", seen_by)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{fault.name}.json").write_text(json.dumps({"plant": fault.name, "seen_by": seen_by}) + "\n")


@pytest.mark.parametrize("suite", sorted({fault.suite for fault in PLANTS}, key=str), ids=lambda suite: suite.only)
def test_control_is_green(suite, tmp_path):
    results = run(suite, simulator(emit(suite.config, plant(None, tmp_path))))
    assert results
    assert not [result for result in results if result.failure]


def test_stale_patch_is_an_error(tmp_path):
    stale = Plant("stale", "bounds.py", "no such text", "", PLANTS[0].suite)
    with pytest.raises(PlantError, match="stale: bounds.py has 'no such text' 0 times, not once"):
        plant(stale, tmp_path)


def test_names_are_unique():
    assert len({fault.name for fault in PLANTS}) == len(PLANTS) >= 12
