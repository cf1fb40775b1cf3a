"""``make mutate``: the core with one fault at a time; which suite notices?"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

from paddock.campaign import Failure, Progress, write_verdict
from paddock.errors import CommandError

from .build import Built, build
from .choose import BLOCKS, Mutant
from .suites import Outcome, Suites
from .survivors import MISSING

_suites: Suites | None = None


def _start(built: Built, search: int) -> None:
    global _suites
    _suites = Suites(built, search)


def _run(mutant: Mutant) -> list[Outcome]:
    return _suites.run(mutant)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mutate", description=__doc__)
    parser.add_argument("--n", type=int, default=320, help="mutants (320)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (2)")
    parser.add_argument("--search", type=int, default=40, metavar="S", help="seconds to look for a proof at last (40)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this mutant alone")
    parser.add_argument("--list", action="store_true", help="name the mutants and end")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/mutation.json")
    args = parser.parse_args()
    if args.search < 1:
        parser.error(f"--search must be at least 1, not {args.search}")
    if args.n < 10:
        parser.error(f"--n must be at least 10, not {args.n}")
    if args.only is not None and (args.publish or not 1 <= args.only <= args.n):
        parser.error(f"--only must be from 1 to {args.n} and without --publish")
    return args


def main() -> int:
    """Run the campaign; 1 if a mutant has survived."""
    args = _arguments()
    progress = Progress(args.n, "mutants")
    built = build(args.n, args.seed)
    if args.list:
        for mutant in built.mutants:
            print(f"{mutant.number:4} {mutant.block:10} {mutant.text}")
        return 0
    wrong = Suites(built, args.search).control()
    if wrong:
        raise CommandError("without a mutant the suites must be green:\n" + "\n".join(wrong), 1)
    chosen = [mutant for mutant in built.mutants if args.only in (None, mutant.number)]
    outcomes: dict[int, list[Outcome]] = {}
    with ProcessPoolExecutor(args.jobs, initializer=_start, initargs=(built, args.search)) as pool:
        waiting = {pool.submit(_run, mutant): mutant for mutant in chosen}
        for future in as_completed(waiting):
            mutant = waiting[future]
            outcomes[mutant.number] = future.result()
            last = outcomes[mutant.number][-1]
            verdict = {"killed": f"killed by {last.suite} ({last.test})", "passed": "SURVIVES"}.get(
                last.verdict, last.verdict
            )
            progress.update(len(outcomes), f"{mutant.number} {mutant.text}: {verdict}")
    progress.close()
    return _report(args, built, chosen, outcomes, progress.seconds)


def _report(args, built: Built, chosen: list[Mutant], outcomes: dict[int, list[Outcome]], seconds: float) -> int:
    documents, failures = [], []
    for mutant in chosen:
        said = outcomes[mutant.number]
        last = said[-1]
        status = "survived" if last.verdict == "passed" else last.verdict
        documents.append(
            {
                **mutant.document(),
                "text": mutant.text,
                "status": status,
                "by": last.suite if status != "survived" else None,
                "test": last.test,
                "why": last.why,
                "seconds": round(sum(outcome.seconds for outcome in said), 1),
            }
        )
        if status == "survived":
            documents[-1]["missing"] = MISSING.get(mutant.text, "not looked into")
            replay = f"make mutate N={args.n} SEED={args.seed} ARGS='--only {mutant.number} --search {args.search}'"
            failures.append(Failure(f"mutant {mutant.number}", mutant.text, replay))
    counts = Counter(each["status"] for each in documents)
    figures = {
        "seed": args.seed,
        "candidates": built.candidates,
        "total": len(documents),
        **{status: counts[status] for status in ("killed", "equivalent", "survived")},
        "blocks": {name: _block([each for each in documents if each["block"] == name]) for name in BLOCKS},
        "suites": dict(Counter(each["by"] for each in documents if each["status"] == "killed").most_common()),
        "proofs": dict(Counter(each["by"] for each in documents if each["status"] == "equivalent").most_common()),
        "mutants": documents,
    }
    print(f"{len(documents)} mutants: " + ", ".join(f"{counts[s]} {s}" for s in ("killed", "equivalent", "survived")))
    command = f"make mutate N={args.n} SEED={args.seed} ARGS='--search {args.search}'"
    return write_verdict("mutation", figures, failures, command=command, seconds=seconds, publish=args.publish)


def _block(documents: list[dict]) -> dict:
    counts = Counter(each["status"] for each in documents)
    return {"total": len(documents), **{status: counts[status] for status in ("killed", "equivalent", "survived")}}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CommandError as error:
        print(f"make mutate: {error}", file=sys.stderr)
        sys.exit(2)
