"""``paddock size``: code and RAM of the kernel by part, and of everything else in an image."""

import argparse
import json
import re
from pathlib import Path

from ..isa.memmap import RAM_BASE
from ..paths import BUILD, ROOT
from .build import Image
from .elf import KINDS, ObjectFile, is_strings
from .images import build_folder
from .symbols import Symbols

__all__ = ["KERNEL_TEXT_LIMIT", "add_arguments", "measure", "run"]

RESULTS = BUILD / "results" / "size.json"
#: Bytes of code and constants that the kernel may have; what the build step makes for each module is not counted.
KERNEL_TEXT_LIMIT = 12 * 1024
#: Made by the build step: as large as the modules are many.
_MADE = ("registry.c", "stubs.S")
#: What the kernel calls in the library, among its parts.
_LIBRARY = "library"
#: An input section in the linker's map: lld's and GNU ld's.
_LLD = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ +(\S+\.o):\((\S+)\)$", re.MULTILINE)
_GNU = re.compile(r"^ (\.[^\s*(]+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+\.o)$", re.MULTILINE)
_GNU_START = "Linker script and memory map"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock size``."""
    parser.add_argument("folder", type=Path, nargs="?", help="the image; the demo if there is none")
    parser.add_argument(
        "--json", type=Path, default=RESULTS, metavar="FILE", help=f"where the results go ({RESULTS.relative_to(ROOT)})"
    )


def _owner(name: str) -> tuple[str, str]:
    """(whose it is, its source) of an object of the image, by its name."""
    owners = r"\w+\.module|image\.kernel|words\.kernel|kernel|public"
    stem, owner = re.fullmatch(rf"(?:\d+\.)?(.+?)\.({owners})\.o", name).groups()
    return owner.removesuffix(".module" if owner.endswith(".module") else ".kernel"), stem


def _linked(text: str) -> dict[tuple[str, str], int]:
    """Bytes that are in the program, by object and section, from the linker's map."""
    found: dict[tuple[str, str], int] = {}
    rows = [(name, section, size) for size, name, section in _LLD.findall(text)]
    rows += [(name, section, size) for section, size, name in _GNU.findall(text.partition(_GNU_START)[2])]
    for name, section, size in rows:
        found[name, section] = found.get((name, section), 0) + int(size, 16)
    return found


def measure(image: Image) -> dict:
    """Bytes by owner and part, and in all: what the linker has left, calls as short as it has made them.

    Strings count for each object that has them, though the linker keeps one copy.
    """
    parts: dict[str, dict[str, dict[str, int]]] = {}
    linked = _linked(image.map.read_text())
    objects = {name: ObjectFile(name, content) for name, content in image.objects.items()}
    for name, each in objects.items():
        whose, stem = _owner(name)
        parts.setdefault(whose, {})[stem] = {
            kind: sum(
                section["sh_size"] if is_strings(section) else linked.get((name, section.name), 0)
                for section in each.sections_of(kind)
            )
            for kind in KINDS
        }
    parts["kernel"][_LIBRARY] = dict.fromkeys(KINDS, 0) | {"code": _called(objects, linked)}
    at = Symbols(image.elf).addresses
    own = [part for stem, part in parts["kernel"].items() if stem not in _MADE]
    text = sum(part["code"] + part["constants"] for part in own)
    ram = sum(part["data"] + part["zeros"] for part in parts["kernel"].values())
    return {
        "image": image.name,
        "kernel_text_bytes": text,
        "kernel_text_limit": KERNEL_TEXT_LIMIT,
        "kernel_ram_bytes": ram,
        "public_bytes": at["__public_end"] - at["__public_start"],
        "arena_bytes": {module.name: _arena(module.name, at) for module in image.modules},
        "image_bytes": at["__image_end"] - RAM_BASE,
        "parts": parts,
    }


def _called(objects: dict[str, ObjectFile], linked: dict[tuple[str, str], int]) -> int:
    """Bytes of the library's functions that the kernel itself calls; modules can call them too."""
    owners = {name: _owner(name)[0] for name in objects}
    wanted = set().union(*(each.wanted for name, each in objects.items() if owners[name] == "kernel"))
    called = [(name, f".text.{want}") for name in objects if owners[name] == "public" for want in wanted]
    return sum(linked.get(key, 0) for key in called)


def _arena(name: str, at: dict[str, int]) -> int:
    return at[f"{name}.arena.limit"] - at[f"{name}.arena.lower"]


def run(args: argparse.Namespace) -> int:
    """Measure, print, write; 1 if the kernel has grown beyond its limit."""
    found = measure(build_folder(args.folder))
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps(found, indent=2) + "\n")
    print(f"{'':24}" + "".join(f"{kind:>11}" for kind in KINDS))
    for whose, parts in sorted(found["parts"].items(), key=lambda item: (item[0] != "kernel", item[0])):
        _print_row(whose, {kind: sum(part[kind] for part in parts.values()) for kind in KINDS})
        for stem, part in sorted(parts.items()):
            _print_row(f"  {stem}", part)
    over = found["kernel_text_bytes"] > KERNEL_TEXT_LIMIT
    print(f"kernel: {found['kernel_text_bytes']} bytes of code and constants of {KERNEL_TEXT_LIMIT}", end="")
    print(f"{', TOO MANY' if over else ''}; {found['kernel_ram_bytes']} of data, stack and bookkeeping")
    arenas = ", ".join(f"{name} {size}" for name, size in found["arena_bytes"].items())
    print(f"public window: {found['public_bytes']}; arenas: {arenas or 'none'}")
    print(f"the whole image: {found['image_bytes']} bytes of RAM")
    return int(over)


def _print_row(name: str, part: dict[str, int]) -> None:
    print(f"{name:24}" + "".join(f"{part[kind]:>11}" for kind in KINDS))
