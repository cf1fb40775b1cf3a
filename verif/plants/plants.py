"""Deliberate faults: source patches onto a copy of ``rtl/paddock``, so that the RTL itself has no hooks for them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from paddock.config import DEFAULT, PMP4, CoreConfig
from paddock.paths import ROOT

__all__ = ["PLANTS", "Plant", "PlantError", "Suite", "plant"]


class PlantError(Exception):
    """A patch does not apply exactly once: the RTL has changed, and the plant has to follow."""


@dataclass(frozen=True)
class Suite:
    """Cocotb tests of a file in ``verif/core`` whose names begin with a word of ``only``, on this core."""

    file: str
    only: str
    config: CoreConfig = DEFAULT


@dataclass(frozen=True)
class Plant:
    """A fault: in ``file``, ``old`` becomes ``new``. ``suite`` is what must go red; None: see `proof_plants`."""

    name: str
    file: str
    old: str
    new: str
    suite: Suite | None


ACCESS = Suite("test_access.py", "table")
SINGLE_CYCLE = Suite("test_single_cycle.py", "detected_")
GATES = Suite("test_programs.py", "gates_ paddock_")
TRAPS = Suite("test_programs.py", "isa_traps")
RIGHTS = Suite("test_guarantees.py", "g2_")
TIMING = Suite("test_timing.py", "mix_")
PMP = Suite("test_programs.py", "pmp_", PMP4)

PLANTS = (
    # The check.
    Plant("inclusive_upper_bound", "bounds.py", "(last, Cat(window.upper", "(last - 1, Cat(window.upper", ACCESS),
    Plant("last_byte_unchecked", "bounds.py", "(last, Cat(window.upper", "(self.x_addr, Cat(window.upper", ACCESS),
    Plant(
        "exclusive_lower_bound",
        "bounds.py",
        "(Cat(self.x_addr, permitted), ",
        "(Cat(self.x_addr, permitted) - 1, ",
        ACCESS,
    ),
    Plant("permission_ignored", "bounds.py", "Cat(self.x_addr, permitted)", "Cat(self.x_addr, C(1, 1))", ACCESS),
    Plant("write_as_read", "bounds.py", "window.write, window.read)", "window.read, window.read)", ACCESS),
    # What it gates.
    Plant(
        "late_kill",
        "bounds.py",
        "m.d.comb += self.x_violation.eq(",
        "m.d.sync += self.x_violation.eq(",
        SINGLE_CYCLE,
    ),
    Plant(
        "store_not_gated",
        "stages/execute.py",
        "Mux(to_ram & ~verdict, stored_lanes",
        "Mux(to_ram, stored_lanes",
        SINGLE_CYCLE,
    ),
    Plant(
        "device_request_not_gated",
        "stages/execute.py",
        "x_xm.device.eq(judged & ~verdict & ~to_ram)",
        "x_xm.device.eq(judged & ~to_ram)",
        SINGLE_CYCLE,
    ),
    Plant(
        "rd_written_on_refused_load",
        "stages/memory.py",
        "self.m_commit.eq(self.m_retire & xm.rd_write)",
        "self.m_commit.eq(self.xm_valid & ~waits & xm.rd_write)",
        ACCESS,
    ),
    Plant(
        "fetch_unchecked",
        "stages/decode.py",
        "outside.eq(checker.d_violation)",
        "outside.eq(0)",
        GATES,
    ),
    # Traps.
    Plant(
        "id_not_cleared_on_trap",
        "module_state.py",
        "next_id.eq(0)",
        "next_id.eq(active)",
        GATES,
    ),
    Plant(
        "id_not_restored_by_mret",
        "module_state.py",
        "with m.Elif(self.x_mret):\n            m.d.comb += next_id.eq(previous)",
        "with m.Elif(self.x_mret):\n            m.d.comb += next_id.eq(active)",
        GATES,
    ),
    Plant("arm_survives_trap", "module_state.py", "previous_arm.eq(arm), arm.eq(0)]", "previous_arm.eq(arm)]", GATES),
    Plant("mepc_one_instruction_late", "csr_file.py", "mepc.eq(self.m_pc[2:])", "mepc.eq(self.m_pc[2:] + 1)", TRAPS),
    Plant(
        "mtval_word_aligned", "stages/memory.py", "xm.tval_addr, xm.addr, 0", "xm.tval_addr, xm.addr & ~3, 0", ACCESS
    ),
    Plant(
        "interrupts_masked_in_modules",
        "stages/decode.py",
        "d_dx.interrupt.eq(self.interrupt)]\n        with m.If(self.interrupt):",
        "d_dx.interrupt.eq(self.interrupt & ~self.checked)]\n        with m.If(self.interrupt & ~self.checked):",
        GATES,
    ),
    Plant(
        "interrupt_not_taken",
        "stages/memory.py",
        "trap = self.xm_valid & (xm.trap | refused)",
        "trap = self.xm_valid & ((xm.trap & ~xm.interrupt) | refused)",
        GATES,
    ),
    # Rights.
    Plant(
        "machine_csrs_open_to_modules",
        "units/decoder.py",
        "(system_csr & machine) | self.d_mret",
        "self.d_mret",
        RIGHTS,
    ),
    Plant("mret_open_to_modules", "units/decoder.py", "| self.d_mret | self.d_wfi", "| self.d_wfi", RIGHTS),
    # Gates.
    Plant(
        "bounds_late_on_return",
        "module_state.py",
        "table.next_id.eq(stack.frame.id)",
        "table.next_id.eq(active)",
        SINGLE_CYCLE,
    ),
    Plant(
        "id_not_restored_on_return",
        "module_state.py",
        "with m.Elif(self.x_leave):\n            m.d.comb += next_id.eq(stack.frame.id)",
        "with m.Elif(self.x_leave):\n            m.d.comb += next_id.eq(active)",
        GATES,
    ),
    Plant("id_truncated", "module_state.py", "self.x_target[config.id_bits :].any()", "C(0)", GATES),
    Plant("valid_ignored", "module_state.py", "m.Elif(~table.x_flags.valid)", "m.Elif(C(0))", GATES),
    Plant(
        "callable_ignored",
        "module_state.py",
        "m.Elif((active != 0) & ~table.x_flags.callable)",
        "m.Elif(C(0))",
        GATES,
    ),
    Plant("entry_of_caller", "module_state.py", "table.d_target.eq(self.d_target)", "table.d_target.eq(active)", GATES),
    Plant("overflow_unchecked", "module_state.py", "m.Elif(stack.full)", "m.Elif(C(0))", GATES),
    Plant("underflow_unchecked", "module_state.py", "m.If(stack.empty)", "m.If(C(0))", GATES),
    Plant("grant_survives_return", "module_state.py", "permissions & ~lend.replicate(2)", "permissions", GATES),
    Plant("grant_passed_on", "module_state.py", "m.If(self.x_enter & ~lend)", "m.If(C(0))", GATES),
    Plant("grant_lent_unarmed", "module_state.py", "lend = (active == 0) & arm", "lend = active == 0", GATES),
    # Cost.
    Plant(
        "loads_slower_in_modules",
        "core.py",
        "hazard.d_csr_in_table.eq(d.d_csr_in_table)",
        "hazard.d_csr_in_table.eq(d.d_csr_in_table | (d.checked & (d.d_insn[:7] == 0x03)))",
        TIMING,
    ),
    # User mode and physical memory protection.
    Plant("pmp_lock_ignored", "pmp.py", "& (self.user | entry.locked)", "& self.user", PMP),
    Plant("pmp_locked_entry_written", "pmp.py", "with m.If(written & ~entry.locked):", "with m.If(written):", PMP),
    Plant(
        "pmp_address_below_lock_written",
        "pmp.py",
        "frozen = frozen | (entries",
        "frozen = frozen | C(0) & (entries",
        PMP,
    ),
    Plant(
        "pmp_any_entry_allows",
        "pmp.py",
        "(allows | (~refuses & later_allows), refuses | (~allows & later_refuses))",
        "(allows | later_allows, (refuses | later_refuses) & ~(allows | later_allows))",
        PMP,
    ),
    Plant("pmp_no_match_allows", "pmp.py", "Mux(self.user, ~allows, refuses)", "refuses", PMP),
    Plant(
        "pmp_tor_upper_end_inside",
        "pmp.py",
        "high.eq(Cat(entry.match[1], upper[1:]))",
        "high.eq(Cat(1, upper[1:]))",
        PMP,
    ),
    Plant(
        "pmp_napot_half_as_large",
        "pmp.py",
        "(next_address & range_here.rep",
        "(next_address >> 1 & range_here.rep",
        PMP,
    ),
    Plant("pmp_ends_not_worked_out_again", "pmp.py", "self.busy.eq(1), index", "self.busy.eq(0), index", PMP),
    Plant("pmp_next_instruction_too_early", "hazard.py", "d_waits = d_waits | self.d_pmp_busy", "pass", PMP),
    Plant("pmp_fetch_unchecked", "stages/decode.py", "outside.eq(checker.violation)", "outside.eq(0)", PMP),
    Plant("pmp_write_as_read", "stages/execute.py", "entry.write, entry.read)", "entry.read, entry.read)", PMP),
    Plant("mprv_ignored", "user_mode.py", "self.user | (modify & to_user)", "self.user", PMP),
    Plant("mprv_survives_mret", "user_mode.py", "m.d.sync += modify.eq(0)", "m.d.sync += modify.eq(modify)", PMP),
    Plant(
        "mpp_keeps_machine_mode", "user_mode.py", "self.user.eq(to_user), to_user.eq(1)", "self.user.eq(to_user)", PMP
    ),
    Plant(
        "tw_ignored", "units/decoder.py", "(barred & (self.d_wfi_refused | ~self.d_wfi))", "(barred & ~self.d_wfi)", PMP
    ),
    Plant("counters_open", "units/decoder.py", "(system_csr & ~machine & closed)", "C(0)", PMP),
    Plant("mie_masks_in_user_mode", "csr_file.py", "(mie | self.user if", "(mie if", PMP),
)


def plant(fault: Plant | None, folder: Path) -> Path:
    """A copy of the RTL in ``folder`` with this fault, or without any; returns what belongs into PYTHONPATH."""
    rtl = folder / "rtl"
    shutil.copytree(ROOT / "rtl" / "paddock", rtl / "paddock", ignore=shutil.ignore_patterns("__pycache__"))
    if fault is not None:
        path = rtl / "paddock" / fault.file
        text = path.read_text()
        if text.count(fault.old) != 1:
            raise PlantError(f"{fault.name}: {fault.file} has {fault.old!r} {text.count(fault.old)} times, not once")
        path.write_text(text.replace(fault.old, fault.new))
    return rtl
