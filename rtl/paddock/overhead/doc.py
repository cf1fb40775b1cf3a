"""Renders ``docs/gen/overhead.md`` and its pictures from ``docs/results/overhead.json`` and ``overhead_peers.json``."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

from ..paths import ROOT
from .peers import LEFT_OUT, PEERS
from .plots import frequency_svg, luts_svg

__all__ = ["overhead_frequency_svg", "overhead_luts_svg", "overhead_md"]

_HEAD = ("LUTs", "FFs", "RAM blocks", "DSP", "MHz, median", "lowest .. highest", "placements")


def _load(name: str) -> dict:
    return json.loads((ROOT / "docs" / "results" / f"{name}.json").read_text())


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |\n"


def _table(*head: str) -> str:
    return "\n" + _row(*head) + _row(*["---"] * len(head))


def _signed(row: Mapping, name: str) -> str:
    return f"{row[name]:+} %" if name in row else ""


def _cells(row: Mapping) -> list[object]:
    """Those under `_HEAD`."""
    sizes = [row[name] for name in ("luts", "ffs", "brams", "dsps")]
    if "too_large" in row:
        return [*sizes, "does not fit", "", ""]
    return [*sizes, row["mhz_median"], f"{row['mhz_min']} .. {row['mhz_max']}", row["seeds"]]


def _by_device(rows: Iterable[Mapping]) -> Iterable[tuple[str, list[Mapping]]]:
    for part, group in groupby(rows, key=lambda row: row["part"]):
        yield part, list(group)


def _measured_with(rows: Iterable[Mapping]) -> str:
    tools = sorted({f"{tool} {version}" for row in rows for tool, version in row["tools"].items()})
    dates = sorted({row["date"] for row in rows})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return f"Measured {when} with {', '.join(tools)}.\n"


def _sizes(rows: list[Mapping]) -> str:
    text = ""
    for part, group in _by_device(rows):
        text += f"\n## {part}\n" + _table("Core", _HEAD[0], "more LUTs", *_HEAD[1:], "frequency")
        for row in group:
            luts, *others = _cells(row)
            name = f"`{row['config']}`"
            text += _row(name, luts, _signed(row, "luts_percent"), *others, _signed(row, "mhz_percent"))
    return text


def _blocks(document: Mapping) -> str:
    text = "\n## By block\n\nLUTs of each block that differs from the core without protection; every block optimised "
    text += "by itself, so the sum is more than the table above has.\n"
    for group in document["blocks"]:
        total = group["luts"]
        text += f"\n`{group['config']}` on {group['device']}, {total:,} LUTs in all blocks:\n"
        text += _table("Block", "LUTs", "without", "more", "share of the core")
        for block in sorted(group["blocks"], key=lambda each: each["luts_without"] - each["luts"]):
            more = block["luts"] - block["luts_without"]
            name = f"`{block['block']}`"
            text += _row(name, block["luts"], block["luts_without"], more, f"{100 * more / total:.1f} %")
    return text


def _peers() -> str:
    document = _load("overhead_peers")
    rows = document["rows"]
    text = "\n## Other cores, for context\n\nThe Verilog that PyPI has of them (`make overhead ARGS=--peers`), through "
    text += "the same flow. " + _measured_with(rows)
    what = {peer.name: peer.what for peer in PEERS}
    for part, group in _by_device(rows):
        text += f"\n{part}:\n" + _table("Core", "what", *_HEAD)
        text += "".join(_row(row["config"], what[row["config"]], *_cells(row)) for row in group)
    text += "\nLeft out:\n\n" + "".join(f"- {name}: {why}.\n" for name, why in LEFT_OUT.items())
    return text


def overhead_md() -> str:
    """The page."""
    document = _load("overhead")
    rows = document["rows"]
    text = "# What protection costs\n\nHow it is measured, and what the names mean: "
    text += f"[overhead.md](../reference/overhead.md). {_measured_with(rows)}"
    text += "\n![LUTs](overhead_luts.svg)\n\n![Frequency](overhead_frequency.svg)\n"
    return text + _sizes(rows) + _blocks(document) + _peers()


def overhead_luts_svg() -> str:
    """The picture with LUTs."""
    return luts_svg(_load("overhead")["rows"])


def overhead_frequency_svg() -> str:
    """The picture with frequencies."""
    return frequency_svg(_load("overhead")["rows"])
