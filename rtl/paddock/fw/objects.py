"""Gives each module a name space of its own, in its compiled objects.

Modules are linked with the kernel and with each other, yet are written without a thought of that: two of them may
have a global ``init``, and none may reach a function of the kernel by its name. So before linking, every global that
a module defines becomes ``module.name``, and every name that it wants from outside must be one that it may have.
Only the names in the symbol table change; code, data and relocations stay as the compiler wrote them.
"""

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from .manifest import ManifestError

__all__ = ["defined_symbols", "rename_symbols"]

_SHT_SYMTAB = 2
_SHN_UNDEF = 0
_STB_LOCAL = 0


class _Object:
    """An ELF32 little-endian relocatable file; just enough of it to rename symbols."""

    def __init__(self, path: Path):
        self.path = path
        self.bytes = bytearray(path.read_bytes())
        # EI_CLASS 1: 32 bits, EI_DATA 1: little-endian; e_type 1: relocatable, e_machine 243: RISC-V.
        if self.bytes[:6] != b"\x7fELF\x01\x01" or struct.unpack_from("<HH", self.bytes, 16) != (1, 243):
            raise ManifestError(f"{path} is no RV32 object file")
        (self.section_table,) = struct.unpack_from("<I", self.bytes, 0x20)
        self.section_size, count = struct.unpack_from("<HH", self.bytes, 0x2E)
        tables = [index for index in range(count) if self.section(index)[1] == _SHT_SYMTAB]
        if not tables:
            raise ManifestError(f"{path} has no symbol table: was it stripped?")
        _, _, _, _, self.symbols_at, size, self.strings_index, *_ = self.section(tables[0])
        self.symbol_count = size // 16
        self.strings_at, self.strings_size = self.section(self.strings_index)[4:6]

    def section(self, index: int) -> tuple[int, ...]:
        """The ten words of a section header."""
        return struct.unpack_from("<10I", self.bytes, self.section_table + index * self.section_size)

    def globals(self):
        """(position of the entry, name, is it defined) of each symbol that other files can see."""
        for index in range(self.symbol_count):
            at = self.symbols_at + 16 * index
            name_at, _, _, info, other, section = struct.unpack_from("<IIIBBH", self.bytes, at)
            if info >> 4 == _STB_LOCAL:
                continue
            start = self.strings_at + name_at
            name = self.bytes[start : self.bytes.index(0, start)].decode()
            yield at, name, section != _SHN_UNDEF

    def rename(self, names: Mapping[int, str]) -> bytes:
        """The file with new names for the entries at these positions; the string table moves to the end."""
        strings = bytearray(self.bytes[self.strings_at : self.strings_at + self.strings_size])
        out = bytearray(self.bytes)
        for at, name in names.items():
            struct.pack_into("<I", out, at, len(strings))
            strings += name.encode() + b"\0"
        header = self.section_table + self.strings_index * self.section_size
        struct.pack_into("<II", out, header + 16, len(out), len(strings))
        return bytes(out + strings)


def defined_symbols(paths: Iterable[Path]) -> set[str]:
    """Global symbols that these objects define."""
    return {name for path in paths for _, name, defined in _Object(path).globals() if defined}


def rename_symbols(path: Path, *, module: str, own: set[str], imports: Mapping[str, str], source: str) -> bytes:
    """The object with ``own`` names moved into the module's name space and wanted ones taken from ``imports``.

    ``source`` is what the object was made from, for the message. ManifestError if it wants anything else.
    """
    file = _Object(path)
    renamed = {}
    for at, name, defined in file.globals():
        if name in own:
            renamed[at] = f"{module}.{name}"
        elif name in imports:
            renamed[at] = imports[name]
        elif name and not defined:
            raise ManifestError(
                f"module {module}: {source} wants {name!r}, which is no function of the module itself, no service of "
                "the kernel, and no operation of a module that names it as a caller"
            )
    return file.rename(renamed)
