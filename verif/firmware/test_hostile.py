"""Hostile machine code on the whole SoC: a short campaign, what long ones have found, and whether the judge bites."""

import pytest

from hostile.blocks import NOP
from hostile.build import build_bench
from hostile.campaign import run_campaign
from hostile.command import POINTS, find_plant, main
from hostile.evolve import Breeder
from hostile.plants import KERNEL_PLANTS, RTL_PLANTS, plant_kernel, plant_rtl_named
from hostile.program import Call, Program, load, save
from hostile.runner import Bench
from hostile.shrink import family, shrink
from hostile.target import Target
from lib.asm import encode
from paddock.config import DEFAULT
from paddock.errors import CommandError
from paddock.fw.services import SERVICES
from paddock.isa.cause import Cause
from paddock.isa.encoding import BY_NAME

SP, T0, A0, A1, A7 = 2, 5, 10, 11, 17
PROGRAMS = 900
#: Faults that the kernel has had.
FOUND = ("service_trusts_sp", "return_trusts_sp", "print_unbounded", "callers_overrun_forgotten")


@pytest.fixture(scope="module")
def target():
    return Target.build()


@pytest.fixture(scope="module")
def bench(target):
    with Bench(build_bench(), target) as started:
        yield started


def li(register: int, value: int) -> list[int]:
    low = (value & 0xFFF ^ 0x800) - 0x800
    upper = BY_NAME["lui"].match | register << 7 | (value - low & 0xFFFF_F000)
    return [upper, BY_NAME["addi"].match | register << 7 | register << 15 | (low & 0xFFF) << 20]


def enter(rd: int, rs1: int, rs2: int) -> int:
    return BY_NAME["pd.enter"].match | rd << 7 | rs1 << 15 | rs2 << 20


def leave(rd: int) -> int:
    return BY_NAME["pd.leave"].match | rd << 7


def program(*words: int) -> Program:
    return Program(words, (0,), (Call("hostile", "hostile_run", (0,) * 6),), 0, 0)


def found_by_campaigns(target: Target) -> dict[str, Program]:
    """Programs that did harm, by the fault of the kernel that let them; in the kernel as it is they must not."""
    data = target.symbols["mailbox"] + 64
    calls_for_ever = f"""
    1:  li a6, 2
        li a7, {SERVICES.index("module_call")}
        pd.enter sp, zero, sp
        li a6, 4
        li a7, {SERVICES.index("module_call")}
        pd.enter sp, zero, sp
        j 1b
    """
    print_all = [*li(A0, target.slot), *li(A1, 2000), *li(A7, SERVICES.index("console_write")), enter(SP, 0, SP)]
    return {
        "service_trusts_sp": program(*li(SP, data), enter(A7, 0, SP)),
        "return_trusts_sp": program(*li(SP, data), leave(A7)),
        "print_unbounded": program(*print_all),
        "callers_overrun_forgotten": program(*encode(calls_for_ever, DEFAULT)),
    }


def test_no_escape(target):
    tally = run_campaign(build_bench(), target, seed=1, jobs=1, programs=PROGRAMS)
    assert [finding.escape for finding in tally.findings.values()] == []
    assert tally.programs == PROGRAMS
    # It was worth the time: all that can go wrong in a module did, and everything that is looked at was tried.
    module_causes = set(Cause) - {Cause.ECALL_KERNEL}
    assert set(tally.traps) == {int(cause) for cause in module_causes}
    assert {point >> 24 for point in tally.points} == set(POINTS)
    assert tally.instructions > 100_000 and tally.services > 500 and tally.interrupts > 500


@pytest.mark.parametrize("fault", FOUND)
def test_what_campaigns_have_found(fault, target, bench, tmp_path):
    outcome = bench.run(found_by_campaigns(target)[fault])
    assert outcome.escape is None and outcome.calls == 1
    kernel = next(each for each in KERNEL_PLANTS if each.name == fault)
    faulty = Target.build(plant_kernel(kernel, tmp_path))
    with Bench(build_bench(), faulty) as old:
        assert old.run(found_by_campaigns(faulty)[fault]).escape is not None


def test_fault_of_the_core_is_found():
    row = find_plant("store_not_gated", programs=300)
    assert row["escape"] is not None and "store" in row["escape"], row


def test_shrinks_to_what_it_takes(tmp_path):
    faulty = Target.build(plant_kernel(KERNEL_PLANTS[0], tmp_path))
    tally = run_campaign(build_bench(), faulty, seed=1, jobs=1, programs=500, most_families=1)
    (finding,) = tally.findings.values()
    with Bench(build_bench(), faulty) as old:
        smaller = shrink(finding.program, lambda candidate: old.run(candidate).escape)
        assert family(old.run(smaller).escape) == family(finding.escape)
    assert sum(word != NOP for word in smaller.words) <= 6 and len(smaller.calls) == 1


def test_same_seed_same_programs(target, bench, tmp_path):
    histories = []
    for _ in range(2):
        breeder = Breeder(target, "7.0")
        programs = []
        for _ in range(40):
            programs.append(breeder.next())
            breeder.learn(programs[-1], bench.run(programs[-1]).points)
        histories.append(programs)
    assert histories[0] == histories[1]
    save(histories[0][-1], tmp_path / "saved.json", escape="none")
    assert load(tmp_path / "saved.json") == histories[0][-1]


def test_replay(target, tmp_path, capsys):
    save(found_by_campaigns(target)["service_trusts_sp"], tmp_path / "saved.json")
    assert main(["--replay", str(tmp_path / "saved.json")]) == 0
    assert "no escape" in capsys.readouterr().out
    assert main(["--replay", str(tmp_path / "nothing.json")]) == 2
    assert "there is no program" in capsys.readouterr().err


@pytest.mark.parametrize("name", RTL_PLANTS)
def test_every_fault_of_the_core_applies(name, tmp_path):
    plant_rtl_named(name, tmp_path)


@pytest.mark.parametrize("fault", KERNEL_PLANTS, ids=lambda fault: fault.name)
def test_every_fault_of_the_kernel_applies(fault, tmp_path):
    plant_kernel(fault, tmp_path)


def test_unknown_plant_is_refused(tmp_path):
    with pytest.raises(CommandError, match="there is no plant 'nonsense'; those that a module can use are: incl"):
        plant_rtl_named("nonsense", tmp_path)
