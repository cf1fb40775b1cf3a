"""Turns a program's addresses into names and source lines, and names into addresses."""

from bisect import bisect_right
from pathlib import Path

from elftools.elf.elffile import ELFFile

__all__ = ["Symbols"]


class Symbols:
    """Symbols and line numbers of an ELF file."""

    def __init__(self, path: Path):
        with path.open("rb") as file:
            elf = ELFFile(file)
            table = elf.get_section_by_name(".symtab")
            symbols = [symbol for symbol in table.iter_symbols() if symbol["st_shndx"] != "SHN_UNDEF"]
            #: Address by name.
            self.addresses = {symbol.name: symbol["st_value"] for symbol in symbols if symbol.name}
            #: Size in bytes by name, of what has one.
            self.sizes = {symbol.name: symbol["st_size"] for symbol in symbols if symbol.name}
            self._functions = sorted(
                (symbol["st_value"], symbol["st_size"], symbol.name)
                for symbol in symbols
                if symbol["st_info"]["type"] == "STT_FUNC"
            )
            self._lines = sorted(_lines(elf)) if elf.has_dwarf_info() else []

    def function(self, address: int) -> str | None:
        """The function that ``address`` lies in."""
        index = bisect_right(self._functions, (address, 1 << 32, "")) - 1
        if index < 0:
            return None
        start, size, name = self._functions[index]
        return name if address < start + size else None

    def place(self, address: int) -> str | None:
        """Function and source line of ``address``, for people."""
        name = self.function(address)
        if name is None:
            return None
        index = bisect_right(self._lines, (address, "\uffff", 0)) - 1
        if index < 0 or self._lines[index][2] == 0:
            return name
        _, file, line = self._lines[index]
        return f"{name}, {file}:{line}"


def _lines(elf):
    """(address, file, line) of every row of the line tables; line 0 ends a sequence."""
    dwarf = elf.get_dwarf_info()
    for unit in dwarf.iter_CUs():
        program = dwarf.line_program_for_CU(unit)
        if program is None:
            continue
        files = program["file_entry"]
        # Version 5 counts files from 0, the ones before from 1.
        first = 0 if program["version"] >= 5 else 1
        for entry in program.get_entries():
            state = entry.state
            if state is not None and 0 <= state.file - first < len(files):
                name = files[state.file - first].name.decode()
                yield state.address, Path(name).name, 0 if state.end_sequence else state.line
