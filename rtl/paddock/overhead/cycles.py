"""What protection costs in cycles: a null call of a driver, and two drivers at work, on the same kernel."""

import time

from ..campaign import write_verdict
from ..fw.bench import call_steps, measure_all
from ..fw.ports import PADDOCK, PORTS
from ..gen import PRESETS

__all__ = ["WORKLOADS", "rows", "run"]

#: Name of a workload in the results -> its key in what `measure_all` returns.
WORKLOADS = {
    "null_call": "call_round_trip_cycles",
    "null_call_another": "call_of_another_cycles",
    "files": "files_cycles",
    "serial": "serial_cycles",
}
#: Configurations, as sizes and frequencies have them -> port of the kernel. The others are compared with the first.
_CONFIGS = {"none": "none", "paddock": "paddock", "pmp8": "pmp", "checks": "checks"}


def rows(measured: dict) -> list[dict]:
    """Of every workload with every kind of protection: cycles, and how many times those without."""
    found = []
    for workload, key in WORKLOADS.items():
        cycles = {
            config: (measured if PORTS[port] is PADDOCK else measured[port])[key] for config, port in _CONFIGS.items()
        }
        for config, count in cycles.items():
            core = next(name for name, core in PRESETS.items() if core == PORTS[_CONFIGS[config]].core)
            times = round(count / cycles["none"], 2)
            found.append({"workload": workload, "config": config, "core": core, "cycles": count, "times_none": times})
    return found


def run(*, publish: bool) -> int:
    """Measure, print, and write ``build/results/overhead_cycles.json``."""
    started = time.monotonic()
    figures = {"rows": rows(measure_all()), "call_steps": call_steps()}
    for row in figures["rows"]:
        print(f"{row['workload']:20}{row['config']:10}{row['cycles']:>8} cycles{row['times_none']:>8.2f} x none")
    seconds = round(time.monotonic() - started, 1)
    command = "make overhead ARGS=--cycles"
    return write_verdict("overhead_cycles", figures, [], command=command, seconds=seconds, publish=publish)
