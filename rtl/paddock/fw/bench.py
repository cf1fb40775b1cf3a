"""``paddock bench``: what calls, interrupts, faults and two drivers at work cost, in exact simulated cycles.

The same image is built for every kind of protection that the kernel knows, and run on the core that this is for.
"""

import argparse
import re
import tempfile
from pathlib import Path

from ..bench_doc import COLUMNS, ROWS, cells, with_key
from ..campaign import write_results
from ..config import SocConfig
from ..errors import CommandError
from ..paths import ROOT
from ..sim.records import read_records
from ..sim.run import simulate
from .build import FIRMWARE, build_image
from .call_steps import steps_of_calls
from .ports import PADDOCK, PMP, PORTS, Port
from .symbols import Symbols

__all__ = ["TARGETS", "add_arguments", "call_steps", "measure", "measure_all", "run"]

#: Key of the results -> cycles that it may not exceed.
TARGETS = {
    "gate_round_trip_cycles": 12,
    "call_round_trip_cycles": 60,
    "irq_to_driver_cycles": 40,
    "fault_to_error_cycles": 150,
}
_MAX_CYCLES = 3_000_000
#: Of the calls that the image makes by ``measure``: of the module that was called before, of another one.
_SAME, _ANOTHER = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock bench``."""
    parser.add_argument("--publish", action="store_true", help="also write docs/results/bench.json; then `make gen`")


def _run(port: Port, records: Path | None = None) -> tuple[Path, str]:
    """The image ``firmware/bench`` for ``port``, and what it has printed; CommandError if it does not end well."""
    image = build_image(FIRMWARE / "bench", port=port)
    with tempfile.TemporaryFile() as log:
        soc = SocConfig(core=port.core)
        result = simulate(image.elf, soc, max_cycles=_MAX_CYCLES, stdout=log, rvfi_bin=records)
        log.seek(0)
        text = log.read().decode(errors="replace")
    if "bench end" not in text or result.status != 0:
        how = f"{result.end}, status {result.status}"
        raise CommandError(f"the benchmark for {port.name} did not end well ({how}):\n{text}", 1)
    return image.elf, text


def measure(port: Port = PADDOCK) -> dict[str, int]:
    """Run the image ``firmware/bench`` with this kind of protection: cycles and counts of what there is with it."""
    _elf, text = _run(port)
    found = re.findall(r"^(bench|count) (\w+) (\d+)$", text, re.MULTILINE)
    return {with_key(name) if kind == "bench" else name: int(number) for kind, name, number in found}


def measure_all() -> dict[str, int | dict[str, int]]:
    """What is published: with Xpaddock by key, then the rivals', each under its name."""
    rivals = {name: measure(port) for name, port in PORTS.items() if port is not PADDOCK}
    return {**measure(PADDOCK), **rivals}


def call_steps() -> dict[str, dict[str, int]]:
    """Cycles of a null call by step: with Xpaddock, with PMP, with PMP if another module was called before."""
    found = {}
    for port, calls in ((PADDOCK, {"paddock": _SAME}), (PMP, {"pmp": _SAME, "pmp_another": _ANOTHER})):
        with tempfile.TemporaryDirectory() as folder:
            records = Path(folder, "records")
            elf, _text = _run(port, records)
            symbols = Symbols(elf)
            start = symbols.addresses["measure"]
            base = symbols.addresses.get("pmp_modules", 0)
            table = range(base, base + symbols.sizes.get("pmp_modules", 0))
            steps = steps_of_calls(read_records(records), range(start, symbols.addresses["measure_delay"]), table)
            found |= {name: steps[index] for name, index in calls.items()}
    return found


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 if a target is missed."""
    found = measure_all()
    document = {"command": "make bench", **found}
    print(f"{'cycles':34}" + "".join(f"{head:>14}" for head in COLUMNS.values()))
    for row in ROWS:
        print(f"{row.text:34}" + "".join(f"{cell:>14}" for cell in cells(document, row)))
    for path in write_results("bench", document, publish=args.publish):
        print(f"wrote {path.relative_to(ROOT)}")
    missed = {key: limit for key, limit in TARGETS.items() if found[key] > limit}
    for key, limit in missed.items():
        print(f"MISSED: {key} is {found[key]}, should be at most {limit}")
    return 1 if missed else 0
