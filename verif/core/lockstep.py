"""Random programs on the core and on the model, every record of the one compared with the other.

From ``verif/``, with ``rtl`` on the path: ``python -m core.lockstep --seed 7 --n 100 --config plain``.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

from model.execute import disassemble
from model.hart import Hart, ImpossibleInterrupt, Retired
from model.memory import Memory, Region, Storage, Volatile
from paddock.gen import PRESETS
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.sim.records import Record, read_records

from .lockstep_build import RAM_BYTES, STORAGE_BASE, STORAGE_BYTES, build_bench
from .randprog import PASS, Program, generate

__all__ = ["Result", "compare", "run"]

#: Programs that the bench gets at once: their records wait on the disk.
_BATCH = 50
_MAX_CYCLES = 300_000
_HISTORY = 12


class Mismatch(Exception):
    """Core and model differ; the message has all that is known."""


@dataclass
class Result:
    """What a run has compared."""

    programs: int = 0
    instructions: int = 0
    traps: int = 0
    interrupts: int = 0
    cycles: int = 0


def conditions(seed: int) -> tuple[int, int]:
    """Wait states and interrupts, in percent: a quarter of the seeds has neither, another both."""
    return (seed % 2) * 30, (seed // 2 % 2) * 2


def model_of(program: Program) -> Hart:
    """The model with the bench's memory and devices, about to run the program."""
    clint = DEVICE_BY_NAME["clint"]
    regions = (
        Region(STORAGE_BASE, STORAGE_BYTES, Storage(STORAGE_BYTES)),
        Region(clint.base, clint.size, Volatile()),
    )
    memory = Memory(RAM_BYTES, regions)
    memory.load_image(program.image)
    return Hart(program.config, memory)


def run(config_name: str, seeds: range) -> Result:
    """Compares the programs of all seeds; raises `Mismatch` at the first difference."""
    config = replace(PRESETS[config_name], rvfi=True)
    bench = build_bench(config)
    total = Result()
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(seeds), _BATCH):
            programs = [generate(seed, config) for seed in seeds[start : start + _BATCH]]
            for program, end, trace in _run_bench(bench, programs, Path(folder)):
                try:
                    _add(total, program, end, trace)
                except Mismatch as mismatch:
                    raise Mismatch(
                        f"config {config_name}, seed {program.seed}: {mismatch}\nreplay from verif/: "
                        f"python -m core.lockstep --config {config_name} --seed {program.seed} --n 1"
                    ) from None
    return total


def _add(total: Result, program: Program, end: str, trace: Path) -> None:
    how, _, rest = end.partition(" ")
    compared = compare(program, list(read_records(trace)))
    if how != "finished":
        raise Mismatch(f"all {compared.instructions} instructions agree, but the bench says: {end}")
    total.programs += 1
    total.instructions += compared.instructions
    total.traps += compared.traps
    total.interrupts += compared.interrupts
    total.cycles += int(rest)


def _run_bench(bench: Path, programs: list[Program], folder: Path) -> list[tuple[Program, str, Path]]:
    """Program, how it ended, and its records; up to the first one that did not end well."""
    jobs, traces = [], []
    for program in programs:
        image, trace = folder / f"{program.seed}.bin", folder / f"{program.seed}.rvfi"
        image.write_bytes(program.image)
        waits, interrupts = conditions(program.seed)
        jobs.append(f"{image} {trace} {program.seed} {waits} {interrupts} {_MAX_CYCLES}\n")
        traces.append(trace)
    done = subprocess.run([bench], input="".join(jobs), capture_output=True, text=True)
    ends = done.stdout.splitlines()
    if done.returncode or not ends:
        raise RuntimeError(f"the bench failed ({done.returncode}) in job {len(ends)}:\n{done.stderr}")
    return list(zip(programs, ends, traces, strict=False))


def compare(program: Program, records: list[Record]) -> Result:
    """Steps the model along the records; raises `Mismatch` where they differ, or end before the program does."""
    hart = model_of(program)
    history: deque[str] = deque(maxlen=_HISTORY)
    result = Result()
    in_handler = False
    for index, record in enumerate(records):
        interrupt = record.pc_rdata if record.intr and not in_handler else None
        operands = record.trap or (
            hart.x[record.rs1_addr] == record.rs1_rdata and hart.x[record.rs2_addr] == record.rs2_rdata
        )
        try:
            retired = hart.step(interrupt, record.rd_wdata)
        except ImpossibleInterrupt as impossible:
            raise Mismatch(_report(history, record, str(impossible))) from None
        expected, actual = _expected(retired, index), _actual(record, retired)
        if expected != actual or not operands or (in_handler and not record.intr):
            names = [
                f"  {name:10} core {_show(a)}, model {_show(e)}"
                for name, a, e in zip(_FIELDS, actual, expected, strict=True)
                if a != e
            ]
            if not operands:
                names.append("  rs1 or rs2 of the record is not what the model's registers hold")
            if in_handler and not record.intr:
                names.append("  intr is not set in the first instruction of the handler")
            raise Mismatch(_report(history, record, "\n".join(names)))
        history.append(_line(record))
        in_handler = record.trap
        result.instructions += 1
        result.traps += record.trap
        result.interrupts += interrupt is not None
    if hart.memory.finisher.value != PASS:
        raise Mismatch(_report(history, None, f"the trace ends after {len(records)} records, before the program does"))
    return result


_FIELDS = (
    "order",
    "pc",
    "insn",
    "trap",
    "id",
    "rd",
    "rd_wdata",
    "pc_wdata",
    "rmask",
    "wmask",
    "addr",
    "rdata",
    "wdata",
)


def _expected(retired: Retired, order: int) -> tuple:
    access = retired.access
    return (
        order,
        retired.pc,
        retired.insn,
        retired.trap is not None,
        retired.id,
        retired.rd,
        retired.rd_value,
        retired.next_pc,
        access.rmask,
        access.wmask,
        access.address,
        access.rdata,
        access.wdata,
    )


def _actual(record: Record, retired: Retired) -> tuple:
    rmask, wmask = record.mem_rmask, record.mem_wmask
    return (
        record.order,
        record.pc_rdata,
        record.insn if retired.insn is not None else None,
        record.trap,
        record.pd_id,
        record.rd_addr,
        record.rd_wdata,
        record.pc_wdata,
        rmask,
        wmask,
        record.mem_addr if rmask | wmask else 0,
        record.mem_rdata & _LANES[rmask],
        record.mem_wdata & _LANES[wmask],
    )


#: Bits of the data for a mask of byte lanes.
_LANES = [sum(0xFF << 8 * lane for lane in range(4) if mask >> lane & 1) for mask in range(16)]


def _show(value: object) -> str:
    return f"{value:#x}" if type(value) is int else str(value)


def _line(record: Record) -> str:
    text = f"{record.cycle:8} id {record.pd_id:<3} {record.pc_rdata:08x} {disassemble(record.insn):36}"
    if record.trap:
        text += f" TRAP -> {record.pc_wdata:08x}"
    elif record.rd_addr:
        text += f" x{record.rd_addr} = {record.rd_wdata:08x}"
    if record.mem_rmask | record.mem_wmask:
        text += f" [{record.mem_addr:08x}]/{record.mem_rmask | record.mem_wmask:x}"
    if record.intr:
        text += " (first of a handler)"
    return text


def _report(history: deque[str], record: Record | None, differences: str) -> str:
    lines = [*history, *([_line(record)] if record else [])]
    return "\n".join(["core and model differ after", *(f"  {line}" for line in lines), differences])


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the core with the model on random programs.")
    parser.add_argument("--config", choices=PRESETS, default="default")
    parser.add_argument("--seed", type=int, default=0, help="first seed (0)")
    parser.add_argument("--n", type=int, default=100, help="number of programs (100)")
    args = parser.parse_args()
    try:
        result = run(args.config, range(args.seed, args.seed + args.n))
    except Mismatch as mismatch:
        print(mismatch)
        return 1
    print(
        f"{args.config}: {result.programs} programs, {result.instructions} instructions agree, among them "
        f"{result.traps} traps; {result.interrupts} interrupts, {result.cycles} cycles"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
