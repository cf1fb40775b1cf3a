"""The suites that run a mutant, cheapest first, each as its own tests judge."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lib.run import pattern, simulate
from paddock.cache import cached, content_key
from paddock.config import DEFAULT
from paddock.paths import ROOT

from .build import Built
from .choose import Mutant
from .design import VARIABLE
from .equivalence import prove
from .lockstep import Lockstep

__all__ = ["Outcome", "Suites"]

_CORE = ROOT / "verif" / "core"
_LIB = ROOT / "verif" / "lib"
#: File of cocotb tests, names that are meant for this configuration, and how long the suite may take: some hundred
#: times what it takes the core itself, on a machine that is busy.
_COCOTB = (
    ("test_timing.py", None),
    ("test_programs.py", "isa_ gates_ paddock_"),
    ("test_fetch_edges.py", None),
    ("test_reset.py", None),
    ("test_csr_numbers.py", None),
    ("test_bits.py", None),
    ("test_access.py", None),
    ("test_cross.py", None),
    ("test_single_cycle.py", None),
    ("test_guarantees.py", None),
)
#: What they share.
_HELPERS = ("access_cases.py", "hostile_words.py", "test_access.py")
_PATIENCE = 900
#: Before this suite it is cheaper to try the comparison with the core without the mutant.
_DEAR = "test_reset.py"
#: Where numbers of CSRs are decoded, also of those that do not exist.
_CSRS = ("core.csr_file", "core.modules", "core.modules.table")


@dataclass(frozen=True)
class Outcome:
    """What a suite says to a mutant: ``killed`` by ``test``, ``passed``, or, by the comparison, ``equivalent``."""

    suite: str
    verdict: str
    test: str | None
    why: str
    seconds: float


class _TooLong(Exception):
    pass


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    def ring(_signal, _frame):
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _sources(file: str) -> list[Path]:
    """The file of a suite, and the programs that it names or, if it takes whole folders, those in folders."""
    text = (_CORE / file).read_text()
    every = sorted(path for path in (_CORE / "programs").rglob("*") if path.is_file())
    folders = "FOLDERS" in text
    used = [p for p in every if p.suffix != ".S" or p.name in text or (folders and p.parent.name != "programs")]
    return [_CORE / file, *used]


class Suites:
    """All suites, for one set of mutants. What a suite has said is kept, by the suite's sources and the mutant."""

    def __init__(self, built: Built, search: int):
        """``search``: seconds for each of the comparison's searches, when all suites have passed."""
        self._built = built
        self._search = search
        support = [*sorted(_LIB.glob("*.py")), *(_CORE / name for name in _HELPERS)]
        model = [*sorted((ROOT / "verif" / "model").glob("*.py")), *sorted(_CORE.glob("randprog*.py"))]
        model += [*sorted(_CORE.glob("lockstep*.py")), Path(__file__).with_name("lockstep.py")]
        self._key = {"lockstep": content_key(files=model, texts=[built.lockstep.parent.name])}
        for file, only in _COCOTB:
            self._key[file] = content_key(files=[*support, *_sources(file)], texts=[built.bench.name, str(only)])
        comparison = Path(__file__).with_name("equivalence.py")
        self._key["equivalence"] = content_key(files=[comparison, built.design / "core.il"])
        golden = cached("mutate", content_key(texts=["golden", self._key["lockstep"]]), self._record_golden)
        self._lockstep = Lockstep(built.lockstep, golden)

    def _record_golden(self, folder: Path) -> None:
        Lockstep(self._built.lockstep, folder).record_golden()

    def control(self) -> list[str]:
        """The tests that fail without a mutant, of all suites but lockstep, which is checked when it is set up."""
        outcomes = [
            self._kept(f"{file}  0", self._key[file], lambda file=file, only=only: self._cocotb(0, file, only))
            for file, only in _COCOTB
        ]
        return [f"{outcome.suite}: {outcome.test}: {outcome.why}" for outcome in outcomes if outcome.test]

    def run(self, mutant: Mutant) -> list[Outcome]:
        """Suite after suite until one has a verdict; one mutant at a time, as the process's environment says which."""
        number = mutant.number
        steps: list[tuple[str, str, Callable[[], Outcome]]] = []
        steps.append(("lockstep", "", lambda: self._in_lockstep(number)))
        for file, only in _COCOTB:
            if file == _DEAR:
                steps.append(("equivalence", "quick", lambda: self._compare(mutant, 0)))
                if mutant.module in _CSRS:
                    steps.append(("equivalence", "csrs", lambda: self._compare(mutant, 0, existing_csrs=True)))
            steps.append((file, "", lambda file=file, only=only: self._cocotb(number, file, only)))
        search = self._search
        steps.append(("equivalence", f"thorough, {search} s", lambda: self._compare(mutant, search)))
        outcomes = []
        for suite, how, step in steps:
            outcomes.append(self._kept(f"{suite} {how} {number}", self._key[suite], step))
            if outcomes[-1].verdict != "passed":
                break
        return outcomes

    def _compare(self, mutant: Mutant, seconds: int, existing_csrs: bool = False) -> Outcome:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="paddock-") as folder:
            core = self._built.design / "core.il"
            proof = prove(core, mutant.command(""), Path(folder), seconds, existing_csrs=existing_csrs)
        verdict = "equivalent" if proof.status == "equivalent" else "passed"
        since = "" if proof.cycle is None else f" from cycle {proof.cycle} on, for some inputs"
        suite = "equivalence, existing CSRs" if existing_csrs else "equivalence"
        return Outcome(suite, verdict, None, proof.status + since, round(time.monotonic() - started, 1))

    def _kept(self, name: str, key: str, step: Callable[[], Outcome]) -> Outcome:
        def write(folder: Path) -> None:
            (folder / "outcome.json").write_text(json.dumps(asdict(step())))

        folder = cached("mutants", content_key(texts=[name, key]), write)
        return Outcome(**json.loads((folder / "outcome.json").read_text()))

    def _in_lockstep(self, mutant: int) -> Outcome:
        started = time.monotonic()
        why = self._lockstep.killed_by(mutant)
        test = "test_core_does_what_both_references_do" if why else None
        return Outcome(
            "lockstep", "killed" if test else "passed", test, why or "", round(time.monotonic() - started, 1)
        )

    def _cocotb(self, mutant: int, file: str, only: str | None) -> Outcome:
        started = time.monotonic()
        os.environ[VARIABLE] = str(mutant)
        test, why = None, ""
        try:
            with _limit(_PATIENCE):
                selected = only and pattern(only)
                results = simulate(_CORE / file, DEFAULT, folder=self._built.bench, only=selected, max_failures=1)
            failed = next((result for result in results if result.failure), None)
            if failed:
                test, why = failed.name, failed.failure.strip().splitlines()[0]
        except _TooLong:
            test, why = "the suite as a whole", f"no end after {_PATIENCE} s"
        return Outcome(file, "killed" if test else "passed", test, why[:300], round(time.monotonic() - started, 1))
