"""Other people's cores, from the Python packages that carry their Verilog, through the same flow as ours.

The packages are the optional extra ``peers``; nothing of them is in this repository.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..errors import CommandError
from ..gen import emit_verilog
from ..synth.device import DEVICES, Device
from ..synth.flow import YOSYS, synthesis
from ..synth.job import Job, outcome, tool_version
from ..synth.out_of_context import OutOfContext
from ..toolchain import ToolError, package_folder
from .campaign import Subject

__all__ = ["LEFT_OUT", "PEERS", "Peer", "peers"]


@dataclass(frozen=True)
class Peer:
    """A core in a package."""

    name: str
    #: What it is, for the table.
    what: str
    #: Package that has it.
    package: str
    top: str
    #: Files of the package to read.
    files: tuple[str, ...]
    clock: str = "clk"
    reset: str = "reset"
    #: The reset is active low.
    reset_low: bool = False
    parameters: Mapping[str, int] = field(default_factory=dict)


_PICORV32 = {
    "package": "pythondata_cpu_picorv32",
    "files": ("verilog/picorv32.v",),
    "top": "picorv32",
    "reset": "resetn",
    "reset_low": True,
}
#: Of serv: all of its ``rtl`` but the wrapper for synthesis by itself.
_SERV = (
    *("aligner", "alu", "bufreg", "bufreg2", "compdec", "csr", "ctrl", "decode", "immdec", "mem_if"),
    *("rf_if", "rf_ram", "rf_ram_if", "rf_top", "state", "top"),
)


def _vexriscv(variant: str) -> dict:
    return {"package": "pythondata_cpu_vexriscv", "files": (f"verilog/VexRiscv{variant}.v",), "top": "VexRiscv"}


PEERS = (
    Peer(name="picorv32-i", what="RV32I", **_PICORV32),
    Peer(
        name="picorv32-im",
        what="RV32IM, barrel shifter, multiplier in DSP blocks",
        parameters={"BARREL_SHIFTER": 1, "ENABLE_FAST_MUL": 1, "ENABLE_DIV": 1},
        **_PICORV32,
    ),
    Peer(
        name="serv",
        what="RV32I, bit-serial, register file in RAM",
        package="pythondata_cpu_serv",
        files=tuple(f"verilog/rtl/serv_{name}.v" for name in _SERV),
        top="serv_rf_top",
        reset="i_rst",
    ),
    Peer(name="vexriscv-min", what="RV32I, no caches", **_vexriscv("_Min")),
    Peer(name="vexriscv-lite", what="RV32IM, instruction cache", **_vexriscv("_Lite")),
    Peer(name="vexriscv", what="RV32IM, caches", **_vexriscv("")),
)
#: Cores of such packages that are not measured, and why.
LEFT_OUT = {
    "ibex": "SystemVerilog that Yosys 0.70 does not read: `read_slang` refuses a variable of ibex_top.sv that is "
    "initialised from signals, `read_verilog -sv` the language",
    "minerva": "its package has Amaranth sources that need amaranth-soc, which is an empty placeholder on PyPI",
}


class _Foreign(wiring.Component):
    """A Verilog module with the ports that Yosys has found in it."""

    def __init__(self, peer: Peer, ports: Mapping[str, tuple[str, int]]):
        self._peer = peer
        own = {peer.clock, peer.reset}
        self._ports = {name: port for name, port in ports.items() if name not in own}
        super().__init__({name: (In if way == "input" else Out)(width) for name, (way, width) in self._ports.items()})

    def elaborate(self, _platform):
        peer = self._peer
        reset = ~ResetSignal() if peer.reset_low else ResetSignal()
        ports = {f"{way[0]}_{name}": getattr(self, name) for name, (way, _) in self._ports.items()}
        parameters = {f"p_{name}": value for name, value in peer.parameters.items()}
        ports |= {f"i_{peer.clock}": ClockSignal(), f"i_{peer.reset}": reset}
        m = Module()
        m.submodules.peer = Instance(peer.top, **parameters, **ports)
        return m


def _sources(peer: Peer) -> dict[str, bytes]:
    """The peer's Verilog files, by name."""
    try:
        package = package_folder(peer.package)
    except ToolError:
        remedy = "`make overhead ARGS=--peers` installs it"
        raise CommandError(f"the package {peer.package} of {peer.name} is missing; {remedy}") from None
    return {Path(name).name: (package / name).read_bytes() for name in peer.files}


def _ports(peer: Peer, sources: Mapping[str, bytes], read: str) -> dict[str, tuple[str, int]]:
    """Name -> (``input`` or ``output``, width) of the peer's top module."""
    set_parameters = "".join(f" -chparam {name} {value}" for name, value in peer.parameters.items())
    script = f"{read}hierarchy -top {peer.top}{set_parameters}; proc; write_json ports.json"
    job = Job("ports", YOSYS, tool_version(YOSYS), ("-q", "-p", script), sources, ("ports.json",))
    modules = json.loads((outcome(job).folder / "ports.json").read_text())["modules"]
    top = next(module for module in modules.values() if int(module["attributes"].get("top", "0"), 2))
    return {name: (port["direction"], len(port["bits"])) for name, port in top["ports"].items()}


def _synthesis(peer: Peer, device: Device) -> Job:
    sources = _sources(peer)
    read = "".join(
        f"read_verilog -sv {name}; " if name.endswith(".sv") else f"read_verilog {name}; " for name in sources
    )
    component = _Foreign(peer, _ports(peer, sources, read))
    return synthesis(device, emit_verilog(OutOfContext(component), "top"), read=read, sources=sources)


def peers(only: str = "", devices: Iterable[Device] = DEVICES.values()) -> list[Subject]:
    """Every peer on every device whose label, such as ``ecp5/serv``, matches ``only``; CommandError if none does."""
    found = [
        Subject(device, peer.name, partial(_synthesis, peer, device))
        for device in devices
        for peer in PEERS
        if re.search(only, f"{device.name}/{peer.name}")
    ]
    if not found:
        raise CommandError(f"no peer matches {only!r}; there are {', '.join(peer.name for peer in PEERS)}")
    return found
