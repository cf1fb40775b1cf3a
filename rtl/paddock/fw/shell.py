"""``paddock shell``: the monitor shell, on the terminal; or with lines from a file or a pipe, as if they were typed."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..config import CoreConfig, SocConfig
from ..paths import ROOT
from ..sim.run import simulate
from . import misdeeds
from .build import FIRMWARE, Image, build_image

__all__ = ["add_arguments", "build_shell", "run", "typed"]

#: Far more than a sitting: the simulator waits for keys in simulated time.
_MAX_CYCLES = 1 << 40
_PROMPT = b"\n> "
_SOC = SocConfig(core=CoreConfig(rvfi=True))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``paddock shell`` has no options."""


def build_shell() -> Image:
    """The shell's program."""
    return build_image(FIRMWARE / "shell", headers={"misdeeds.h": misdeeds.header()})


def typed(elf: Path, lines: Iterable[str]) -> Iterator[str]:
    """What the shell prints up to each prompt, while ``lines`` are typed, each when the prompt is there.

    A serial line has no other way to say that it can take no more. After the last line comes ``exit``.
    """
    read_keys, write_keys = os.pipe()
    read_text, write_text = os.pipe()

    def work() -> None:
        try:
            simulate(elf, _SOC, max_cycles=_MAX_CYCLES, stdin=read_keys, stdout=write_text)
        finally:
            os.close(write_text)

    with ThreadPoolExecutor(1) as pool:
        simulation = pool.submit(work)
        keys = iter((*lines, "exit"))
        text = b""
        while byte := os.read(read_text, 1):
            text += byte
            if text.endswith(_PROMPT):
                yield text.decode(errors="replace")
                text = b""
                os.write(write_keys, next(keys, "exit").encode() + b"\n")
        yield text.decode(errors="replace")
        simulation.result()
    for end in (read_keys, write_keys, read_text):
        os.close(end)


def run(args: argparse.Namespace) -> int:
    """Run it; the exit status is the program's, or 0 after the last line from elsewhere than a terminal."""
    elf = build_shell().elf
    print(f"program, for make faults: {elf.relative_to(ROOT)}", file=sys.stderr)
    if sys.stdin.isatty():
        return simulate(elf, _SOC, max_cycles=_MAX_CYCLES, stdin=None).status
    for text in typed(elf, sys.stdin.read().splitlines()):
        print(text, end="", flush=True)
    return 0
