"""G5: what a module does until an enabled interrupt has taken the processor away from it."""

from amaranth import *

from .bench import Bench

__all__ = ["BOUND", "add_g5"]

#: Cycles, not counting those in which a memory or device makes the core wait: a division, and the way to the trap.
BOUND = 38


def add_g5(b: Bench) -> None:
    """Add the properties of G5."""
    dx = b.dx
    waiting = b.reg("csr_file.interrupt")
    handed_on = b.past(b.reg("hazard.d_advance") & waiting)
    b.add(
        "g5_next",
        "while an enabled interrupt waits, what D hands on is that interrupt: no further instruction has an effect",
        ~(b.started & handed_on) | (dx.trap & dx.interrupt),
        handed_on & b.dx_valid & (b.id != 0),
    )
    b.add(
        "g5_trap",
        "an interrupt that has reached M leaves it by a trap to the kernel only",
        ~(b.xm_valid & b.xm.interrupt) | (b.xm.trap & ~b.m_retire),
        b.m_trap & b.xm.interrupt & (b.m_id != 0),
    )
    wb = b.core.wb
    held_up = b.reg("fetch.f_wait") | b.reg("memory.m_wait_ram") | (wb.stb & ~wb.ack & ~wb.err)
    # The one assumption: as `bus.FetchPort` says, an answer stays until there is a new request. Else D could be
    # given another word in every cycle, each with a reason of its own to wait.
    ibus = b.core.ibus
    stays = b.past(b.reg("fetch.d_valid") & ~ibus.en)
    changed = b.started & stays & ~(ibus.ready & (ibus.rdata == b.past(ibus.rdata)))
    was_changed = Signal()
    b.module.d.sync += was_changed.eq(was_changed | changed)
    # Cycles since an enabled interrupt began to wait under modules' ids, without a trap in between.
    count = Signal(range(BOUND + 2))
    with b.module.If(~(waiting & (b.id != 0)) | b.m_trap | changed | was_changed):
        b.module.d.sync += count.eq(0)
    with b.module.Elif(~held_up & (count <= BOUND)):
        b.module.d.sync += count.eq(count + 1)
    # Said as well because the proof needs it: a division that was in X from the start counts its steps meanwhile.
    steps = b.reg("execute.divider.steps")
    left = Mux(b.reg("execute.divider.busy"), 32 - steps, 33)
    dividing = b.dx_valid & dx.div & ~dx.trap
    in_time = (steps <= 32) & (~dividing | (count + left <= 34))
    b.add(
        "g5_bounded",
        f"within {BOUND} cycles, not counting those in which RAM or a device makes the core wait, an enabled interrupt "
        "that waits under a module's id is followed by a trap or by the kernel's id",
        (count <= BOUND) & in_time,
        b.m_trap & b.xm.interrupt & (count == BOUND),
    )
