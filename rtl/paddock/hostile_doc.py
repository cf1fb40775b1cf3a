"""Renders ``docs/gen/hostile.md`` from what ``make hostile`` has published under ``docs/results``."""

import json

from .paths import ROOT

__all__ = ["hostile_md"]

RESULTS = ROOT / "docs" / "results"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _table(head: tuple, rows) -> str:
    return _row(*head) + _row(*["---"] * len(head)) + "".join(_row(*row) for row in rows)


def _campaign(document: dict) -> str:
    rows = (
        ("programs", f"{document['programs']:,}"),
        ("calls of a hostile module by the kernel", f"{document['calls']:,}"),
        ("instructions in hostile modules", f"{document['instructions']:,}"),
        ("instructions in honest modules", f"{document['honest_instructions']:,}"),
        ("services that modules asked for", f"{document['services']:,}"),
        ("interrupts of the timer", f"{document['ticks']:,}"),
        ("cycles, every one of them judged", f"{document['cycles']:,}"),
        ("**programs with an escape**", f"**{document['escapes']:,}**"),
        ("seconds", f"{document['seconds']:,}"),
    )
    text = f"## `{document['command']}`\n\n" + _table(("What", "Figure"), rows)
    text += "\nHow instructions of modules ended that did not retire:\n\n"
    text += _table(("Exception", "Times"), ((f"`{name}`", f"{count:,}") for name, count in document["traps"].items()))
    text += "\nWhat was seen, by kind; a program that brings something new is bred from:\n\n"
    return text + _table(("Coverage", "Points"), ((name, f"{count:,}") for name, count in document["coverage"].items()))


def _plants(document: dict) -> str:
    text = f"\n## `{document['command']}`\n\nDeliberate faults, and which program was the first to do harm by them, "
    text += f"of at most {document['programs']:,}.\n\n"
    rows = (
        (f"`{row['plant']}`", row["where"], row["program"] or "**not found**", row["escape"] or "")
        for row in document["plants"]
    )
    return text + _table(("Fault", "In", "Program", "What the judge said"), rows)


def hostile_md() -> str:
    """The page."""
    campaign, plants = (json.loads((RESULTS / f"{name}.json").read_text()) for name in ("hostile", "hostile_plants"))
    text = "# Hostile modules\n\nWhat it means: [hostile.md](../reference/hostile.md).\n\n"
    return text + _campaign(campaign) + _plants(plants)
