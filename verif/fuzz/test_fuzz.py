"""The fuzzer finds planted bugs, one that our model shares among them, and shrinks them; its command keeps its word."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from core.lockstep import Run, conditions, examine
from core.lockstep_model import Difference
from core.randprog import generate
from fuzz import keep
from fuzz.campaign import Campaign, Found, batches
from fuzz.configs import CONFIGS, MIXED, RUN
from fuzz.keep import instructions, load, save
from fuzz.planted import model_shares_the_fault, planted_bench
from fuzz.shrink import minimize, shrink
from model.execute import disassemble
from paddock.config import DEFAULT
from paddock.paths import ROOT

# Programs of this length meet the planted faults after some seeds, and shrink in seconds.
_BLOCKS = 8
_SEEDS = range(12)


def seen(verdicts):
    """Reference and instruction of what differs -> the first such verdict."""
    found = {}
    for verdict in verdicts:
        if verdict.difference:
            found.setdefault((verdict.difference.reference, verdict.difference.signature[0]), verdict)
    return found


def words(program):
    code = program.code
    return [disassemble(int.from_bytes(code[at : at + 4], "little")) for at in range(0, len(code), 4)]


def test_planted_bugs_are_found_and_shrunk(tmp_path, monkeypatch):
    bench = planted_bench(tmp_path)
    runs = [Run(generate(seed, DEFAULT, blocks=_BLOCKS), conditions(seed), seed) for seed in _SEEDS]
    assert ("model", "div") in seen(examine(bench, runs))
    with model_shares_the_fault():
        found = seen(examine(bench, runs))
        # The fault that core and model share is Unicorn's to see; what Unicorn knows nothing of is the model's.
        quotient = found[("Unicorn", "div")]
        gate = found[("model", "pd.enter")]
        # A killed division is in the way of any other.
        division = next(verdict for (_, name), verdict in found.items() if name in ("divu", "rem", "remu"))
        for verdict, most, last in ((quotient, 6, "div "), (gate, 40, "pd.enter "), (division, 20, ("div", "rem"))):
            small = shrink(verdict, lambda run: examine(bench, [run])[0])
            assert small.difference.signature == verdict.difference.signature
            assert instructions(small.run.program) <= most
            assert any(word.startswith(last) for word in words(small.run.program))

    # What is kept can be run again.
    monkeypatch.setattr(keep, "_FOLDER", tmp_path)
    path = save("planted", "default", small)
    assert "the core differs from: model" in path.with_suffix(".S").read_text()
    _, again, _ = load(path)
    assert again.program.image == small.run.program.image
    assert examine(bench, [again])[0].difference.signature == small.difference.signature


@pytest.mark.parametrize("needed", [[], [0], [99], [3, 4], [0, 50, 99], list(range(0, 100, 9))], ids=str)
def test_minimize_finds_what_is_needed(needed):
    calls = []

    def fails(kept):
        calls.append(kept)
        return set(needed) <= set(kept)

    assert minimize(range(100), fails) == needed
    assert len(calls) < 1000


def test_minimize_leaves_nothing_that_could_go():
    # One of the first ten, and twice as many of the last ten as of the others.
    def fails(kept):
        return min(kept, default=99) < 10 and sum(item >= 90 for item in kept) >= 2

    assert len(minimize(range(100), fails)) == 3


def test_a_program_without_words_jumps_where_it_did():
    program = generate(4)
    gone = frozenset(program.removable[40:60])
    shorter = type(program)(4, program.config, program.asm, program.data, gone)
    assert len(shorter.code) == len(program.code) - 80
    assert shorter.asm.labels(gone)["finish"] == program.asm.labels()["finish"] - 80
    assert shorter.image[-len(program.data) :] == program.data


def test_mixed_gives_every_core_every_condition():
    met = Counter()
    for config, seeds in batches(MIXED, 0, RUN * len(CONFIGS)):
        met.update((config, conditions(seed)) for seed in seeds)
    assert len(met) == len(CONFIGS) * len({conditions(seed) for seed in range(RUN)}) == 96


def test_batches_are_the_seeds_asked_for():
    assert list(batches("plain", 30, 4)) == [("plain", [30, 31]), ("plain", [32, 33])]


def test_a_campaign_keeps_one_of_a_kind():
    def of(seed, *signature):
        return Campaign(1, 10, 20, found=[Found("default", seed, Difference("model", 0, 0, signature, ""))])

    campaign = Campaign()
    for batch in (of(1, "div", "rd"), of(2, "div", "rd"), of(3, "div", "pc")):
        campaign.add(batch)
    assert [found.seed for found in campaign.found] == [1, 3]
    assert (campaign.programs, campaign.instructions) == (3, 30)


def fuzz(*arguments, **options):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "rtl"), str(ROOT / "verif")])}
    command = [sys.executable, "-m", "fuzz", "--config", "plain", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=-1, stderr=-1, **options)


@pytest.fixture
def results():
    """The command's result; what was there before comes back."""
    path = ROOT / "build" / "results" / "fuzz.json"
    before = path.read_bytes() if path.exists() else None
    yield path
    path.unlink(missing_ok=True)
    if before is not None:
        path.write_bytes(before)


def test_command_ends_in_order_when_interrupted(results):
    process = fuzz("--jobs", "1")
    while "^C ends" not in process.stderr.readline():
        assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    document = json.loads(results.read_text())
    assert process.returncode == 0
    assert "stopped by ^C" in out
    assert document["status"] == "pass"
    assert document["programs"] > 0


@pytest.mark.parametrize(
    ("arguments", "complaint"), [(["--n", "0"], "must be 1 or more"), (["--replay", "no/such"], "there is no no/such")]
)
def test_command_refuses(arguments, complaint):
    process = fuzz(*arguments)
    assert complaint in process.communicate()[1]
    assert process.returncode == 2
