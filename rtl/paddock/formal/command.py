"""``paddock formal``: prove the isolation properties on the core, without a depth bound."""

import argparse
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from ..campaign import Failure, Progress, write_verdict
from ..config import ConfigError
from ..errors import CommandError
from ..paths import BUILD, ROOT
from ..toolchain import ToolError, environment
from .emit import BENCHES, CONFIGS, configured
from .planted import Planted
from .prove import CYCLES, prove
from .trace import waveform

__all__ = ["SIZES", "Size", "add_arguments", "run"]


@dataclass(frozen=True)
class Size:
    """A configuration and its size; the benches of the first one are also tried on the planted bugs."""

    config: str
    modules: int
    frames: int

    @property
    def name(self) -> str:
        """As in the names of properties."""
        return f"{self.config}-{self.modules}x{self.frames}"


#: What is proved unless the options say otherwise.
SIZES = (Size("default", 4, 4), Size("default", 16, 8), Size("minimal", 4, 4))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock formal``."""
    parser.add_argument("--only", default="", metavar="REGEX", help="properties whose name matches, such as g1_")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="proofs at a time (2)")
    parser.add_argument("--seconds", type=int, default=600, metavar="N", help="limit for each solver call (600)")
    parser.add_argument("--config", choices=CONFIGS, help="prove this configuration instead of the usual three cores")
    parser.add_argument("--modules", type=int, metavar="N", help="with this many module ids (4)")
    parser.add_argument("--frames", type=int, metavar="N", help="and this many frames (4)")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/formal.json")


def run(args: argparse.Namespace) -> int:
    """Prove everything that ``--only`` asks for; 1 if something is not proved, is vacuous, or survives its bug."""
    if args.publish and (args.only or _one_size(args)):
        raise CommandError("--publish wants all properties of the usual cores; leave --only, --config and sizes out")
    print(f"Emitting the cores {', '.join(size.name for size in _sizes(args))}", flush=True)
    tasks = [
        (size, bench, folder, each)
        for size in _sizes(args)
        for bench in BENCHES
        for folder in [BUILD / "formal" / size.name / bench]
        for each in _emit(size, bench, folder, ROOT / "rtl")
    ]
    names = [_name(size, each) for size, _, _, each in tasks]
    chosen = [task for task, name in zip(tasks, names, strict=True) if re.search(args.only, name)]
    if not chosen:
        raise CommandError(f"no property matches {args.only!r}; there are {', '.join(names)}")

    progress = Progress(len(chosen), "proofs")
    first = _sizes(args)[0]
    results, failures = {}, []
    with Planted(lambda *where: _emit(first, *where)) as planted, ThreadPoolExecutor(args.jobs) as pool:

        def one(size: Size, bench: str, folder: Path, listed: dict) -> dict:
            result = {"name": _name(size, listed), "claim": listed["claim"], "config": size.name}
            result |= prove(folder, listed, args.seconds)
            if size == first:
                result |= planted.try_on(listed["name"], bench, args.seconds)
            if result["status"] == "violated":
                vcd = BUILD / "formal" / f"{result['name']}.vcd"
                if waveform(folder, listed["violated"], CYCLES, vcd, args.seconds):
                    result["waveform"] = str(vcd.relative_to(ROOT))
            return result

        # The long ones first, so that none of them is left alone at the end.
        order = sorted(chosen, key=lambda task: (not task[3]["steps"], task[0] == first))
        waiting = [pool.submit(one, *task) for task in order]
        for done, future in enumerate(as_completed(waiting), start=1):
            result = future.result()
            results[result["name"]] = result
            print(_line(result), flush=True)
            failures += _failures(result, args)
            progress.update(done, f"{len(failures)} failed")
    progress.close()
    ordered = [results[name] for name in names if name in results]
    print(f"{sum(each['status'] == 'proved' for each in ordered)} of {len(ordered)} proved without a depth bound")
    figures = {"sizes": [size.name for size in _sizes(args)], "properties": ordered}
    return write_verdict(
        "formal", figures, failures, command="make formal", seconds=progress.seconds, publish=args.publish
    )


def _one_size(args: argparse.Namespace) -> bool:
    return args.config is not None or args.modules is not None or args.frames is not None


def _sizes(args: argparse.Namespace) -> tuple[Size, ...]:
    if not _one_size(args):
        return SIZES
    return (Size(args.config or "default", args.modules or 4, args.frames or 4),)


def _name(size: Size, listed: dict) -> str:
    """The property's own name for the first of the usual cores; else with the core behind it."""
    return listed["name"] if size == SIZES[0] else f"{listed['name']}@{size.name}"


def _emit(size: Size, bench: str, folder: Path, rtl: Path) -> list[dict]:
    """The bench in ``folder``, from the RTL below ``rtl``; returns its properties in order."""
    try:
        configured(size.config, size.modules, size.frames)
    except ConfigError as error:
        raise CommandError(str(error)) from error
    folder.mkdir(parents=True, exist_ok=True)
    arguments = [bench, size.config, str(size.modules), str(size.frames), str(folder)]
    command = [sys.executable, "-m", "paddock.formal.emit", *arguments]
    done = subprocess.run(command, env=environment(PYTHONPATH=str(rtl)), capture_output=True, text=True)
    if done.returncode:
        raise ToolError(f"emitting the bench failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads((folder / "properties.json").read_text())


def _line(result: dict) -> str:
    text = f"  {result['name']}: {result['status']} ({result['seconds']} s)"
    if "plant" in result:
        text += f", {result['plant']} breaks it: {'no' if result['broken_in_cycle'] is None else 'yes'}"
    return text


def _failures(result: dict, args: argparse.Namespace) -> list[Failure]:
    replay = f"make formal ONLY='^{result['name']}$'"
    if _one_size(args):
        config, _, size = result["config"].rpartition("-")
        modules, _, frames = size.partition("x")
        replay += f" ARGS='--config {config} --modules {modules} --frames {frames}'"
    found = []
    if result["status"] != "proved":
        what = f"{result['status']}, not proved: {result['claim']}"
        if result["status"] == "violated":
            what += f"; in cycle {result['violated_in_cycle']}, waveform {result.get('waveform', 'not made')}"
        found.append(Failure(result["name"], what, replay))
    if "plant" in result and result["broken_in_cycle"] is None:
        found.append(Failure(result["name"], f"survives the planted bug {result['plant']}", replay))
    return found
