"""The example of docs/guide/write-a-module.md does what the guide says."""

import re

import pytest

from paddock.fw.build import build_image
from paddock.fw.manifest import ManifestError, read_module
from paddock.fw.services import SERVICES
from paddock.paths import ROOT
from paddock.sim.run import simulate

GUIDE = ROOT / "docs" / "guide" / "write-a-module.md"
#: A value, in TOML, for each key of a manifest.
VALUES = {
    "stack": 256,
    "heap": 64,
    "heap_max": 128,
    "quota": 16,
    "device": '"gpio"',
    "device_access": '"read"',
    "budget": 5,
    "callers": '["other"]',
    "services": '["kmalloc"]',
    "include": '["."]',
    "define": "{ A = 1 }",
    "interrupt_budget": 9,
    "timers": 1,
    "on_fault": '"restart"',
    "retries": 2,
    "init": '"run"',
    "notify": '"run"',
}


def test_example_of_the_guide(tmp_path):
    files = dict(re.findall(r"^\*\*(\S+)\*\*\n```\w*\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL))
    expected = files.pop("output")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with (tmp_path / "log").open("wb") as log:
        result = simulate(build_image(tmp_path).elf, max_cycles=1_000_000, stdout=log)
    assert re.sub(r"pc [0-9a-f]{8}", "pc XXXXXXXX", (tmp_path / "log").read_text()) == expected
    assert result.status == 0


def guide_keys():
    table = re.search(r"\| Key \| Meaning .*?\n\n", GUIDE.read_text(), re.DOTALL)[0]
    return [key for key in re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) if key != "lend"]


def test_guide_has_the_keys_that_there_are(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.c").touch()
    lines = [f"{key} = {VALUES[key]}" for key in guide_keys() if key in VALUES]
    (tmp_path / "a" / "module.toml").write_text("\n".join([*lines, "[operations.run]"]))
    assert read_module(tmp_path / "a").stack == 256
    assert set(VALUES) <= set(guide_keys())
    (tmp_path / "a" / "module.toml").write_text("staple = 1\n[operations.run]")
    with pytest.raises(ManifestError, match="unknown key 'staple'"):
        read_module(tmp_path / "a")


def test_guide_names_the_services_that_there_are():
    row = next(line for line in GUIDE.read_text().splitlines() if line.startswith("| `services` |"))
    assert set(re.findall(r"`(\w+)`", row)) == {"services", *SERVICES}
