"""Deliberate faults for the campaign to find: in the RTL, those of ``verif/plants``; in the kernel, the ones here."""

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from paddock.errors import CommandError
from paddock.fw.build import FIRMWARE
from paddock.paths import ROOT

__all__ = ["KERNEL_PLANTS", "RTL_PLANTS", "KernelPlant", "plant_kernel", "plant_rtl_named"]


def _rtl_plants():
    """``verif/plants/plants.py``. By its path, as its folder is no package, and pytest imports it by another name."""
    name = "plants_of_rtl"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "verif" / "plants" / "plants.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


#: Faults of the RTL that machine code in a module can turn into an escape under this kernel. Others of `verif/plants`
#: change what the kernel is told (``mtval``, ``mepc``), or what it does not use (threads), or are held back by a second
#: check: an entry that is not valid is not callable either, and a grant that outlasts its call is the kernel's, which
#: has no use for it.
RTL_PLANTS = (
    "inclusive_upper_bound",
    "last_byte_unchecked",
    "permission_ignored",
    "write_as_read",
    "store_not_gated",
    "device_request_not_gated",
    "rd_written_on_refused_load",
    "fetch_unchecked",
    "id_not_cleared_on_trap",
    "interrupts_masked_in_modules",
    "machine_csrs_open_to_modules",
    "mret_open_to_modules",
    "callable_ignored",
    "grant_passed_on",
)


@dataclass(frozen=True)
class KernelPlant:
    """A fault of the kernel: in ``file`` below ``firmware``, ``old`` becomes ``new``."""

    name: str
    file: str
    old: str
    new: str


KERNEL_PLANTS = (
    # The first two were real.
    KernelPlant("service_trusts_sp", "kernel/gate.S", "\tcsrr\tsp, CSR_MSCRATCH\n\tmv\ttp, sp\n", "\tmv\ttp, sp\n"),
    KernelPlant(
        "return_trusts_sp",
        "kernel/gate.S",
        "pd.leave gives the saved value to.\n\tcsrr\tsp, CSR_MSCRATCH\n",
        "pd.leave gives the saved value to.\n",
    ),
    KernelPlant("print_unbounded", "kernel/service.c", "PRINT_AT_ONCE 16", "PRINT_AT_ONCE 4096"),
    KernelPlant(
        "print_unchecked",
        "kernel/service.c",
        "if (!module_may_access(activation_current(), (uintptr_t)text, length, ACCESS_READ)) {",
        "if (!call) {",
    ),
    KernelPlant(
        "lend_unchecked",
        "kernel/module.c",
        "if (operation->lend != ACCESS_NONE &&",
        "if (operation->lend > ACCESS_BOTH &&",
    ),
    KernelPlant(
        "lend_as_read", "kernel/module.c", "\n\t\t\t       operation->lend)) {", "\n\t\t\t       ACCESS_READ)) {"
    ),
    KernelPlant(
        "callers_ignored",
        "kernel/module.c",
        "if (!(module_table[target & TARGET_ID_MASK].callers >> (call->target & TARGET_ID_MASK) & 1)) {",
        "if (!module_table[target & TARGET_ID_MASK].callers) {",
    ),
    KernelPlant(
        "length_wraps",
        "kernel/module.c",
        "address <= upper && size <= upper - address",
        "address + size <= upper",
    ),
    KernelPlant("free_unchecked", "kernel/alloc.c", "(tag & KIND) == USED ? HEAP_BLOCK", "tag ? HEAP_BLOCK"),
    KernelPlant(
        "kernel_heap_for_all",
        "kernel/arena.c",
        "\tvoid *block = heap_allocate(heap,",
        "\tvoid *block = heap_allocate(&kernel_heap,",
    ),
    KernelPlant(
        "overrun_ignored", "kernel/main.c", "if (activation_mark_late(call, csr_read(CSR_MCYCLE))) {", "if (!frame) {"
    ),
    KernelPlant(
        "callers_overrun_forgotten",
        "kernel/module.c",
        "\t\t\tcall->target |= TARGET_OVERRUN;\n\t\t\tlate = true;\n",
        "\t\t\treturn true;\n",
    ),
    KernelPlant(
        "timers_for_all", "kernel/timers.c", "timer_count || timer_owners[number] != id ||", "timer_count || !id ||"
    ),
    KernelPlant(
        "call_back_elsewhere",
        "kernel/timers.c",
        "gate_callback(timer->argument, function,",
        "gate_callback(0, function + 4,",
    ),
    KernelPlant("services_without_end", "kernel/gate.S", "\tbltz\tt0, service_overrun\n", ""),
    KernelPlant(
        "registers_left",
        "kernel/gate.S",
        "ra, gp, tp, t0, t1, t2, a1, a2, a3, a4, a5, a6, a7, t3",
        "ra, gp, tp, t0, t1, t2, a1, a6, a7, t3",
    ),
    KernelPlant(
        "saved_registers_lost",
        "kernel/gate.S",
        "1:\tlw\tra, 0(sp)\n\t.irp\tnumber, 2, 3,",
        "1:\tlw\tra, 0(sp)\n\t.irp\tnumber, 2,",
    ),
)


def _by_name(plants, name: str):
    return next((plant for plant in plants if plant.name == name), None)


def plant_rtl_named(name: str, folder: Path) -> Path:
    """Copy of the RTL in ``folder`` with the fault ``name``: what `build_bench` takes."""
    module = _rtl_plants()
    fault = _by_name(module.PLANTS, name)
    if fault is None:
        known = ", ".join([*RTL_PLANTS, *(each.name for each in KERNEL_PLANTS)])
        raise CommandError(f"there is no plant {name!r}; those that a module can use are: {known}")
    return module.plant(fault, folder)


def plant_kernel(fault: KernelPlant, folder: Path) -> Path:
    """Copy of the firmware in ``folder`` with this fault."""
    firmware = folder / "firmware"
    shutil.copytree(FIRMWARE, firmware)
    path = firmware / fault.file
    text = path.read_text()
    if text.count(fault.old) != 1:
        raise CommandError(f"{fault.name}: {fault.file} has {fault.old!r} {text.count(fault.old)} times, not once", 1)
    path.write_text(text.replace(fault.old, fault.new))
    return firmware
