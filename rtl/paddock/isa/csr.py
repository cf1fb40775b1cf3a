"""Control and status registers: standard ones (privileged specification 1.13) and those of Xpaddock.

The number tells access and privilege, as the specification has it (section 2.1): bits 11:10 = 0b11 is read-only,
bits 9:8 = 0b11 is machine level, 0b00 is open to everyone.
"""

from dataclasses import dataclass
from enum import IntEnum, unique
from functools import cache
from itertools import combinations

__all__ = [
    "ALL_CSRS",
    "CSRS",
    "CSR_BY_NAME",
    "PADDOCK_CSRS",
    "PMP_CSRS",
    "PMP_MAX_ENTRIES",
    "STANDARD_CSRS",
    "Csr",
    "Field",
    "PmpMatch",
    "csr_number",
    "csr_patterns",
    "csrs_of",
]


@dataclass(frozen=True)
class Field:
    """A bit field of a CSR: ``width`` bits from bit ``lsb`` up."""

    name: str
    lsb: int
    width: int
    doc: str

    @property
    def mask(self) -> int:
        """The field's bits in place."""
        return ((1 << self.width) - 1) << self.lsb


@dataclass(frozen=True)
class Csr:
    """One register; ``count`` > 1 is a run of consecutive numbers that all read zero and ignore writes."""

    name: str
    number: int
    doc: str
    fields: tuple[Field, ...] = ()
    count: int = 1

    @property
    def read_only(self) -> bool:
        """A write is an illegal instruction."""
        return self.number >> 10 == 0b11

    @property
    def machine(self) -> bool:
        """An access from inside a module is an illegal instruction."""
        return (self.number >> 8) & 0b11 == 0b11

    @property
    def access(self) -> str:
        """``MRW``, ``MRO`` or ``URO``, in the words of the specification's tables."""
        return ("M" if self.machine else "U") + ("RO" if self.read_only else "RW")

    def field(self, name: str) -> Field:
        """The field called ``name``; KeyError if there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"CSR {self.name} has no field {name!r}")


_INTERRUPTS = (
    Field("msi", 3, 1, "Machine software interrupt (CLINT)."),
    Field("mti", 7, 1, "Machine timer interrupt (CLINT)."),
    Field("mei", 11, 1, "Machine external interrupt (PLIC)."),
)

STANDARD_CSRS = (
    Csr("mvendorid", 0xF11, "Vendor; 0: not commercial."),
    Csr("marchid", 0xF12, "Architecture; 0: none assigned."),
    Csr("mimpid", 0xF13, "Implementation; 0: none assigned."),
    Csr("mhartid", 0xF14, "Number of this hart."),
    Csr("mconfigptr", 0xF15, "No configuration structure: 0."),
    Csr(
        "mstatus",
        0x300,
        "Interrupt enable and its stack.",
        (
            Field("mie", 3, 1, "Interrupts enabled."),
            Field("mpie", 7, 1, "MIE before the trap."),
            Field("mpp", 11, 2, "Mode before the trap: 3 machine, 0 user. Always 3 if there is no user mode."),
            Field("mprv", 17, 1, "Loads and stores have the rights of the mode in MPP. Only with user mode."),
            Field("tw", 21, 1, "`wfi` in user mode is an illegal instruction. Only with user mode."),
        ),
    ),
    Csr(
        "misa",
        0x301,
        "Base and extensions; writes are ignored.",
        (
            Field("i", 8, 1, "Base integer instructions."),
            Field("m", 12, 1, "Multiply and divide."),
            Field("u", 20, 1, "User mode is present."),
            Field("x", 23, 1, "Non-standard extension: Xpaddock is present."),
            Field("mxl", 30, 2, "1: XLEN is 32."),
        ),
    ),
    Csr("mie", 0x304, "Interrupt enable by source.", _INTERRUPTS),
    Csr(
        "mtvec",
        0x305,
        "Trap vector.",
        (
            Field("mode", 0, 1, "0: direct; 1: vectored, interrupts go to base + 4 x cause."),
            Field("base", 2, 30, "Address of the vector, bits 31:2; vectored: rounded down to a multiple of 128."),
        ),
    ),
    Csr("mstatush", 0x310, "Little-endian only: 0."),
    Csr("mcountinhibit", 0x320, "Counters cannot be stopped: 0."),
    Csr("mhpmevent3", 0x323, "No further counters: 0.", count=29),
    Csr("mscratch", 0x340, "A word for the trap handler."),
    Csr("mepc", 0x341, "Where the last trap came from; bits 1:0 read 0."),
    Csr(
        "mcause",
        0x342,
        "Why the last trap was taken.",
        (
            Field("code", 0, 5, "Cause, see the table of causes."),
            Field("interrupt", 31, 1, "1: an interrupt."),
        ),
    ),
    Csr("mtval", 0x343, "Address of a faulting access; else 0 (see the fault table)."),
    Csr("mip", 0x344, "Interrupts pending; set by the devices only.", _INTERRUPTS),
    Csr("mcycle", 0xB00, "Cycles since reset, low word."),
    Csr("minstret", 0xB02, "Instructions retired, low word."),
    Csr("mhpmcounter3", 0xB03, "No further counters: 0.", count=29),
    Csr("mcycleh", 0xB80, "Cycles since reset, high word."),
    Csr("minstreth", 0xB82, "Instructions retired, high word."),
    Csr("mhpmcounter3h", 0xB83, "No further counters: 0.", count=29),
    Csr("cycle", 0xC00, "Read-only view of mcycle."),
    Csr("time", 0xC01, "The CLINT's mtime, low word."),
    Csr("instret", 0xC02, "Read-only view of minstret."),
    Csr("cycleh", 0xC80, "Read-only view of mcycleh."),
    Csr("timeh", 0xC81, "The CLINT's mtime, high word."),
    Csr("instreth", 0xC82, "Read-only view of minstreth."),
)

PADDOCK_CSRS = (
    Csr(
        "pd_status",
        0x7E0,
        "What the last trap interrupted; `mret` goes back to it.",
        (
            Field("pid", 0, 8, "Previous id: the module that the trap interrupted. `mret` makes it the active id."),
            Field("arm", 8, 1, "The grant CSRs are lent to the next `pd.enter`."),
            Field("parm", 9, 1, "ARM before the trap. `mret` copies it to ARM."),
        ),
    ),
    Csr(
        "pd_select",
        0x7E1,
        "Which module's table entry pd_alower .. pd_flags show.",
        (Field("id", 0, 8, "Module id."),),
    ),
    Csr("pd_alower", 0x7E2, "Selected module, arena: lower bound, the first byte inside."),
    Csr("pd_aupper", 0x7E3, "Selected module, arena: upper bound, the first byte outside."),
    Csr("pd_dlower", 0x7E4, "Selected module, device: lower bound."),
    Csr("pd_dupper", 0x7E5, "Selected module, device: upper bound."),
    Csr("pd_entry", 0x7E6, "Selected module: where `pd.enter` jumps to; bits 1:0 read 0."),
    Csr("pd_sp", 0x7E7, "Selected module: what `pd.enter` puts into rd, by convention the stack pointer."),
    Csr(
        "pd_flags",
        0x7E8,
        "Selected module: flags.",
        (
            Field("valid", 0, 1, "The module can be entered."),
            Field("callable", 1, 1, "Other modules may enter it."),
            Field("dread", 2, 1, "Its device window may be read."),
            Field("dwrite", 3, 1, "Its device window may be written."),
        ),
    ),
    Csr("pd_glower", 0x7E9, "Grant window: lower bound."),
    Csr("pd_gupper", 0x7EA, "Grant window: upper bound."),
    Csr(
        "pd_gperm",
        0x7EB,
        "Grant window: permissions. Writing it arms the grant (sets pd_status.arm) unless both bits are 0.",
        (
            Field("read", 0, 1, "The grant may be read."),
            Field("write", 1, 1, "The grant may be written."),
        ),
    ),
    Csr("pd_plower", 0x7EC, "Public window (code and constants, all modules, R and X): lower bound."),
    Csr("pd_pupper", 0x7ED, "Public window: upper bound."),
    Csr(
        "pd_slice",
        0x7EE,
        "This thread's part of the call stack: frames base .. limit-1. What is above the number of frames becomes it.",
        (
            Field("base", 0, 9, "Index of the first frame."),
            Field("limit", 16, 9, "Index after the last frame."),
        ),
    ),
    Csr(
        "pd_top",
        0x7EF,
        "Index of the next free frame; limited as pd_slice.",
        (Field("top", 0, 9, "Index of the next free frame."),),
    ),
    Csr(
        "pd_config",
        0xFD0,
        "What this implementation has.",
        (
            Field("modules", 0, 9, "Number of ids, the kernel's included."),
            Field("frames", 9, 9, "Number of frames of the call stack."),
            Field("arena", 18, 1, "Arena window present (always 1)."),
            Field("device", 19, 1, "Device window present."),
            Field("grant", 20, 1, "Grant window present."),
            Field("public", 21, 1, "Public window and fetch check present."),
            Field("version", 28, 4, "Version of the extension: 1."),
        ),
    ),
    Csr(
        "pd_fault",
        0xFD1,
        "Who caused the last exception, and what Paddock had against it.",
        (
            Field("kind", 0, 3, "See the table of kinds; 0: not a fault of Paddock's."),
            Field("id", 8, 8, "The id that was active."),
        ),
    ),
    Csr("pd_id", 0xCC0, "The active module id; 0: the kernel.", (Field("id", 0, 8, "Module id."),)),
    Csr(
        "pd_caller",
        0xCC1,
        "The id that the top frame returns to; 0 if this slice has no frame.",
        (Field("id", 0, 8, "Module id."),),
    ),
)

#: Entries that the numbers below have room for; entries that a core does not have read 0.
PMP_MAX_ENTRIES = 16


@unique
class PmpMatch(IntEnum):
    """Field ``a`` of an entry's configuration: what its address means."""

    OFF = 0
    TOR = 1
    NA4 = 2
    NAPOT = 3


_PMP_ENTRY = (
    Field("r", 0, 1, "May be read."),
    Field("w", 1, 1, "May be written. Not without R: a write of W = 1, R = 0 leaves both 0."),
    Field("x", 2, 1, "May be executed."),
    Field("a", 3, 2, "Matches 0: nothing; 1: from the entry below up to its address; 2: a word; 3: 2^n bytes."),
    Field("l", 7, 1, "Locked until reset, and binds machine mode too."),
)

#: User mode and physical memory protection: in configurations with ``pmp``.
PMP_CSRS = (
    Csr(
        "mcounteren",
        0x306,
        "Which counters user mode may read.",
        (
            Field("cy", 0, 1, "cycle, cycleh."),
            Field("tm", 1, 1, "time, timeh."),
            Field("ir", 2, 1, "instret, instreth."),
        ),
    ),
    Csr("menvcfg", 0x30A, "Nothing to configure for user mode: 0."),
    Csr("menvcfgh", 0x31A, "Nothing to configure for user mode: 0."),
    Csr("pmpcfg0", 0x3A0, "Entries 0 to 3, a byte each; the fields are those of entry 0.", _PMP_ENTRY),
    *(
        Csr(f"pmpcfg{i}", 0x3A0 + i, f"Entries {4 * i} to {4 * i + 3}, a byte each as in pmpcfg0.")
        for i in range(1, PMP_MAX_ENTRIES // 4)
    ),
    *(
        Csr(f"pmpaddr{i}", 0x3B0 + i, f"Entry {i}: bits 31:2 of its address, in bits 29:0; bits 31:30 read 0.")
        for i in range(PMP_MAX_ENTRIES)
    ),
)

#: What cores with and without Xpaddock have; `ALL_CSRS` also has what only ``pmp`` brings.
CSRS = STANDARD_CSRS + PADDOCK_CSRS
ALL_CSRS = CSRS + PMP_CSRS
CSR_BY_NAME = {csr.name: csr for csr in ALL_CSRS}


def csrs_of(paddock: bool, pmp: int) -> tuple[Csr, ...]:
    """Those of a core with or without Xpaddock, with so many entries of PMP."""
    return STANDARD_CSRS + (PADDOCK_CSRS if paddock else ()) + (PMP_CSRS if pmp else ())


def csr_number(name: str) -> int:
    """Number of the CSR called ``name``; KeyError if there is none."""
    return CSR_BY_NAME[name].number


@cache
def csr_patterns(names: tuple[str, ...], paddock: bool, pmp: int) -> tuple[str, ...]:
    """Case patterns (bit 11 first, ``-`` for any) that match ``names`` and no other CSR of such a core.

    Each looks at as few bits as that takes: D has refused the numbers that no CSR has.
    """
    numbers = [csr_number(name) for name in names]
    others = {number for csr in csrs_of(paddock, pmp) for number in range(csr.number, csr.number + csr.count)}
    others -= set(numbers)

    def pattern(wanted: list[int]) -> str | None:
        """The shortest that matches all of ``wanted``; None if none does."""
        agreed = [bit for bit in range(12) if len({number >> bit & 1 for number in wanted}) == 1]
        differences = {wanted[0] ^ other for other in others}
        for count in range(len(agreed) + 1):
            for bits in combinations(agreed, count):
                mask = sum(1 << bit for bit in bits)
                if all(difference & mask for difference in differences):
                    return "".join(str(wanted[0] >> bit & 1) if bit in bits else "-" for bit in reversed(range(12)))
        return None

    together = pattern(numbers)
    return (together,) if together else tuple(dict.fromkeys(pattern([number]) for number in numbers))
