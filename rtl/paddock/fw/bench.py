"""``paddock bench``: what calls, interrupts and faults cost, in exact cycles of the simulated chip."""

import argparse
import json
import re
import tempfile

from ..bench_doc import ROWS, with_key
from ..campaign import write_results
from ..config import CoreConfig, SocConfig
from ..errors import CommandError
from ..paths import BUILD, ROOT
from ..sim.run import simulate
from .build import FIRMWARE, build_image

__all__ = ["TARGETS", "add_arguments", "measure", "run"]

#: Key of the results -> cycles that it may not exceed.
TARGETS = {
    "gate_round_trip_cycles": 12,
    "call_round_trip_cycles": 60,
    "irq_to_driver_cycles": 40,
    "fault_to_error_cycles": 150,
}
#: Where the same call with PMP and user mode leaves its figures.
_PMP = BUILD / "results" / "pmp_call.json"
_MAX_CYCLES = 3_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock bench``."""
    parser.add_argument("--publish", action="store_true", help="also write docs/results/bench.json; then `make gen`")


def measure() -> dict[str, int]:
    """Run the image ``firmware/bench``: cycles by key. CommandError if it does not end well."""
    image = build_image(FIRMWARE / "bench")
    with tempfile.TemporaryFile() as log:
        result = simulate(image.elf, SocConfig(core=CoreConfig(rvfi=True)), max_cycles=_MAX_CYCLES, stdout=log)
        log.seek(0)
        text = log.read().decode(errors="replace")
    found = {with_key(name): int(cycles) for name, cycles in re.findall(r"^bench (\w+) (\d+)$", text, re.MULTILINE)}
    if "bench end" not in text or result.status != 0:
        raise CommandError(f"the benchmark did not end well ({result.end}, status {result.status}):\n{text}", 1)
    return found


def _pmp() -> dict[str, int]:
    """Figures of PMP and user mode, if they have been measured: those whose keys are ours."""
    if not _PMP.is_file():
        return {}
    figures = json.loads(_PMP.read_text())
    return {key: value for key, value in figures.items() if key.endswith("_cycles") and isinstance(value, int)}


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 if a target is missed."""
    cycles = measure()
    pmp = _pmp()
    document = {"command": "make bench", **cycles, "pmp": pmp}
    print(f"{'cycles':34}{'with Paddock':>14}{'without':>10}{'PMP, U mode':>14}")
    for row in ROWS:
        without = cycles.get(with_key(row.plain), "") if row.plain else ""
        print(f"{row.text:34}{cycles[with_key(row.name)]:>14}{without:>10}{pmp.get(with_key(row.name), ''):>14}")
    for path in write_results("bench", document, publish=args.publish):
        print(f"wrote {path.relative_to(ROOT)}")
    missed = {key: limit for key, limit in TARGETS.items() if cycles[key] > limit}
    for key, limit in missed.items():
        print(f"MISSED: {key} is {cycles[key]}, should be at most {limit}")
    return 1 if missed else 0
