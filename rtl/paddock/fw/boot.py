"""The program in the boot ROM, as words."""

from functools import cache

from elftools.elf.elffile import ELFFile

from ..isa.memmap import BOOT_BASE, BOOT_BYTES
from ..paths import ROOT
from ..toolchain import ToolError, compile_elf

__all__ = ["boot_words"]

_FOLDER = ROOT / "firmware" / "boot"


@cache
def boot_words() -> tuple[int, ...]:
    """``firmware/boot``, built. ToolError if it is larger than the ROM, or linked to another place."""
    program = compile_elf([_FOLDER / "boot.S"], linker_script=_FOLDER / "boot.ld")
    with program.open("rb") as file:
        text = ELFFile(file).get_section_by_name(".text")
        if text["sh_addr"] != BOOT_BASE or text.data_size > BOOT_BYTES:
            has, start = text.data_size, text["sh_addr"]
            raise ToolError(f"{program} has {has} bytes from {start:#x}; the ROM has {BOOT_BYTES} from {BOOT_BASE:#x}")
        content = text.data()
    content += bytes(-len(content) % 4)
    return tuple(int.from_bytes(content[at : at + 4], "little") for at in range(0, len(content), 4))
