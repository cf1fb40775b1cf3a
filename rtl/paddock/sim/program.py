"""A program for the simulator: read from an ELF file, and refused in plain words if it cannot run."""

from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from ..config import SocConfig
from ..errors import CommandError
from ..isa.memmap import RAM_BASE

__all__ = ["Program", "load_program"]

#: Bits of ``e_flags``: compressed instructions, floating-point registers in calls.
_FLAG_RVC, _FLAG_FLOAT = 0x1, 0x6


@dataclass(frozen=True)
class Program:
    """What the RAM holds at the start, where it starts, and where a test reports its result."""

    image: bytes
    entry: int
    #: Address of the word ``tohost``, None if the program has none.
    tohost: int | None


def load_program(path: Path, config: SocConfig) -> Program:
    """Read the ELF file ``path``; CommandError if it is none, or not for this SoC."""
    try:
        with path.open("rb") as file:
            return _read(ELFFile(file), path, config)
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from None
    except ELFError as error:
        raise CommandError(f"{path} is not an ELF file ({error})") from None


def _read(elf: ELFFile, path: Path, config: SocConfig) -> Program:
    _check_kind(elf, path)
    segments = [segment for segment in elf.iter_segments("PT_LOAD") if segment["p_memsz"]]
    if not segments:
        raise CommandError(f"{path} has nothing to load")
    entry, reset = elf["e_entry"], config.core.reset_address
    if config.boot_rom:
        # The boot ROM jumps to wherever it is told.
        _check_range(path, entry, 4, config)
        reset = entry
    if entry == 0 and reset != 0:
        raise CommandError(f"{path} has no entry point; the core starts at {reset:#010x}")
    if entry != reset:
        raise CommandError(f"{path} starts at {entry:#010x}, but the core starts at {reset:#010x}")
    image = bytearray()
    for segment in segments:
        _check_range(path, segment["p_vaddr"], segment["p_memsz"], config)
        _check_range(path, segment["p_paddr"], segment["p_filesz"], config)
        start = segment["p_paddr"] - RAM_BASE
        end = start + segment["p_filesz"]
        image.extend(bytes(max(0, end - len(image))))
        image[start:end] = segment.data()
    return Program(image=bytes(image), entry=entry, tohost=_symbol(elf, "tohost"))


def _check_kind(elf: ELFFile, path: Path) -> None:
    if elf["e_machine"] != "EM_RISCV":
        raise CommandError(f"{path} is for {elf.get_machine_arch()}, not for RISC-V")
    if elf.elfclass != 32 or not elf.little_endian:
        endian = "little" if elf.little_endian else "big"
        raise CommandError(
            f"{path} is for a {elf.elfclass}-bit {endian}-endian machine; the core is 32-bit little-endian"
        )
    if elf["e_type"] != "ET_EXEC":
        raise CommandError(f"{path} is not a linked program ({elf['e_type']})")
    if elf["e_flags"] & _FLAG_RVC:
        raise CommandError(f"{path} has compressed instructions; compile for rv32im")
    if elf["e_flags"] & _FLAG_FLOAT:
        raise CommandError(f"{path} needs floating-point registers; compile for ABI ilp32")


def _check_range(path: Path, start: int, size: int, config: SocConfig) -> None:
    ram_end = RAM_BASE + config.ram_bytes
    if size and not RAM_BASE <= start <= start + size <= ram_end:
        wanted, there = f"{start:#010x} .. {start + size:#010x}", f"{RAM_BASE:#010x} .. {ram_end:#010x}"
        raise CommandError(f"{path} wants memory at {wanted}, but the RAM is at {there}")


def _symbol(elf: ELFFile, name: str) -> int | None:
    table = elf.get_section_by_name(".symtab")
    symbols = table.get_symbol_by_name(name) if table is not None else None
    return symbols[0]["st_value"] if symbols else None
