"""Renders ``docs/gen/fuzz.md``: what the random programs of ``make fuzz`` have met."""

import json

from .isa.cause import Cause, Kind
from .paths import ROOT

__all__ = ["fuzz_md"]

_KINDS = (
    ("alu", "one-cycle arithmetic"),
    ("mul", "multiplication"),
    ("div", "division"),
    ("load", "load"),
    ("store", "store"),
    ("jump", "`jal`, `jalr`"),
    ("taken_branch", "branch, taken"),
    ("untaken_branch", "branch, not taken"),
    ("csr", "CSR instruction"),
    ("gate", "`pd.enter`, `pd.leave`"),
    ("mret", "`mret`"),
    ("fence", "`fence`, `fence.i`"),
    ("wfi", "`wfi`"),
)
_JUDGED = (
    ("instructions of the base ISA, `mret` among them, and accesses to CSRs that it has", "by_unicorn"),
    ("exceptions, with their cause", "traps_by_unicorn"),
)
_BY_MODEL = (
    ("accesses to other CSRs", "csr_by_model"),
    ("`pd.enter`, `pd.leave`", "gates_by_model"),
    ("`wfi`", "wfi_by_model"),
    ("exceptions that may have several causes for Unicorn (windows, gate faults)", "traps_by_model"),
)
_MET = (
    ("interrupts taken", "interrupts"),
    ("... in a module", "interrupts_in_modules"),
    ("exceptions in a module", "traps_in_modules"),
    ("`pd.enter` by the kernel", "enter_by_kernel"),
    ("`pd.enter` by a module: a nested call", "enter_by_module"),
    ("`pd.leave` by a module", "leave_by_module"),
    ("`pd.leave` by the kernel: a service's return, or a handler that unwinds", "leave_by_kernel"),
    ("instructions executed after they were written and `fence.i`", "executed_after_fence_i"),
    ("fetches that had to wait", "waits_fetch"),
    ("accesses of the RAM that had to wait", "waits_data"),
    ("accesses of devices that had to wait", "waits_device"),
)


def _row(*cells: object) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |\n"


def _table(*head: str) -> str:
    return "\n" + _row(*head) + _row(*["---"] * len(head))


def fuzz_md() -> str:
    """The page."""
    document = json.loads((ROOT / "docs" / "results" / "fuzz.json").read_text())
    counters = document["counters"]
    text = "# What random programs have met\n\n"
    text += "How it works: [fuzz.md](../reference/fuzz.md). Command: "
    text += f"`{document['command']}`; Unicorn {document['versions']['unicorn']}.\n\n"
    text += f"{document['programs']:,} programs, {document['instructions']:,} instructions in {document['cycles']:,} "
    text += f"cycles, {document['instructions_per_second']:,} instructions per second, all judgement included. "
    text += f"Differences: {len(document['failures'])}.\n"

    text += _table("Core", "Instructions")
    text += "".join(_row(name, count) for name, count in document["instructions_by_core"].items())
    text += "\n## Who judged\n\nOur model judges every instruction. What Unicorn judges too, what the model alone:\n"
    text += _table("Unicorn", "Number") + "".join(_row(what, counters.get(name, 0)) for what, name in _JUDGED)
    text += _table("Our model alone", "Number") + "".join(_row(what, counters.get(name, 0)) for what, name in _BY_MODEL)

    text += "\n## What was met\n" + _table("What", "Times")
    text += "".join(_row(what, counters.get(name, 0)) for what, name in _MET)
    text += _table("Exception", "Times")
    for cause in Cause:
        text += _row(cause.name.lower().replace("_", " "), counters.get(f"trap_{cause.name.lower()}", 0))
    text += _table("... of which, by `pd_fault.kind`", "Times")
    for kind in list(Kind)[1:]:
        text += _row(kind.name.lower().replace("_", " "), counters.get(f"kind_{kind.name.lower()}", 0))

    text += "\n## In which position\n\nRight behind an instruction of each kind: one that traps, an interrupt, one "
    text += "that reads its result.\n"
    text += _table("Behind", "Exception", "Interrupt", "Use of the result")
    for name, what in _KINDS:
        text += _row(what, *(counters.get(f"{event}_after_{name}", 0) for event in ("trap", "interrupt", "use")))
    return text
