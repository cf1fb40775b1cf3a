"""Renders ``mutation.md`` and ``coverage.md`` from what ``make mutate`` and ``make coverage`` have published."""

import json

from .paths import ROOT

__all__ = ["coverage_md", "mutation_md"]

RESULTS = ROOT / "docs" / "results"


def _load(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text())


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def mutation_md() -> str:
    """How many deliberate faults the suites have noticed, which suite did, and what is left."""
    found = _load("mutation")
    text = (
        f"# Do the tests bite?\n\n`{found['command']}`: {found['total']} faults in the core, one at a time, drawn from "
        f"{found['candidates']:,}; what that means is in [mutation.md](../reference/mutation.md).\n\n"
    )
    text += _row("Block", "Mutants", "Killed", "Equivalent", "Survived") + _row("---", *["--:"] * 4)
    counts = ("total", "killed", "equivalent", "survived")
    for name, block in found["blocks"].items():
        text += _row(name, *(block[count] for count in counts))
    text += _row("all", *(found[count] for count in counts))
    text += "\nKilled by, the cheapest suite first that notices:\n\n" + _row("Suite", "Mutants") + _row("---", "--:")
    for suite, number in found["suites"].items():
        text += _row(_code(suite), number)
    left = [each for each in found["mutants"] if each["status"] == "survived"]
    text += "\n## Survivors\n\n" + ("" if left else "None.\n")
    if left:
        text += _row("Number", "Fault", "What is missing") + _row("--:", "---", "---")
        for each in left:
            text += _row(each["number"], _code(each["text"]), each["missing"])
    return text


def coverage_md() -> str:
    """The bins, by pipeline situation."""
    found = _load("coverage")
    text = (
        f"# Which accesses are tried?\n\n`{found['command']}`: {found['covered']:,} of the {found['reachable']:,} bins "
        f"that can be reached are, by {found['hits']:,} loads, stores and fetches at a window.\n\n"
        "A bin is a window, a kind (load, store, fetch), a size, an edge (below, across the lower bound, first, "
        "inside, last, across the upper bound, above) and a situation in the pipeline. A cell shows how many bins of "
        "sizes and edges are covered, of how many, and by how many instructions. Recorded from the core's signals "
        "while the tests run.\n\n"
    )
    text += _table("Situation", found["situations"]) + "\n" + _table("Way to the instruction", found["fetch"])
    text += "\nOut of reach:\n\n"
    for reason, number in found["impossible"].items():
        text += f"- {number} bins: {reason}.\n"
    text += "\n## Holes\n\n" + ("" if found["holes"] else "None.\n")
    return text + "".join(f"- {hole}\n" for hole in found["holes"])


def _table(heading: str, rows: dict[str, dict]) -> str:
    columns = list(next(iter(rows.values())))
    text = _row(heading, *columns) + _row("---", *["--:"] * len(columns))
    for name, cells in rows.items():
        shown = (
            f"{cell['covered']}/{cell['reachable']} ({cell['hits']:,})" for cell in (cells[each] for each in columns)
        )
        text += _row(name.replace("_", " "), *shown)
    return text
