"""The bins, and which of them an access in a trace falls into."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from paddock.isa.csr import CSR_BY_NAME
from paddock.isa.encoding import BY_NAME
from paddock.isa.memmap import RAM_BASE

__all__ = ["EDGES", "FETCH_WAYS", "SITUATIONS", "WINDOWS", "Bin", "Step", "bins_of", "every_bin", "impossible"]

WINDOWS = ("arena", "device", "grant", "public")
KINDS = ("load", "store", "fetch")
SIZES = (1, 2, 4)
#: Where an access lies in relation to a window, from below to above.
EDGES = ("below", "across lower", "first", "inside", "last", "across upper", "above")
#: What is around a load or store in the pipeline -> in words. An access can be in several.
SITUATIONS = {
    "plain": "behind an instruction of one cycle",
    "after_bound_write": "the first of a module; a bound was written by the instruction ahead of the gate",
    "after_entry": "the first behind `pd.enter`",
    "after_mret": "the first behind `mret`",
    "after_return": "the first behind `pd.leave`",
    "behind_multiply": "behind a multiplication",
    "address_multiply": "behind the multiplication that makes its address",
    "behind_divide": "behind a division",
    "behind_load": "behind a load from RAM",
    "address_load": "behind the load that makes its address",
    "behind_store": "behind a store to RAM",
    "behind_device": "behind a load from a device",
    "behind_device_store": "behind a store to a device",
    "back_to_back": "the third of three accesses without a gap",
    "behind_branch": "at the target of a jump or taken branch",
    "wait_states": "M has kept an instruction waiting in the cycle before",
    "interrupt_pending": "an interrupt is pending, but masked",
    "interrupt_next": "an interrupt is taken behind it",
}
FETCH_WAYS = {
    "next": "behind the instruction before it",
    "behind_branch": "at the target of a jump or taken branch",
    "after_entry": "the first behind `pd.enter`",
    "after_return": "the first behind `pd.leave`",
    "after_mret": "the first behind `mret`",
}


class Step(NamedTuple):
    """An instruction of a module that leaves X."""

    pc: int
    insn: int
    address: int
    #: The two instructions that have left X before it, and the address that the nearer one has made.
    before: int
    before2: int
    before_address: int
    bounds: tuple[tuple[int, int], ...]
    load: bool
    store: bool
    #: D has refused it: by the fetch check; for this or any other reason.
    fetch_refused: bool
    trap: bool
    refused: bool
    jumped: bool
    waited: bool
    pending: bool
    interrupt: bool


class Bin(NamedTuple):
    """One cell of the table."""

    window: str
    kind: str
    size: int
    edge: str
    situation: str


def every_bin() -> Iterator[Bin]:
    """All of them, those that cannot be reached too."""
    for cell in product(WINDOWS, ("load", "store"), SIZES, EDGES, SITUATIONS):
        yield Bin(*cell)
    for edge, way in product(EDGES, FETCH_WAYS):
        yield Bin("public", "fetch", 4, edge, way)


def impossible(cell: Bin) -> str | None:
    """Why nothing can fall into this bin; None if something can."""
    if cell.size == 1 and cell.edge.startswith("across"):
        return "a byte cannot lie across a bound"
    if (
        cell.kind == "fetch"
        and cell.edge in ("below", "across lower", "first")
        and cell.situation in ("next", "after_return")
    ):
        return "the instruction ahead would lie below the window, where it is refused itself"
    return None


def bins_of(step: Step) -> Iterator[Bin]:
    """The bins that this instruction falls into."""
    if not (step.trap and not step.fetch_refused):
        for edge in _edges(step.pc, 4, *step.bounds[3]):
            yield Bin("public", "fetch", 4, edge, _way(step))
    size = 1 << (step.insn >> 12 & 3)
    if step.trap or not (step.load or step.store) or step.address % size:
        return
    situations = list(_situations(step))
    for window, (lower, upper) in zip(WINDOWS, step.bounds, strict=True):
        for edge in _edges(step.address, size, lower, upper):
            for situation in situations:
                yield Bin(window, "store" if step.store else "load", size, edge, situation)


def _edges(first: int, size: int, lower: int, upper: int) -> Iterator[str]:
    behind = first + size
    if lower >= upper:
        return
    if behind == lower:
        yield "below"
    if first < lower < behind:
        yield "across lower"
    if first == lower:
        yield "first"
    if lower < first and behind < upper:
        yield "inside"
    if behind == upper and first >= lower:
        yield "last"
    if first < upper < behind:
        yield "across upper"
    if first == upper:
        yield "above"


def _is(name: str, insn: int) -> bool:
    return insn & BY_NAME[name].mask == BY_NAME[name].match


def _opcode(insn: int) -> str:
    """What an instruction is, as far as situations care."""
    if _is("pd.enter", insn) or _is("pd.leave", insn) or _is("mret", insn):
        return "pd.enter" if _is("pd.enter", insn) else "pd.leave" if _is("pd.leave", insn) else "mret"
    if insn & 0x7F == 0x33 and insn >> 25 == 1:
        return "divide" if insn >> 14 & 1 else "multiply"
    return {0x03: "load", 0x23: "store", 0x73: "csr"}.get(insn & 0x7F, "other")


_BOUNDS = {CSR_BY_NAME[f"pd_{window}{end}"].number for window in "adgp" for end in ("lower", "upper")}


def _way(step: Step) -> str:
    gates = {"pd.enter": "after_entry", "pd.leave": "after_return", "mret": "after_mret"}
    return gates.get(_opcode(step.before), "behind_branch" if step.jumped else "next")


def _situations(step: Step) -> Iterator[str]:
    before, before2 = _opcode(step.before), _opcode(step.before2)
    makes_address = step.before >> 7 & 31 == step.insn >> 15 & 31 != 0
    device = step.before_address < RAM_BASE
    if step.waited:
        yield "wait_states"
    if step.interrupt:
        yield "interrupt_next"
    elif step.pending:
        yield "interrupt_pending"
    if before in ("load", "store") and before2 in ("load", "store"):
        yield "back_to_back"
    match before:
        case "pd.enter":
            yield "after_bound_write" if before2 == "csr" and step.before2 >> 20 in _BOUNDS else "after_entry"
        case "pd.leave":
            yield "after_return"
        case "mret":
            yield "after_mret"
        case "multiply":
            yield "address_multiply" if makes_address else "behind_multiply"
        case "divide":
            yield "behind_divide"
        case "load":
            yield "behind_device" if device else "address_load" if makes_address else "behind_load"
        case "store":
            yield "behind_device_store" if device else "behind_store"
        case _:
            yield "behind_branch" if step.jumped else "plain"
