"""Where the cycles of a call go: every instruction between two readings of the cycle counter, by what it is for."""

from collections.abc import Iterable, Sequence

from ..isa.csr import csr_number
from ..sim.records import Record

__all__ = ["STEPS", "steps_of_calls"]

#: Kind of step -> what it is, in the order of the docs.
STEPS = {
    "switch": "into the module and back: `pd.enter`, `pd.leave`; `mret`, `ecall`",
    "entries": "the module's PMP entries, read from its record and written",
    "csrs": "other CSRs",
    "clear": "registers cleared that the module shall not see",
    "memory": "loads and stores: the activation, the caller's registers",
    "jumps": "jumps and branches",
    "other": "addresses, arguments, stack pointer",
}

_CSR_READ, _CSR_SHIFT = 0x0000_2073, 20
_SYSTEM, _CUSTOM_0, _LOAD, _STORE, _BRANCH, _JALR, _JAL, _OP_IMM = 0x73, 0x0B, 0x03, 0x23, 0x63, 0x67, 0x6F, 0x13
_PMP_CSRS = range(csr_number("pmpcfg0"), csr_number("pmpaddr0") + 16)


def _reads_cycle(record: Record, register: int) -> bool:
    """``csrr register, mcycle``."""
    return record.insn == csr_number("mcycle") << _CSR_SHIFT | register << 7 | _CSR_READ


def _step(record: Record, table: range) -> str:
    opcode, kind = record.insn & 0x7F, record.insn >> 12 & 7
    if opcode == _CUSTOM_0 or (opcode == _SYSTEM and kind == 0):
        return "switch"
    if opcode == _SYSTEM:
        return "entries" if record.insn >> _CSR_SHIFT in _PMP_CSRS else "csrs"
    if opcode in (_LOAD, _STORE):
        return "entries" if record.mem_addr in table else "memory"
    if opcode in (_BRANCH, _JALR, _JAL):
        return "jumps"
    cleared = opcode == _OP_IMM and kind == 0 and record.rs1_addr == 0 and record.insn >> _CSR_SHIFT == 0
    return "clear" if cleared else "other"


def _calls(records: Iterable[Record], function: range) -> list[list[Record]]:
    """Records between the two readings in ``function``, each time; the second reading ends each list."""
    found: list[list[Record]] = []
    inside = False
    for record in records:
        here = record.pc_rdata in function
        if here and _reads_cycle(record, 8):
            found.append([])
            inside = True
        elif inside:
            found[-1].append(record)
            inside = not (here and _reads_cycle(record, 5))
    return found


def steps_of_calls(records: Iterable[Record], function: range, table: range) -> list[dict[str, int]]:
    """Cycles by step of every call that ``measure`` at ``function`` has made.

    An instruction's cycles are those until the next one retires, so a jump pays for what it has flushed. ``table`` is
    where the records of PMP entries are; empty: nowhere.
    """

    def by_step(call: Sequence[Record]) -> dict[str, int]:
        cycles = dict.fromkeys(STEPS, 0)
        for record, following in zip(call, call[1:], strict=False):
            cycles[_step(record, table)] += following.cycle - record.cycle
        return cycles

    return [by_step(call) for call in _calls(records, function)]
