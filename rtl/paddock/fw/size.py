"""``paddock size``: code and RAM of the kernel in the demo, by part."""

import argparse
import os
import re
from collections import defaultdict

from ..campaign import write_results
from ..errors import CommandError
from ..paths import ROOT
from .demo import build_demo

__all__ = ["KERNEL_TEXT_LIMIT", "KINDS", "RAM_LIMIT", "add_arguments", "run", "sizes"]

#: Columns of the table.
KINDS = ("code", "constants", "data", "stack")
#: Bytes of code that the kernel may have, and of RAM that the demo may take.
KERNEL_TEXT_LIMIT = 12 * 1024
RAM_LIMIT = 64 * 1024

#: A row of the linker's map: address, load address, size, alignment, object and section.
_ROW = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ +(?:.*/)?(\S+\.o):\((\S+)\)$")
_END = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +[0-9a-f]+ +\d+ +__image_end = \.$", re.MULTILINE)
_RAM_BASE = 0x8000_0000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``paddock size`` has no options."""


def _kind(section: str) -> str | None:
    if section.startswith((".text", ".boot")):
        return "code"
    if section.startswith((".rodata", ".srodata")):
        return "constants"
    if section.startswith((".data", ".sdata", ".bss", ".sbss", ".keep")):
        return "data"
    return "stack" if section == ".kernel.stack" else None


def sizes() -> tuple[dict[str, dict[str, int]], int]:
    """Bytes by part of the kernel and kind (`KINDS`; data with bss); and of the whole image."""
    if os.environ.get("CROSS_COMPILE"):
        raise CommandError("the map of the GNU linker is not understood; unset CROSS_COMPILE")
    text = build_demo().map.read_text()
    parts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for line in text.splitlines():
        row = _ROW.match(line)
        if row and row[2].endswith(".kernel.o") and not row[2].endswith(".image.kernel.o"):
            kind = _kind(row[3])
            if kind:
                parts[row[2].removesuffix(".kernel.o")][kind] += int(row[1], 16)
    end = _END.search(text)
    if not parts or end is None:
        raise CommandError("cannot read the linker's map", 1)
    return dict(parts), int(end[1], 16) - _RAM_BASE


def run(args: argparse.Namespace) -> int:
    """Print the table; 1 if a limit is exceeded."""
    parts, image = sizes()
    total = {kind: sum(part[kind] for part in parts.values()) for kind in KINDS}
    print(f"{'part':12}" + "".join(f"{kind:>11}" for kind in KINDS))
    for name, part in [*sorted(parts.items(), key=lambda item: -item[1]["code"]), ("kernel", total)]:
        print(f"{name:12}" + "".join(f"{part[kind]:>11}" for kind in KINDS))
    print(f"demo, all of it: {image} bytes of RAM")
    document = {"command": "make size", "parts": parts, "kernel": total, "demo_ram_bytes": image}
    for path in write_results("size", document):
        print(f"wrote {path.relative_to(ROOT)}")
    exceeded = {"code of the kernel": (total["code"], KERNEL_TEXT_LIMIT), "RAM of the demo": (image, RAM_LIMIT)}
    for name, (value, limit) in exceeded.items():
        if value > limit:
            print(f"TOO LARGE: {name} is {value} bytes, may be {limit}")
    return int(any(value > limit for value, limit in exceeded.values()))
