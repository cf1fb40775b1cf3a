"""The loader's frames, what it does about each answer, and what it refuses before anything is sent."""

import struct
import zlib

import pytest
from boards.common import BOARDS, find_board
from boards.loader import PAYLOAD, ZEROS, Loader, frame

from boards import loader
from paddock.errors import CommandError
from paddock.isa.memmap import RAM_BASE
from paddock.toolchain import compile_elf


class Line:
    """A serial line with somebody at the other end who gives these answers, one for each frame."""

    timeout = 0.01

    def __init__(self, *answers: bytes):
        self.frames: list[bytes] = []
        self._answers = list(answers)
        self._pending = b""

    def write(self, data: bytes) -> None:
        self.frames.append(data)
        self._pending += self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def read(self, count: int) -> bytes:
        got, self._pending = self._pending[:count], self._pending[count:]
        return got


def program(tmp_path, size: int):
    """A program of ``size`` bytes from the start of the RAM, and an empty page behind its first word."""
    (tmp_path / "p.S").write_text(
        f".globl _start\n_start: j .\n.skip 2044\n.fill {(size - 2048) // 4}, 4, 0x12345678\n"
    )
    (tmp_path / "p.ld").write_text(
        f"ENTRY(_start)\nSECTIONS {{ . = {RAM_BASE:#x}; .text : {{ KEEP(*(.text)) }} /DISCARD/ : {{ *(.riscv*) }} }}\n"
    )
    return compile_elf([tmp_path / "p.S"], linker_script=tmp_path / "p.ld")


def load(line, elf, name="icebreaker", patience=0.05):
    return Loader(line, patience).load(elf, find_board(name).config(), lambda _done, _total: None)


def test_frame_has_address_length_payload_and_crc():
    body = struct.pack("<II", 0x8000_0100, 3) + b"\1\2\3"
    assert frame(0x8000_0100, b"\1\2\3") == b"PDK1" + body + struct.pack("<I", zlib.crc32(body))


def test_zeros_are_not_sent():
    body = struct.pack("<II", 0x8000_0100, ZEROS | 1024)
    assert frame(0x8000_0100, bytes(1024)) == b"PDK1" + body + struct.pack("<I", zlib.crc32(body))


def test_program_goes_out_in_order_and_is_started(tmp_path):
    line = Line(b"K")
    size = load(line, program(tmp_path, 4096))
    heads = [struct.unpack("<4sII", sent[:12]) for sent in line.frames]
    assert size == 4096
    assert heads == [
        (b"PDK1", RAM_BASE, PAYLOAD),
        (b"PDK1", RAM_BASE + 1024, ZEROS | PAYLOAD),
        (b"PDK1", RAM_BASE + 2048, PAYLOAD),
        (b"PDK1", RAM_BASE + 3072, PAYLOAD),
        (b"PDK1", RAM_BASE, 0),
    ]


@pytest.mark.parametrize("broken", [b"C", b""], ids=["wrong CRC", "no answer"])
def test_what_is_not_confirmed_is_sent_again(tmp_path, broken):
    line = Line(broken, b"K")
    load(line, program(tmp_path, 4096))
    assert line.frames[0] == line.frames[1]
    assert len(line.frames) == 6


def test_other_characters_are_no_answers(tmp_path):
    line = Line(b"\nB\nxK")
    load(line, program(tmp_path, 4096))
    assert len(line.frames) == 5


@pytest.mark.parametrize(
    ("answer", "why", "frames"),
    [(b"C", "the CRC was wrong", 5), (b"", "there was no answer", 5), (b"A", "there is no RAM at that address", 1)],
)
def test_gives_up_in_words(tmp_path, answer, why, frames):
    line = Line(answer)
    with pytest.raises(CommandError, match=f"does not take what is sent to 0x80000000: {why}"):
        load(line, program(tmp_path, 4096))
    assert len(line.frames) == frames


def test_line_that_is_gone(tmp_path):
    class Gone(Line):
        def read(self, count: int) -> bytes:
            raise OSError("device disconnected")

    with pytest.raises(CommandError, match="the serial line is gone: device disconnected"):
        load(Gone(b"K"), program(tmp_path, 4096))


@pytest.mark.parametrize("name", BOARDS)
def test_program_larger_than_the_ram_is_refused_before_anything_is_sent(tmp_path, name):
    line = Line(b"K")
    with pytest.raises(CommandError, match="wants memory at 0x80000000"):
        load(line, program(tmp_path, find_board(name).ram_bytes + 4), name)
    assert not line.frames


@pytest.mark.parametrize(("patience", "opened"), [(0.0, False), (60.0, True)])
def test_line_that_is_away_while_the_board_is_programmed(monkeypatch, patience, opened):
    tries = []

    def away_at_first(port, *_args, **_options):
        tries.append(port)
        if len(tries) < 3:
            raise loader.serial.SerialException("away")
        return "a line"

    monkeypatch.setattr(loader.serial, "Serial", away_at_first)
    if opened:
        assert loader.open_port("/dev/ttyUSB0", 57_600, patience) == "a line"
    else:
        with pytest.raises(CommandError, match="cannot open /dev/ttyUSB0: away"):
            loader.open_port("/dev/ttyUSB0", 57_600, patience)
