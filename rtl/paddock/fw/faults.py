"""``paddock faults``: adds function and source line to every ``pc xxxxxxxx`` of a log that the kernel has printed."""

import argparse
import re
import sys
from pathlib import Path

from ..errors import CommandError
from .symbols import Symbols

__all__ = ["add_arguments", "run", "with_places"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock faults``."""
    parser.add_argument("elf", type=Path, help="the program that has printed the log")
    parser.add_argument("log", type=Path, nargs="?", help="file with the log; stdin if not given")


def with_places(line: str, symbols: Symbols) -> str:
    """The line, with the place behind each program counter that lies in a function."""

    def replace(match: re.Match) -> str:
        place = symbols.place(int(match[1], 16))
        return f"{match[0]} ({place})" if place else match[0]

    return re.sub(r"pc ([0-9a-f]{8})", replace, line)


def run(args: argparse.Namespace) -> int:
    """Copy the log, with places."""
    for path in (args.elf, args.log):
        if path is not None and not path.is_file():
            raise CommandError(f"{path} does not exist")
    symbols = Symbols(args.elf)
    text = args.log.read_text(errors="replace") if args.log else sys.stdin.read()
    for line in text.splitlines():
        print(with_places(line, symbols))
    return 0
