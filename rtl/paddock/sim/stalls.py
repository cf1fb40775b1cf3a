"""Where the cycles of a run went, as the simulator has counted them (``stalls.h``), as lines of a table."""

from collections.abc import Mapping

__all__ = ["ISSUED", "stall_lines"]

#: The cycles in which an instruction left X.
ISSUED = "issued"


def _largest(by_insn: Mapping[str, int], limit: int = 6) -> str:
    ranked = sorted(by_insn.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[limit:])
    words = [f"{name} {count:,}" for name, count in ranked[:limit]]
    return ", ".join([*words, f"others {rest:,}"] if rest else words)


def stall_lines(stalls: Mapping[str, Mapping[str, int]]) -> list[str]:
    """A line for each reason, the largest first: cycles, their share, cycles per instruction, who caused them."""
    totals = {reason: sum(by_insn.values()) for reason, by_insn in stalls.items()}
    cycles, instructions = sum(totals.values()), totals.get(ISSUED, 0)
    lines = [f"{'cycles by cause':18} {'cycles':>14} {'share':>7} {'CPI':>7}  charged to"]
    for reason, total in sorted(totals.items(), key=lambda item: -item[1]):
        each = total / instructions if instructions else float("nan")
        share = f"{100 * total / cycles:.1f} %"
        lines.append(f"{reason:18} {total:14,} {share:>7} {each:7.4f}  {_largest(stalls[reason])}")
    each = cycles / instructions if instructions else float("nan")
    return [*lines, f"{'all':18} {cycles:14,} {'100.0 %':>7} {each:7.4f}"]
