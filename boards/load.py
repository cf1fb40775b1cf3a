"""``make load``: program a board, then send it a program over the serial line."""

import argparse
import subprocess
import sys
from pathlib import Path

from paddock.errors import CommandError
from paddock.sim.program import load_program
from paddock.toolchain import programmer

from .bitstream import bitstream
from .common import find_board
from .loader import PORT_BACK, Loader, open_port

__all__ = ["add_arguments", "load_program_to", "program", "run"]


def program(name: str) -> None:
    """Put the bitstream of the board ``name`` into its FPGA; CommandError if that fails."""
    loader = str(programmer())
    # Said now, and not after the minutes that a bitstream takes.
    if subprocess.run([loader, "--Version"], stdout=subprocess.DEVNULL, check=False).returncode == 127:
        raise CommandError("openFPGALoader does not start, see above; on Debian or Ubuntu: apt install libusb-1.0-0", 1)
    result = bitstream(name)
    command = [loader, "-b", result.board.loader_board, str(result.path)]
    if subprocess.run(command, check=False).returncode:
        raise CommandError(
            f"openFPGALoader cannot program {result.board.title}; is it connected, and may you use its USB device?", 1
        )


def load_program_to(line, elf: Path, name: str, *, patience: float = 2.0) -> None:
    """Send ``elf`` to the boot ROM behind ``line`` and start it, with a line of progress."""
    config = find_board(name).config()

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty() or done == total:
            print(f"\r{done} of {total} bytes", end="" if done < total else "\n", file=sys.stderr, flush=True)

    Loader(line, patience).load(elf, config, progress)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m boards load``."""
    parser.add_argument("board", help="name of the board")
    parser.add_argument("--port", default="", help="serial line; needed with --elf")
    parser.add_argument("--elf", type=Path, help="program to start")
    parser.add_argument("--no-program", action="store_true", help="the bitstream is there: only send the program")


def run(args: argparse.Namespace) -> int:
    """Program, send, show what comes back until interrupted."""
    board = find_board(args.board)
    if args.elf and not args.port:
        raise CommandError("PORT is missing: ELF goes over the serial line; for example PORT=/dev/ttyUSB1")
    if args.elf:
        # What is wrong with either is said before the bitstream is built.
        open_port(args.port, board.baud).close()
        load_program(args.elf, board.config())
    if not args.no_program:
        program(args.board)
    if args.elf:
        with open_port(args.port, board.baud, patience=PORT_BACK) as line:
            load_program_to(line, args.elf, args.board)
    return 0
