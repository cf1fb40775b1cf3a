"""Relocatable ELF files for the core: what they define and want, whether they can run here, and new names in them.

Only names change: code, data and relocations stay as the compiler wrote them.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section

from ..toolchain import ARCH
from .manifest import ManifestError

__all__ = ["KINDS", "ObjectFile", "Symbol", "is_strings", "parse_arch"]

_SHT_SYMTAB, _SHT_NOBITS, _SHT_RELA = 2, 8, 4
_SHF_WRITE, _SHF_ALLOC, _SHF_EXECINSTR, _SHF_STRINGS, _SHF_TLS = 1, 2, 4, 0x20, 0x400
_STB_LOCAL, _STB_WEAK = 0, 2
_SHN_UNDEF = 0
_EF_RVC, _EF_FLOAT, _EF_RVE = 1, 6, 8
_R_GPREL = {47, 48}
#: Sections that the linker script places, with their subsections, and those that it drops.
_PLACED = (".text", ".rodata", ".srodata", ".data", ".sdata", ".bss", ".sbss", ".eh_frame", ".note", ".comment")
_CONSTRUCTORS = (".init_array", ".preinit_array", ".ctors", ".fini_array", ".dtors")
#: Kinds of what an object brings: machine code, what is only read, variables with a value at the start, and others.
KINDS = ("code", "constants", "data", "zeros")
#: Extensions without instructions of their own that this core lacks.
_HARMLESS = {"zmmul", "zicntr"}


def parse_arch(text: str) -> set[str]:
    """The extensions that a string such as ``rv32i2p1_m2p0_zicsr2p0`` or ``rv32imac_zicsr`` names."""
    first, *others = text.lower().removeprefix("rv32").split("_")
    found = set(re.findall(r"([a-z])(?:\d+p\d+)?", first))
    return found | {re.sub(r"\d+p\d+$", "", other) for other in others}


@dataclass(frozen=True)
class Symbol:
    """A symbol that other files can see; ``at`` is where its entry lies."""

    at: int
    name: str
    defined: bool
    weak: bool


class ObjectFile:
    """A relocatable RV32 file. ``name`` is what messages call it. ManifestError if it cannot be used in a module."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        self.content = content
        if content[:4] == b"BC\xc0\xde":
            self._fail("is LLVM bitcode (-flto), no code yet; compile it without")
        # EI_CLASS 1: 32 bits, EI_DATA 1: little-endian; e_type 1: relocatable, e_machine 243: RISC-V.
        if content[:6] != b"\x7fELF\x01\x01" or struct.unpack_from("<HH", content, 16) != (1, 243):
            self._fail("is no RV32 object file")
        self.elf = ELFFile(BytesIO(content))
        self.sections: list[Section] = list(self.elf.iter_sections())
        table = next((section for section in self.sections if section["sh_type"] == "SHT_SYMTAB"), None)
        if table is None:
            self._fail("has no symbol table: was it stripped?")
        self._table = table
        #: Its name without the folder.
        self.short = PurePath(name).name
        #: Global and weak symbols.
        self.symbols: list[Symbol] = list(self._symbols())

    def _fail(self, message: str):
        raise ManifestError(f"{self.name} {message}")

    def _symbols(self):
        strings = self.sections[self._table["sh_link"]]
        for at in range(self._table["sh_offset"], self._table["sh_offset"] + self._table["sh_size"], 16):
            name_at, _, _, info, _, section = struct.unpack_from("<IIIBBH", self.content, at)
            if info >> 4 != _STB_LOCAL and name_at:
                name = strings.get_string(name_at)
                yield Symbol(at, name, section != _SHN_UNDEF, info >> 4 == _STB_WEAK)

    @property
    def defined(self) -> set[str]:
        """Names that it defines."""
        return {symbol.name for symbol in self.symbols if symbol.defined}

    @property
    def wanted(self) -> set[str]:
        """Names that it wants from elsewhere and cannot do without."""
        return {symbol.name for symbol in self.symbols if not symbol.defined and not symbol.weak}

    @property
    def compiler(self) -> str:
        """What its ``.comment`` says of the compiler; empty if nothing."""
        section = self.elf.get_section_by_name(".comment")
        return section.data().split(b"\0")[0].decode(errors="replace") if section else ""

    def sections_of(self, *kinds: str) -> list[Section]:
        """Its sections of these `KINDS`."""
        return [section for section in self.sections if _kind(section) in kinds]

    def size_of(self, *kinds: str) -> int:
        """Bytes of its sections of these `KINDS`."""
        return sum(section["sh_size"] for section in self.sections_of(*kinds))

    # Can it run here?

    def check(self) -> None:
        """ManifestError if this core, or a module of it, could not run the object as it is."""
        self._check_target()
        for section in self.sections:
            flags, size = section["sh_flags"], section["sh_size"]
            if not flags & _SHF_ALLOC or size == 0:
                continue
            if section.name.startswith(_CONSTRUCTORS):
                self._fail(
                    f"has constructors or destructors ({section.name}), and nothing runs before a module's first "
                    "call; call that code from an operation instead"
                )
            if flags & _SHF_TLS:
                self._fail(f"has variables by thread ({section.name}), which a module cannot have")
            if flags & _SHF_WRITE and flags & _SHF_EXECINSTR:
                self._fail(f"has code that is written to ({section.name}); a module executes the public window only")
        if "__global_pointer$" in self.wanted or self._relocations() & _R_GPREL:
            self._fail(
                "uses gp for its small data, and gp belongs to nobody here; compile it with -msmall-data-limit=0"
            )

    def _check_target(self) -> None:
        flags = self.elf["e_flags"]
        allowed = parse_arch(ARCH) | _HARMLESS
        if flags & _EF_RVC and "c" not in allowed:
            self._fail(f"is compiled with compressed instructions; this core has {ARCH}")
        if flags & _EF_FLOAT or flags & _EF_RVE:
            self._fail("is compiled for another calling convention; compile it with -mabi=ilp32")
        section = next((each for each in self.sections if each["sh_type"] == "SHT_RISCV_ATTRIBUTES"), None)
        for arch in _arch_attributes(section) if section else ():
            if missing := parse_arch(arch) - allowed:
                self._fail(f"is compiled for {arch}; this core has {ARCH} and not {', '.join(sorted(missing))}")

    def _relocations(self) -> set[int]:
        tables = [section for section in self.sections if section["sh_type"] == "SHT_RELA"]
        return {entry["r_info_type"] for table in tables for entry in table.iter_relocations()}

    # New names

    def _placed_name(self, section: Section) -> str | None:
        """The name that the linker script knows a section of a name of its own by; None if it knows it."""
        flags, name = section["sh_flags"], section.name
        if not flags & _SHF_ALLOC or any(name == known or name.startswith(f"{known}.") for known in _PLACED):
            return None
        kind = {"code": ".text", "constants": ".rodata", "data": ".data", "zeros": ".bss"}[_kind(section)]
        return f"{kind}.{name.lstrip('.')}"

    def renamed(self, names: Mapping[str, str], *, sections: bool = True) -> bytes:
        """The file with ``names``, old to new, and with ``sections`` that the linker script has a place for."""
        out = bytearray(self.content)
        new = {symbol.at: names[symbol.name] for symbol in self.symbols if symbol.name in names}
        self._replace_names(out, self._table["sh_link"], new)
        if not sections:
            return bytes(out)
        headers, size = self.elf["e_shoff"], self.elf["e_shentsize"]
        new = {headers + index * size: self._placed_name(section) for index, section in enumerate(self.sections)}
        self._replace_names(out, self.elf["e_shstrndx"], {at: name for at, name in new.items() if name})
        return bytes(out)

    def _replace_names(self, out: bytearray, table: int, names: Mapping[int, str]) -> None:
        """Point the words at ``names``' keys to new strings; the string table moves to the end."""
        if not names:
            return
        header = self.elf["e_shoff"] + table * self.elf["e_shentsize"]
        start, size = struct.unpack_from("<II", out, header + 16)
        strings = bytearray(out[start : start + size])
        for at, name in names.items():
            struct.pack_into("<I", out, at, len(strings))
            strings += name.encode() + b"\0"
        struct.pack_into("<II", out, header + 16, len(out), len(strings))
        out += strings


def is_strings(section: Section) -> bool:
    """Are these string literals, of which the linker keeps one copy each?"""
    return bool(section["sh_flags"] & _SHF_STRINGS)


def _kind(section: Section) -> str | None:
    flags = section["sh_flags"]
    if not flags & _SHF_ALLOC:
        return None
    if flags & _SHF_EXECINSTR:
        return "code"
    if not flags & _SHF_WRITE:
        return "constants"
    return "zeros" if section["sh_type"] == "SHT_NOBITS" else "data"


def _arch_attributes(section) -> list[str]:
    return [
        attribute.value
        for subsection in section.iter_subsections()
        for subsubsection in subsection.iter_subsubsections()
        for attribute in subsubsection.iter_attributes("TAG_ARCH")
    ]
