"""Trap causes (``mcause``), the kinds of Paddock faults (``pd_fault.kind``) and what each leaves in the CSRs."""

from dataclasses import dataclass
from enum import IntEnum, unique

__all__ = ["FAULTS", "Cause", "Fault", "Interrupt", "Kind"]


@unique
class Cause(IntEnum):
    """Exception codes of ``mcause``."""

    INSN_MISALIGNED = 0
    FETCH_FAULT = 1
    ILLEGAL = 2
    BREAKPOINT = 3
    LOAD_MISALIGNED = 4
    LOAD_FAULT = 5
    STORE_MISALIGNED = 6
    STORE_FAULT = 7
    ECALL_MODULE = 8
    ECALL_KERNEL = 11
    GATE_FAULT = 24


@unique
class Interrupt(IntEnum):
    """Interrupt codes of ``mcause`` (bit 31 set), also their bit in ``mie`` and ``mip``."""

    SOFTWARE = 3
    TIMER = 7
    EXTERNAL = 11


@unique
class Kind(IntEnum):
    """``pd_fault.kind``: which rule of Paddock's was broken."""

    NONE = 0
    BOUNDS = 1
    BAD_ID = 2
    NOT_VALID = 3
    NOT_CALLABLE = 4
    OVERFLOW = 5
    UNDERFLOW = 6


@dataclass(frozen=True)
class Fault:
    """A row of the fault table, in order of priority: what is wrong, and what the handler finds."""

    what: str
    cause: Cause
    kind: Kind
    mtval: str


#: Every synchronous fault, highest priority first. Only one is reported per instruction.
FAULTS = (
    Fault("fetch from outside the public window, by a module", Cause.FETCH_FAULT, Kind.BOUNDS, "pc"),
    Fault("fetch that PMP refuses", Cause.FETCH_FAULT, Kind.NONE, "pc"),
    Fault("fetch that the memory refuses (no RAM there)", Cause.FETCH_FAULT, Kind.NONE, "pc"),
    Fault("unknown instruction or CSR, write to a read-only CSR", Cause.ILLEGAL, Kind.NONE, "0"),
    Fault("machine-level CSR, `mret` or `wfi`, in a module", Cause.ILLEGAL, Kind.NONE, "0"),
    Fault("machine-level CSR, `mret`, a closed counter, `wfi` if TW, in user mode", Cause.ILLEGAL, Kind.NONE, "0"),
    Fault("`ebreak`", Cause.BREAKPOINT, Kind.NONE, "0"),
    Fault("`ecall` in a module or in user mode", Cause.ECALL_MODULE, Kind.NONE, "0"),
    Fault("`ecall` in the kernel", Cause.ECALL_KERNEL, Kind.NONE, "0"),
    Fault("taken jump or branch to a misaligned address", Cause.INSN_MISALIGNED, Kind.NONE, "0"),
    Fault("`pd.enter`: rs1 is not below the number of modules", Cause.GATE_FAULT, Kind.BAD_ID, "rs1"),
    Fault("`pd.enter`: the target's `valid` is clear", Cause.GATE_FAULT, Kind.NOT_VALID, "rs1"),
    Fault("`pd.enter` by a module: the target's `callable` is clear", Cause.GATE_FAULT, Kind.NOT_CALLABLE, "rs1"),
    Fault("`pd.enter`: the slice is full", Cause.GATE_FAULT, Kind.OVERFLOW, "rs1"),
    Fault("`pd.leave`: the slice has no frame", Cause.GATE_FAULT, Kind.UNDERFLOW, "0"),
    Fault("misaligned load", Cause.LOAD_MISALIGNED, Kind.NONE, "address"),
    Fault("misaligned store", Cause.STORE_MISALIGNED, Kind.NONE, "address"),
    Fault("load outside every window that may be read, by a module", Cause.LOAD_FAULT, Kind.BOUNDS, "address"),
    Fault("store outside every window that may be written, by a module", Cause.STORE_FAULT, Kind.BOUNDS, "address"),
    Fault("load that PMP refuses", Cause.LOAD_FAULT, Kind.NONE, "address"),
    Fault("store that PMP refuses", Cause.STORE_FAULT, Kind.NONE, "address"),
    Fault("load that memory or device refuses", Cause.LOAD_FAULT, Kind.NONE, "address"),
    Fault("store that memory or device refuses", Cause.STORE_FAULT, Kind.NONE, "address"),
)
