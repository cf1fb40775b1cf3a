"""Runs the cocotb tests of one Python file in the bench's simulator.

A pytest function calls `check_all`; every cocotb test becomes a subtest. With ``WAVES=1`` in the environment the
simulator is another one that writes ``dump.vcd`` into ``build/waves/<file>``.
"""

import contextlib
import dataclasses
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from cocotb_tools.runner import get_runner

from paddock import paths, toolchain
from paddock.config import CoreConfig

from .build import TOP, SimulatorError, emit, simulator

__all__ = ["CaseResult", "check_all", "pattern", "simulate"]


@dataclass(frozen=True)
class CaseResult:
    """How a cocotb test ended; ``failure`` is None if it passed."""

    name: str
    failure: str | None


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """For the simulator's Python, to which the runner hands this process's path."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def simulate(
    test_file: Path,
    config: CoreConfig,
    *,
    folder: Path | None = None,
    only: str | None = None,
    waves: bool = False,
    max_failures: int | None = None,
    figures: dict[str, int] | None = None,
) -> list[CaseResult]:
    """Run the cocotb tests of ``test_file`` whose names match ``only``, all in one process.

    ``folder`` is the simulator, if it is not that of the project's own core. ``figures`` takes what the tests have
    measured and told by `lib.driver.report`.
    """
    folder = folder or simulator(emit(config), waves=waves)
    with tempfile.TemporaryDirectory(prefix="paddock-") as work:
        results, log, told = (Path(work) / name for name in ("results.xml", "log", "figures"))
        # The runner exits or raises if a test has failed; the results say which.
        with _importable(test_file.parent), contextlib.suppress(SystemExit, RuntimeError):
            get_runner("verilator").test(
                test_module=test_file.stem,
                hdl_toplevel=TOP,
                hdl_toplevel_lang="verilog",
                build_dir=folder,
                test_dir=work,
                results_xml=str(results),
                log_file=log,
                waves=waves,
                test_filter=only,
                extra_env={
                    **toolchain.environment(),
                    "PADDOCK_CONFIG": json.dumps(dataclasses.asdict(config)),
                    "PADDOCK_FIGURES": str(told),
                    "COCOTB_RANDOM_SEED": "1",
                    **({"COCOTB_MAX_FAILURES": str(max_failures)} if max_failures else {}),
                },
            )
        if waves and (Path(work) / "dump.vcd").exists():
            target = paths.BUILD / "waves" / test_file.stem
            target.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(work) / "dump.vcd", target / "dump.vcd")
        if not results.exists():
            raise SimulatorError(f"{test_file.name}: the simulator has left no results:\n{log.read_text()[-4000:]}")
        if figures is not None and told.exists():
            figures.update(json.loads(line) for line in told.read_text().splitlines())
        return _read_results(results)


def _read_results(path: Path) -> list[CaseResult]:
    results = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        failure = next((child for child in case if child.tag in ("failure", "error")), None)
        text = None
        if failure is not None:
            text = f"{failure.get('error_msg') or failure.get('message') or ''}\n{failure.text or ''}".strip()
        results.append(CaseResult(case.get("name"), text))
    return results


def check_all(subtests, test_file: str, config: CoreConfig, only: str | None = None) -> None:
    """For a pytest function: run, and report every cocotb test as a subtest."""
    waves = os.environ.get("WAVES") == "1"
    results = simulate(Path(test_file), config, only=only and pattern(only), waves=waves)
    assert results, f"no cocotb test in {test_file} matches {only!r}"
    for result in results:
        with subtests.test(result.name):
            assert result.failure is None, result.failure


def pattern(prefixes: str | Sequence[str]) -> str:
    """Regular expression for tests whose names begin so."""
    words = prefixes.split() if isinstance(prefixes, str) else prefixes
    return r"\.(" + "|".join(map(re.escape, words)) + r")[^.]*$"
