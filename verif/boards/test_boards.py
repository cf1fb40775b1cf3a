# amaranth: UnusedElaboratable=no
"""The boards: each can be elaborated, and what cannot be done is said in words."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from amaranth.hdl import Fragment
from boards.__main__ import main
from boards.common import BOARDS, BoardTop, find_board
from boards.selftest import build_selftest, chosen_misdeeds

from boards import bitstream, load
from paddock import cache, toolchain
from paddock.errors import CommandError
from paddock.fw.symbols import Symbols
from paddock.isa.memmap import RAM_BASE

#: What `request` makes and a test does not use.
pytestmark = pytest.mark.filterwarnings("ignore::amaranth.hdl.UnusedElaboratable")
NAMES = pytest.mark.parametrize("name", BOARDS)


@NAMES
def test_design_elaborates(name):
    board = find_board(name)
    platform = board.platform()
    assert Fragment.get(BoardTop(board), platform)


@NAMES
def test_self_test_fits_and_ends_where_the_board_s_ram_ends(name):
    board = find_board(name)
    symbols = Symbols(build_selftest(board, chosen_misdeeds(False)).elf).addresses
    assert symbols["__ram_end"] == RAM_BASE + board.ram_bytes
    assert symbols["__image_end"] < symbols["__ram_end"]


@NAMES
def test_board_file_is_short(name):
    path = Path(bitstream.__file__).parent / f"{name.replace('-', '_')}.py"
    assert len(path.read_text().splitlines()) <= 150


def test_speed_that_cannot_be_made_is_refused():
    board = find_board("ulx3s")
    board.baud = 115_200
    with pytest.raises(CommandError, match="115200 baud cannot be made from 25000000 Hz, only 111607"):
        board.config()


@pytest.mark.parametrize("command", ["bitstream", "load", "test"])
def test_unknown_board(command, capsys):
    assert main([command, "arty", *(["--port", "sim"] if command == "test" else [])]) == 2
    assert "there is no board 'arty'; BOARD is one of icebreaker, tang-nano-20k, ulx3s" in capsys.readouterr().err


def test_missing_port(capsys):
    assert main(["test", "icebreaker"]) == 2
    assert "PORT is missing" in capsys.readouterr().err
    assert main(["load", "icebreaker", "--elf", "x.elf"]) == 2
    assert "PORT is missing" in capsys.readouterr().err


def test_port_that_is_not_there(capsys):
    assert main(["load", "icebreaker", "--elf", "x.elf", "--port", "/dev/no-such-port"]) == 2
    assert "cannot open /dev/no-such-port" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["load", "test"])
def test_what_is_wrong_with_port_or_program_is_said_before_anything_is_built(command, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(load, "bitstream", lambda _name: pytest.fail("a bitstream was built"))
    monkeypatch.setattr(load, "programmer", lambda: "true")
    elf = ["--elf", str(tmp_path / "none.elf")] if command == "load" else []
    assert main([command, "ulx3s", *elf, "--port", "/dev/no-such-port"]) == 2
    assert "cannot open /dev/no-such-port" in capsys.readouterr().err
    if elf:
        ours, theirs = os.openpty()
        try:
            assert main([command, "ulx3s", *elf, "--port", os.ttyname(theirs)]) == 2
        finally:
            os.close(ours)
            os.close(theirs)
        assert f"cannot read {elf[1]}: No such file or directory" in capsys.readouterr().err


def test_missing_programmer(monkeypatch):
    monkeypatch.setattr(toolchain.shutil, "which", lambda _name: None)
    monkeypatch.setattr(toolchain.sys, "executable", "/nowhere/python")
    with pytest.raises(CommandError, match="openFPGALoader is missing; `make setup-boards` installs it"):
        load.program("ulx3s")


@pytest.fixture
def fake_programmer(monkeypatch, tmp_path):
    monkeypatch.setattr(toolchain.shutil, "which", lambda _name: str(tmp_path / "openFPGALoader"))

    def write(script):
        (tmp_path / "openFPGALoader").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "openFPGALoader").chmod(0o755)

    return write


def test_programmer_that_does_not_start_is_noticed_before_a_bitstream_is_built(monkeypatch, fake_programmer):
    monkeypatch.setattr(load, "bitstream", lambda _name: pytest.fail("a bitstream was built"))
    fake_programmer("exit 127")
    with pytest.raises(CommandError, match="openFPGALoader does not start"):
        load.program("ulx3s")


def test_programmer_that_fails(monkeypatch, tmp_path, fake_programmer):
    made = bitstream.Bitstream(find_board("ulx3s"), 1, tmp_path, {})
    monkeypatch.setattr(load, "bitstream", lambda _name: made)
    fake_programmer('test "$1" = --Version')
    with pytest.raises(CommandError, match="openFPGALoader cannot program ULX3S"):
        load.program("ulx3s")


@pytest.mark.parametrize(
    "said",
    [
        "Unable to place cell 'soc', no BELs remaining to implement cell type 'ICESTORM_LC'",
        "Failed to expand region (0, 0) |_> (25, 31) of 5836 ICESTORM_LCs",
    ],
)
def test_design_that_does_not_fit(said):
    message = bitstream._explain(find_board("icebreaker"), f"Info: ...\nERROR: {said}\n")
    assert message.startswith(f"the design does not fit iCEBreaker (iCE40UP5K-SG48):\nERROR: {said}")


def test_tools_that_fail_otherwise():
    message = bitstream._explain(find_board("icebreaker"), "ERROR: syntax error\n")
    assert message == "the tools have failed for iCEBreaker:\nERROR: syntax error"


class FakePlatform:
    """Writes a build script that counts its runs and routes no placement before that of seed 3."""

    def __init__(self, folder):
        self.runs = folder / "runs"
        self.runs.touch()

    def prepare(self, _top, _name, *, nextpnr_opts, **_options):
        seed = int(nextpnr_opts.split()[1])
        script = f"echo {seed} >> {self.runs}\n"
        if seed < 3:
            script += "echo 'Warning: Failed to find a route for arc 1 of net soc.bus__adr[10].'\nexit 1\n"
        else:
            script += """echo '{"fmax": {}, "critical_paths": []}' > report.json\n"""
        return SimpleNamespace(
            digest=script.encode, extract=lambda folder: (folder / "build_top.sh").write_text(script)
        )


def test_placement_that_cannot_be_routed_is_not_the_last_and_not_tried_again(monkeypatch, tmp_path):
    board = find_board("tang-nano-20k")
    platform = FakePlatform(tmp_path)
    board.platform = lambda: platform
    monkeypatch.setattr(bitstream, "find_board", lambda _name: board)
    monkeypatch.setattr(bitstream, "_TOOLS", ())  # `make test` does without them
    monkeypatch.setattr(cache, "BUILD", tmp_path / "build")
    for _ in range(2):
        assert bitstream.bitstream("tang-nano-20k").seed == 3
        assert platform.runs.read_text().split() == ["1", "2", "3"]
    with pytest.raises(CommandError, match="seed 1: Failed to find a route for arc 1 of net soc.bus__adr") as caught:
        bitstream.bitstream("tang-nano-20k", seeds=range(1, 3))
    assert "Tang Nano 20K: no seed tried is routed and in time" in str(caught.value)


def path_report(source: str, target: str, ns: float) -> dict:
    return {"from": f"posedge {source}", "to": f"posedge {target}", "path": [{"delay": ns / 2}, {"delay": ns / 2}]}


@pytest.mark.parametrize(
    ("achieved", "crossing", "missed"),
    [
        ({1: 8.2}, 83.0, None),
        ({1: 8.0}, 61.0, "seed 1: clk: 8.0 MHz of 8.06 | seed 2: clk: 8.0 MHz of 8.06"),
        ({1: 8.0, 2: 8.2}, 61.0, None),
        ({1: 8.2}, 84.0, "seed 1: fast_clk to clk: 84.0 ns of 83.3"),
    ],
    ids=["in time", "too slow", "second seed in time", "too slow between clocks"],
)
def test_timing(monkeypatch, tmp_path, achieved, crossing, missed):
    def build(_board, _name, seed):
        folder = tmp_path / str(seed)
        folder.mkdir()
        report = {
            "fmax": {"clk": {"achieved": achieved.get(seed, achieved[1]), "constraint": 8.0625}},
            "critical_paths": [path_report("clk", "clk", 99.0), path_report("fast_clk", "clk", crossing)],
        }
        (folder / "report.json").write_text(json.dumps(report))
        return folder

    monkeypatch.setattr(bitstream, "_build", build)
    if missed is None:
        assert bitstream.bitstream("icebreaker", seeds=range(1, 3)).seed == max(achieved)
        return
    with pytest.raises(CommandError) as caught:
        bitstream.bitstream("icebreaker", seeds=range(1, 3))
    assert missed in str(caught.value)
