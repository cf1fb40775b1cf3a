"""Renders ``docs/gen/results.md`` from the measurements under ``docs/results`` (``make results``)."""

import json

from .paths import ROOT

__all__ = ["proof_md", "results_md"]

RESULTS = ROOT / "docs" / "results"


def _load(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text())


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _demo() -> str:
    demo = _load("demo")
    rows = (
        ("modules", demo["modules"]),
        ("misdeeds tried, stopped", f"{demo['faults_injected']}, {demo['faults_caught']}"),
        (
            "accesses outside the windows that got through, of the accesses that the monitor watched",
            f"{demo['escapes']} of {demo['accesses_watched']}",
        ),
        (
            "cycles from a bad access to the handler; from an `ecall`",
            f"{demo['fault_to_handler_cycles']}; {demo['ecall_to_handler_cycles']}",
        ),
        ("cycles that detection adds", demo["detection_latency_cycles"]),
        (
            "cycles of `pd.enter`, `pd.leave`, `jalr`",
            f"{demo['enter_cycles']}, {demo['leave_cycles']}, {demo['jalr_cycles']}",
        ),
        ("cycles of a whole call of a module and back, with a grant", demo["call_cycles"]),
        ("simulated cycles per second, in millions", demo["simulated_mhz"]),
    )
    return "## `make demo`\n\n" + _row("What", "Figure") + _row("---", "---") + "".join(_row(*row) for row in rows)


def _size() -> str:
    found = _load("size")
    parts = {
        part: (row["code"] + row["constants"], row["data"] + row["zeros"])
        for part, row in found["parts"]["kernel"].items()
    }
    text = "\n## `make size`\n\n"
    text += f"The kernel of the demo: {found['kernel_text_bytes']} bytes of code and constants, at most "
    text += (
        f"{found['kernel_text_limit']}, without what the build step makes for each module (`registry.c`, `stubs.S`); "
    )
    text += f"{found['kernel_ram_bytes']} bytes of data, stacks and bookkeeping. The whole image takes "
    text += f"{found['image_bytes']} bytes of RAM.\n\n"
    text += _row("Part", "Code and constants", "Data") + _row("---", "---", "---")
    return text + "".join(_row(f"`{part}`", *sizes) for part, sizes in sorted(parts.items()))


def _synthesis() -> str:
    document = _load("synth_check")
    results, seeds = document["results"], document["seeds"]
    text = f"\n## `make synth-check SEEDS={len(seeds)}`\n\n{document['device']}, the core alone, a flip-flop at every "
    text += f"port; frequency: median of {len(seeds)} placement seeds.\n\n"
    text += _row(
        "Core, options of `synth_ecp5`", "TRELLIS_COMB", "FF", "DP16KD", "MULT18X18D", "MHz", "lowest .. highest"
    )
    text += _row(*["---"] * 7)
    for name, result in results.items():
        mhz = result["mhz_by_seed"].values()
        cells = [result[key] for key in ("comb", "ff", "bram", "dsp", "mhz")]
        text += _row(name, *cells, f"{min(mhz)} .. {max(mhz)}")
    for name, result in results.items():
        if "extension_comb_percent" in result:
            text += (
                f"\n{name}: the extension is {result['extension_comb_percent']} % of the core's TRELLIS_COMB "
                f"and changes its frequency by {result['extension_mhz_percent']:+} %.\n"
            )
    return text


def results_md() -> str:
    """The page."""
    return "# Measured\n\nMeasured with `make results`, which repeats all of it.\n\n" + _demo() + _size() + _synthesis()


def proof_md() -> str:
    """The page with what `make formal` has proved."""
    document = _load("formal")
    text = "# Proofs\n\nWhat they mean: [proof.md](../reference/proof.md). "
    text += "A core is named by its configuration, modules x frames.\n\n"
    head = ("Property", "Claim", "Core", "Status", "Method", "Depth", "Seconds", "Cover in cycle", "Bug that breaks it")
    text += _row(*head) + _row(*["---"] * len(head))
    for each in document["properties"]:
        depth = "unbounded" if each["depth"] is None else each["depth"]
        plant = f"`{each['plant']}`" if each.get("broken_in_cycle") is not None else ""
        cells = (each["config"], each["status"], each["method"], depth, each["seconds"], each["cover_cycle"], plant)
        text += _row(f"`{each['name']}`", each["claim"], *cells)
    return text
