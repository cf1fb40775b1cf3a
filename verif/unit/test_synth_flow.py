"""Runs of synthesis tools as jobs: kept by content, carried out anywhere; and what is read from what they write."""

import sys
import types
from pathlib import Path

import pytest

from lib.synth_reports import NO_ROOM, report, stat
from paddock import cache
from paddock.errors import CommandError
from paddock.synth import flow
from paddock.synth.device import DEVICES
from paddock.synth.job import DoesNotFit, Job, NotRouted, outcome, run_job
from paddock.synth.pool import executor
from paddock.toolchain import ToolError

ECP5, ICE40, GOWIN = (DEVICES[name] for name in ("ecp5", "ice40", "gowin"))


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """A build folder of the test's own."""
    monkeypatch.setattr(cache, "BUILD", tmp_path / "build")


# Jobs: kept by content, carried out anywhere


def job(**changes) -> Job:
    fields = {"kind": "pnr", "tool": "placer", "version": "1.2", "arguments": ("--seed", "1")}
    return Job(**(fields | {"inputs": {"top.json": b"{}"}, "outputs": ("report.json",)} | changes))


@pytest.mark.parametrize(
    "changes",
    [{"version": "1.3"}, {"tool": "other"}, {"arguments": ("--seed", "2")}, {"inputs": {"top.json": b"{ }"}}],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_matters_makes_another_job(changes):
    assert job(**changes).key != job().key == job().key


def test_an_outcome_is_kept():
    def execute(_job):
        return {"report.json": b"{}", "measured.txt": b"12.5 2026-01-02"}

    first = outcome(job(), execute)
    assert (first.seconds, first.date) == (12.5, "2026-01-02")
    assert outcome(job(), lambda _job: pytest.fail("carried out again")) == first


def test_what_fails_is_not_kept():
    def fails(_job):
        raise ToolError("out of memory")

    with pytest.raises(ToolError):
        outcome(job(), fails)
    assert outcome(job(), lambda _job: {"measured.txt": b"1.0 2026-01-02"}).seconds == 1.0


def installed(monkeypatch, *, error: str = "") -> None:
    """Let `run_job` find a tool that makes ``report.json``, or fails."""

    def run_tool(_command, *, cwd):
        if error:
            raise ToolError(f"placer failed (125):\n{error}\n")
        (cwd / "report.json").write_bytes((cwd / "top.json").read_bytes())

    monkeypatch.setattr("paddock.synth.job.tool_version", lambda _tool: "1.2")
    monkeypatch.setattr("paddock.synth.job.venv_tool", lambda tool: Path(tool))
    monkeypatch.setattr("paddock.synth.job.run_tool", run_tool)


def test_run_job_returns_the_outputs(monkeypatch):
    installed(monkeypatch)
    assert run_job(job())["report.json"] == b"{}"


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (NO_ROOM, "no BELs remaining to implement cell type 'ICESTORM_LC'"),
        (
            "ERROR: Failed to expand region (0, 0) |_> (33, 33) of 8036 ICESTORM_LCs",
            "Failed to expand region (0, 0) |_> (33, 33) of 8036 ICESTORM_LCs",
        ),
        (
            "ERROR: Unable to find legal placement for all cells, design is probably at utilisation limit.",
            "Unable to find legal placement for all cells, design is probably at utilisation limit.",
        ),
    ],
)
def test_too_large_is_an_outcome_and_kept(monkeypatch, error, kept):
    installed(monkeypatch, error=error)
    with pytest.raises(DoesNotFit) as first:
        outcome(job())
    with pytest.raises(DoesNotFit) as second:
        outcome(job(), lambda _job: pytest.fail("carried out again"))
    assert str(first.value) == str(second.value) == kept


def test_an_unrouted_placement_is_an_outcome_and_kept(monkeypatch):
    installed(
        monkeypatch, error="Warning: Failed to find a route for arc 0 of net xm[33].\nERROR: Routing design failed."
    )
    with pytest.raises(NotRouted, match=r"^Failed to find a route for arc 0 of net xm\[33\]\.$"):
        outcome(job())
    with pytest.raises(NotRouted):
        outcome(job(), lambda _job: pytest.fail("carried out again"))


def test_other_errors_of_a_tool_are_errors(monkeypatch):
    installed(monkeypatch, error="ERROR: Unconstrained IO:serial")
    with pytest.raises(ToolError, match="Unconstrained IO"):
        outcome(job())


def test_a_worker_with_another_version_refuses(monkeypatch):
    installed(monkeypatch)
    with pytest.raises(ToolError, match=r"placer is 1\.2 where the job runs, but 1\.3 where it comes from"):
        run_job(job(version="1.3"))


class FakeClient:
    """As much of a Dask cluster as `executor` uses."""

    submitted: list = []
    cores = {"tcp://a": 2, "tcp://b": 1}

    def __init__(self, address, **_options):
        if "nobody" in address:
            raise OSError("timed out")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def ncores(self):
        return self.cores

    def submit(self, function, argument, **_options):
        self.submitted.append((function, argument))
        return types.SimpleNamespace(result=lambda: {"report.json": b"from a worker"})


def test_jobs_go_to_the_cluster(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=FakeClient))
    with executor(1, "tcp://here:8786") as (execute, slots):
        assert slots == 3
        assert execute(job()) == {"report.json": b"from a worker"}
    assert FakeClient.submitted == [(run_job, job())]


def test_no_cluster_or_no_workers(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=FakeClient))
    with (
        pytest.raises(CommandError, match="no Dask scheduler answers at tcp://nobody:1"),
        executor(1, "tcp://nobody:1"),
    ):
        pass
    monkeypatch.setattr(FakeClient, "cores", {})
    with pytest.raises(CommandError, match="has no workers"), executor(1, "tcp://here:8786"):
        pass
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CommandError, match="needs the package distributed"), executor(1, "tcp://here:8786"):
        pass


# What the tools say


def test_ecp5_counts_what_the_placer_says_without_the_wrapper(tmp_path):
    folder = stat(tmp_path, {"TRELLIS_FF": 30}, {"LUT4": 5, "TRELLIS_FF": 70})
    placed = report(80, TRELLIS_COMB=1000, TRELLIS_FF=100, DP16KD=3, MULT18X18D=4)
    assert flow.resources(ECP5, folder, placed) == {"luts": 1000, "ffs": 70, "brams": 3, "dsps": 4}


def test_others_count_the_cores_cells(tmp_path):
    core = {"SB_LUT4": 50, "SB_CARRY": 9, "SB_DFFE": 3, "SB_DFFNESR": 4, "SB_RAM40_4KNR": 2}
    folder = stat(tmp_path, {"SB_DFF": 30}, core)
    assert flow.resources(ICE40, folder, report(40)) == {"luts": 50, "ffs": 7, "brams": 2, "dsps": 0}
    core = {"LUT1": 1, "LUT4": 2, "ALU": 4, "RAM16SDP4": 2, "MUX2_LUT5": 9, "DFFRE": 3, "SDPX9B": 2, "MULT18X18": 4}
    folder = stat(tmp_path, {"DFF": 30, "IBUF": 3}, core)
    assert flow.resources(GOWIN, folder, report(40)) == {"luts": 15, "ffs": 3, "brams": 2, "dsps": 4}


def test_what_was_not_placed_is_counted_in_the_netlist(tmp_path):
    core = {"LUT4": 5, "CCU2C": 2, "PFUMX": 3, "TRELLIS_DPR16X4": 1, "TRELLIS_FF": 70, "DP16KD": 1, "MULT18X18D": 4}
    folder = stat(tmp_path, {"TRELLIS_FF": 30}, core)
    assert flow.resources(ECP5, folder, None) == {"luts": 13, "ffs": 70, "brams": 1, "dsps": 4}


def test_luts_in_the_wrapper_are_an_error(tmp_path):
    with pytest.raises(CommandError, match="the wrapper has 2 LUTs of its own"):
        flow.resources(ICE40, stat(tmp_path, {"SB_LUT4": 2}, {}), report(40))


def test_frequency_is_that_of_the_slowest_clock():
    assert flow.frequency({"fmax": {"a": {"achieved": 81.26}, "b": {"achieved": 75.72}}}) == 75.7


def test_critical_path_is_between_flip_flops():
    path = flow.critical_path(report(80))
    assert path == {"from": "a", "to": "b", "ns": 1.75, "cells_ns": 0.5, "wires_ns": 1.25, "nets": [["n", 1.25]]}
