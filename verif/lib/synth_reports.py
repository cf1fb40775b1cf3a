"""What the synthesis tools write, made up."""

import json
from pathlib import Path

__all__ = ["NO_ROOM", "report", "stat"]

#: What nextpnr says.
NO_ROOM = "ERROR: Unable to place cell 'a_LC', no BELs remaining to implement cell type 'ICESTORM_LC'"


def report(mhz: float, **used: int) -> dict:
    """The placer's report: a frequency, cells by type, a path from ``a`` to ``b``."""
    step = [{"type": "clk-to-q", "delay": 0.5, "from": {"cell": "a"}, "to": {"cell": "a"}}]
    step += [{"type": "routing", "delay": 1.25, "net": "n", "from": {"cell": "a"}, "to": {"cell": "b"}}]
    return {
        "fmax": {"clk": {"achieved": mhz, "constraint": 80}},
        "utilization": {name: {"used": count, "available": 100} for name, count in used.items()},
        "critical_paths": [
            {"from": "<async>", "to": "posedge clk", "path": [{**step[1], "delay": 99}]},
            {"from": "posedge clk", "to": "posedge clk", "path": step},
        ],
    }


def stat(folder: Path, top: dict, core: dict) -> Path:
    """A folder with Yosys's counts of the wrapper's cells and the core's."""
    folder.mkdir(exist_ok=True)
    modules = {"\\top": {"num_cells_by_type": top}, "\\top.core": {"num_cells_by_type": core}}
    (folder / "stat.json").write_text(json.dumps({"modules": modules}))
    return folder
