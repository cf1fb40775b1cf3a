"""The page with what the boards' bitstreams take, rendered from results as the commands write them."""

import json

import pytest

from paddock import boards_doc

BITSTREAM = {
    "command": "make bitstream BOARD=little",
    "title": "Little",
    "fpga": "XC0",
    "seed": 2,
    "date": "2026-01-02",
    "modules": 8,
    "ram_bytes": 65536,
    "monitor": True,
    "left_out": "no PLIC",
    "utilisation": {"logic cells": {"used": 1500, "there": 2000}},
    "clocks": {"clk": {"mhz": 6.0, "could": 7.25}},
    "crossings": {"fast to clk": {"ns": 61.5, "limit_ns": 83.3}},
}
NETLIST = {
    "command": "make netlist-test",
    "board": "little",
    "checks": 19,
    "passed": 19,
    "misdeeds": 13,
    "cycles": 12_345_678,
    "date": "2026-01-02",
}


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(boards_doc, "_RESULTS", tmp_path)
    return tmp_path


def test_nothing_published(results):
    assert "No bitstream has been published." in boards_doc.boards_md()


def test_bitstream_and_netlist(results):
    (results / "bitstream_little.json").write_text(json.dumps(BITSTREAM))
    assert "netlist" not in boards_doc.boards_md()
    (results / "netlist.json").write_text(json.dumps(NETLIST))
    page = boards_doc.boards_md()
    for text in (
        "## Little, XC0",
        "| logic cells | 1,500 of 2,000 (75 %) |",
        "| clock `clk` | 6 MHz; could be 7.25 |",
        "| slowest path from fast to clk | 61.5 ns of 83.3 |",
        "Left out or smaller: no PLIC.",
        "19 of 19 checks pass",
        "12,345,678 cycles",
    ):
        assert text in page
