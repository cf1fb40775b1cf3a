"""``make coverage``: which accesses, at which edges of which windows, in which pipeline situations, are tried?"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from lib.run import pattern, simulate
from paddock.campaign import Failure, Progress, write_verdict
from paddock.config import DEFAULT
from paddock.paths import ROOT

from .bins import FETCH_WAYS, SITUATIONS, Bin, every_bin, impossible
from .collect import VARIABLE, count, recorder

_CORE = ROOT / "verif" / "core"
#: Cocotb tests for the default configuration, the longest first.
_TESTS = (
    ("test_guarantees.py", None),
    ("test_single_cycle.py", None),
    ("test_cross.py", None),
    ("test_access.py", None),
    ("test_programs.py", "isa_ gates_ paddock_"),
    ("test_bits.py", None),
    ("test_fetch_edges.py", None),
    ("test_timing.py", None),
)


def _run(folder: Path, file: str, only: str | None) -> tuple[Counter[Bin], list[str]]:
    """What a file of tests covers, and which of them fail."""
    with tempfile.TemporaryDirectory(prefix="paddock-") as work:
        records = Path(work) / "records"
        records.touch()
        os.environ[VARIABLE] = str(records)
        results = simulate(_CORE / file, DEFAULT, folder=folder, only=only and pattern(only))
        return count(records), [f"{file}: {result.name}" for result in results if result.failure]


def main() -> int:
    """Run the tests on a core that is watched; 1 if a bin that can be reached is empty."""
    parser = argparse.ArgumentParser(prog="python -m funcov", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="files of tests at a time (2)")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/coverage.json")
    args = parser.parse_args()
    progress = Progress(len(_TESTS), "files of tests")
    folder = recorder()
    bins: Counter[Bin] = Counter()
    by_test: dict[str, set[Bin]] = {}
    failed: list[str] = []
    with ProcessPoolExecutor(args.jobs) as pool:
        waiting = {pool.submit(_run, folder, file, only): file for file, only in _TESTS}
        for done, future in enumerate(as_completed(waiting), 1):
            found, wrong = future.result()
            bins += found
            failed += wrong
            by_test[waiting[future]] = set(found)
            progress.update(done, waiting[future])
    progress.close()
    return _report(args, bins, by_test, failed, progress.seconds)


def _report(args, bins: Counter[Bin], by_test: dict[str, set[Bin]], failed: list[str], seconds: float) -> int:
    reasons = {cell: impossible(cell) for cell in every_bin()}
    reachable = [cell for cell, reason in reasons.items() if reason is None]
    wrong = [cell for cell in bins if reasons.get(cell)]
    holes = [cell for cell in reachable if not bins[cell]]
    replay = "make coverage"
    failures = [Failure(test, "fails on the watched core", replay) for test in failed]
    failures += [Failure(" ".join(map(str, cell)), "cannot be reached, but was", replay) for cell in wrong]
    failures += [Failure(" ".join(map(str, cell)), "is not reached by any test", replay) for cell in holes]
    figures = {
        "bins": len(reasons),
        "impossible": dict(Counter(reason for reason in reasons.values() if reason)),
        "reachable": len(reachable),
        "covered": len(reachable) - len(holes),
        "hits": sum(bins.values()),
        "tests": {name: len(cells) for name, cells in sorted(by_test.items())},
        "situations": {name: _row(name, reasons, bins) for name in SITUATIONS},
        "fetch": {name: _row(name, reasons, bins, fetch=True) for name in FETCH_WAYS},
        "holes": [" ".join(map(str, cell)) for cell in holes],
    }
    print(f"{figures['covered']} of {figures['reachable']} bins are covered, by {figures['hits']} instructions")
    return write_verdict("coverage", figures, failures, command="make coverage", seconds=seconds, publish=args.publish)


def _row(situation: str, reasons: dict[Bin, str | None], bins: Counter[Bin], fetch: bool = False) -> dict:
    """Per window and kind: bins that are covered, bins that can be, and accesses."""
    row: dict[str, dict[str, int]] = {}
    for cell, reason in reasons.items():
        if cell.situation == situation and (cell.kind == "fetch") == fetch and reason is None:
            place = row.setdefault(f"{cell.window} {cell.kind}", {"covered": 0, "reachable": 0, "hits": 0})
            place["covered"] += bins[cell] > 0
            place["reachable"] += 1
            place["hits"] += bins[cell]
    return row


if __name__ == "__main__":
    sys.exit(main())
