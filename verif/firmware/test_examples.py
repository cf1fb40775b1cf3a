"""The examples, step by step: each prints what stands beside it. And the two commands that look at an image."""

import json
import re
from pathlib import Path

import pytest

from paddock.cli import main
from paddock.config import SocConfig
from paddock.errors import CommandError
from paddock.fw.audit import page
from paddock.fw.build import FIRMWARE
from paddock.fw.images import build_folder
from paddock.fw.size import KERNEL_TEXT_LIMIT, measure
from paddock.fw.symbols import Symbols
from paddock.sim.run import simulate

EXAMPLES = sorted(path.parent for path in (FIRMWARE / "examples").glob("*/image.toml"))
#: Whose code and constants lie in the kernel's section, beside what it calls in the library.
KERNEL_PARTS = ("kernel", "words", "image")
SMALL = SocConfig(ram_bytes=64 * 1024)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_example(folder, tmp_path):
    with (tmp_path / "log").open("wb") as log:
        result = simulate(build_folder(folder).elf, max_cycles=5_000_000, stdout=log)
    text = re.sub(r"(pc|address) 8[0-9a-f]{7}", r"\1 XXXXXXXX", (tmp_path / "log").read_text().replace("\r", ""))
    assert text == (folder / "expected.txt").read_text()
    assert (result.failure, result.escapes) == (0, 0)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_example_says_how_it_is_run(folder):
    text = (folder / "README.md").read_text()
    assert f"make image IMAGE=firmware/examples/{folder.name}\n" in text
    assert text.startswith(f"# {int(folder.name[:2])}. ")


def test_image_command(tmp_path, capfd):
    assert main(["image", str(EXAMPLES[0])]) == 0
    assert capfd.readouterr().out.replace("\r", "") == (EXAMPLES[0] / "expected.txt").read_text()
    assert main(["image", str(tmp_path)]) == 2
    assert f"{tmp_path} has no image.toml" in capfd.readouterr().err


# Audit


@pytest.fixture(scope="module")
def audit():
    return page(build_folder(FIRMWARE / "examples" / "02_two_modules"))


def test_audit_says_who_may_touch_what(audit):
    rows = re.findall(r"^\| `(\w+)` - `(\w+)` \| (\d+) \| (.*?) \| (.*?) \| (.*?) \|$", audit, re.MULTILINE)
    rights = {what: (clock, diary) for _, _, _, what, clock, diary in rows}
    assert rights["kernel code and constants"] == rights["kernel data and stack"] == ("-", "-")
    assert rights["public: code and constants of modules"] == ("read, execute", "read, execute")
    assert rights["data of clock"] == ("read, write", "-") and rights["heap of diary"] == ("-", "read, write")
    assert rights["uart: it is the kernel's console"] == rights["gpio: registers of a driver"] == ("-", "-")
    ranges = sorted((int(low, 16), int(high, 16)) for low, high, *_ in rows)
    assert all(int(high, 16) - int(low, 16) == int(size) for low, high, size, *_ in rows)
    assert all(one[1] <= two[0] for one, two in zip(ranges, ranges[1:], strict=False))


def test_audit_says_who_may_call_whom_and_what(audit):
    assert "| diary | **clock_now** | - |" in audit and "| clock | - | - |" in audit
    assert "| diary | kmalloc | found | the library, on its behalf |" in audit
    assert "| diary | module_call | found | diary.c |" in audit
    assert "| clock | k" not in audit
    assert "- Functions of the library: malloc, printf." in audit
    assert re.search(r"\| diary\.c \| clang version \S+ \| \d+ \| \d+ \| \d+ \| \d+ \|", audit)


def test_audit_shows_devices_and_grants():
    text = page(build_folder(FIRMWARE / "examples" / "03_driver_with_grant"))
    assert "| gpio: registers of a driver | read, write |" in text
    assert "| lamp_show | argument 0, argument 1 bytes of it: read |" in text
    assert "- After a fault: keep.\n" in text and "Interrupts of" not in text


def test_audit_shows_interrupts_and_recovery():
    text = page(build_folder(FIRMWARE / "bench"))
    assert re.search(r"^- Interrupts of timer: `\w+`, which may take \d+ cycles\.$", text, re.MULTILINE)
    assert re.search(r"^- After a fault: restart, \d+ times at most\.$", text, re.MULTILINE)


def test_audit_command(tmp_path, capsys):
    out = tmp_path / "page.md"
    assert main(["audit", str(EXAMPLES[0]), "-o", str(out)]) == 0
    assert out.read_text().startswith("# Audit of the image 01_hello\n")
    with pytest.raises(CommandError, match=r"has no image\.toml"):
        build_folder(tmp_path)


# Size


@pytest.mark.parametrize("folder", [FIRMWARE / "demo", FIRMWARE / "shell"], ids=lambda folder: folder.name)
def test_kernel_is_no_larger_than_it_may_be(folder):
    found = measure(build_folder(folder))
    assert found["kernel_text_bytes"] <= KERNEL_TEXT_LIMIT == 12288
    # All that the linker has put there is accounted for, by whoever it belongs to.
    parts = sum(
        part["code"] + part["constants"] for who in KERNEL_PARTS for part in found["parts"].get(who, {}).values()
    )
    at = Symbols(build_folder(folder).elf).addresses
    assert 0 <= parts - (at["__kernel_text_end"] - at["__kernel_text_start"]) < 1024


def test_words_and_functions_that_are_not_used_are_not_there():
    hello, crash = (measure(build_folder(EXAMPLES[index]))["parts"] for index in (0, 4))
    assert set(hello["words"]) == {"print.c"} and set(crash["words"]) == {"print.c", "report.c"}
    demo, shell = (measure(build_folder(FIRMWARE / name))["parts"]["kernel"] for name in ("demo", "shell"))
    # Nothing in the demo brings a module back by hand.
    assert 0 < demo["restart.c"]["code"] < shell["restart.c"]["code"]


def test_demo_runs_in_64_kilobytes(tmp_path):
    image = build_folder(soc=SMALL)
    assert measure(image)["image_bytes"] <= 64 * 1024
    with (tmp_path / "log").open("wb") as log:
        result = simulate(image.elf, SMALL, max_cycles=50_000_000, stdout=log)
    assert (result.failure, result.escapes) == (0, 0)


def test_size_command(tmp_path, capsys):
    out = tmp_path / "size.json"
    status = main(["size", str(EXAMPLES[0]), "--json", str(out)])
    found = json.loads(out.read_text())
    assert status == (found["kernel_text_bytes"] > KERNEL_TEXT_LIMIT)
    parts = found["parts"]["kernel"]
    # What is linked is a little less: the linker shortens calls.
    code = sum(
        part["code"] + part["constants"] for stem, part in parts.items() if stem not in ("registry.c", "stubs.S")
    )
    assert found["kernel_text_bytes"] == code and {"alloc.c", "gate.S", "trap.S"} <= set(parts)
    assert found["parts"]["hello"]["hello.c"]["zeros"] == 4
    text = capsys.readouterr().out
    assert f"kernel: {code} bytes of code and constants of 12288" in text and "  alloc.c " in text


def test_readme_of_the_examples_names_each():
    text = Path(FIRMWARE / "examples" / "README.md").read_text()
    assert re.findall(r"\((\d\d_\w+)/README\.md\)", text) == [folder.name for folder in EXAMPLES]
