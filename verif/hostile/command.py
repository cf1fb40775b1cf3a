"""``make hostile``: the command."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from paddock.campaign import Failure, Progress, write_verdict
from paddock.errors import CommandError
from paddock.isa.cause import Cause
from paddock.paths import BUILD, ROOT
from paddock.toolchain import ToolError

from .build import build_bench
from .campaign import Tally, run_campaign
from .plants import KERNEL_PLANTS, RTL_PLANTS, plant_kernel, plant_rtl_named
from .program import Program, load, save
from .runner import Bench
from .shrink import shrink
from .target import Target

__all__ = ["find_plant", "main"]

FOUND = BUILD / "hostile"
#: By the upper byte of a point of coverage: ``Point`` in ``bench/coverage.h``.
POINTS = {
    1: "trap of an instruction",
    2: "trap by place",
    3: "access by window, size, direction",
    4: "access at an edge of a window",
    5: "service and its answer",
    6: "end of a call, by depth",
    7: "frames in use",
    8: "CSR read or refused",
    9: "pair of instructions",
    10: "instruction interrupted",
    11: "length",
}
#: A planted fault counts as not found after so many programs.
_PLANT_PROGRAMS = 3000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make hostile", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the populations (1)")
    parser.add_argument("--n", type=int, metavar="PROGRAMS", help="programs to run; without it until interrupted")
    parser.add_argument("--jobs", type=int, default=1, help="benches at a time, each with a population of its own (1)")
    parser.add_argument("--publish", action="store_true", help="also write the copy in docs/results")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run the one program in FILE")
    parser.add_argument("--trace", action="store_true", help="with --replay: a line on stderr for every instruction")
    parser.add_argument("--plant", metavar="NAME", help="on a core or a kernel with this deliberate fault")
    parser.add_argument("--self-check", action="store_true", help="look for every planted fault; fail if one is missed")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Carry out the command line; its exit status is 1 if something has escaped."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.jobs < 1 or (args.n is not None and args.n < 1):
        parser.error(f"--jobs and --n must be at least 1, not {args.jobs} and {args.n}")
    if args.publish and args.plant:
        parser.error("--publish is for the core and the kernel as they are, not for one with --plant")
    try:
        if args.self_check:
            return _self_check(args)
        with tempfile.TemporaryDirectory() as folder:
            binary, target = _build(args.plant, Path(folder))
            return _replay(args, binary, target) if args.replay else _campaign(args, binary, target)
    except (CommandError, ToolError) as error:
        print(f"hostile: {error}", file=sys.stderr)
        return getattr(error, "status", 1)


def _build(plant: str | None, folder: Path) -> tuple[Path, Target]:
    """The bench and the image, one of them with the planted fault if there is one."""
    kernel = next((each for each in KERNEL_PLANTS if each.name == plant), None)
    if kernel is not None:
        return build_bench(), Target.build(plant_kernel(kernel, folder))
    if plant is not None:
        return build_bench(plant_rtl_named(plant, folder), quick=True), Target.build()
    return build_bench(), Target.build()


def _replay(args: argparse.Namespace, binary: Path, target: Target) -> int:
    if not args.replay.is_file():
        raise CommandError(f"there is no program {args.replay}")
    with Bench(binary, target, trace=args.trace) as bench:
        outcome = bench.run(load(args.replay))
    traps = ", ".join(f"{Cause(cause).name} {count}" for cause, count in sorted(outcome.traps.items()))
    print(f"{outcome.instructions} instructions in hostile modules, {outcome.cycles} cycles, traps: {traps or 'none'}")
    print(f"ESCAPE: {outcome.escape}" if outcome.escape else "no escape")
    return 1 if outcome.escape else 0


def _campaign(args: argparse.Namespace, binary: Path, target: Target) -> int:
    progress = Progress(args.n, "programs")

    def shown(tally: Tally) -> None:
        million = tally.instructions / 1e6
        note = f"{million:.2f} M instructions in modules, {len(tally.points)} points, {tally.escapes} escapes"
        progress.update(tally.programs, note)

    tally = run_campaign(binary, target, seed=args.seed, jobs=args.jobs, programs=args.n, shown=shown)
    progress.close()
    seconds = progress.seconds
    with Bench(binary, target) as bench:
        failures = [
            _failure(args, bench, f"seed{args.seed}_{index}", finding.escape, finding.program)
            for index, finding in enumerate(tally.findings.values(), 1)
        ]
    figures = _figures(args, tally, seconds)
    print(
        f"{tally.programs:,} programs, {tally.instructions:,} instructions in hostile modules, "
        f"{tally.escapes:,} programs with an escape; "
        f"{sum(tally.traps.values()):,} traps, {tally.services:,} services, {len(tally.points):,} points of coverage"
    )
    command = f"make hostile SEED={args.seed} JOBS={args.jobs} N={args.n or tally.programs}"
    return write_verdict("hostile", figures, failures, command=command, seconds=seconds, publish=args.publish)


def _failure(args: argparse.Namespace, bench: Bench, name: str, escape: str, program: Program) -> Failure:
    """Save the program, and a smaller one that does the same."""
    path = FOUND / f"{name}.json"
    save(program, FOUND / f"{name}_whole.json", escape=escape)
    print(f"shrinking {name}: {escape}", file=sys.stderr)
    smaller = shrink(program, lambda candidate: bench.run(candidate).escape)
    save(smaller, path, escape=bench.run(smaller).escape)
    plant = f" --plant {args.plant}" if args.plant else ""
    return Failure(name, escape, f'make hostile ARGS="--replay {path.relative_to(ROOT)}{plant}"')


def _figures(args: argparse.Namespace, tally: Tally, seconds: float) -> dict:
    kinds = {name: sum(point >> 24 == kind for point in tally.points) for kind, name in POINTS.items()}
    return {
        "seed": args.seed,
        "jobs": args.jobs,
        "programs": tally.programs,
        "instructions": tally.instructions,
        "honest_instructions": tally.honest_instructions,
        "calls": tally.calls,
        "services": tally.services,
        "ticks": tally.interrupts,
        "cycles": tally.cycles,
        "escapes": tally.escapes,
        "instructions_per_second": round(tally.instructions / max(seconds, 1e-3)),
        "traps": {Cause(cause).name.lower(): count for cause, count in sorted(tally.traps.items())},
        "coverage": kinds,
    }


def find_plant(name: str, *, seed: int = 1, programs: int = _PLANT_PROGRAMS) -> dict:
    """Look for a planted fault with one bench: ``program``, the number of the one that found it (None: none has)."""
    with tempfile.TemporaryDirectory() as folder:
        binary, target = _build(name, Path(folder))
        started = time.monotonic()
        tally = run_campaign(binary, target, seed=seed, jobs=1, programs=programs, most_families=1)
    finding = next(iter(tally.findings.values()), None)
    return {
        "plant": name,
        "where": "kernel" if any(each.name == name for each in KERNEL_PLANTS) else "core",
        "program": finding and finding.number,
        "instructions": tally.instructions,
        "seconds": round(time.monotonic() - started, 1),
        "escape": finding and finding.escape,
    }


def _self_check(args: argparse.Namespace) -> int:
    names = [args.plant] if args.plant else [*(each.name for each in KERNEL_PLANTS), *RTL_PLANTS]
    progress = Progress(len(names), "plants")
    limit = args.n or _PLANT_PROGRAMS
    rows = []
    for name in names:
        row = find_plant(name, seed=args.seed, programs=limit)
        rows.append(row)
        found = f"program {row['program']}: {row['escape']}" if row["program"] else "NOT FOUND"
        print(f"{name}: {found}", flush=True)
        progress.update(len(rows))
    progress.close()
    failures = [
        Failure(
            row["plant"],
            f"not found by {limit} programs",
            f'make hostile N={limit} SEED={args.seed} ARGS="--self-check --plant {row["plant"]}"',
        )
        for row in rows
        if not row["program"]
    ]
    figures = {"seed": args.seed, "programs": limit, "plants": rows}
    command = f'make hostile SEED={args.seed} ARGS="--self-check"'
    return write_verdict(
        "hostile_plants", figures, failures, command=command, seconds=progress.seconds, publish=args.publish
    )
