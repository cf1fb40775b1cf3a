"""Which planted bug breaks which property of `make formal`, and bugs that only the proofs are tried on."""

from plants import PLANTS, Plant

__all__ = ["PLANT_OF", "PROOF_PLANTS", "plant_of"]

#: Any program that is simulated fails with one of these, whatever it tests, so only the proofs are tried on them.
PROOF_PLANTS = (
    Plant(
        "device_lanes_ignored",
        "stages/memory.py",
        "m.d.comb += self.wb.sel.eq(1 << xm.addr[:2])",
        "m.d.comb += self.wb.sel.eq(0b1111)",
        None,
    ),
    Plant(
        "instruction_replaced_in_x",
        "stages/decode.py",
        "with m.If(self.x_advance):\n            m.d.sync += self.dx.eq(d_dx)",
        "with m.If(1):\n            m.d.sync += self.dx.eq(d_dx)",
        None,
    ),
    Plant(
        "instruction_behind_jump_executed",
        "hazard.py",
        "self.d_advance.eq(self.d_valid & self.d_ready & ~self.x_redirect)",
        "self.d_advance.eq(self.d_valid & self.d_ready)",
        None,
    ),
    Plant(
        "pc_ahead_of_memory",
        "stages/fetch.py",
        "with m.If(self.ibus.en):",
        "with m.If(self.d_ready | self.f_redirect | ~asked):",
        None,
    ),
)

#: Property -> bug that must break it.
PLANT_OF = {
    "g1_store": "store_not_gated",
    "g1_device": "device_request_not_gated",
    "g1_device_same": "device_lanes_ignored",
    "g1_load": "permission_ignored",
    "g1_two_runs": "rd_written_on_refused_load",
    "g1_windows_alower": "bounds_late_on_return",
    "g1_windows_aupper": "bounds_late_on_return",
    "g1_windows_dlower": "bounds_late_on_return",
    "g1_windows_dupper": "bounds_late_on_return",
    "g1_windows_flags": "bounds_late_on_return",
    "g2_rights": "machine_csrs_open_to_modules",
    "g2_constant": "machine_csrs_open_to_modules",
    "g2_trap_state": "mret_open_to_modules",
    "g2_trap": "id_not_cleared_on_trap",
    "g2_grant": "grant_passed_on",
    "g3_ways": "mret_open_to_modules",
    "g3_enter": "id_truncated",
    "g3_callable": "callable_ignored",
    "g3_entry": "entry_of_caller",
    "g3_leave": "id_not_restored_on_return",
    "g4_execute": "fetch_unchecked",
    "g4_same": "instruction_replaced_in_x",
    "g4_address": "pc_ahead_of_memory",
    "g4_two_runs": "instruction_behind_jump_executed",
    "g5_next": "interrupts_masked_in_modules",
    "g5_trap": "interrupt_not_taken",
    "g5_bounded": "interrupts_masked_in_modules",
}


def plant_of(name: str) -> Plant:
    """The bug that must break the property ``name``."""
    return next(each for each in (*PLANTS, *PROOF_PLANTS) if each.name == PLANT_OF[name])
