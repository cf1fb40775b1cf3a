"""The host's side of the boot ROM (``firmware/boot/boot.S``): frames with a CRC, sent again if they arrive broken."""

import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import serial

from paddock.config import SocConfig
from paddock.errors import CommandError
from paddock.isa.memmap import RAM_BASE
from paddock.sim.program import load_program

__all__ = ["PORT_BACK", "Loader", "frame", "open_port"]

_MAGIC = b"PDK1"
#: In a length: so many zeros, which are not sent.
ZEROS = 1 << 31
#: Bytes of a frame's payload: short, so that little is sent again, long, so that answers cost no time.
PAYLOAD = 1024
_ATTEMPTS = 5
#: Seconds in which a line is back whose USB device the programmer has had for itself, as on boards with one FTDI chip.
PORT_BACK = 5.0
_ANSWERS = {b"C": "the CRC was wrong", b"A": "there is no RAM at that address", b"": "there was no answer"}


def frame(address: int, payload: bytes) -> bytes:
    """What the boot ROM expects."""
    if payload and not any(payload):
        body = struct.pack("<II", address, ZEROS | len(payload))
    else:
        body = struct.pack("<II", address, len(payload)) + payload
    return _MAGIC + body + struct.pack("<I", zlib.crc32(body))


def open_port(port: str, baud: int, patience: float = 0.0) -> serial.Serial:
    """The serial line; CommandError if it cannot be opened, for ``patience`` seconds."""
    if not port:
        raise CommandError("PORT is missing; for example PORT=/dev/ttyUSB1")
    deadline = time.monotonic() + patience
    while True:
        try:
            return serial.Serial(port, baud, timeout=0.1)
        except (serial.SerialException, ValueError, OSError) as error:
            if time.monotonic() >= deadline:
                raise CommandError(f"cannot open {port}: {error}") from None
        time.sleep(0.1)


class Loader:
    """Talks to the boot ROM on an open serial line.

    Parameters
    ----------
    line : serial.Serial
        Anything with ``read``, ``write`` and ``timeout``.
    patience : float
        Seconds that an answer may take, beyond the time on the line.
    """

    def __init__(self, line, patience: float = 2.0):
        self._line = line
        self._patience = patience

    def load(
        self, elf: Path, config: SocConfig, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> int:
        """Send the program and start it; returns its size. CommandError if it does not fit or nobody takes it."""
        program = load_program(elf, config)
        image = program.image
        for at in range(0, len(image), PAYLOAD):
            self._send(RAM_BASE + at, image[at : at + PAYLOAD])
            progress(min(at + PAYLOAD, len(image)), len(image))
        self._send(program.entry, b"")
        return len(image)

    def _send(self, address: int, payload: bytes) -> None:
        """One frame, until it is confirmed."""
        for _ in range(_ATTEMPTS):
            try:
                self._line.write(frame(address, payload))
                answer = self._answer()
            except OSError as error:
                raise CommandError(f"the serial line is gone: {error}", 1) from None
            if answer == b"K":
                return
            if answer == b"A":
                break
        raise CommandError(
            f"the boot ROM does not take what is sent to {address:#010x}: {_ANSWERS[answer]}; "
            "is the bitstream loaded, has the reset button been pressed?",
            1,
        )

    def _answer(self) -> bytes:
        """The next byte that is an answer; empty if none comes in time."""
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            byte = self._line.read(1)
            if byte and byte in b"KCA":
                return byte
        return b""
