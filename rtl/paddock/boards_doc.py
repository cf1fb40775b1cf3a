"""Renders ``docs/gen/boards.md`` from what `make bitstream` and `make netlist-test` have published."""

import json

from .paths import ROOT

__all__ = ["boards_md"]

_RESULTS = ROOT / "docs" / "results"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _share(count: dict) -> str:
    return f"{count['used']:,} of {count['there']:,} ({100 * count['used'] / count['there']:.0f} %)"


def _bitstream(board: dict) -> str:
    text = f"\n## {board['title']}, {board['fpga']}\n\n"
    text += (
        f"`{board['command']}`, placement seed {board['seed']}, {board['date']}. Core with {board['modules']} module "
    )
    text += f"ids, {board['ram_bytes'] // 1024} KiB of RAM, {'a' if board['monitor'] else 'no'} monitor. "
    text += f"Left out or smaller: {board['left_out'] or 'nothing'}.\n\n"
    text += _row("What", "Figure") + _row("---", "---")
    text += "".join(_row(name, _share(count)) for name, count in board["utilisation"].items())
    for name, clock in board["clocks"].items():
        text += _row(f"clock `{name}`", f"{clock['mhz']:g} MHz; could be {clock['could']:g}")
    for name, path in board["crossings"].items():
        text += _row(f"slowest path from {name}", f"{path['ns']:g} ns of {path['limit_ns']:g}")
    return text


def _netlist(found: dict) -> str:
    text = "\n## The self-test on the placed and routed netlist\n\n"
    text += (
        f"`{found['command']}`, board `{found['board']}`: {found['passed']} of {found['checks']} checks pass, among "
    )
    return text + f"them {found['misdeeds']} misdeeds; {found['cycles']:,} cycles, {found['date']}.\n"


def boards_md() -> str:
    """The page."""
    text = "# Boards, measured\n\nWhat the boards are: [boards/README.md](../../boards/README.md).\n"
    boards = [json.loads(path.read_text()) for path in sorted(_RESULTS.glob("bitstream_*.json"))]
    text += "".join(map(_bitstream, boards)) or "\nNo bitstream has been published.\n"
    netlist = _RESULTS / "netlist.json"
    return text + (_netlist(json.loads(netlist.read_text())) if netlist.exists() else "")
