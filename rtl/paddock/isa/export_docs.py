"""Turns the tables into the Markdown pages of ``docs/gen``."""

import ast
import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from .. import config
from .cause import FAULTS, Cause, Interrupt, Kind
from .csr import ALL_CSRS, PADDOCK_CSRS, PMP_CSRS, STANDARD_CSRS, Csr
from .encoding import INSTRUCTIONS, Instruction
from .memmap import BOOT_BASE, BOOT_BYTES, DEVICES, RAM_BASE

__all__ = ["DOCS"]

_CAUSE_MEANING = {
    Cause.INSN_MISALIGNED: "jump or branch to a misaligned address",
    Cause.FETCH_FAULT: "fetch refused, by Paddock, PMP or the memory",
    Cause.ILLEGAL: "illegal instruction",
    Cause.BREAKPOINT: "`ebreak`",
    Cause.LOAD_MISALIGNED: "misaligned load",
    Cause.LOAD_FAULT: "load refused, by Paddock, PMP, memory or device",
    Cause.STORE_MISALIGNED: "misaligned store",
    Cause.STORE_FAULT: "store refused, by Paddock, PMP, memory or device",
    Cause.ECALL_MODULE: "`ecall` in a module or in user mode",
    Cause.ECALL_KERNEL: "`ecall` in the kernel",
    Cause.GATE_FAULT: "`pd.enter` or `pd.leave` refused",
}


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _bits(lsb: int, width: int) -> str:
    return str(lsb) if width == 1 else f"{lsb + width - 1}:{lsb}"


# CSRs


def _number(csr: Csr) -> str:
    return f"0x{csr.number:03X}" + (f" .. 0x{csr.number + csr.count - 1:03X}" if csr.count > 1 else "")


def _csr_rows(csrs: Iterable[Csr]) -> Iterable[list[str]]:
    return ([_number(csr), f"`{csr.name}`" + (" .." if csr.count > 1 else ""), csr.access, csr.doc] for csr in csrs)


def _csr_md() -> str:
    head = ("Number", "Name", "Access", "Meaning")
    fields = ([f"`{csr.name}`", f"`{f.name}`", _bits(f.lsb, f.width), f.doc] for csr in ALL_CSRS for f in csr.fields)
    return (
        "# Control and status registers\n\n"
        "Access: M machine level (the kernel), U open to modules and to user mode; RW or RO. Their access to a\n"
        "machine-level CSR and a write to a read-only one are illegal instructions. In C and assembler the number\n"
        "of `mepc` is `CSR_MEPC`, a field of `mstatus` is `MSTATUS_MIE_LSB`, `MSTATUS_MIE_WIDTH` and\n"
        "`MSTATUS_MIE_MASK`.\n\n"
        f"## Xpaddock\n\n{_table(head, _csr_rows(PADDOCK_CSRS))}\n"
        f"## Standard\n\n{_table(head, _csr_rows(STANDARD_CSRS))}\n"
        "## User mode and physical memory protection\n\nOnly in a configuration with `pmp`, which has no Xpaddock.\n\n"
        f"{_table(head, _csr_rows(PMP_CSRS))}\n"
        f"## Fields\n\nBits that no field names read 0.\n\n{_table(('CSR', 'Field', 'Bits', 'Meaning'), fields)}"
    )


# Traps


def _traps_md() -> str:
    faults = (
        [priority, fault.what, f"{int(fault.cause)} `{fault.cause.name}`", f"`{fault.kind.name}`", fault.mtval]
        for priority, fault in enumerate(FAULTS, 1)
    )
    causes = ([int(cause), f"`CAUSE_{cause.name}`", _CAUSE_MEANING[cause]] for cause in Cause)
    interrupts = ([int(irq), f"`IRQ_{irq.name}`", f"{1 << 31 | int(irq):#010x}"] for irq in Interrupt)
    kinds = ([int(kind), f"`KIND_{kind.name}`"] for kind in Kind)
    return (
        "# Traps\n\n"
        "`mepc` is the instruction that is at fault, or for an interrupt the one that was not executed. `rd`, memory\n"
        "and devices are unchanged by a faulting instruction.\n\n"
        "## Faults\n\nHighest priority first; one is reported per instruction.\n\n"
        f"{_table(('Priority', 'What', '`mcause`', '`pd_fault.kind`', '`mtval`'), faults)}\n"
        f"## Causes\n\n{_table(('`mcause`', 'Name', 'Meaning'), causes)}\n"
        f"## Interrupts\n\n{_table(('Code', 'Name', '`mcause`'), interrupts)}\n"
        f"## Kinds\n\n{_table(('`pd_fault.kind`', 'Name'), kinds)}"
    )


# Memory map


def _memmap_md() -> str:
    devices = ([f"`{d.name}`", f"{d.base:#010x}", f"{d.size:#x}", d.irq or "", d.doc] for d in DEVICES)
    page = (
        "# Memory map\n\nAddresses that QEMU's `virt` has are QEMU's. In C and assembler: `UART_BASE`, `UART_SIZE`,\n"
        "`UART_IRQ`, and the absolute address of each register, `UART_LSR`.\n\n"
        f"RAM starts at {RAM_BASE:#010x} (`RAM_BASE`); its size is `SocConfig.ram_bytes`. The boot ROM, if there is\n"
        f"one, answers fetches from {BOOT_BASE:#010x} up, {BOOT_BYTES} bytes again and again; loads and stores do not\n"
        "see it.\n\n"
        f"{_table(('Device', 'Base', 'Size', 'PLIC source', 'What'), devices)}"
    )
    for device in DEVICES:
        rows = ([f"{r.offset:#x}", f"`{r.name}`", r.doc] for r in device.registers)
        page += f"\n## {device.name}\n\n{device.doc}\n\n{_table(('Offset', 'Register', 'Meaning'), rows)}"
    return page


# Instructions


def _pattern(insn: Instruction) -> str:
    bits = "".join(str(insn.match >> i & 1) if insn.mask >> i & 1 else "." for i in reversed(range(32)))
    return f"`{bits[:7]} {bits[7:12]} {bits[12:17]} {bits[17:20]} {bits[20:25]} {bits[25:]}`"


def _instructions_md() -> str:
    rows = ([f"`{insn.name}`", insn.format.name, _pattern(insn)] for insn in INSTRUCTIONS)
    return (
        "# Instructions\n\nEverything that the core executes; all else is an illegal instruction. Bits are 31:25,\n"
        f"24:20, 19:15, 14:12, 11:7, 6:0; a dot is an operand.\n\n{_table(('Instruction', 'Format', 'Encoding'), rows)}"
    )


# Configuration


def _attribute_docs(cls: type) -> dict[str, str]:
    """Field -> the ``#:`` lines above it. Python drops comments, so they are read from the source file."""
    lines = Path(config.__file__).read_text().splitlines()
    tree = ast.parse("\n".join(lines))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == cls.__name__).body
    docs = {}
    for node in body:
        if isinstance(node, ast.AnnAssign):
            first = last = node.lineno - 1
            while lines[first - 1].strip().startswith("#:"):
                first -= 1
            docs[node.target.id] = " ".join(line.strip()[2:].strip() for line in lines[first:last]).replace("``", "`")
    return docs


def _shown(name: str, value: object) -> str:
    if dataclasses.is_dataclass(value):
        return "`DEFAULT`"
    return f"`{value:#x}`" if name.endswith("_address") else f"`{value}`"


def _config_section(instances: dict[str, object]) -> str:
    cls = type(next(iter(instances.values())))
    docs = _attribute_docs(cls)
    rows = (
        [f"`{f.name}`", *(_shown(f.name, getattr(i, f.name)) for i in instances.values()), docs[f.name] or "See above."]
        for f in dataclasses.fields(cls)
    )
    return f"## {cls.__name__}\n\n{_table(('Field', *(f'`{name}`' for name in instances), 'Meaning'), rows)}"


def _config_md() -> str:
    presets = ("DEFAULT", "MINIMAL", "PLAIN", "PMP4", "PMP8", "PMP16")
    core = _config_section({name: getattr(config, name) for name in presets})
    soc = _config_section({"default": config.SocConfig()})
    return f"# Configuration\n\nFrozen dataclasses in `rtl/paddock/config.py`.\n\n{core}\n{soc}"


#: File name -> function that renders the page.
DOCS: dict[str, Callable[[], str]] = {
    "config.md": _config_md,
    "csr.md": _csr_md,
    "instructions.md": _instructions_md,
    "memmap.md": _memmap_md,
    "traps.md": _traps_md,
}
