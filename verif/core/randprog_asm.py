"""Machine words from names and numbers, with labels: what the random programs are written with."""

import struct
from collections.abc import Callable
from itertools import accumulate

from paddock.isa.csr import csr_number
from paddock.isa.encoding import BY_NAME, Format

__all__ = ["Assembler", "encode"]

_WORD = 0xFFFF_FFFF


def encode(name: str, rd: int = 0, rs1: int = 0, rs2: int = 0, imm: int = 0) -> int:
    """The word of one instruction; ``imm`` of a U format is the upper 20 bits in place."""
    insn = BY_NAME[name]
    word = insn.match
    if insn.format in (Format.R, Format.I, Format.U, Format.J):
        word |= rd << 7
    if insn.format in (Format.R, Format.I, Format.S, Format.B):
        word |= rs1 << 15
    if insn.format in (Format.R, Format.S, Format.B):
        word |= rs2 << 20
    if insn.format is Format.I:
        word |= (imm & 0xFFF) << 20
    elif insn.format is Format.S:
        word |= (imm & 31) << 7 | (imm >> 5 & 127) << 25
    elif insn.format is Format.B:
        word |= (imm >> 11 & 1) << 7 | (imm >> 1 & 15) << 8 | (imm >> 5 & 63) << 25 | (imm >> 12 & 1) << 31
    elif insn.format is Format.U:
        word |= imm & 0xFFFF_F000
    elif insn.format is Format.J:
        word |= (imm >> 12 & 255) << 12 | (imm >> 11 & 1) << 20 | (imm >> 1 & 1023) << 21 | (imm >> 20 & 1) << 31
    return word & _WORD


class Assembler:
    """A growing run of words from ``base`` on."""

    def __init__(self, base: int):
        self.base = base
        self.words: list[int] = []
        self._labels: dict[str, int] = {}
        self._fixups: dict[int, Callable[[int, dict[str, int]], int]] = {}
        self._names = 0

    @property
    def here(self) -> int:
        """Address of the next word."""
        return self.base + 4 * len(self.words)

    def new_label(self) -> str:
        """A name that nothing else has."""
        self._names += 1
        return f".{self._names}"

    def label(self, name: str) -> str:
        """Puts ``name`` here."""
        if name in self._labels:
            raise ValueError(f"label {name} stands twice")
        self._labels[name] = len(self.words)
        return name

    def word(self, *words: int) -> None:
        """Adds raw words."""
        self.words.extend(words)

    def emit(self, name: str, rd: int = 0, rs1: int = 0, rs2: int = 0, imm: int = 0) -> None:
        """Adds an instruction."""
        self.words.append(encode(name, rd, rs1, rs2, imm))

    def csr(self, name: str, rd: int, csr: int | str, source: int = 0) -> None:
        """Adds a CSR instruction; ``source`` is the register or the 5-bit immediate."""
        self.emit(name, rd, source, imm=csr if isinstance(csr, int) else csr_number(csr))

    def to(self, name: str, target: str, rd: int = 0, rs1: int = 0, rs2: int = 0, offset: int = 0) -> None:
        """Adds a branch or `jal` to ``offset`` bytes behind label ``target``."""
        self._later(lambda pc, labels: encode(name, rd, rs1, rs2, labels[target] + offset - pc))

    def li(self, rd: int, value: int) -> None:
        """Loads a constant, in two instructions."""
        value &= _WORD
        self.emit("lui", rd, imm=value + 0x800)
        self.emit("addi", rd, rd, imm=value)

    def la(self, rd: int, target: str, offset: int = 0) -> None:
        """Loads the address ``offset`` bytes behind a label, in two instructions."""
        self._later(lambda _, labels: encode("lui", rd, imm=labels[target] + offset + 0x800))
        self._later(lambda _, labels: encode("addi", rd, rd, imm=labels[target] + offset))

    def align(self, multiple: int) -> None:
        """Fills with `nop` up to a multiple of so many bytes."""
        while self.here % multiple:
            self.emit("addi")

    def labels(self, without: frozenset[int] = frozenset()) -> dict[str, int]:
        """Address of every label, if the words with these indices are left out."""
        gone = self._gone(without)
        return {name: self.base + 4 * (index - gone[index]) for name, index in self._labels.items()}

    def image(self, without: frozenset[int] = frozenset()) -> bytes:
        """All words but those with these indices; jumps go to where the labels are then."""
        labels, gone = self.labels(without), self._gone(without)
        words = []
        for index, word in enumerate(self.words):
            if index not in without:
                resolve = self._fixups.get(index)
                words.append(resolve(self.base + 4 * (index - gone[index]), labels) if resolve else word)
        return struct.pack(f"<{len(words)}I", *words)

    def _gone(self, without: frozenset[int]) -> list[int]:
        """How many words in front of each index, and of the end, are left out."""
        return list(accumulate((index in without for index in range(len(self.words))), initial=0))

    def _later(self, resolve: Callable[[int, dict[str, int]], int]) -> None:
        self._fixups[len(self.words)] = resolve
        self.words.append(0)
