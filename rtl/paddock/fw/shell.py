"""``paddock shell``: the monitor shell, on the terminal or on whatever stdin and stdout are."""

import argparse
import sys

from ..config import CoreConfig, SocConfig
from ..paths import ROOT
from ..sim.run import simulate
from . import misdeeds
from .build import FIRMWARE, Image, build_image

__all__ = ["add_arguments", "build_shell", "run"]

#: Far more than a sitting: the simulator waits for keys in simulated time.
_MAX_CYCLES = 1 << 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``paddock shell`` has no options."""


def build_shell() -> Image:
    """The shell's program."""
    return build_image(FIRMWARE / "shell", headers={"misdeeds.h": misdeeds.header()})


def run(args: argparse.Namespace) -> int:
    """Run it; the exit status is the program's."""
    elf = build_shell().elf
    print(f"program, for make faults: {elf.relative_to(ROOT)}", file=sys.stderr)
    return simulate(elf, SocConfig(core=CoreConfig(rvfi=True)), max_cycles=_MAX_CYCLES, stdin=None).status
