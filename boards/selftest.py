"""``make board-test``: loads the self-test over the serial line, shows each check as it comes, judges.

The self-test is the demo (``firmware/demo``) for the board's SoC: the kernel with three honest modules and the rogue,
whose misdeeds are measured on the chip. ``PORT`` is the board's serial line; ``sim`` is the same SoC in the fast
simulator, ``netlist`` the placed and routed design in Verilator, both on a pseudo-terminal.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from paddock.campaign import write_results
from paddock.errors import CommandError
from paddock.fw.build import FIRMWARE, Image, build_image
from paddock.fw.misdeeds import MISDEEDS, Misdeed, header
from paddock.fw.report import Log, latency_reference, problems
from paddock.fw.symbols import Symbols
from paddock.paths import ROOT

from .common import Board, find_board
from .load import load_program_to, program
from .loader import PORT_BACK, open_port

__all__ = ["SHORT", "Check", "add_arguments", "build_selftest", "chosen_misdeeds", "print_table", "run", "watch"]

#: Of each kind of misdeed one or two, for those who cannot wait.
SHORT = (
    "NULL_READ", "KERNEL_WRITE", "DEVICE_WRITE", "ABOVE_READ", "STRADDLE_WRITE", "GRANT_KEPT_WRITE", "CODE_JUMP",
    "MSTATUS_WRITE", "MRET", "ECALL", "CLOSED_ENTRY", "UNCALLED_LEAVE", "FORBIDDEN_CALL",
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One line of the final table."""

    name: str
    wanted: str
    found: str
    passed: bool


def chosen_misdeeds(short: bool) -> tuple[Misdeed, ...]:
    """The misdeeds that are carried out, in their order."""
    return tuple(misdeed for misdeed in MISDEEDS if not short or misdeed.name in SHORT)


def build_selftest(board: Board, misdeeds: Sequence[Misdeed]) -> Image:
    """The program for this board."""
    return build_image(FIRMWARE / "demo", headers={"misdeeds.h": header(misdeeds)}, soc=board.config())


class _Lines:
    """Lines from the serial line, as they come; ends when nothing comes for ``patience`` seconds."""

    def __init__(self, line, patience: float):
        self._line, self._patience = line, patience

    def __iter__(self):
        text, last = b"", time.monotonic()
        while time.monotonic() - last < self._patience:
            try:
                # One byte waits, the rest is taken without: a line is shown as soon as it is there.
                got = self._line.read(max(1, self._line.in_waiting))
            except OSError:
                break  # the simulator has ended, and its pseudo-terminal with it
            if not got:
                continue
            last = time.monotonic()
            *lines, text = (text + got).split(b"\n")
            yield from (line.decode(errors="replace").rstrip("\r") for line in lines)


def watch(line, misdeeds: Sequence[Misdeed], symbols: Symbols, *, patience: float = 10.0) -> list[Check]:
    """Show what the self-test prints and judge it."""
    log, found = Log(), []
    for text in _Lines(line, patience):
        outcome = log.feed(text)
        print(text, flush=True)
        if outcome and outcome.number <= len(misdeeds):
            wrong = problems(misdeeds[outcome.number - 1], outcome, symbols.addresses, None)
            found.append(wrong)
            for word in wrong:
                print(f"     NOT AS IT MUST BE: {word}", flush=True)
        if log.alive or log.panic:
            break
    return _checks(log, misdeeds, symbols)


def _checks(log: Log, misdeeds: Sequence[Misdeed], symbols: Symbols) -> list[Check]:
    checks = [_equal("modules do their work", "yes", "yes" if log.honest else "no")]
    reference = latency_reference(log, misdeeds)
    for index, misdeed in enumerate(misdeeds):
        wrong = ["no report"]
        if index < len(log.outcomes):
            wrong = problems(misdeed, log.outcomes[index], symbols.addresses, reference)
        checks.append(Check(misdeed.title, "stopped, as it must", "; ".join(wrong) or "stopped, as it must", not wrong))
    latencies = {
        outcome.latency
        for misdeed, outcome in zip(misdeeds, log.outcomes, strict=False)
        if misdeed.lead and outcome.latency is not None
    }
    if log.panic:
        checks.append(Check("no panic", "none", log.panic, False))
    return [
        *checks,
        _equal("cycles from a misdeed to the handler, as from an ecall", {reference} - {None} or "?", latencies),
        _equal("cycles of pd.enter, pd.leave, as of jalr", [log.cycles.get("jalr", "?")] * 2,
               [log.cycles.get("enter"), log.cycles.get("leave")]),
        _equal("escapes that the monitor counts", 0, log.escapes),
        Check("accesses that the monitor has watched", "some", str(log.watched), log.watched > 0),
        _equal("kernel is alive at the end", "yes", "yes" if log.alive else "no"),
    ]  # fmt: skip


def _equal(name: str, wanted, found) -> Check:
    def shown(value) -> str:
        return ", ".join(map(str, value)) if isinstance(value, set | list) else str(value)

    return Check(name, shown(wanted), shown(found), wanted == found)


def print_table(checks: Sequence[Check]) -> None:
    """The table at the end."""
    width = max(len(check.name) for check in checks)
    print()
    for check in checks:
        verdict = "ok  " if check.passed else "FAIL"
        detail = check.found if check.passed else f"{check.found}; must be: {check.wanted}"
        print(f"{verdict}  {check.name:{width}}  {detail}")
    print(f"\n{sum(check.passed for check in checks)} of {len(checks)} checks passed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m boards test``."""
    parser.add_argument("board", help="name of the board")
    parser.add_argument("--port", default="", help="its serial line, or sim, or netlist")
    parser.add_argument("--short", action="store_true", help="not every misdeed, but some of each kind")
    parser.add_argument("--no-program", action="store_true", help="the bitstream is there already")
    parser.add_argument("--plant", metavar="CELL", default="", help="netlist: invert the LUT of this cell")
    parser.add_argument("--publish", action="store_true", help="the results go to docs/results too")


def run(args: argparse.Namespace) -> int:
    """Program, load, watch; 0 if every check has passed."""
    from .simulated import fast_simulator, netlist_simulator

    board = find_board(args.board)
    misdeeds = chosen_misdeeds(args.short)
    image = build_selftest(board, misdeeds)
    name = "board_test"
    with ExitStack() as stack:
        simulation = None
        if args.port in ("sim", "netlist"):
            start = fast_simulator(args.board) if args.port == "sim" else netlist_simulator(args.board, args.plant)
            simulation = stack.enter_context(start)
            name = "netlist" if args.port == "netlist" else name
        elif not args.port:
            raise CommandError("PORT is missing: the board's serial line, for example PORT=/dev/ttyUSB1, or sim")
        else:
            open_port(args.port, board.baud).close()
            if not args.no_program:
                program(args.board)
        port = simulation.port if simulation else args.port
        line = stack.enter_context(open_port(port, board.baud, patience=PORT_BACK))
        # Simulations are slower than boards: a kilobyte on the line takes one of gates half a minute.
        patience = simulation.patience if simulation else 5.0
        load_program_to(line, image.elf, args.board, patience=patience)
        checks = watch(line, misdeeds, Symbols(image.elf), patience=patience)
        cycles = simulation.end() if simulation else None
    print_table(checks)
    failed = [asdict(check) for check in checks if not check.passed]
    command = "make netlist-test" if args.port == "netlist" else f"make board-test BOARD={args.board} PORT={args.port}"
    document = {
        "command": command + (" ARGS=--short" if args.short else ""),
        "date": datetime.now(UTC).date().isoformat(),
        "board": args.board,
        "port": args.port if simulation else "serial line",
        "checks": len(checks),
        "passed": sum(check.passed for check in checks),
        **({"cycles": cycles} if cycles is not None else {}),
        "misdeeds": len(misdeeds),
        **({"plant": args.plant} if args.plant else {}),
        "failures": failed,
    }
    for path in write_results(name, document, publish=args.publish):
        print(f"wrote {path.relative_to(ROOT)}")
    return 1 if failed else 0
