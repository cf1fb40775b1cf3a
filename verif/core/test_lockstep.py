"""Random programs: they end, they reach everything, and the core does what both references do.

More of them, other seeds, the replay of a failure: ``make fuzz``.
"""

import struct
from collections import Counter

import pytest

from core import lockstep, lockstep_unicorn
from core.randprog import generate
from model.execute import instruction_name
from paddock.config import DEFAULT, MINIMAL, PLAIN, PMP4, PMP16
from paddock.isa.cause import Cause, Kind
from paddock.isa.csr import csr_number
from paddock.isa.encoding import INSTRUCTIONS, Opcode
from paddock.sim.records import Record

#: More than any program needs; one that takes longer does not end.
_LIMIT = 100_000


def run_on_model(seed, config, reached):
    """Runs a program on the model alone, and counts instructions, causes, kinds and ids."""
    hart = lockstep.model_of(generate(seed, config))
    for _ in range(_LIMIT):
        retired = hart.step()
        reached[retired.insn is not None and instruction_name(retired.insn)] += 1
        reached[retired.trap] += 1
        reached["module"] += retired.id != 0
        reached["user"] += retired.user
        reached[retired.user, retired.trap] += 1
        if retired.trap is not None:
            reached[hart.gates.fault_kind] += 1
        if hart.memory.finisher.value is not None:
            return
    pytest.fail(f"the program of seed {seed} does not end")


def test_programs_reach_everything():
    reached = Counter()
    for seed in range(40):
        run_on_model(seed, DEFAULT, reached)
    wanted = [*(insn.name for insn in INSTRUCTIONS), *Cause, *Kind]
    assert [what for what in wanted if reached[what] < 10] == []
    assert reached["module"] > 5000


def test_programs_without_the_extension_reach_everything_else():
    reached = Counter()
    for seed in range(40):
        run_on_model(seed, PLAIN, reached)
    wanted = {*(insn.name for insn in INSTRUCTIONS), *Cause} - {Cause.ECALL_MODULE, Cause.GATE_FAULT}
    assert [what for what in wanted if reached[what] < 5] == []
    assert reached["module"] == 0


@pytest.mark.parametrize("config", [PMP4, PMP16], ids=["pmp4", "pmp16"])
def test_programs_with_pmp_reach_what_it_may_refuse(config):
    reached = Counter()
    for seed in range(40):
        run_on_model(seed, config, reached)
    wanted = {*(insn.name for insn in INSTRUCTIONS), *Cause} - {Cause.GATE_FAULT}
    assert [what for what in wanted if reached[what] < 5] == []
    faults = (Cause.FETCH_FAULT, Cause.LOAD_FAULT, Cause.STORE_FAULT, Cause.ILLEGAL)
    assert [cause for cause in faults if reached[True, cause] < 20] == []
    assert reached["user"] > 3000


def test_same_seed_same_program():
    assert generate(5).image == generate(5).image
    assert generate(5).image != generate(6).image


@pytest.mark.parametrize(
    ("config", "programs", "least"),
    [(DEFAULT, 70, 200_000), (PLAIN, 70, 60_000), (MINIMAL, 30, 80_000)],
    ids=["default", "plain", "minimal"],
)
def test_core_does_what_both_references_do(config, programs, least):
    """Unicorn judges the base ISA, our model all of it."""
    verdicts = lockstep.run(config, range(programs))
    for verdict in verdicts:
        assert verdict.difference is None, f"seed {verdict.run.seed}: {verdict.difference.what}"
    counters = sum((verdict.counters for verdict in verdicts), Counter())
    assert sum(verdict.instructions for verdict in verdicts) >= least
    assert counters["by_unicorn"] >= 0.8 * least
    assert counters["traps_by_unicorn"] >= least // 100
    assert counters["interrupts"] >= programs
    assert counters["executed_after_fence_i"] >= programs


@pytest.mark.parametrize(
    ("config", "programs", "least"), [(PMP16, 60, 60_000), (PMP4, 30, 20_000)], ids=["pmp16", "pmp4"]
)
def test_core_with_pmp_does_what_the_model_does(config, programs, least):
    """Unicorn's PMP is its own; it has no say."""
    verdicts = lockstep.run(config, range(programs))
    for verdict in verdicts:
        assert verdict.difference is None, f"seed {verdict.run.seed}: {verdict.difference.what}"
    counters = sum((verdict.counters for verdict in verdicts), Counter())
    assert sum(verdict.instructions for verdict in verdicts) >= least
    assert counters["in_user_mode"] >= least // 5
    assert counters["traps_in_user_mode"] >= least // 40
    assert counters["interrupts"] >= programs


# The comparison must be able to fail: one changed field of one record at a time.


def records_of(program):
    hart = lockstep.model_of(program)
    records, in_handler = [], False
    while hart.memory.finisher.value is None:
        retired = hart.step()
        access = retired.access
        records.append(
            Record(
                cycle=len(records),
                order=len(records),
                insn=retired.insn or 0,
                pc_rdata=retired.pc,
                pc_wdata=retired.next_pc,
                rs1_rdata=0,
                rs2_rdata=0,
                rd_wdata=retired.rd_value,
                mem_addr=access.address,
                mem_rdata=access.rdata,
                mem_wdata=access.wdata,
                rs1_addr=0,
                rs2_addr=0,
                rd_addr=retired.rd,
                mem_rmask=access.rmask,
                mem_wmask=access.wmask,
                flags=(retired.trap is not None) | in_handler << 1 | (retired.id != 0) << 2,
                pd_id=retired.id,
            )
        )
        in_handler = retired.trap is not None
    return records


PROGRAM = generate(3)
RECORDS = records_of(PROGRAM)


def first(chosen):
    return next(index for index, record in enumerate(RECORDS) if index > 100 and chosen(record))


def changed(index, **fields):
    return [*RECORDS[:index], RECORDS[index]._replace(**fields), *RECORDS[index + 1 :]]


def test_comparison_accepts_the_model_itself():
    result = lockstep.compare(PROGRAM, RECORDS)
    assert (result.instructions, result.counters["interrupts"]) == (len(RECORDS), 0)
    assert result.counters["trap_illegal"] > 0


def is_store(record):
    return record.mem_wmask != 0


def is_load(record):
    return record.mem_rmask != 0


CHANGES = {
    "order": (lambda r: True, lambda r: {"order": r.order + 1}),
    "pc": (lambda r: True, lambda r: {"pc_rdata": r.pc_rdata + 4}),
    "pc_wdata": (lambda r: True, lambda r: {"pc_wdata": r.pc_wdata + 4}),
    "insn": (lambda r: True, lambda r: {"insn": r.insn ^ 1 << 31}),
    "trap": (lambda r: r.trap, lambda r: {"flags": r.flags & ~1}),
    "intr": (lambda r: r.intr, lambda r: {"flags": r.flags & ~2}),
    "an interrupt": (lambda r: not r.intr, lambda r: {"flags": r.flags | 2}),
    "rd": (lambda r: r.rd_addr, lambda r: {"rd_addr": 0}),
    "rd_wdata": (lambda r: r.rd_addr, lambda r: {"rd_wdata": r.rd_wdata ^ 1}),
    "rs1": (lambda r: True, lambda r: {"rs1_addr": 24, "rs1_rdata": 2}),
    "wmask": (is_store, lambda r: {"mem_wmask": 0}),
    "wdata": (is_store, lambda r: {"mem_wdata": ~r.mem_wdata & 0xFFFF_FFFF}),
    "rdata": (is_load, lambda r: {"mem_rdata": ~r.mem_rdata & 0xFFFF_FFFF}),
    "address": (is_load, lambda r: {"mem_addr": r.mem_addr ^ 4}),
    "id": (lambda r: r.pd_id, lambda r: {"pd_id": 0}),
    "user": (lambda r: r.pd_id, lambda r: {"flags": r.flags & ~4}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_comparison_sees(what):
    chosen, change = CHANGES[what]
    index = first(chosen)
    with pytest.raises(lockstep.Mismatch):
        lockstep.compare(PROGRAM, changed(index, **change(RECORDS[index])))


# The same for Unicorn's judge, where it has a say: in the kernel, and of nothing that only a device knows.


def is_alu(record):
    return not record.flags and not record.pd_id and record.rd_addr and record.insn & 0x7F == Opcode.OP


def reads_mcause(record):
    return record.insn >> 20 == csr_number("mcause") and record.rd_addr and not record.pd_id


def traps_at_memory(record):
    return record.trap and not record.pd_id and record.insn & 0x7F in (Opcode.LOAD, Opcode.STORE)


JUDGED = {
    **{
        what: CHANGES[what] for what in ("pc", "pc_wdata", "insn", "an interrupt", "wmask", "wdata", "rdata", "address")
    },
    "rd": (is_alu, CHANGES["rd"][1]),
    "rd_wdata": (is_alu, CHANGES["rd_wdata"][1]),
    "rs1": (is_alu, CHANGES["rs1"][1]),
    "no trap": (traps_at_memory, CHANGES["trap"][1]),
    "a trap": (is_alu, lambda r: {"flags": 1, "rd_addr": 0, "rd_wdata": 0}),
    "mcause": (reads_mcause, lambda r: {"rd_wdata": r.rd_wdata ^ 1}),
}


def judge(tmp_path, records):
    image, trace = tmp_path / "image", tmp_path / "trace"
    image.write_bytes(PROGRAM.image)
    trace.write_bytes(b"".join(struct.pack("<QQ9I7B5x", *record) for record in records))
    return lockstep_unicorn.judge([(image, trace, True)])[0]


def test_judge_accepts_the_model(tmp_path):
    judgement = judge(tmp_path, RECORDS)
    assert (judgement.judged, judgement.difference) == (len(RECORDS), None)


@pytest.mark.parametrize("what", JUDGED)
def test_judge_sees(what, tmp_path):
    chosen, change = JUDGED[what]
    index = first(chosen)
    judgement = judge(tmp_path, changed(index, **change(RECORDS[index])))
    assert judgement.difference
    assert judgement.judged == index


def test_comparison_sees_a_trace_that_ends_early():
    with pytest.raises(lockstep.Mismatch, match="before the program does"):
        lockstep.compare(PROGRAM, RECORDS[:-1])
