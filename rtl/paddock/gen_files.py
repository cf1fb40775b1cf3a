"""``paddock gen``: write the generated files, or check that they are what the tables say."""

import argparse

from .isa import export
from .paths import ROOT

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock gen``."""
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a file is not up to date")


def run(args: argparse.Namespace) -> int:
    """Write or check the files; 1 if the check finds a difference."""
    if not args.check:
        for name in export.write(ROOT):
            print(f"wrote {name}" if name in export.FILES else f"removed {name}")
        return 0
    names = export.drifted(ROOT)
    for name in names:
        print(f"{name}: not what the tables say; run `make gen`")
    return 1 if names else 0
