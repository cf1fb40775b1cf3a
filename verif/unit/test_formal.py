"""The proofs' own machinery, without a solver: benches, planted bugs, what the command says and refuses."""

import argparse
import json

import pytest
from amaranth.back import rtlil
from amaranth.hdl import Fragment

from paddock.cli import main
from paddock.errors import CommandError
from paddock.formal import command, planted, prove, trace
from paddock.formal.command import SIZES, run
from paddock.formal.emit import BENCHES, configured, make
from paddock.formal.inside import Inside

plants, proof_plants = planted.load_plants()
FIRST = configured(SIZES[0].config, SIZES[0].modules, SIZES[0].frames)


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture(scope="module")
def names() -> list[str]:
    benches = [make(bench, FIRST) for bench in BENCHES]
    for bench in benches:
        Fragment.get(bench, None)  # Amaranth warns of what is never elaborated
    return [each.name for bench in benches for each in bench.properties]


@pytest.mark.parametrize("bench", BENCHES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
def test_bench_elaborates_and_shows_every_property(size, bench):
    made = make(bench, configured(size.config, size.modules, size.frames))
    text = rtlil.convert(made, name="bench", ports=made.ports(), emit_src=False)
    for each in made.properties:
        assert each.name[:2] in ("g1", "g2", "g3", "g4", "g5")
        assert each.claim
        for output in each.outputs():
            assert len(output) == 1
            assert f"\\{output.name}\n" in text


def test_every_guarantee_has_properties(names):
    assert {name[:2] for name in names} == {"g1", "g2", "g3", "g4", "g5"}
    assert len(names) == len(set(names))


def test_every_property_has_a_planted_bug_that_applies_once(names, tmp_path):
    assert set(proof_plants.PLANT_OF) == set(names)
    for name in sorted(set(proof_plants.PLANT_OF.values())):
        fault = next(each for each in (*plants.PLANTS, *proof_plants.PROOF_PLANTS) if each.name == name)
        plants.plant(fault, tmp_path / name)


def test_proof_plants_are_used_and_have_names_of_their_own():
    used = set(proof_plants.PLANT_OF.values())
    for fault in proof_plants.PROOF_PLANTS:
        assert fault.name in used
        assert fault.name not in {each.name for each in plants.PLANTS}


def test_registers_come_in_the_same_order_for_both_runs():
    paths = [[path for path, _ in Inside(FIRST).registers()] for _ in range(2)]
    assert paths[0] == paths[1]
    assert len(set(paths[0])) == len(paths[0])


def test_every_memory_is_cut_out_of_the_two_runs():
    inside = Inside(FIRST)
    assert "decode.registers.registers" in inside.cut_memories()
    assert not inside.cut_memories()


@pytest.fixture
def no_solver(monkeypatch, tmp_path):
    """The command without Yosys and ABC: one property, proved, with its cover and its bug."""
    listed = [{"name": "g1_store", "claim": "a claim", "violated": 0, "covered": 1, "steps": []}]
    monkeypatch.setattr(command, "BENCHES", BENCHES[:1])
    monkeypatch.setattr(command, "_emit", lambda size, bench, folder, rtl: listed)
    monkeypatch.setattr(command, "BUILD", tmp_path)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr("paddock.campaign.BUILD", tmp_path)
    monkeypatch.setattr("paddock.campaign.ROOT", tmp_path)
    said = {"pdr": "Property proved.", "covered": "was asserted in frame 3", "violated": "was asserted in frame 5"}

    def ask(folder, output, commands):
        return said["pdr"] if "pdr" in commands else said["covered" if output else "violated"]

    monkeypatch.setattr(prove, "ask", ask)
    return said


def verdict(tmp_path) -> dict:
    return json.loads((tmp_path / "results" / "formal.json").read_text())


def test_proved_covered_and_broken_by_its_bug_is_a_pass(no_solver, tmp_path):
    assert run(options("--config", "default")) == 0
    document = verdict(tmp_path)
    assert document["status"] == "pass"
    (found,) = document["properties"]
    assert found["status"] == "proved"
    assert (found["depth"], found["cover_cycle"], found["broken_in_cycle"]) == (None, 3, 5)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"covered": ""}, "vacuous, not proved: a claim"),
        ({"violated": ""}, "survives the planted bug store_not_gated"),
        ({"pdr": "", "violated": ""}, "undecided, not proved: a claim"),
        ({"pdr": ""}, "violated, not proved: a claim; in cycle 5, waveform formal/g1_store.vcd"),
    ],
)
def test_anything_else_is_a_failure_with_its_replay(no_solver, tmp_path, monkeypatch, capsys, changed, what):
    monkeypatch.setattr(command, "waveform", lambda *_: True)
    no_solver.update(changed)
    assert run(options("--config", "default")) == 1
    failure = verdict(tmp_path)["failures"][0]
    assert failure["what"] == what
    assert failure["replay"].startswith("make formal ONLY='^g1_store$'")
    assert what in capsys.readouterr().out


def test_no_match_names_what_there_is(no_solver):
    with pytest.raises(CommandError, match="no property matches 'g9_'; there are g1_store"):
        run(options("--only", "g9_"))


@pytest.mark.parametrize("words", [("--only", "g1_"), ("--config", "minimal"), ("--modules", "8")])
def test_publishing_a_part_is_refused(words):
    with pytest.raises(CommandError, match="--publish wants all properties"):
        run(options("--publish", *words))


def test_impossible_size_is_refused(capsys):
    assert main(["formal", "--modules", "3"]) != 0
    assert "modules must be a power of two from 2 to 256, not 3" in capsys.readouterr().err


def test_witness_has_the_first_signal_last(tmp_path):
    (tmp_path / "map").write_text(
        "input 0 0 clk\ninput 1 0 a\ninput 2 1 b\ninit 3 0 kept\noutput 0 0 bad\nlatch 0 0 c\n"
    )
    witness = trace._witness(tmp_path / "map", ["0", "0101", "0010"])
    assert [(signal["path"], signal["offset"]) for signal in witness["signals"]] == [
        (["\\a"], 0),
        (["\\b"], 1),
        (["\\kept"], 0),
    ]
    assert [step["bits"] for step in witness["steps"]] == ["101", "10"]


def test_cutting_what_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="no submodule 'nothing' of 'nothing.x'"):
        Inside(FIRST).signal("nothing.x")
