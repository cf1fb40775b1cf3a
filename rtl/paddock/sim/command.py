"""``paddock sim``: run a program in the fast simulator, its serial line being the terminal."""

import argparse
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

from ..config import ConfigError, SocConfig
from ..errors import CommandError
from ..gen import add_config_arguments, core_config
from .run import DEFAULT_MAX_CYCLES, SimResult, simulate
from .stalls import stall_lines

__all__ = ["add_arguments", "run"]


def _number(text: str) -> int:
    return int(text.replace("_", ""), 0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock sim``."""
    parser.add_argument("elf", type=Path, help="RV32IM program, linked to 0x80000000")
    parser.add_argument(
        "--max-cycles",
        type=_number,
        default=DEFAULT_MAX_CYCLES,
        metavar="N",
        help=f"give up after N ({DEFAULT_MAX_CYCLES})",
    )
    parser.add_argument("--wave", type=Path, metavar="FILE.fst", help="record all signals (slow)")
    parser.add_argument("--trace", nargs="?", const="-", metavar="FILE", help="a line for every instruction (stderr)")
    parser.add_argument(
        "--rvfi-bin", type=Path, metavar="FILE", help="a record for every instruction, see sim/records.h"
    )
    parser.add_argument("--stalls", action="store_true", help="say what the cycles went for: who waited for what")
    parser.add_argument("--pty", action="store_true", help="the serial line is a pseudo-terminal, not stdin and stdout")
    parser.add_argument("--quiet", action="store_true", help="no summary")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there too")
    parser.add_argument(
        "--ram-bytes",
        type=_number,
        metavar="N",
        help="size of the RAM; above 1 MiB the simulator takes minutes to build",
    )
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the program; the exit status is the program's, 2 if it cannot run, 3 if it does not end."""
    try:
        config = SocConfig(core=core_config(args), **({"ram_bytes": args.ram_bytes} if args.ram_bytes else {}))
    except ConfigError as error:
        raise CommandError(str(error)) from None
    if args.stalls and config.core.pmp:
        raise CommandError("--stalls does not know what PMP waits for; choose another --config")
    result = simulate(
        args.elf,
        config,
        max_cycles=args.max_cycles,
        stdin=subprocess.DEVNULL if args.pty else None,
        wave=args.wave,
        trace=args.trace,
        rvfi_bin=args.rvfi_bin,
        pty=args.pty,
        stalls=(0, 0) if args.stalls else None,
    )
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({**dataclasses.asdict(result), "status": result.status}, indent=2) + "\n")
    if not args.quiet:
        _summarise(result)
    if result.stalls is not None:
        print("\n".join(stall_lines(result.stalls)), file=sys.stderr)
    if result.end == "max_cycles":
        print(f"paddock sim: no exit within {args.max_cycles} cycles", file=sys.stderr)
    if result.escapes:
        print(f"paddock sim: the monitor counted {result.escapes} escapes", file=sys.stderr)
    return result.status


def _summarise(result: SimResult) -> None:
    speed = result.cycles / result.seconds / 1e6 if result.seconds else 0
    per_instruction = result.cycles / result.instructions if result.instructions else 0
    print(
        f"{result.cycles} cycles, {result.instructions} instructions ({per_instruction:.2f} cycles each), "
        f"{result.seconds:.3f} s: {speed:.2f} MHz simulated",
        file=sys.stderr,
    )
    if result.failure:
        print(f"the program reports failure {result.failure}", file=sys.stderr)
