"""The rogue's misdeeds, and what must become of each: the one table for the firmware, the demo and the tests."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..isa.cause import Cause, Interrupt, Kind

__all__ = ["ERRNO", "MISDEEDS", "Misdeed", "header"]

#: Numbers of ``firmware/include/errno.h`` that callers get here.
ERRNO = {"EPERM": 1, "EACCES": 13, "EFAULT": 14, "EINVAL": 22, "ETIMEDOUT": 110}

_TIMER = 1 << 31 | Interrupt.TIMER


@dataclass(frozen=True)
class Misdeed:
    """One misdeed and its end."""

    #: As in ``enum misdeed``.
    name: str
    title: str
    #: Cause of the trap; None: a service refuses, nothing traps.
    cause: int | None
    #: What its caller gets.
    error: str
    #: What it is aimed at, as in ``enum target``.
    target: str = "NULL"
    #: How the kernel starts it, as in ``enum way``.
    way: str = "DO"
    #: Where the access went, in the kernel's words; a number in them may be any.
    place: str = ""
    kind: Kind = Kind.NONE
    #: Cycles from reading the cycle counter to the misdeed; 0: there is no single instruction to measure from.
    lead: int = 1


def _load(name, title, target, place, **more):
    return Misdeed(name, title, Cause.LOAD_FAULT, "EFAULT", target, place=place, kind=Kind.BOUNDS, **more)


def _store(name, title, target, place, **more):
    return Misdeed(name, title, Cause.STORE_FAULT, "EFAULT", target, place=place, kind=Kind.BOUNDS, **more)


def _jump(name, title, target, place):
    # The jump itself takes two cycles, the fetch behind it is what is refused.
    return Misdeed(name, title, Cause.FETCH_FAULT, "EFAULT", target, place=place, kind=Kind.BOUNDS, lead=3)


def _illegal(name, title, target="NULL", lead=1):
    return Misdeed(name, title, Cause.ILLEGAL, "EPERM", target, lead=lead)


def _gate(name, title, kind, target="NULL", **more):
    return Misdeed(name, title, Cause.GATE_FAULT, "EACCES", target, kind=kind, **more)


def _overrun(name, title, target="NULL"):
    return Misdeed(name, title, _TIMER, "ETIMEDOUT", target, lead=0)


def _refused(name, title, error, target):
    return Misdeed(name, title, None, error, target, lead=0)


_STRADDLE = "across the upper bound of its arena, its own heap"

MISDEEDS = (
    _load("NULL_READ", "read through a null pointer", "NULL", "null page"),
    _store("NULL_WRITE", "write through a null pointer", "NULL", "null page"),
    _load("KERNEL_READ", "read kernel data", "KERNEL_DATA", "kernel data"),
    _store("KERNEL_WRITE", "write kernel data", "KERNEL_DATA", "kernel data"),
    _load("KERNEL_CODE_READ", "read kernel code, outside the public window", "KERNEL_CODE", "kernel code"),
    _store("PUBLIC_WRITE", "write to public code", "PUBLIC", "public code, read-only"),
    _load("HEAP_READ", "read another module's heap", "STORE_HEAP", "above its arena by N, heap of store"),
    _store("HEAP_WRITE", "write to another module's heap", "STORE_HEAP", "above its arena by N, heap of store"),
    _store("STACK_WRITE", "write to another module's stack", "STORE_STACK", "above its arena by N, stack of store"),
    _load("DEVICE_READ", "read another module's device", "LED_DEVICE", "device of led"),
    _store("DEVICE_WRITE", "write to another module's device", "LED_DEVICE", "device of led"),
    _store("KERNEL_TIMER_WRITE", "stop the kernel's timer", "KERNEL_TIMER", "device of the kernel"),
    _load("BELOW_READ", "read the byte before its arena", "BELOW", "below its arena by 1, heap of counter"),
    _store("BELOW_WRITE", "write the byte before its arena", "BELOW", "below its arena by 1, heap of counter"),
    _load("ABOVE_READ", "read the byte after its arena", "ABOVE", "above its arena by 1, stack of store"),
    _store("ABOVE_WRITE", "write the byte after its arena", "ABOVE", "above its arena by 1, stack of store"),
    _load("STRADDLE_READ", "read a word across the upper bound", "UPPER_WORD", _STRADDLE),
    _store("STRADDLE_WRITE", "write a word across the upper bound", "UPPER_WORD", _STRADDLE),
    _store("HALFWORD_WRITE", "write half a word across the upper bound", "UPPER_HALFWORD", _STRADDLE),
    _load("TOP_READ", "read the last word of the address space", "TOP", "nothing there"),
    Misdeed(
        "MISALIGNED_READ", "read a misaligned word", Cause.LOAD_MISALIGNED, "EFAULT", "MISALIGNED",
        place="its own data",
    ),
    _store("STACK_OVERRUN", "recurse without end", "NULL", "below its arena by N, heap of counter", lead=0),
    _load("GRANT_KEPT_READ", "read a lent buffer after the call", "NULL", "kernel data", way="KEPT"),
    _store("GRANT_KEPT_WRITE", "write to a lent buffer after the call", "NULL", "kernel data", way="KEPT"),
    _store(
        "GRANT_READ_ONLY", "write to a buffer lent for reading", "NULL", "grant without that permission, kernel data",
        way="PEEK_LENT",
    ),
    _load(
        "GRANT_WRITE_ONLY", "read a buffer lent for writing", "NULL", "grant without that permission, kernel data",
        way="POKE_LENT",
    ),
    _load("GRANT_BEYOND", "read behind a lent buffer", "NULL", "right behind its grant, kernel data", way="PEEK_LENT"),
    _jump("DATA_JUMP", "jump into kernel data", "KERNEL_DATA", "kernel data"),
    _jump("CODE_JUMP", "jump into kernel code", "KERNEL_CODE", "kernel code"),
    _jump("DEVICE_JUMP", "jump into a device", "LED_DEVICE", "device of led"),
    _jump("OWN_DATA_JUMP", "execute its own data", "NULL", "its own data"),
    _jump("NULL_JUMP", "call a null pointer", "NULL", "null page"),
    Misdeed("ODD_JUMP", "jump to a misaligned address", Cause.INSN_MISALIGNED, "EFAULT", "ODD_CODE"),
    _illegal("MTVEC_WRITE", "write mtvec", "PUBLIC"),
    _illegal("MSTATUS_WRITE", "mask interrupts in mstatus"),
    # One cycle more until it is due: CSRs of the module table are looked up first.
    _illegal("BOUND_WRITE", "write a bound CSR", "TOP", lead=2),
    _illegal("MSCRATCH_READ", "read a CSR of the kernel's"),
    _illegal("MRET", "return from a trap with mret"),
    _illegal("WFI", "stop the processor with wfi"),
    _illegal("UNKNOWN", "execute an unknown instruction"),
    Misdeed("EBREAK", "execute ebreak", Cause.BREAKPOINT, "EPERM"),
    Misdeed("ECALL", "execute ecall", Cause.ECALL_MODULE, "EPERM"),
    _gate("CLOSED_ENTRY", "enter a module that is not open to it", Kind.NOT_CALLABLE, "LED_ID"),
    _gate("EMPTY_ENTRY", "enter an id that no module has", Kind.NOT_VALID, "EMPTY_ID"),
    _gate("BAD_ENTRY", "enter an id that the core does not have", Kind.BAD_ID, "BAD_ID"),
    _gate(
        "FULL_STACK", "enter the kernel with the call stack full", Kind.OVERFLOW, way="LAUNCH_WITHOUT_FRAMES",
    ),
    _gate("UNCALLED_LEAVE", "return from a call that was never made", Kind.UNDERFLOW, way="LAUNCH"),
    _overrun("ENDLESS_LOOP", "loop without end"),
    _overrun("ENDLESS_SERVICES", "ask for services without end"),
    _overrun("STACK_POINTER", "loop with sp inside kernel data", "KERNEL_DATA"),
    _refused("FOREIGN_FREE", "free memory of another module", "EINVAL", "STORE_HEAP"),
    _refused("FOREIGN_PRINT", "have kernel data printed", "EFAULT", "KERNEL_DATA"),
    _refused("FORBIDDEN_CALL", "call a module that does not name it as a caller", "EACCES", "LED_OPERATION"),
)  # fmt: skip


def header(chosen: Sequence[Misdeed] = MISDEEDS) -> str:
    """``misdeeds.h``: the misdeeds and what they are aimed at, for the firmware, which carries out those ``chosen``."""
    targets = dict.fromkeys(misdeed.target for misdeed in MISDEEDS)
    rows = [
        f'\tROW({misdeed.name}, "{misdeed.title}", WAY_{misdeed.way}, AT_{misdeed.target}, {misdeed.lead})'
        for misdeed in chosen
    ]
    lines = [
        "/* Made by the build step from rtl/paddock/fw/misdeeds.py. */",
        "#ifndef MISDEEDS_H",
        "#define MISDEEDS_H",
        "enum misdeed {",
        *(f"\t{misdeed.name}," for misdeed in MISDEEDS),
        "};",
        "enum target {",
        *(f"\tAT_{target}," for target in targets),
        "};",
        "/* ROW(misdeed, title, way, target, lead) for each to carry out. */",
        "#define MISDEEDS(ROW) \\",
        " \\\n".join(rows),
        "#endif",
        "",
    ]
    return "\n".join(lines)
