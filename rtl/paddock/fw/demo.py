"""``paddock demo``: builds the firmware, runs it in the simulator, and judges what the kernel reports."""

import argparse
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from ..cache import cached, content_key
from ..config import CoreConfig, SocConfig
from ..paths import BUILD, ROOT
from ..sim.build import build_simulator
from ..sim.run import SimResult, simulate
from . import misdeeds
from .build import FIRMWARE, Image, build_image
from .faults import with_places
from .misdeeds import MISDEEDS
from .report import Log, latency_reference, problems
from .symbols import Symbols

__all__ = ["Verdict", "add_arguments", "build_demo", "judge", "run", "run_cached"]

RESULTS = BUILD / "results" / "demo.json"
_MAX_CYCLES = 50_000_000
#: The SoC that `simulate` takes: with the port that it reads instructions from.
_SOC = SocConfig(core=CoreConfig(rvfi=True))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock demo``."""
    parser.add_argument(
        "--json", type=Path, default=RESULTS, metavar="FILE", help=f"where the results go ({RESULTS.relative_to(ROOT)})"
    )


def build_demo() -> Image:
    """The demo's program."""
    return build_image(FIRMWARE / "demo", headers={"misdeeds.h": misdeeds.header()})


@dataclass(frozen=True)
class Verdict:
    """The whole run, judged."""

    log: Log
    sim: SimResult
    #: What is wrong with each misdeed's end, in the order of the table; empty lists if all is well.
    wrong: list[list[str]]
    #: What is wrong with the run as a whole.
    general: list[str]

    @property
    def passed(self) -> bool:
        """Everything is as it must be."""
        return not self.general and not any(self.wrong)

    def summary(self) -> dict:
        """What goes into ``demo.json``."""
        reference = latency_reference(self.log)
        measured = [
            outcome.latency
            for misdeed, outcome in zip(MISDEEDS, self.log.outcomes, strict=False)
            if misdeed.kind and outcome.latency is not None
        ]
        latency = max(measured) - reference if measured and reference is not None else None
        cycles = self.log.cycles
        return {
            "modules": len(self.log.modules),
            "faults_injected": len(MISDEEDS),
            "faults_caught": sum(not wrong for wrong in self.wrong),
            "escapes": self.sim.escapes,
            "detection_latency_cycles": latency,
            "fault_to_handler_cycles": max(measured, default=None),
            "ecall_to_handler_cycles": reference,
            "enter_cycles": cycles.get("enter"),
            "leave_cycles": cycles.get("leave"),
            "jalr_cycles": cycles.get("jalr"),
            "call_cycles": cycles.get("call"),
            "accesses_watched": self.log.watched,
            "kernel_alive": self.log.alive and self.sim.failure == 0,
            "cycles": self.sim.cycles,
            "simulated_mhz": round(self.sim.cycles / self.sim.seconds / 1e6, 1),
            "passed": self.passed,
        }


def judge(log: Log, sim: SimResult, symbols: Symbols) -> Verdict:
    """Compare a finished run with what must have happened."""
    reference = latency_reference(log)
    wrong = []
    for index, misdeed in enumerate(MISDEEDS):
        if index < len(log.outcomes):
            wrong.append(problems(misdeed, log.outcomes[index], symbols.addresses, reference))
        else:
            wrong.append(["there is no report of it"])
    general = [log.panic] if log.panic else []
    if sim.failure is None:
        general.append(f"the program did not end by itself ({sim.end} after {sim.cycles} cycles)")
    elif sim.failure:
        general.append(f"the kernel reports failure {sim.failure}")
    if not log.honest:
        general.append("the modules did not do their honest work")
    if not log.alive:
        general.append("the kernel was not alive at the end")
    if sim.escapes or log.escapes != 0:
        general.append(f"the monitor counted escapes: {sim.escapes}, the kernel read {log.escapes}")
    cycles = log.cycles
    if not cycles or max(cycles["enter"], cycles["leave"]) > cycles["jalr"]:
        general.append(f"a gate takes longer than a jump: {cycles}")
    return Verdict(log, sim, wrong, general)


def run_cached() -> tuple[str, SimResult, Image]:
    """Log and end of the demo, from an earlier run of the same program on the same SoC if there was one."""
    image = build_demo()
    simulator = build_simulator(_SOC)

    def build(folder: Path) -> None:
        with (folder / "log").open("wb") as log:
            result = simulate(image.elf, _SOC, max_cycles=_MAX_CYCLES, stdout=log)
        (folder / "result.json").write_text(json.dumps(asdict(result)))

    folder = cached("demo", content_key(files=[image.elf, simulator]), build)
    result = SimResult(**json.loads((folder / "result.json").read_text()))
    return (folder / "log").read_text(errors="replace"), result, image


def run(args: argparse.Namespace) -> int:
    """Run the demo and print it as it goes; 0 if everything was as it must be."""
    print("Building the firmware", flush=True)
    image = build_demo()
    print("Building the simulator (the first time this takes a minute or two)", flush=True)
    build_simulator(_SOC)
    symbols = Symbols(image.elf)
    read_end, write_end = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        simulation = pool.submit(_simulate, image.elf, write_end)
        log = _follow(read_end, symbols)
        sim = simulation.result()
    verdict = judge(log, sim, symbols)
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps(verdict.summary(), indent=2) + "\n")
    _print_summary(verdict, args.json)
    return 0 if verdict.passed else 1


def _simulate(elf: Path, write_end: int) -> SimResult:
    try:
        return simulate(elf, _SOC, max_cycles=_MAX_CYCLES, stdout=write_end)
    finally:
        os.close(write_end)


def _follow(read_end: int, symbols: Symbols) -> Log:
    """Print the kernel's log while it comes, each program counter with its source line."""
    log = Log()
    with open(read_end, errors="replace") as stream:
        for raw in stream:
            line = raw.rstrip("\r\n")
            outcome = log.feed(line)
            print(with_places(line, symbols), flush=True)
            if outcome and outcome.number <= len(MISDEEDS):
                # Cycles are compared at the end, when the `ecall` to compare them with has been seen.
                _print_wrong(problems(MISDEEDS[outcome.number - 1], outcome, symbols.addresses, None))
    return log


def _print_wrong(wrong: list[str]) -> None:
    for text in wrong:
        print(f"     NOT AS IT MUST BE: {text}")


def _print_summary(verdict: Verdict, path: Path) -> None:
    summary = verdict.summary()
    good = [outcome for outcome, wrong in zip(verdict.log.outcomes, verdict.wrong, strict=False) if not wrong]
    trapped = sum(outcome.words is not None for outcome in good)
    print("\n--- checked against the table of misdeeds ---")
    print(
        f"misdeeds: {summary['faults_injected']}, ended as they must: {summary['faults_caught']} "
        f"({trapped} caught by traps, {len(good) - trapped} refused by the kernel's services)"
    )
    print(f"escapes counted by the monitor: {summary['escapes']}, in {summary['accesses_watched']} accesses of modules")
    print(
        f"detection: {summary['detection_latency_cycles']} cycles; the handler starts "
        f"{summary['fault_to_handler_cycles']} cycles after the access, as after an ecall "
        f"({summary['ecall_to_handler_cycles']})"
    )
    print(
        f"cycles: pd.enter {summary['enter_cycles']}, pd.leave {summary['leave_cycles']}, "
        f"jalr {summary['jalr_cycles']}; whole call of a module and back {summary['call_cycles']}"
    )
    sim = verdict.sim
    print(f"kernel alive: {'yes' if summary['kernel_alive'] else 'NO'}; {sim.cycles} cycles in {sim.seconds:.1f} s")
    for misdeed, wrong in zip(MISDEEDS, verdict.wrong, strict=True):
        for text in wrong:
            print(f"WRONG: {misdeed.title}: {text}")
    for text in verdict.general:
        print(f"WRONG: {text}")
    print(f"results: {os.path.relpath(path)}")
    print("all as it must be" if verdict.passed else "NOT all as it must be")
