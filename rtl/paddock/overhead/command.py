"""``paddock overhead``: size and frequency of every configuration on every FPGA, cycles; ``--peers``: others' cores."""

import argparse
import json
import sys
import time

from ..campaign import write_verdict
from ..errors import CommandError
from ..paths import ROOT
from ..synth.device import DEVICES
from ..synth.pool import executor
from . import cycles
from .blocks import blocks
from .campaign import SEEDS, Measured, Subject, measure, our_core, row
from .matrix import cases

__all__ = ["add_arguments", "run"]

#: Configurations whose blocks are counted apart, the first being the one to compare with.
_APART = ("none", "paddock", "pmp16")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock overhead``."""
    parser.add_argument("--only", default="", metavar="REGEX", help="what matches, such as ecp5/paddock or pmp")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"placements of each ({SEEDS})")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at a time, here (2)")
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help="a Dask cluster, such as tcp://host:8786")
    parser.add_argument("--peers", action="store_true", help="measure the peers that are installed instead")
    parser.add_argument("--cycles", action="store_true", help="measure the cycles only, which takes a minute")
    parser.add_argument("--list", action="store_true", help="say what would be measured, and stop")
    parser.add_argument(
        "--publish",
        action="store_true",
        help="also write the copy under docs/results; with --only, its other rows stay as they are",
    )


def _subjects(only: str, *, of_peers: bool) -> list[Subject]:
    if of_peers:
        from .peers import peers

        return peers(only)
    return [our_core(case.device, case.name, case.core, apart=case.name in _APART) for case in cases(only)]


def _relative(rows: list[dict]) -> None:
    """Add to each row of ours what it has more than `none` on the same device, in percent of that."""
    base = {each["device"]: each for each in rows if each["config"] == "none"}
    for each in rows:
        without = base.get(each["device"], each)
        if without is not each:
            each["luts_percent"] = round(100 * (each["luts"] / without["luts"] - 1), 1)
            if "too_large" not in each and "too_large" not in without:
                each["mhz_percent"] = round(100 * (each["mhz_median"] / without["mhz_median"] - 1), 1)


def _print(rows: list[dict]) -> None:
    head = ("luts", "ffs", "brams", "dsps", "mhz_median", "mhz_min", "mhz_max")
    print(f"{'':28}" + "".join(f"{name:>11}" for name in head))
    for each in rows:
        label = f"{each['device']}/{each['config']}"
        cells = [each[name] for name in head if name in each]
        why = f"  too large: {each['too_large']}" if "too_large" in each else ""
        print(f"{label:28}" + "".join(f"{cell:>11}" for cell in cells) + why)


def _blocks(results: list[Measured]) -> list[dict]:
    found = []
    for device in DEVICES:
        apart = {each.subject.name: each for each in results if each.apart and each.subject.device.name == device}
        found += blocks(apart, _APART[0])
    return found


def _published(name: str, figures: dict, order: list[str]) -> dict:
    """``figures``, and the published rows and blocks that ``order`` has besides."""
    path = ROOT / "docs" / "results" / f"{name}.json"
    old = json.loads(path.read_text()) if path.exists() else {}
    merged = {}
    for key in ("rows", "blocks"):
        found = {f"{each['device']}/{each['config']}": each for each in [*old.get(key, []), *figures[key]]}
        merged[key] = [found[label] for label in order if label in found]
    _relative(merged["rows"])
    return merged


def run(args: argparse.Namespace) -> int:
    """Measure, and write ``build/results/overhead.json`` and ``overhead_cycles.json``, or ``overhead_peers.json``."""
    if args.seeds < 1:
        raise CommandError(f"--seeds must be at least 1, not {args.seeds}")
    if args.cycles:
        return cycles.run(publish=args.publish)
    subjects = _subjects(args.only, of_peers=args.peers)
    if args.list:
        print("\n".join(f"{each.device.name}/{each.name}" for each in subjects))
        return 0
    started = time.monotonic()
    seeds = list(range(1, args.seeds + 1))
    with executor(args.jobs, args.scheduler) as (execute, slots):
        print(f"{len(subjects)} cores, {len(seeds)} seeds, {slots} runs at a time", flush=True)
        try:
            results = measure(subjects, seeds, execute, slots)
        except KeyboardInterrupt:
            print("stopped; what is finished is kept, and the same command goes on from there", file=sys.stderr)
            return 130
    rows = [row(each) for each in results]
    _relative(rows)
    _print(rows)
    figures = {"rows": rows, "blocks": _blocks(results)}
    name = "overhead_peers" if args.peers else "overhead"
    if args.publish:
        order = [f"{each.device.name}/{each.name}" for each in _subjects("", of_peers=args.peers)]
        figures = _published(name, figures, order)
    command = "make overhead" + (" ARGS=--peers" if args.peers else "")
    status = write_verdict(
        name, figures, [], command=command, seconds=round(time.monotonic() - started, 1), publish=args.publish
    )
    if args.peers or args.only:
        return status
    return cycles.run(publish=args.publish) or status
