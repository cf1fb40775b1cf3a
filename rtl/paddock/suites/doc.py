"""Renders ``docs/gen/conformance.md``: what the public suites said, check by check."""

import json

from ..paths import ROOT

__all__ = ["conformance_md"]

_FORMAL_CORES = ("paddock", "plain")
_TESTED_CORES = (*_FORMAL_CORES, "pmp16")


def _load(name: str) -> dict:
    return json.loads((ROOT / "docs" / "results" / f"{name}.json").read_text())


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _by_name(entries: list[dict]) -> dict[str, dict[str, dict]]:
    """Name -> core -> entry."""
    names: dict[str, dict[str, dict]] = {}
    for entry in entries:
        names.setdefault(entry["name"], {})[entry["core"]] = entry
    return names


def _totals(entries: list[dict]) -> str:
    passed = sum(1 for entry in entries if entry["status"] == "pass")
    return f"{passed} of {len(entries)} pass."


def _riscv_tests() -> str:
    document = _load("riscv_tests")
    text = f"\n## `make riscv-tests`\n\nRevision `{document['revision']}`, {document['compiler']}. "
    text += f"{_totals(document['tests'])} Cycles are those of the whole run, the test's frame included.\n\n"
    text += _row("Test", *(f"{core}, cycles" for core in _TESTED_CORES), "Does not apply") + _row(
        *["---"] * (len(_TESTED_CORES) + 2)
    )
    reasons = document["does_not_apply"]
    for name, cores in _by_name(document["tests"]).items():
        cells = [f"{cores[core]['status']}, {cores[core]['cycles']:,}" for core in _TESTED_CORES]
        text += _row(f"`{name}`", *cells, reasons.get(name, ""))
    return text


def _riscv_formal() -> str:
    document = _load("riscv_formal")
    text = f"\n## `make riscv-formal`\n\nRevision `{document['revision']}`, {document['engine']}. "
    text += f"{_totals(document['checks'])} Depth is in cycles after reset; a check that only one core has is about\n"
    text += "CSRs that the other does not have.\n\n"
    text += _row("Check", "Depth", *(f"{core}, seconds" for core in _FORMAL_CORES)) + _row(*["---"] * 4)
    for name, cores in _by_name(document["checks"]).items():
        depths = sorted({entry["depth"] for entry in cores.values()})
        cells = [
            f"{cores[core]['status']}, {cores[core]['seconds']:.0f}"
            if cores.get(core, {}).get("seconds") is not None
            else cores[core]["status"]
            if core in cores
            else ""
            for core in _FORMAL_CORES
        ]
        text += _row(f"`{name}`", ", ".join(map(str, depths)), *cells)
    return text


def conformance_md() -> str:
    """The page."""
    heading = "# Conformance, measured\n\nWhat the suites are and how they are set up: "
    return heading + "[conformance.md](../reference/conformance.md).\n" + _riscv_tests() + _riscv_formal()
