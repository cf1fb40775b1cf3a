"""Renders ``docs/gen/coremark.md``: what CoreMark says, and where its cycles go."""

import json

from ..paths import ROOT
from ..sim.stalls import ISSUED

__all__ = ["coremark_md"]

#: Columns of the table of causes show so many instructions.
_SHOWN = 5


def _row(*cells: object) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |\n"


def _table(*head: str) -> str:
    return "\n" + _row(*head) + _row(*["---"] * len(head))


def _causes(stalls: dict[str, dict[str, int]], iterations: int) -> str:
    totals = {reason: sum(by_insn.values()) for reason, by_insn in stalls.items()}
    cycles, instructions = sum(totals.values()), totals[ISSUED]
    text = _table(
        "Cause", "Cycles per iteration", "Share", "Cycles per instruction", "Charged to, cycles per iteration"
    )
    for reason, total in sorted(totals.items(), key=lambda item: -item[1]):
        ranked = sorted(stalls[reason].items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
        charged = ", ".join(f"`{insn}` {round(count / iterations):,}" for insn, count in ranked)
        share = f"{100 * total / cycles:.1f} %"
        text += _row(f"`{reason}`", round(total / iterations), share, f"{total / instructions:.3f}", charged)
    return text + _row("all", round(cycles / iterations), "100 %", f"{cycles / instructions:.3f}", "")


def coremark_md() -> str:
    """The page."""
    document = json.loads((ROOT / "docs" / "results" / "coremark.json").read_text())
    runs = document["runs"]
    revision = (document["revision"] or "of unknown revision")[:12]
    text = f"# CoreMark\n\n`{document['command']}`, eembc/coremark {revision}.\n"
    text += f"Compiler: {document['compiler']}, `{document['flags']}`; port `firmware/coremark`, with it "
    text += f"`{document['all_flags']}`. {document['memory']}. The clock of the simulated SoC is "
    text += f"{document['clock_hz']:,} Hz, so that {runs[0]['iterations']} iterations take the 10 s that the "
    text += "benchmark wants.\n"
    text += _table("Run", "Cycles", "per iteration", "CoreMark/MHz", "crcfinal", "validated by the benchmark")
    for run in runs:
        figures = (run["cycles"], run["cycles_per_iteration"], f"{run['coremark_per_mhz']:.2f}", run["crcfinal"])
        text += _row(run["what"], *figures, "yes" if run["validated"] else "no")
    for run in runs:
        if run["name"] == "checks":
            more = 100 * (run["cycles"] / runs[0]["cycles"] - 1)
            text += "\nChecks that the compiler inserts, as calls of `firmware/coremark/checks.S`: "
            text += f"{more:+.0f} % cycles.\n"
    counted = next(run for run in runs if "stalls" in run)
    text += f"\n## Where the cycles go\n\nThe run {counted['what']}. `issued`: an instruction leaves X. `jump`: what "
    text += "was fetched behind a taken branch or jump is thrown away. All other names: [why a stage waits]"
    text += "(../reference/pipeline.md#why-a-stage-waits). Charged is the instruction that makes the others wait.\n"
    return text + _causes(counted["stalls"], counted["iterations"])
