"""The boot ROM's program, on the model of the hart, with a UART that keeps one byte and loses what comes too early."""

import struct

import pytest
from boards.loader import ZEROS, frame

from model.hart import Hart
from model.memory import BusError, Memory, Region
from paddock.config import CoreConfig
from paddock.fw.boot import boot_words
from paddock.isa.memmap import BOOT_BASE, DEVICE_BY_NAME, RAM_BASE

RAM_BYTES = 8192
UART = DEVICE_BY_NAME["uart"]
#: Start bit, 8 data bits, stop bit, at 16 cycles each: as fast as the UART can be.
BYTE_CYCLES = 160
#: About what the core takes: an instruction, more for one that jumps, more for one to a device.
JUMP_CYCLES, DEVICE_CYCLES = 1, 4


class Line:
    """The UART's registers, and the other end of its line: ``sent`` goes out byte by byte, from cycle ``start`` on."""

    def __init__(self):
        self.now = 0
        self.received = b""
        self.lost = 0
        self._sent = b""
        self._next = 0
        self._kept: int | None = None

    def send(self, data: bytes) -> None:
        self._sent += data
        self._next = max(self._next, self.now + BYTE_CYCLES)

    @property
    def idle(self) -> bool:
        return not self._sent and self._kept is None

    def _advance(self) -> None:
        while self._sent and self._next <= self.now:
            self.lost += self._kept is not None
            self._kept, self._sent = self._sent[0], self._sent[1:]
            self._next += BYTE_CYCLES

    def read(self, offset: int, size: int, _observed) -> int:
        self._advance()
        self.now += DEVICE_CYCLES
        assert size == 1
        if offset == 5:
            return 0x60 | (self._kept is not None)
        assert offset == 0
        byte, self._kept = self._kept, None
        return byte

    def write(self, offset: int, _size: int, value: int) -> None:
        self._advance()
        self.now += DEVICE_CYCLES
        if offset == 0:
            self.received += bytes([value & 0xFF])


class BootMemory(Memory):
    """Memory with the boot ROM, for fetches."""

    words_of_rom = boot_words()

    def fetch(self, pc: int) -> int:
        if pc >= BOOT_BASE:
            index = (pc - BOOT_BASE) // 4
            if index >= len(self.words_of_rom):
                raise BusError
            return self.words_of_rom[index]
        return super().fetch(pc)


class Board:
    def __init__(self):
        self.line = Line()
        self.memory = BootMemory(RAM_BYTES, (Region(UART.base, UART.size, self.line),))
        # Whatever RAM holds after power-up.
        self.memory.load_image(b"\xa5" * RAM_BYTES)
        self.hart = Hart(CoreConfig(reset_address=BOOT_BASE), self.memory)

    def run(self, data: bytes = b"", *, idle: int = 2000) -> bytes:
        """Send ``data``, go on for ``idle`` instructions behind its end; returns what came back."""
        before = len(self.line.received)
        self.line.send(data)
        left = idle
        while left and self.hart.pc != RAM_BASE:
            retired = self.hart.step()
            self.line.now += 1 + JUMP_CYCLES * (retired.next_pc != retired.pc + 4)
            left = idle if not self.line.idle else left - 1
        assert not self.line.lost
        return self.line.received[before:]

    def ram(self, offset: int, size: int) -> bytes:
        return bytes(self.memory.ram[offset : offset + size])


@pytest.fixture
def board() -> Board:
    board = Board()
    assert board.run() == b"\nB"
    return board


def test_stores_what_a_frame_has_and_nothing_else(board):
    payload = bytes(range(1, 200))
    assert board.run(frame(RAM_BASE + 0x101, payload)) == b"K"
    assert board.ram(0x100, 201) == b"\xa5" + payload + b"\xa5"


def test_zeros_are_stored_without_being_sent(board):
    assert len(frame(RAM_BASE + 4, bytes(1024))) == 16
    assert board.run(frame(RAM_BASE + 4, bytes(1024)), idle=20_000) == b"K"
    assert board.ram(0, 4 + 1024 + 4) == b"\xa5" * 4 + bytes(1024) + b"\xa5" * 4


@pytest.mark.parametrize("at", [4, 8, 12, 14, -1], ids=["address", "length", "payload", "payload's end", "CRC"])
def test_a_changed_bit_is_seen(board, at):
    broken = bytearray(frame(RAM_BASE, b"abc"))
    broken[at] ^= 1
    assert board.run(bytes(broken) + bytes(4), idle=4000)[:1] in (b"C", b"A")
    assert board.run(frame(RAM_BASE, b"abc")) == b"K"


def test_what_is_before_the_magic_number_is_no_frame(board):
    assert board.run(b"\0PPDPDKPDK0" + frame(RAM_BASE, b"abc")) == b"K"


@pytest.mark.parametrize("address", [RAM_BASE + RAM_BYTES - 2, 0, BOOT_BASE], ids=["end", "null page", "ROM"])
def test_says_where_no_ram_is(board, address):
    assert board.run(frame(address, b"abcd")) == b"A"
    assert board.run(frame(RAM_BASE, b"abc")) == b"K"


def test_a_frame_that_breaks_off_is_forgotten(board):
    whole = frame(RAM_BASE, b"abcdefgh")
    assert board.run(whole[:15], idle=2_000_000) == b""
    assert board.run(whole) == b"K"


def test_starts_where_the_last_frame_says(board):
    assert board.run(frame(RAM_BASE, struct.pack("<I", 0x6F))) == b"K"
    assert board.run(frame(RAM_BASE, b"")) == b"K"
    assert board.hart.pc == RAM_BASE


def test_zeros_mark_is_beyond_any_ram():
    assert ZEROS > 64 << 20
