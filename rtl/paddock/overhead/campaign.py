"""Carries out what the rows of the result need, side by side, and remembers what a row is made of."""

import json
import statistics
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from ..cache import cached, content_key
from ..campaign import Progress
from ..config import CoreConfig
from ..core import Core
from ..gen import emit_verilog, generator_sources
from ..synth.device import Device
from ..synth.flow import YOSYS, critical_path, frequency, modules_apart, placement, resources, synthesis
from ..synth.job import DoesNotFit, Execute, Job, NotRouted, Outcome, outcome, tool_version
from ..synth.out_of_context import CORE, OutOfContext
from .forecast import Forecast

__all__ = ["SEEDS", "Measured", "Subject", "measure", "our_core", "row"]

#: Placements of each core, if nobody says otherwise.
SEEDS = 8


@dataclass(frozen=True)
class Subject:
    """Something to be measured: a core of ours, or a peer's."""

    device: Device
    name: str
    #: Makes the synthesis job.
    synthesis: Callable[[], Job]
    #: Makes the one that counts each block's cells apart; None if that is not asked for.
    apart: Callable[[], Job] | None = None


@dataclass
class Measured:
    """What the runs for a subject have made."""

    subject: Subject
    synthesised: Outcome | None = None
    placed: dict[int, Outcome] = field(default_factory=dict)
    apart: Outcome | None = None
    #: Seeds whose placement cannot be routed.
    not_routed: list[int] = field(default_factory=list)
    #: Why there is nothing else: it does not fit the device.
    too_large: str = ""


def our_core(device: Device, name: str, core: CoreConfig, *, apart: bool) -> Subject:
    """The core ``core`` on ``device``."""
    return Subject(
        device,
        name,
        lambda: synthesis(device, _verilog(core, apart=False, left_open=device.left_open)),
        (lambda: modules_apart(device, _verilog(core, apart=True))) if apart else None,
    )


def _verilog(core: CoreConfig, *, apart: bool, left_open: tuple[str, ...] = ()) -> str:
    """Of the core alone, or in its wrapper. Looked up by the sources of the generator."""

    def build(folder: Path) -> None:
        what, name = (Core(core), CORE) if apart else (OutOfContext(Core(core), left_open), "top")
        (folder / "core.v").write_text(emit_verilog(what, name))

    texts = [repr(core), str(apart), *left_open, metadata.version("amaranth"), tool_version(YOSYS)]
    return (cached("verilog", content_key(files=generator_sources(), texts=texts), build) / "core.v").read_text()


def measure(subjects: Iterable[Subject], seeds: Iterable[int], execute: Execute, slots: int) -> list[Measured]:
    """Everything for all subjects, ``slots`` runs at a time; shows progress. What is kept is not carried out again."""
    results = [Measured(subject) for subject in subjects]
    seeds = list(seeds)
    forecast = Forecast(slots)
    for result in results:
        device = result.subject.device.name
        forecast.expect(("synthesis", device), 1 + (result.subject.apart is not None))
        forecast.expect(("placement", device), len(seeds))
    progress = Progress(forecast.total, "runs")

    def synthesise(result: Measured) -> None:
        result.synthesised = outcome(result.subject.synthesis(), execute)
        _finish(result, "synthesis", result.synthesised)

    def take_apart(result: Measured) -> None:
        result.apart = outcome(result.subject.apart(), execute)
        _finish(result, "synthesis", result.apart)

    def place(result: Measured, seed: int) -> None:
        netlist = (result.synthesised.folder / "top.json").read_bytes()
        try:
            result.placed[seed] = outcome(placement(result.subject.device, netlist, seed), execute)
        except DoesNotFit as error:
            result.too_large = str(error)
        except NotRouted:
            result.not_routed.append(seed)
        _finish(result, "placement", result.placed.get(seed))

    def _finish(result: Measured, what: str, made: Outcome | None) -> None:
        forecast.finish((what, result.subject.device.name), made and made.seconds)

    pool = ThreadPoolExecutor(slots)
    try:
        first = [pool.submit(synthesise, result) for result in results]
        first += [pool.submit(take_apart, result) for result in results if result.subject.apart]
        _wait(first, progress, forecast)
        # Seed by seed, so that an interrupted campaign has something of every row.
        _wait([pool.submit(place, result, seed) for seed in seeds for result in results], progress, forecast)
    finally:
        pool.shutdown(cancel_futures=True)
        progress.close()
    return results


def _wait(runs: list[Future], progress: Progress, forecast: Forecast) -> None:
    """Until all are done; raises what one has raised."""
    for run in as_completed(runs):
        run.result()
        progress.update(forecast.done, str(forecast))


def row(measured: Measured) -> dict:
    """What is reported of one subject."""
    device, name = measured.subject.device, measured.subject.name
    command = f"make overhead ONLY='^{device.name}/{name}$'"
    seeds = len(measured.placed) + len(measured.not_routed)
    if seeds not in (0, SEEDS):
        command += f" SEEDS={seeds}"
    tools = {tool: tool_version(tool) for tool in (YOSYS, device.placer)}
    head = {"device": device.name, "part": device.part, "config": name}
    tail = {"command": command, "tools": tools}
    if measured.too_large or not measured.placed:
        counts = resources(device, measured.synthesised.folder, None)
        why = measured.too_large or f"none of {seeds} placements can be routed"
        return head | counts | {"too_large": why, "date": measured.synthesised.date} | tail
    if measured.not_routed:
        tail["not_routed"] = sorted(measured.not_routed)
    reports = {
        seed: json.loads((made.folder / "report.json").read_text()) for seed, made in sorted(measured.placed.items())
    }
    mhz = {seed: frequency(report) for seed, report in reports.items()}
    median = statistics.median(mhz.values())
    middle = reports[min(mhz, key=lambda seed: (abs(mhz[seed] - median), seed))]
    path = critical_path(middle)
    return {
        **head,
        **resources(device, measured.synthesised.folder, middle),
        "mhz_median": round(median, 1),
        "mhz_min": min(mhz.values()),
        "mhz_max": max(mhz.values()),
        "seeds": len(mhz),
        "mhz_by_seed": mhz,
        "critical_path": {key: path[key] for key in ("from", "to", "ns", "cells_ns", "wires_ns")},
        "seconds_synthesis": measured.synthesised.seconds,
        "seconds_placement": round(statistics.mean(made.seconds for made in measured.placed.values()), 1),
        "date": max(made.date for made in (measured.synthesised, *measured.placed.values())),
        **tail,
    }
