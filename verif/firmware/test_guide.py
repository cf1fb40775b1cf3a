"""The example of docs/guide/write-a-module.md does what the guide says."""

import re

from paddock.fw.build import build_image
from paddock.paths import ROOT
from paddock.sim.run import simulate

GUIDE = ROOT / "docs" / "guide" / "write-a-module.md"


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
