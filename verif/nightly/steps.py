"""What a night runs: each suite's command, where its result is, and what of it belongs on the page."""

import json
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from paddock.campaign import Failure

__all__ = ["Step", "steps"]


@dataclass(frozen=True)
class Step:
    """One suite."""

    name: str
    #: What it shows, in half a line.
    what: str
    #: As one would type it.
    command: str
    #: Below ``build/results``; deleted before the command, so that no older result is taken for this one's.
    result: str | None = None
    #: Result -> what to show of it, name by name.
    figures: Callable[[dict], dict] = field(default=lambda _: {})
    #: Why it cannot run, if it cannot.
    missing: str | None = None

    def read(self, results: Path) -> tuple[dict, list[Failure]]:
        """Its figures, and what it says has failed; nothing of either if it left no result."""
        path = results / self.result if self.result else None
        if path is None or not path.exists():
            return {}, []
        if path.suffix == ".xml":
            return _junit(path)
        document = json.loads(path.read_text())
        return self.figures(document), [Failure(**each) for each in document.get("failures", [])]


def _junit(path: Path) -> tuple[dict, list[Failure]]:
    cases = list(ET.parse(path).iter("testcase"))
    failures = []
    for case in cases:
        for problem in [*case.iter("failure"), *case.iter("error")]:
            module, name = case.get("classname").replace(".", "/"), case.get("name")
            message = (problem.get("message") or "no message").splitlines()[0]
            target = "plants" if module.startswith("verif/plants/") else "test"
            replay = f"make {target} ARGS='\"{module}.py::{name}\"'"
            failures.append(Failure(f"{module}::{name}", message, replay))
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    return {"tests": len(cases), "skipped": skipped}, failures


def _pick(*names: str) -> Callable[[dict], dict]:
    return lambda document: {name.replace("_", " "): document[name] for name in names if name in document}


def _count(key: str, good: str) -> Callable[[dict], dict]:
    """How many entries of the list ``key`` have the status ``good``."""

    def figures(document: dict) -> dict:
        entries = document[key]
        return {key: len(entries), good: sum(1 for each in entries if each["status"] == good)}

    return figures


def steps(riscv_tests: str, riscv_formal: str, fuzz: int, hostile: int) -> list[Step]:
    """The night, cheapest first. The first two are paths of checkouts, or empty; the others numbers of programs."""

    def wants(path: str, name: str) -> str | None:
        return None if path else f"give {name}=<checkout>"

    tests, formal = shlex.quote(riscv_tests), shlex.quote(riscv_formal)

    return [
        Step("lint", "rules and format of the Python code, generated files", "make lint gen-check"),
        Step(
            "demo",
            "the kernel, its modules, and every misdeed",
            "make demo",
            "demo.json",
            _pick("faults_injected", "faults_caught", "escapes", "detection_latency_cycles"),
        ),
        Step("test", "every test of the repository", "make test", "junit.xml"),
        Step("plants", "the tests on cores with one planted bug each", "make plants", "plants.xml"),
        Step(
            "riscv-tests",
            "the public test programs, with the extension in and out",
            f"make riscv-tests RISCV_TESTS={tests}",
            "riscv_tests.json",
            _count("tests", "pass"),
            wants(riscv_tests, "RISCV_TESTS"),
        ),
        Step(
            "formal", "the isolation properties, proved", "make formal", "formal.json", _count("properties", "proved")
        ),
        Step(
            "fuzz",
            "random programs against Unicorn and our model",
            f"make fuzz N={fuzz}",
            "fuzz.json",
            _pick("programs", "instructions", "instructions_per_second"),
        ),
        Step(
            "hostile",
            "machine code that wants to get out, under the real kernel",
            f"make hostile N={hostile}",
            "hostile.json",
            _pick("programs", "instructions", "escapes"),
        ),
        Step(
            "coverage",
            "which accesses in which situations the tests reach",
            "make coverage",
            "coverage.json",
            _pick("reachable", "covered", "hits"),
        ),
        Step(
            "mutate",
            "changes of the core that the suites must notice",
            "make mutate",
            "mutation.json",
            _pick("total", "killed", "equivalent", "survived"),
        ),
        Step(
            "riscv-formal",
            "the public bounded proofs, with the extension in and out",
            f"make riscv-formal RISCV_FORMAL={formal}",
            "riscv_formal.json",
            _count("checks", "pass"),
            wants(riscv_formal, "RISCV_FORMAL"),
        ),
    ]
