"""What `make mutate` and `make coverage` rely on: which pins can matter, which mutants are drawn, which bin is hit."""

import pytest

from funcov.bins import Bin, Step, bins_of, every_bin, impossible
from lib.asm import encode
from mutate.choose import BLOCKS, candidates, choose
from mutate.netlist import live_pins
from paddock.config import DEFAULT
from paddock.isa.csr import CSR_BY_NAME


def cell(kind, outputs, **connections):
    directions = {port: "output" if port in outputs else "input" for port in connections}
    return {
        "type": kind,
        "parameters": {},
        "attributes": {},
        "connections": connections,
        "port_directions": directions,
    }


def module(cells, **ports):
    listed = {name: {"direction": direction, "bits": bits} for name, (direction, bits) in ports.items()}
    return {"ports": listed, "cells": cells}


#: core.out = (a & b) in bit 0 only; core.rvfi = a register's bit 1; a comparison that nothing reads.
NETLIST = {
    "modules": {
        "core": module(
            {
                "hazard": cell("core.hazard", ("y",), a=[2, 3], y=[10, 11]),
                "reg": cell("$dff", ("Q",), CLK=[9], D=[10, 11], Q=[12, 13]),
                "unread": cell("$eq", ("Y",), A=[2, 3], B=["0", "1"], Y=[20]),
            },
            a=("input", [2, 3]),
            out=("output", [12]),
            rvfi__x=("output", [13]),
        ),
        "core.hazard": module(
            {"and": cell("$and", ("Y",), A=[2, 3], B=["1", 3], Y=[4, 5])}, a=("input", [2, 3]), y=("output", [4, 5])
        ),
    }
}


def test_pins_that_reach_an_output():
    live = live_pins(NETLIST, "core", lambda port: not port.startswith("rvfi"))
    assert live == {
        ("core", "reg", "Q", 0),
        ("core", "reg", "D", 0),
        ("core.hazard", "and", "Y", 0),
        ("core.hazard", "and", "A", 0),
        ("core.hazard", "and", "B", 0),
    }


def line(mode, module, cell, port, bit):
    return f"mutate -mode {mode} -module {module} -cell {cell} -port {port} -portbit {bit}"


def test_faults_that_are_none_or_the_same_are_left_out():
    lines = [
        line("const1", "core.hazard", "and", "B", 0),  # is 1 already
        line("const0", "core.hazard", "and", "B", 0),
        line("inv", "core", "reg", "CLK", 0),
        line("inv", "core", "unread", "Y", 0),  # reaches nothing
        line("inv", "core", "reg", "Q", 0),
        line("cnot0", "core.hazard", "and", "A", 0) + " -ctrlbit 1",  # bits of a bitwise cell do not meet
    ]
    found = candidates(lines, NETLIST)
    assert {(place["mode"], place["cell"], place["port"]) for place in found} == {
        ("const0", "and", "B"),
        ("inv", "reg", "Q"),
    }


def place(module, cell, mode="inv"):
    names = {"cell": cell, "port": "Y", "bit": 0, "mode": mode, "ctrlbit": None, "kind": "$and", "signal": None}
    return {"module": module, "source": (), **names}


def places():
    for _, names in BLOCKS.values():
        for name in names:
            for number in range(40):
                yield place(f"core.{name}".rstrip("."), f"${number}")


def test_blocks_get_their_shares_and_a_seed_gives_the_same_mutants():
    mutants = choose(list(places()), 100, seed=1)
    assert mutants == choose(list(places()), 100, seed=1) != choose(list(places()), 100, seed=2)
    assert [mutant.number for mutant in mutants] == list(range(1, 101))
    for block, (share, _) in BLOCKS.items():
        assert sum(mutant.block == block for mutant in mutants) == share
    assert len({(mutant.module, mutant.cell) for mutant in mutants}) == 100


def test_too_many_mutants_are_refused():
    with pytest.raises(ValueError, match="of 'checker' are asked for, but there are only"):
        choose(list(places()), 1000, seed=1)


AUPPER = CSR_BY_NAME["pd_aupper"].number
LW, ADD, MUL, ENTER, LW_A1, CSRW = encode(
    "lw a0, 0(a1)\nadd a0, a0, a0\nmul a1, a2, a2\n.insn r CUSTOM_0, 0, 0, sp, a6, sp\n"
    f"lw a1, 0(a3)\ncsrw {AUPPER}, a0",
    DEFAULT,
)
QUIET = dict.fromkeys(
    ("load", "store", "fetch_refused", "trap", "refused", "jumped", "waited", "pending", "interrupt"), False
)


def step(address, before=ADD, before2=ADD, **changes):
    bounds = ((0x8000_0100, 0x8000_0110), (0, 0), (0, 0), (0x8000_0000, 0x8000_0100))
    given = {"pc": 0x8000_0080, "insn": LW, "before_address": 0x8000_0000, "bounds": bounds, **QUIET, "load": True}
    return Step(**{**given, "address": address, "before": before, "before2": before2, **changes})


@pytest.mark.parametrize(
    ("address", "edges"),
    [
        (0x8000_00FC, {("arena", "below"), ("public", "last")}),
        (0x8000_0100, {("arena", "first"), ("public", "above")}),
        (0x8000_0104, {("arena", "inside")}),
        (0x8000_010C, {("arena", "last")}),
        (0x8000_0110, {("arena", "above")}),
        (0x8000_0114, set()),
        (0x8000_0106, set()),  # misaligned: never judged
    ],
)
def test_edges(address, edges):
    found = {cell for cell in bins_of(step(address)) if cell.kind != "fetch"}
    assert {(cell.window, cell.edge) for cell in found} == edges
    assert {(cell.kind, cell.size, cell.situation) for cell in found} <= {("load", 4, "plain")}


@pytest.mark.parametrize(
    ("changes", "situations"),
    [
        ({"before": MUL}, {"address_multiply"}),
        ({"before": LW}, {"behind_load"}),
        ({"before": LW_A1}, {"address_load"}),
        ({"before": LW, "before_address": 0x1000_0000}, {"behind_device"}),
        ({"before": LW, "before2": LW}, {"behind_load", "back_to_back"}),
        ({"before": ENTER}, {"after_entry"}),
        ({"before": ENTER, "before2": CSRW}, {"after_bound_write"}),
        ({"jumped": True}, {"behind_branch"}),
        ({"waited": True, "interrupt": True, "pending": True}, {"plain", "wait_states", "interrupt_next"}),
    ],
)
def test_situations(changes, situations):
    found = {cell.situation for cell in bins_of(step(0x8000_0104, **changes)) if cell.kind == "load"}
    assert found == situations


def test_every_hit_is_a_bin_and_what_cannot_be_is_none():
    every = set(every_bin())
    assert set(bins_of(step(0x8000_0100))) <= every
    assert impossible(Bin("arena", "load", 1, "across lower", "plain"))
    assert impossible(Bin("arena", "load", 2, "across lower", "plain")) is None
