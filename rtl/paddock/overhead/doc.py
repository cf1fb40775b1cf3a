"""Renders ``docs/gen/overhead.md`` and its pictures from ``docs/results/overhead.json`` and its like."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

from ..fw.call_steps import STEPS
from ..paths import ROOT
from .peers import LEFT_OUT, PEERS
from .plots import cycles_svg, frequency_svg, luts_svg

__all__ = ["overhead_cycles_svg", "overhead_frequency_svg", "overhead_luts_svg", "overhead_md"]

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
    placements = f"{row['seeds']}, {len(row['not_routed'])} more not routed" if "not_routed" in row else row["seeds"]
    return [*sizes, row["mhz_median"], f"{row['mhz_min']} .. {row['mhz_max']}", placements]


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


#: Workload -> what it is.
_WORKLOADS = {
    "null_call": "null call of a driver",
    "null_call_another": "null call, another module was called before",
    "files": "a file of 256 bytes written and read: `files`, which calls `disk` seven times",
    "serial": "64 bytes sent and received by interrupts: `serial`",
}
_CALLS = {"paddock": "Paddock", "pmp": "PMP", "pmp_another": "PMP, another module before"}


def _cycles() -> str:
    document = _load("overhead_cycles")
    rows = document["rows"]
    configs = list(dict.fromkeys(row["config"] for row in rows))
    text = (
        "\n## Cycles\n\nThe same kernel and the same modules, by `" + document["command"] + "`; in brackets how many "
    )
    text += "times the cycles without protection.\n"
    text += _table("", *(f"`{config}`" for config in configs))
    for workload, group in groupby(rows, key=lambda row: row["workload"]):
        cells = {row["config"]: f"{row['cycles']:,} ({row['times_none']:.2f})" for row in group}
        text += _row(_WORKLOADS[workload], *(cells[config] for config in configs))
    text += "\n![Cycles](overhead_cycles.svg)\n\nWhere the cycles of the null call go:\n"
    calls = document["call_steps"]
    text += _table("", *(_CALLS[name] for name in calls))
    for step, what in STEPS.items():
        text += _row(what, *(by_step[step] for by_step in calls.values()))
    return text + _row("together", *(sum(by_step.values()) for by_step in calls.values()))


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
    return text + _sizes(rows) + _blocks(document) + _cycles() + _peers()


def overhead_luts_svg() -> str:
    """The picture with LUTs."""
    return luts_svg(_load("overhead")["rows"])


def overhead_frequency_svg() -> str:
    """The picture with frequencies."""
    return frequency_svg(_load("overhead")["rows"])


def overhead_cycles_svg() -> str:
    """The picture with cycles."""
    return cycles_svg(_load("overhead_cycles")["rows"])
