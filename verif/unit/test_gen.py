"""``paddock verilog``: one file, for each preset, that another tool can read."""

import pytest

from paddock.cli import main
from paddock.toolchain import run_tool, verilator


@pytest.mark.parametrize("preset", ["default", "minimal", "plain", "pmp4", "pmp8", "pmp16"])
def test_verilog_of_preset(tmp_path, preset):
    file = tmp_path / "core.v"
    assert main(["verilog", "--config", preset, "-o", str(file)]) == 0
    text = file.read_text()
    paddock, pmp = preset in ("default", "minimal"), preset.removeprefix("pmp") if "pmp" in preset else "0"
    assert f"//   paddock = {paddock}\n" in text
    assert f"//   pmp = {pmp}\n" in text
    assert ("probe__arena" in text) == paddock
    run_tool([verilator(), "--lint-only", "-Wno-fatal", "-Wno-lint", "--top-module", "paddock_core", file])


def test_fields_can_be_changed(capsys):
    assert main(["verilog", "--modules", "64", "--no-grant-window", "--rvfi", "--name", "mine"]) == 0
    text = capsys.readouterr().out
    assert "//   modules = 64\n" in text
    assert "//   grant_window = False\n" in text
    assert "module mine(" in text
    assert "rvfi__valid" in text


def test_bad_field_is_refused(capsys):
    assert main(["verilog", "--frames", "12"]) == 2
    assert "frames must be a power of two from 2 to 256, not 12" in capsys.readouterr().err
