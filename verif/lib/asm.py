"""Assembles the small programs of the core's tests."""

import functools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

from paddock import toolchain
from paddock.cache import cached, content_key
from paddock.config import CoreConfig

__all__ = ["PROGRAMS", "Program", "assemble", "assemble_text", "encode"]

#: Where the programs are.
PROGRAMS = Path(__file__).resolve().parents[1] / "core" / "programs"


@dataclass(frozen=True)
class Program:
    """What is loaded (address -> word) and where the labels are."""

    name: str
    words: Mapping[int, int]
    symbols: Mapping[str, int]


@functools.cache
def assemble(path: Path, config: CoreConfig, flags: tuple[str, ...] = ()) -> Program:
    """Assemble a program for this configuration. It sees the names of ``isa.inc``, and, as preprocessor constants,
    PADDOCK, PMP, MODULES, FRAMES, DEVICE_WINDOW, GRANT_WINDOW and PUBLIC_WINDOW."""
    windows = ("device_window", "grant_window", "public_window")
    defines = {
        "PADDOCK": int(config.paddock),
        "PMP": config.pmp,
        "MODULES": config.modules,
        "FRAMES": config.frames,
        **{name.upper(): int(config.paddock and getattr(config, name)) for name in windows},
    }
    elf = toolchain.compile_elf(
        [path], linker_script=PROGRAMS / "program.ld", include_dirs=[PROGRAMS], defines=defines, flags=("-O1", *flags)
    )
    return _read(path.stem, elf)


def assemble_text(name: str, text: str, config: CoreConfig) -> Program:
    """The same for a program that a test has written."""
    file = f"{name}.S"
    folder = cached("programs", content_key(texts=[name, text]), lambda folder: (folder / file).write_text(text))
    return assemble(folder / file, config)


def encode(text: str, config: CoreConfig) -> list[int]:
    """The words that the assembler makes of instructions that need no address."""
    program = assemble_text("words", f'.include "isa.inc"\n.globl _start\n_start:\n{text}\n', config)
    return [word for _, word in sorted(program.words.items())]


def _read(name: str, path: Path) -> Program:
    words: dict[int, int] = {}
    with path.open("rb") as file:
        elf = ELFFile(file)
        for segment in elf.iter_segments("PT_LOAD"):
            data = segment.data().ljust(segment["p_memsz"], b"\0")
            data += b"\0" * (-len(data) % 4)
            base = segment["p_paddr"]
            words.update({base + 4 * i: word for i, (word,) in enumerate(struct.iter_unpack("<I", data))})
        table = elf.get_section_by_name(".symtab")
        symbols = {symbol.name: symbol["st_value"] for symbol in table.iter_symbols() if symbol.name}
    return Program(name, words, symbols)
