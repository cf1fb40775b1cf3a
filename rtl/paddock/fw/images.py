"""Any image by its folder: builds it, and ``paddock image`` runs it in the simulator."""

import argparse
import sys
from pathlib import Path

from ..config import SocConfig
from ..errors import CommandError
from ..sim.run import simulate
from . import misdeeds
from .build import FIRMWARE, Image, build_image

__all__ = ["DEMO", "add_arguments", "build_folder", "run"]

DEMO = FIRMWARE / "demo"
#: Headers that an image wants beside its own and the kernel's, by its folder.
_HEADERS = {folder: lambda: {"misdeeds.h": misdeeds.header()} for folder in (DEMO, FIRMWARE / "shell")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock image``."""
    parser.add_argument("folder", type=Path, help="the image: a folder with image.toml")
    parser.add_argument("--max-cycles", type=int, default=50_000_000, metavar="N", help="give up after so many")
    parser.add_argument("--ram", type=int, default=SocConfig().ram_bytes // 1024, metavar="KB", help="size of the RAM")


def build_folder(folder: Path | None = None, soc: SocConfig | None = None) -> Image:
    """The image in ``folder``; the demo if it is None."""
    folder = (folder or DEMO).resolve()
    if not (folder / "image.toml").exists():
        raise CommandError(f"{folder} has no image.toml")
    return build_image(folder, headers=_HEADERS.get(folder, dict)(), soc=soc)


def run(args: argparse.Namespace) -> int:
    """Build the image and run it, console and exit status its own."""
    soc = SocConfig(ram_bytes=args.ram * 1024)
    image = build_folder(args.folder, soc)
    result = simulate(image.elf, soc, max_cycles=args.max_cycles, stdout=sys.stdout.fileno())
    if result.failure is None:
        print(f"the program did not end by itself ({result.end} after {result.cycles} cycles)", file=sys.stderr)
    if result.escapes:
        print(f"the monitor counted {result.escapes} escapes", file=sys.stderr)
    return result.status
