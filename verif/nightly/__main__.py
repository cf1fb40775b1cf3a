"""``make verify``: every suite at the size of a night, and one page with what failed and how to replay it."""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from paddock.campaign import Failure, write_results
from paddock.paths import BUILD, ROOT

from .steps import Step, steps

_FOLDER = BUILD / "verify"
_TAIL_LINES = 30


@dataclass
class Outcome:
    """How a step ended."""

    step: Step
    #: ``to come``, ``running``, ``pass``, ``fail`` or ``not run``.
    verdict: str = "to come"
    reason: str = ""
    status: int | None = None
    seconds: float | None = None
    figures: dict = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    #: Name of the log's file, beside the page.
    log: str | None = None
    tail: str = ""


def _run(command: str, log: Path, jobs: int, limit: float) -> int | None:
    """The exit status of a shell command; None if it was stopped after ``limit`` seconds."""
    # Make hands the variables that it was given on to every command: ARGS and N are meant for this one.
    given = set(re.findall(r"(\w+)=", os.environ.get("MAKEFLAGS", ""))) | {"MAKEFLAGS", "PYTHONPATH"}
    env = {key: value for key, value in os.environ.items() if key not in given}
    env |= {"JOBS": str(jobs), "VENV": sys.prefix, "PADDOCK_NO_SKIP": "1"}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, shell=True, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def run_step(step: Step, results: Path, folder: Path, *, jobs: int = 2, limit: float = 3600) -> Outcome:
    """Carry the step out, for ``limit`` seconds at most; its output goes to ``folder``."""
    outcome = Outcome(step, log=f"{step.name}.log")
    if step.result:
        (results / step.result).unlink(missing_ok=True)
    started = time.monotonic()
    outcome.status = _run(step.command, folder / outcome.log, jobs, limit)
    outcome.seconds = round(time.monotonic() - started, 1)
    outcome.figures, outcome.failures = step.read(results)
    # A command that says it is content and leaves no result has not done its work.
    lost = step.result is not None and not (results / step.result).exists()
    if outcome.status is None:
        outcome.reason = f"stopped after {limit:.0f} s"
    elif lost:
        outcome.reason = f"no {step.result} was written"
    outcome.verdict = "pass" if outcome.status == 0 and not outcome.failures and not lost else "fail"
    outcome.tail = "\n".join((folder / outcome.log).read_text(errors="replace").splitlines()[-_TAIL_LINES:])
    return outcome


def overall(outcomes: list[Outcome]) -> str:
    """The night's verdict: ``pass`` only if every suite has run and passed."""
    verdicts = {outcome.verdict for outcome in outcomes}
    for verdict in ("fail", "running", "to come"):
        if verdict in verdicts:
            return "fail" if verdict == "fail" else "running"
    return "incomplete" if "not run" in verdicts else "pass"


def render(outcomes: list[Outcome], *, commit: str, started: str, seconds: float) -> str:
    """The page."""
    template = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    ).get_template("page.html")
    running = any(outcome.verdict in ("running", "to come") for outcome in outcomes)
    facts = {"commit": commit, "started": started, "seconds": seconds, "running": running}
    return template.render(outcomes=outcomes, verdict=overall(outcomes), **facts)


def _commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make verify", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="for each suite (2)")
    parser.add_argument("--only", default="", metavar="REGEX", help="suites whose name matches")
    parser.add_argument("--riscv-tests", default="", metavar="FOLDER", help="checkout of riscv-tests")
    parser.add_argument("--riscv-formal", default="", metavar="FOLDER", help="checkout of riscv-formal")
    parser.add_argument("--fuzz", type=int, default=20_000, metavar="N", help="programs of make fuzz (20000)")
    parser.add_argument("--hostile", type=int, default=20_000, metavar="N", help="programs of make hostile (20000)")
    parser.add_argument("--hours", type=float, default=3, metavar="H", help="stop a suite after H hours (3)")
    args = parser.parse_args()
    if args.jobs < 1:
        parser.error(f"--jobs {args.jobs}: at least one")
    try:
        re.compile(args.only)
    except re.error as error:
        parser.error(f"--only {args.only!r}: {error}")
    return args


def main() -> int:
    """Run the night; 0 if every suite that could run has passed."""
    args = _arguments()
    chosen = [
        step
        for step in steps(args.riscv_tests, args.riscv_formal, args.fuzz, args.hostile)
        if re.search(args.only, step.name)
    ]
    if not chosen:
        print(f"make verify: no suite matches {args.only!r}", file=sys.stderr)
        return 2
    outcomes = [Outcome(step) for step in chosen]
    _FOLDER.mkdir(parents=True, exist_ok=True)
    facts = {"commit": _commit(), "started": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}
    begin = time.monotonic()

    def show() -> None:
        seconds = round(time.monotonic() - begin, 1)
        (_FOLDER / "index.html").write_text(render(outcomes, seconds=seconds, **facts))

    print(f"page: {_FOLDER / 'index.html'}")
    for i, step in enumerate(chosen):
        if step.missing:
            outcomes[i] = Outcome(step, "not run", step.missing)
        else:
            outcomes[i].verdict = "running"
            show()
            print(f"[{i + 1}/{len(chosen)}] {step.name}: {step.command}", flush=True)
            outcomes[i] = run_step(step, BUILD / "results", _FOLDER, jobs=args.jobs, limit=args.hours * 3600)
        outcome = outcomes[i]
        took = f" in {outcome.seconds:.0f} s" if outcome.seconds is not None else ""
        print(f"    {outcome.verdict}{took}{': ' if outcome.reason else ''}{outcome.reason}", flush=True)
        for failure in outcome.failures:
            print(f"    FAILED {failure.name}: {failure.what}\n      replay: {failure.replay}")
        show()
    verdict = overall(outcomes)
    suites = [
        {"name": each.step.name, "verdict": each.verdict, "seconds": each.seconds, **each.figures} for each in outcomes
    ]
    write_results("verify", {"verdict": verdict, **facts, "suites": suites})
    print(f"{verdict}; page: {_FOLDER / 'index.html'}")
    return 1 if verdict == "fail" else 0


if __name__ == "__main__":
    sys.exit(main())
