"""Renders ``docs/gen/bench.md`` and its chart from what ``make bench`` has published under ``docs/results``."""

import json
import math
from dataclasses import dataclass

from .paths import ROOT

__all__ = ["ROWS", "Row", "bench_md", "bench_svg", "with_key"]

RESULTS = ROOT / "docs" / "results"


@dataclass(frozen=True)
class Row:
    """Something that is measured: by the name that ``firmware/bench`` prints."""

    name: str
    text: str
    #: The same without protection; empty: there is no such thing.
    plain: str = ""
    note: str = ""


ROWS = (
    Row(
        "gate_round_trip", "bare gate, and back", "plain_call",
        "`pd.enter`, `pd.leave`, and the kernel's stack pointer kept where no module can reach it",
    ),
    Row("call_round_trip", "full call of a module", "plain_call", "a C call of an operation, and its return"),
    Row("call_with_grant", "... with a buffer lent", "plain_call"),
    Row("nested_call", "module calls module", "plain_call", "by way of the kernel, which knows who may call whom"),
    Row("service", "module asks for a service", "plain_service", "`time_cycles`"),
    Row("allocate_free", "... for kmalloc and kfree", "plain_allocate_free"),
    Row(
        "irq_to_driver", "interrupt to driver", "plain_irq_to_driver",
        "from the device's request to the first instruction of the handler inside its bounds; the processor was idle",
    ),
    Row(
        "irq_to_driver_from_module", "... out of a module", "plain_irq_to_driver",
        "the same, when a module was interrupted: all registers saved, cleared, its stack secured",
    ),
    Row("fault_to_error", "fault to error at caller", "", "from the bad access to the instruction behind the call"),
    Row(
        "fault_to_restarted", "fault to restarted module", "",
        "to the first instruction of the next call: 256 bytes of data and 256 of bss made anew",
    ),
    Row("thread_switch", "thread switch", "", "`thread_yield` to the other thread's return from its own"),
)  # fmt: skip


def with_key(name: str) -> str:
    """Key of the results."""
    return f"{name}_cycles"


def _load() -> dict:
    return json.loads((RESULTS / "bench.json").read_text())


def _cells(document: dict, row: Row) -> tuple:
    plain = document.get(with_key(row.plain), "") if row.plain else ""
    return document[with_key(row.name)], plain, document["pmp"].get(with_key(row.name), "")


def bench_md() -> str:
    """The page."""
    document = _load()
    text = (
        "# What it costs\n\nExact cycles on the simulated chip, by `make bench`. The columns: with Paddock; the same "
    )
    text += "without protection; with PMP and user mode, where measured.\n\n"
    text += "| What | Paddock | without | PMP + U | |\n| --- | --- | --- | --- | --- |\n"
    for row in ROWS:
        text += f"| {row.text} | " + " | ".join(str(cell) for cell in _cells(document, row)) + f" | {row.note} |\n"
    return text + "\n![The same as bars](bench.svg)\n"


_LEFT, _WIDTH, _BAR = 190, 420, 9
_COLOURS = (("Paddock", "#2b6cb0"), ("without protection", "#a0aec0"), ("PMP + user mode", "#c05621"))


def _x(value: float, top: float) -> float:
    return _LEFT + _WIDTH * math.log10(max(value, 1)) / math.log10(top)


def bench_svg() -> str:
    """Bars on a logarithmic axis."""
    document = _load()
    rows = [(row.text, _cells(document, row)) for row in ROWS]
    top = 10 ** math.ceil(math.log10(max(cell for _, cells in rows for cell in cells if cell != "")))
    height = 50 + sum(_BAR * sum(cell != "" for cell in cells) + 10 for _, cells in rows)
    size = f'width="{_LEFT + _WIDTH + 60}" height="{height}"'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">']
    for index, (name, colour) in enumerate(_COLOURS):
        x = _LEFT + 140 * index
        out.append(
            f'<rect x="{x}" y="6" width="10" height="10" fill="{colour}"/><text x="{x + 14}" y="15">{name}</text>'
        )
    decade = 1
    while decade <= top:
        x = _x(decade, top)
        out.append(f'<line x1="{x:.1f}" y1="24" x2="{x:.1f}" y2="{height - 18}" stroke="#e2e8f0"/>')
        out.append(f'<text x="{x:.1f}" y="{height - 5}" text-anchor="middle">{decade}</text>')
        decade *= 10
    y = 30
    for text, cells in rows:
        shown = [(cell, colour) for cell, (_, colour) in zip(cells, _COLOURS, strict=True) if cell != ""]
        middle = y + _BAR * len(shown) / 2 + 4
        out.append(f'<text x="{_LEFT - 8}" y="{middle:.1f}" text-anchor="end">{text}</text>')
        for cell, colour in shown:
            end = _x(cell, top)
            out.append(f'<rect x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="{_BAR - 1}" fill="{colour}"/>')
            out.append(f'<text x="{end + 4:.1f}" y="{y + 8}" font-size="9">{cell}</text>')
            y += _BAR
        y += 10
    return "\n".join([*out, "</svg>", ""])
