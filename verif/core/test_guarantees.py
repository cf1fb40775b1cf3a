"""The guarantees G1 to G5 of a module, one pytest function each; more of G1 is in test_access and test_single_cycle."""

import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import cocotb
import pytest
from cocotb.triggers import FallingEdge
from hostile_words import hostile_word

from lib.asm import PROGRAMS, Program, assemble
from lib.bench import RAM_BYTES
from lib.driver import PASS, Bench, report, the_config
from lib.run import check_all
from paddock.config import DEFAULT, MINIMAL
from paddock.isa.cause import Cause
from paddock.isa.csr import CSRS, csr_number
from paddock.isa.encoding import BY_NAME
from paddock.isa.memmap import RAM_BASE

NO_TRAP = 0xFF
#: As in hostile.S: words of random code, cycles that it may take.
WORDS = 1024
PATIENCE = 300


async def sweep(dut, words: list[int]) -> list[int]:
    """What each instruction traps with as the first of a module; checks that the kernel's CSRs stay as they are."""
    program = assemble(PROGRAMS / "instruction_sweep.S", the_config())
    symbols = program.symbols
    bench = Bench(dut)
    data = {symbols["table"] + 4 * i: word for i, word in enumerate(words)}
    await bench.start(program, data={**data, symbols["rows"]: len(words)}, limit=1_000_000)
    await bench.passes()
    before, behind = ([bench.word(symbols[name] + 4 * i) for i in range(21)] for name in ("before", "behind"))
    assert before == behind, "a CSR of the kernel has changed"
    base = symbols["table"] + 4 * 8192
    packed = [bench.word(base + 4 * i) for i in range((len(words) + 3) // 4)]
    return [packed[i // 4] >> 8 * (i % 4) & 0xFF for i in range(len(words))]


def csr_word(name: str, number: int, rs1: int) -> int:
    return BY_NAME[name].match | 10 << 7 | rs1 << 15 | number << 20


@cocotb.test()
async def g2_every_csr_number(dut):
    """Of all 4096 numbers a module reads the unprivileged ones and writes none."""
    readable = {csr.number + i for csr in CSRS if not csr.machine for i in range(csr.count)}
    reads = [csr_word(name, number, 0) for name in ("csrrs", "csrrci") for number in range(4096)]
    causes = await sweep(dut, reads)
    for index, cause in enumerate(causes):
        number = index % 4096
        want = NO_TRAP if number in readable else Cause.ILLEGAL
        assert cause == want, f"read of CSR {number:#x}: cause {cause}, should be {want}"
    # x11 holds ones.
    writes = [csr_word(name, number, 11) for name in ("csrrw", "csrrs") for number in range(4096)]
    causes = await sweep(dut, writes)
    for index, cause in enumerate(causes):
        assert cause == Cause.ILLEGAL, f"write of CSR {index % 4096:#x}: cause {cause}"


@cocotb.test()
async def g2_every_system_instruction(dut):
    """No other instruction of the SYSTEM and custom-0 opcodes works in a module, but ``ecall`` and ``ebreak``."""
    words = [
        opcode | funct12 << 20 | funct3 << 12 for opcode in (0x73, 0x0B) for funct3 in (0, 4) for funct12 in range(2048)
    ]
    causes = await sweep(dut, words)
    special = {0x73: Cause.ECALL_MODULE, 0x0010_0073: Cause.BREAKPOINT}
    for word, cause in zip(words, causes, strict=True):
        enters = word & 0xFE00_707F == 0x0B
        want = Cause.GATE_FAULT if enters else special.get(word, Cause.ILLEGAL)
        assert cause == want, f"{word:#010x}: cause {cause}, should be {want}"


def hostile_program(seed: int) -> tuple[Program, dict[int, int]]:
    """The program that runs random code, and that code."""
    rng = random.Random(seed)
    program = assemble(PROGRAMS / "hostile.S", the_config())
    return program, {program.symbols["code"] + 4 * i: hostile_word(rng) for i in range(WORDS)}


@cocotb.test()
@cocotb.parametrize(seed=[1, 2, 3])
async def hostile_code(dut, seed):
    """Random code does not get out: the monitor sees no escape, memory outside its windows is unchanged."""
    config = the_config()
    rng = random.Random(seed)
    program, code = hostile_program(seed)
    symbols = program.symbols
    guard = {RAM_BASE + 4 * i: rng.getrandbits(32) for i in range(RAM_BYTES // 4)}
    image = {**guard, **program.words, **code}
    # What surrounds the arenas is worth watching too.
    kernel = {symbols["rounds"]: 3000, symbols["state"]: seed}
    bench = Bench(dut)
    settings = {"ibus_chance": 2, "dbus_chance": 2, "device_wait": 1} if seed == 3 else {}
    await bench.start(program, data={**image, **kernel}, limit=3_000_000, seed=seed, **settings)
    await bench.passes()

    own = [range(symbols["arena1"], symbols["arena1_end"]), range(symbols["arena2"], symbols["arena2_end"])]
    if config.grant_window:
        own.append(range(symbols["buffer"], symbols["buffer"] + 30))
    own.append(range(symbols["state"], symbols["causes"] + 256))
    for address, word in image.items():
        if not any(address in place for place in own):
            assert bench.word(address) == word, f"memory at {address:#x} has changed"
    if config.grant_window:
        last = bench.word(symbols["buffer"] + 28)
        assert last >> 16 == image[symbols["buffer"] + 28] >> 16, "the bytes behind the grant have changed"

    counts = [bench.word(symbols["causes"] + 4 * i) for i in range(64)]
    timer, exceptions = counts[32 + 7], {Cause(i): n for i, n in enumerate(counts[:32]) if n}
    report("checked", int(dut.checked.value))
    report("timer", timer)
    assert timer > 0, "no round was ended by the timer"
    assert int(dut.checked.value) > 1000, "hardly an access was let through"
    wanted = {Cause.ILLEGAL, Cause.LOAD_FAULT, Cause.STORE_FAULT, Cause.GATE_FAULT, Cause.ECALL_MODULE}
    wanted |= {Cause.FETCH_FAULT} if config.public_window else set()
    assert wanted <= exceptions.keys(), f"some misdeeds were never tried: {exceptions}"


@dataclass(frozen=True)
class Record:
    """What RVFI says of an instruction, and when."""

    cycle: int
    pd_id: int
    pc: int
    insn: int
    trap: bool
    intr: bool
    rs1: int


async def hostile_trace(dut, seed: int, rounds: int) -> tuple[Program, list[Record]]:
    """Every instruction of a run of random code."""
    program, code = hostile_program(seed)
    bench = Bench(dut)
    state = {program.symbols["rounds"]: rounds, program.symbols["state"]: seed}
    await bench.start(program, data={**code, **state})
    names = ("pd_id", "pc_rdata", "insn", "trap", "intr", "rs1_rdata")
    handles = [getattr(dut, f"rvfi_{name}") for name in names]
    records, cycle, half = [], 0, FallingEdge(dut.clk)
    while not int(dut.done.value):
        await half
        cycle += 1
        if int(dut.rvfi_valid.value):
            records.append(Record(cycle, *(int(handle.value) for handle in handles)))
    assert int(dut.code.value) == PASS
    return program, records


WRITE_ENTRY = csr_number("pd_entry") << 20 | BY_NAME["csrrw"].match


def is_a(name: str, word: int) -> bool:
    return word & BY_NAME[name].mask == BY_NAME[name].match


@cocotb.test()
async def g3_ways_out(dut):
    """The id changes by a gate to the table's entry point, by the recorded return, or by a trap to the handler."""
    program, records = await hostile_trace(dut, seed=4, rounds=400)
    entries = {1: program.symbols["code"], 2: program.symbols["code"]}
    frames: list[tuple[int, int]] = []
    seen = Counter()
    for before, after in pairwise(records):
        if before.insn & 0xFFF0_707F == WRITE_ENTRY and before.pd_id == 0:
            entries[1] = before.rs1
        if before.trap or after.intr:
            assert (after.pd_id, after.pc) == (0, program.symbols["round_over"]), f"trap to {after}"
            frames = []
            seen["trap"] += before.pd_id != 0
        elif is_a("pd.enter", before.insn):
            assert after.pd_id == before.rs1 and after.pc == entries[before.rs1], f"{before} has led to {after}"
            frames.append((before.pd_id, before.pc + 4))
            seen["enter"] += before.pd_id != 0
        elif is_a("pd.leave", before.insn):
            assert (after.pd_id, after.pc) == frames.pop(), f"{before} has led to {after}"
            seen["leave"] += 1
        else:
            assert after.pd_id == before.pd_id, f"{before} has changed the id: {after}"
    assert min(seen[way] for way in ("trap", "enter", "leave")) > 0, seen


@cocotb.test()
async def g4_fetches_from_the_public_window(dut):
    """Whatever a module executes lies in the public window."""
    program, records = await hostile_trace(dut, seed=5, rounds=400)
    public = range(program.symbols["public_lower"], program.symbols["public_upper"] - 3)
    outside = [record for record in records if record.pd_id and record.pc not in public]
    assert outside, "no module has tried to leave the public window"
    assert all(record.trap for record in outside), next(record for record in outside if not record.trap)
    assert any(record.pd_id and not record.trap for record in records)


@cocotb.test()
async def g5_kernel_gets_the_processor(dut):
    """No module keeps the processor longer than the kernel's timer says and an instruction takes."""
    _, records = await hostile_trace(dut, seed=6, rounds=400)
    longest, since = 0, None
    for record in records:
        if record.pd_id == 0:
            since = None
        elif since is None:
            since = record.cycle
        else:
            longest = max(longest, record.cycle - since)
    report("longest_stay_cycles", longest)
    assert PATIENCE // 2 < longest < PATIENCE + 40, f"a module has stayed for {longest} cycles"


CONFIGS = pytest.mark.parametrize("config", [DEFAULT, MINIMAL], ids=["default", "minimal"])


@CONFIGS
def test_g1_g3_g5_random_code_stays_inside(subtests, config):
    check_all(subtests, __file__, config, only="hostile_code")


def test_g2_no_csr_and_no_system_instruction(subtests):
    check_all(subtests, __file__, DEFAULT, only="g2_")


def test_g3_leaves_by_gate_return_or_trap(subtests):
    check_all(subtests, __file__, DEFAULT, only="g3_")


def test_g4_executes_the_public_window_only(subtests):
    check_all(subtests, __file__, DEFAULT, only="g4_")


def test_g5_kernel_gets_the_processor_back(subtests):
    check_all(subtests, __file__, DEFAULT, only="g5_")
