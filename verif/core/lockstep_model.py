"""Steps our model along the records of a program, and compares every one."""

from collections import Counter, deque
from dataclasses import dataclass, field

from model.execute import disassemble, instruction_name
from model.hart import Hart, ImpossibleInterrupt, Retired
from model.memory import Memory, Region, Storage, Volatile
from paddock.isa.cause import Cause
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.sim.records import Record

from .lockstep_build import RAM_BYTES, STORAGE_BASE, STORAGE_BYTES
from .randprog import PASS, Program

__all__ = ["UNFINISHED", "Difference", "Mismatch", "Result", "compare", "model_of", "shown"]

#: Signature of a program that does not end.
UNFINISHED = ("unfinished",)
_HISTORY = 12


@dataclass(frozen=True)
class Difference:
    """The first disagreement of the core with a reference."""

    #: ``model``, ``Unicorn``, or ``bench`` if the core never got to the end.
    reference: str
    #: Of the record, and the cycle in which it retired.
    index: int
    cycle: int
    #: The instruction and what differs, without values: differences with the same cause mostly have the same.
    signature: tuple[str, ...]
    what: str


@dataclass
class Result:
    """What a comparison has seen."""

    instructions: int = 0
    #: Traps by cause and by kind, interrupts.
    counters: Counter = field(default_factory=Counter)


class Mismatch(Exception):
    """Core and model differ; the message has all that is known."""

    def __init__(self, what: str, difference: Difference | None = None, result: Result | None = None):
        super().__init__(what)
        self.difference = difference
        #: What was seen before.
        self.result = result


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
        differences: dict[str, str] = {}
        try:
            retired = hart.step(interrupt, record.rd_wdata)
        except ImpossibleInterrupt as impossible:
            differences["interrupt"] = str(impossible)
        else:
            expected, actual = _expected(retired, index), _actual(record, retired)
            if expected != actual:
                differences = {
                    name: f"{name}: core {_show(a)}, model {_show(e)}"
                    for name, a, e in zip(_FIELDS, actual, expected, strict=True)
                    if a != e
                }
            if not operands:
                differences["operands"] = "rs1 or rs2 of the record is not what the model's registers hold"
            if in_handler and not record.intr:
                differences["intr"] = "intr is not set in the first instruction of the handler"
        if differences:
            signature = (instruction_name(record.insn) or "unknown", *differences)
            what = "\n".join([*history, shown(record), *differences.values()])
            raise Mismatch(what, Difference("model", index, record.cycle, signature, what), result)
        history.append(shown(record))
        in_handler = record.trap
        result.instructions += 1
        result.counters["in_user_mode"] += retired.user
        if record.trap:
            _count_trap(result.counters, retired, hart)
        if interrupt is not None:
            result.counters["interrupts"] += 1
            result.counters["interrupts_in_modules"] += hart.gates.pid != 0
    if hart.memory.finisher.value != PASS:
        what = f"the records end after {len(records)}, all of them right, before the program does"
        raise Mismatch(
            what, Difference("bench", len(records), records[-1].cycle if records else 0, UNFINISHED, what), result
        )
    return result


def _count_trap(counters: Counter, retired: Retired, hart: Hart) -> None:
    counters[f"trap_{Cause(retired.trap).name.lower()}"] += 1
    counters["traps_in_modules"] += retired.id != 0
    counters["traps_in_user_mode"] += retired.user
    if hart.gates.fault_kind:
        counters[f"kind_{hart.gates.fault_kind.name.lower()}"] += 1


_FIELDS = (
    "order",
    "pc",
    "insn",
    "trap",
    "id",
    "user",
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
        retired.user or retired.id != 0,
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
        record.user,
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


def shown(record: Record) -> str:
    """A record as a line of a listing."""
    mode = "user  " if record.user and not record.pd_id else f"id {record.pd_id:<3}"
    text = f"{record.cycle:8} {mode} {record.pc_rdata:08x} {disassemble(record.insn):36}"
    if record.trap:
        text += f" TRAP -> {record.pc_wdata:08x}"
    elif record.rd_addr:
        text += f" x{record.rd_addr} = {record.rd_wdata:08x}"
    if record.mem_rmask | record.mem_wmask:
        text += f" [{record.mem_addr:08x}]/{record.mem_rmask | record.mem_wmask:x}"
    if record.intr:
        text += " (first of a handler)"
    return text
