"""``paddock synth-check``: size and frequency of the core alone on an ECP5, with and without the extension."""

import argparse
import dataclasses
import json
import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .config import CoreConfig
from .gen import add_config_arguments, core_config, emit_verilog
from .paths import BUILD
from .synth.device import DEVICES
from .synth.flow import (
    critical_path,
    frequency,
    module_cells,
    modules_apart,
    placement,
    resources,
    synthesis,
)
from .synth.job import Job, outcome, run_job
from .synth.out_of_context import CORE, OutOfContext

__all__ = ["add_arguments", "run"]

RESULT = BUILD / "results" / "synth_check.json"

_DEVICE = DEVICES["ecp5"]
#: What results call a resource -> what we do.
_NAMES = {"comb": "luts", "ff": "ffs", "bram": "brams", "dsp": "dsps"}
#: Suffix of a core's name -> further options of synth_ecp5. With wide LUTs, as peers were measured, ABC may
#: spend four LUTs and their multiplexers on one function of six inputs to save a level, and does so a lot.
_FLOWS = {"": "", ", widelut": " -widelut"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock synth-check``."""
    add_config_arguments(parser)
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="place N times and take the median (1)")
    parser.add_argument("--seed", type=int, default=1, help="first seed of the placer (1)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="placements at a time (2)")
    parser.add_argument("--freq", type=float, default=80.0, metavar="MHZ", help="frequency to aim for (80)")
    parser.add_argument("--only", action="store_true", help="do not compare with the core without the extension")
    parser.add_argument(
        "--by-module", action="store_true", help="print each module's share (synthesised apart) and stop"
    )


def _progress(text: str) -> None:
    print(text, flush=True)


def _outcome(job: Job, what: str) -> Path:
    """Folder with what ``job`` makes; says how long it took, if it was not kept."""

    def execute(job: Job) -> Mapping[str, bytes]:
        started = time.monotonic()
        outputs = run_job(job)
        _progress(f"  {what}: took {time.monotonic() - started:.0f} s")
        return outputs

    return outcome(job, execute).folder


def _print_modules(config: CoreConfig) -> None:
    """Each module's cells. Apart, as nothing is optimised across their borders: the sum is more than the core has."""
    from .core import Core

    modules = module_cells(_outcome(modules_apart(_DEVICE, emit_verilog(Core(config), CORE)), "synthesis"))
    cells = ("LUT4", "CCU2C", "TRELLIS_DPR16X4", "TRELLIS_FF", "DP16KD", "MULT18X18D")
    print(f"{'':32}" + "".join(f"{cell:>17}" for cell in cells))
    for name, by_type in sorted(modules.items()):
        print(f"{name:32}" + "".join(f"{by_type.get(cell, 0):>17}" for cell in cells))


def _result(config: CoreConfig, synthesised: Path, reports: dict[int, dict]) -> dict:
    """What is reported of one core, from the placer's report for each seed."""
    mhz = {seed: frequency(report) for seed, report in reports.items()}
    median = statistics.median(mhz.values())
    middle = reports[min(mhz, key=lambda seed: (abs(mhz[seed] - median), seed))]
    counts = resources(_DEVICE, synthesised, middle)
    return {
        "config": dataclasses.asdict(config),
        **{name: counts[what] for name, what in _NAMES.items()},
        "mhz": round(median, 1),
        "mhz_by_seed": mhz,
        "critical_path": critical_path(middle),
    }


def _measure(cores: dict[str, tuple[CoreConfig, str]], seeds: list[int], freq: float, jobs: int) -> dict[str, dict]:
    """Synthesise each core with its options, place each with every seed."""
    from .core import Core

    folders = {}
    for name, (config, options) in cores.items():
        _progress(f"{name}: synthesis")
        folders[name] = _outcome(synthesis(_DEVICE, emit_verilog(OutOfContext(Core(config)), "top"), options), name)
    _progress(f"place and route: {len(cores)} cores, {len(seeds)} seeds, {jobs} at a time")

    def place(name: str, seed: int) -> dict:
        job = placement(_DEVICE, (folders[name] / "top.json").read_bytes(), seed, freq)
        return json.loads((_outcome(job, f"{name}, seed {seed}") / "report.json").read_text())

    with ThreadPoolExecutor(jobs) as pool:
        runs = {(name, seed): pool.submit(place, name, seed) for seed in seeds for name in cores}
        reports = {name: {seed: runs[name, seed].result() for seed in seeds} for name in cores}
    return {name: _result(config, folders[name], reports[name]) for name, (config, _) in cores.items()}


def _print_results(results: dict[str, dict]) -> None:
    head = ("TRELLIS_COMB", "FF", "BRAM", "DSP", "MHz")
    print(f"\n{'':24}" + "".join(f"{text:>14}" for text in head))
    for name, result in results.items():
        cells = [result[key] for key in ("comb", "ff", "bram", "dsp", "mhz")]
        print(f"{name:24}" + "".join(f"{cell:>14}" for cell in cells))
    for name, result in results.items():
        path = result["critical_path"]
        print(f"\n{name}, critical path: {path['ns']} ns, cells {path['cells_ns']}, wires {path['wires_ns']}")
        print(f"  from {path['from']}")
        for net, delay in path["nets"]:
            print(f"  {delay:6.2f} ns  {net}")
        print(f"  to   {path['to']}")


def run(args: argparse.Namespace) -> int:
    """Measure and write ``build/results/synth_check.json``."""
    config = core_config(args)
    if args.by_module:
        _print_modules(config)
        return 0
    name = "paddock" if config.paddock else f"pmp{config.pmp}" if config.pmp else "plain"
    configs = {name: config}
    if name != "plain" and not args.only:
        configs["plain"] = dataclasses.replace(config, paddock=False, pmp=0)
    seeds = list(range(args.seed, args.seed + args.seeds))
    cores = {name + flow: (each, flag) for flow, flag in _FLOWS.items() for name, each in configs.items()}
    results = _measure(cores, seeds, args.freq, args.jobs)
    _print_results(results)
    document = {"device": _DEVICE.part, "seeds": seeds, "results": results}
    print()
    for flow in _FLOWS if len(configs) == 2 else ():
        with_it, without = results[name + flow], results["plain" + flow]
        share = round(100 * (with_it["comb"] - without["comb"]) / with_it["comb"], 1)
        slower = round(100 * (with_it["mhz"] / without["mhz"] - 1), 1)
        with_it |= {"extension_comb_percent": share, "extension_mhz_percent": slower}
        what = "The extension" if config.paddock else "User mode with PMP"
        print(f"{what} is {share} % of {name}{flow}'s TRELLIS_COMB and changes its frequency by {slower:+} %.")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=2) + "\n")
    print(f"\nwrote {RESULT}")
    return 0
