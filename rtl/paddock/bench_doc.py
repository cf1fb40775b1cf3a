"""Renders ``docs/gen/bench.md`` and its chart from what ``make bench`` has published under ``docs/results``."""

import json
import math
from dataclasses import dataclass

from .paths import ROOT

__all__ = ["COLUMNS", "ROWS", "Row", "bench_md", "bench_svg", "cells", "with_key"]

RESULTS = ROOT / "docs" / "results"


#: Kind of protection, by the key of its part of the results -> heading. Paddock's figures are the document itself.
COLUMNS = {"paddock": "Paddock", "none": "without", "pmp": "PMP, U mode", "checks": "checks"}


@dataclass(frozen=True)
class Row:
    """Something that is measured: by the name that ``firmware/bench`` prints."""

    name: str
    text: str
    note: str = ""


ROWS = (
    Row(
        "gate_round_trip", "bare gate, and back",
        "`pd.enter`, `pd.leave`, and the kernel's stack pointer kept where no module can reach it; with PMP: `mret`, "
        "`ecall`, the module's entries, and to see that it was an `ecall`",
    ),
    Row("call_round_trip", "full call of a module", "a C call of an operation, and its return"),
    Row("call_of_another", "... other than the one before", "with PMP its entries must be written"),
    Row("call_with_grant", "... with a buffer lent"),
    Row("nested_call", "module calls module", "by way of the kernel, which knows who may call whom"),
    Row("service", "module asks for a service", "`time_cycles`"),
    Row("allocate_free", "... for kmalloc and kfree"),
    Row(
        "irq_to_driver", "interrupt to driver",
        "from the device's request to the first instruction of the handler inside its bounds; the processor was idle",
    ),
    Row(
        "irq_to_driver_from_module", "... out of a module",
        "the same, when a module was interrupted: all registers saved, cleared, its stack secured",
    ),
    Row("fault_to_error", "fault to error at caller", "from the bad access to the instruction behind the call"),
    Row(
        "fault_to_restarted", "fault to restarted module",
        "to the first instruction of the next call: 256 bytes of data and 256 of bss made anew",
    ),
    Row("thread_switch", "thread switch", "`thread_yield` to the other thread's return from its own"),
    Row("files", "a file written and read", "256 bytes, by `files`, which calls `disk` seven times"),
    Row(
        "serial", "64 bytes sent and received",
        "by `serial` and its interrupts, the line looped back: what this takes from another program",
    ),
)  # fmt: skip


def with_key(name: str) -> str:
    """Key of the results."""
    return f"{name}_cycles"


def _load() -> dict:
    return json.loads((RESULTS / "bench.json").read_text())


def cells(document: dict, row: Row) -> list[int | str]:
    """Figures of a row, in the order of `COLUMNS`; empty: there is no such thing with this kind of protection."""
    key = with_key(row.name)
    return [(document if name == "paddock" else document[name]).get(key, "") for name in COLUMNS]


def bench_md() -> str:
    """The page."""
    document = _load()
    text = (
        "# What it costs\n\nExact cycles on the simulated chip, by `make bench`: the same kernel and the same modules "
    )
    text += (
        "with bounds; without protection; in user mode with PMP; with a check by the compiler before every access of "
    )
    text += "a module's C. Where a cell is empty there is no such thing. What the last three do and do not do: "
    text += "[overhead.md](../reference/overhead.md#cycles).\n\n"
    text += "| What | " + " | ".join(COLUMNS.values()) + " | |\n" + "| --- " * (len(COLUMNS) + 2) + "|\n"
    for row in ROWS:
        text += f"| {row.text} | " + " | ".join(str(cell) for cell in cells(document, row)) + f" | {row.note} |\n"
    return text + "\n![The same as bars](bench.svg)\n"


_LEFT, _WIDTH, _BAR = 190, 420, 9
_COLOURS = dict(zip(COLUMNS, ("#2b6cb0", "#a0aec0", "#c05621", "#38a169"), strict=True))


def _x(value: float, top: float) -> float:
    return _LEFT + _WIDTH * math.log10(max(value, 1)) / math.log10(top)


def bench_svg() -> str:
    """Bars on a logarithmic axis."""
    document = _load()
    rows = [(row.text, cells(document, row)) for row in ROWS]
    top = 10 ** math.ceil(math.log10(max(cell for _, figures in rows for cell in figures if cell != "")))
    height = 50 + sum(_BAR * sum(cell != "" for cell in figures) + 10 for _, figures in rows)
    size = f'width="{_LEFT + _WIDTH + 60}" height="{height}"'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">']
    for index, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + 110 * index
        text = f'<text x="{x + 14}" y="15">{COLUMNS[name]}</text>'
        out.append(f'<rect x="{x}" y="6" width="10" height="10" fill="{colour}"/>{text}')
    decade = 1
    while decade <= top:
        x = _x(decade, top)
        out.append(f'<line x1="{x:.1f}" y1="24" x2="{x:.1f}" y2="{height - 18}" stroke="#e2e8f0"/>')
        out.append(f'<text x="{x:.1f}" y="{height - 5}" text-anchor="middle">{decade}</text>')
        decade *= 10
    y = 30
    for text, figures in rows:
        shown = [(cell, colour) for cell, colour in zip(figures, _COLOURS.values(), strict=True) if cell != ""]
        middle = y + _BAR * len(shown) / 2 + 4
        out.append(f'<text x="{_LEFT - 8}" y="{middle:.1f}" text-anchor="end">{text}</text>')
        for cell, colour in shown:
            end = _x(cell, top)
            out.append(f'<rect x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="{_BAR - 1}" fill="{colour}"/>')
            out.append(f'<text x="{end + 4:.1f}" y="{y + 8}" font-size="9">{cell}</text>')
            y += _BAR
        y += 10
    return "\n".join([*out, "</svg>", ""])
