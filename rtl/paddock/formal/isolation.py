"""The properties: the guarantee's G1 to G5, each in words and in logic."""

from amaranth import *

from .bench import Bench
from .interrupts import add_g5

__all__ = ["add_properties"]


def add_properties(bench: Bench) -> None:
    """Add every property that the configuration has the means for."""
    _g1(bench)
    _g2(bench)
    if bench.config.grant_window:
        _g2_grant(bench)
    _g3(bench)
    if bench.config.public_window:
        _g4(bench)
    add_g5(bench)


def _g1(b: Bench) -> None:
    dbus, wb, dx = b.core.dbus, b.core.wb, b.dx

    # Byte by byte, from the bus alone: knows nothing of sizes and alignment.
    lane = [Cat(C(i, 2), dbus.addr[2:]) for i in range(4)]
    windows = [(b.arena, C(1))]
    windows += [(b.device, b.device.write)] if b.config.device_window else []
    windows += [(b.grant, b.grant.write)] if b.config.grant_window else []
    covered = [
        permitted & Cat(~dbus.we[i] | b.inside_window(window, lane[i], lane[i]) for i in range(4)).all()
        for window, permitted in windows
    ]
    stores = dbus.we.any() & (b.id != 0)
    b.add(
        "g1_store",
        "a store of a module on the RAM port: all its bytes lie in one window that may be written",
        ~stores | Cat(covered).any(),
        stores,
    )
    lanes = Mux(
        b.m_size == 0,
        1 << b.m_address[:2],
        Mux(b.m_size == 1, Mux(b.m_address[1], 0b1100, 0b0011), 0b1111),
    )
    request = wb.stb & (b.m_id != 0)
    outside = b.xm_valid & b.m_outside
    b.add(
        "g1_device",
        "a request of a module on Wishbone: it lay in a window with the right permission when it left X",
        ~(outside & (wb.stb | b.xm.device)),
        request,
    )
    b.add(
        "g1_device_same",
        "a request on Wishbone is the access that was judged in X: address, lanes, direction",
        ~(b.xm_valid & b.xm.device)
        | (
            (b.xm.addr == b.m_address)
            & (b.xm.store == b.m_store)
            & (b.xm.funct3[:2] == b.m_size)
            & (~wb.stb | ((wb.adr == b.m_address[2:]) & (wb.we == b.m_store) & (wb.sel == lanes)))
        ),
        request & wb.we & (wb.sel == 0b0100),
    )
    b.add(
        "g1_load",
        "an access of a module outside its windows writes no register, does not retire, and ends in a trap",
        ~(outside & (b.m_commit | b.m_retire | ~b.xm.trap)),
        outside & b.m_trap & ~b.xm.store,
    )
    # Loads and stores only: while a gate waits in X, and behind a refused one, the windows are its target's already.
    access = (dx.load | dx.store) & ~dx.trap
    module = b.x_fire & access & (b.id == b.watched) & (b.id != 0)
    shown = {"alower": b.arena.lower, "aupper": b.arena.upper}
    if b.config.device_window:
        shown |= {"dlower": b.device.lower, "dupper": b.device.upper}
    for name, active in shown.items():
        known = module & b.entry_known[name]
        b.add(
            f"g1_windows_{name}",
            f"the {name} that judges a load or store of a module is what the kernel has last written for its id",
            ~known | (active == b.entry[name]),
            known,
        )
    if b.config.device_window:
        known = module & b.entry_known["flags"]
        b.add(
            "g1_windows_flags",
            "the same for the permissions of the device window; the arena may be read and written",
            ~known | ((b.device.read == b.flag("dread")) & (b.device.write == b.flag("dwrite"))),
            known,
        )


def _g2(b: Bench) -> None:
    dx = b.dx
    module = b.id != 0
    b.add(
        "g2_rights",
        "a module writes no CSR (table, windows, slice, mtvec, mstatus, mie, all others), executes no mret and no wfi",
        ~(module & b.dx_valid & ~dx.trap & (dx.csr_write | dx.mret | dx.wfi)),
        module & b.dx_valid & dx.trap & ~dx.interrupt & (dx.cause == 2),
    )
    was_module = b.started & b.past(module)
    trapped, entered = b.past(b.m_trap), b.past(b.enters())

    def same(*paths):
        return Cat(b.reg(path) == b.past(b.reg(path)) for path in paths).all()

    b.add(
        "g2_constant",
        "under a module's id the public window, the slice, pd_select, mtvec, mscratch and mie do not change",
        ~was_module
        | same(
            *(["modules.public"] if b.config.public_window else []),
            "modules.stack.base",
            "modules.stack.limit",
            "modules.select",
            "csr_file.mtvec",
            "csr_file.vectored",
            "csr_file.mscratch",
            "csr_file.enabled",
        ),
        was_module & trapped,
    )
    b.add(
        "g2_trap_state",
        "under a module's id mepc, mcause, mtval, mstatus, pd_status.pid and parm, pd_fault change by a trap only",
        ~was_module
        | trapped
        | same(
            "csr_file.mepc",
            "csr_file.mcause",
            "csr_file.mcause_interrupt",
            "csr_file.mtval",
            "csr_file.mie",
            "csr_file.mpie",
            "modules.previous",
            "modules.previous_arm",
            "modules.fault_id",
            "modules.fault_kind",
        ),
        was_module & entered,
    )
    b.add(
        "g2_trap",
        "a trap under a module's id saves that id, makes the id 0 and masks interrupts, and mepc is the instruction",
        ~(was_module & trapped)
        | (
            (b.id == 0)
            & (b.reg("modules.previous") == b.past(b.id))
            & ~b.reg("csr_file.mie")
            & (b.reg("csr_file.mpie") == b.past(b.reg("csr_file.mie")))
            & (b.reg("csr_file.mepc") == b.past(b.xm.pc[2:]))
        ),
        was_module & trapped & b.past(b.reg("csr_file.mie")),
    )


def _g2_grant(b: Bench) -> None:
    was_module = b.started & b.past(b.id != 0)
    entered, left = b.past(b.enters()), b.past(b.leaves())
    grant_same = b.grant.as_value() == b.past(b.grant.as_value())
    b.add(
        "g2_grant",
        "under a module's id the grant changes by a gate only, and behind its own pd.enter nothing is granted",
        ~was_module
        | Mux(
            entered & (b.reg("modules.stack.top") != b.past(b.reg("modules.stack.top"))),
            ~b.grant.read & ~b.grant.write,
            left | grant_same,
        ),
        was_module & left & ~grant_same,
    )


def _g3(b: Bench) -> None:
    dx = b.dx
    top = b.reg("modules.stack.top")
    was_module = b.started & b.past(b.id != 0)
    trapped = b.past(b.m_trap)
    entered = b.started & b.past(b.enters() & b.reg("execute.x_enter"))
    left = b.started & b.past(b.leaves() & b.reg("execute.x_leave"))
    changed = b.id != b.past(b.id)
    b.add(
        "g3_ways",
        "a module's id is left by a trap, pd.enter or pd.leave only, and a trap makes it 0",
        ~was_module | Mux(trapped, b.id == 0, ~changed | entered | left),
        was_module & changed & left,
    )
    fetch = b.past(Cat(b.core.ibus.en, b.core.ibus.addr))
    target = b.past(dx.op1)
    flags = b.entry_known["flags"]
    b.add(
        "g3_enter",
        "pd.enter makes the id its target's, which is valid and, for a module, callable; one frame is pushed",
        ~entered
        | ((target < b.config.modules) & (b.id == target) & (top == b.past(top) + 1) & (~was_module | ~trapped)),
        entered & was_module & (b.id == 0),
    )
    b.add(
        "g3_callable",
        "a module enters what the kernel has last marked valid and callable in pd_flags",
        ~(entered & (target == b.watched) & b.past(flags))
        | (b.past(b.flag("valid")) & (~was_module | b.past(b.flag("callable")))),
        entered & was_module & (target == b.watched) & b.past(flags),
    )
    b.add(
        "g3_entry",
        "pd.enter fetches next from the entry point that the kernel has last written for the target",
        ~(entered & (target == b.watched) & b.past(b.entry_known["entry"]))
        | (fetch == b.past(Cat(C(1, 3), b.entry["entry"][2:]))),
        entered & was_module & (target == b.watched) & b.past(b.entry_known["entry"]),
    )
    watched = left & (top == b.watched_frame) & b.frame_known
    b.add(
        "g3_leave",
        "pd.leave pops one frame and returns to the id and the address that its pd.enter has pushed",
        ~left | ((top == b.past(top) - 1) & (~watched | ((b.id == b.frame.id) & (fetch == Cat(C(1, 3), b.frame.pc))))),
        watched & was_module,
    )


def _g4(b: Bench) -> None:
    dx = b.dx
    module = b.dx_valid & (b.id != 0)
    # As D saw it.
    pc = b.reg("fetch.d_pc")
    judged_pc, judged_public, judged_ok = Signal(32), Signal(64), Signal()
    bounds = Cat(b.public.lower, b.public.upper)
    with b.module.If(b.reg("hazard.x_advance")):
        b.module.d.sync += [
            judged_pc.eq(pc),
            judged_public.eq(bounds),
            judged_ok.eq(b.inside_window(b.public, pc, Cat(C(3, 2), pc[2:]))),
        ]
    b.add(
        "g4_execute",
        "an instruction of a module that has an effect in X, or goes on to M without a trap, lay in the public window "
        "when it was in D",
        ~(module & ~dx.trap & ~judged_ok),
        module & ~dx.trap & b.x_fire,
    )
    b.add(
        "g4_same",
        "the instruction in X is the one that was judged in D, and the public window is still the same",
        ~module | ((dx.pc == judged_pc) & (bounds == judged_public)),
        module & ~dx.trap,
    )
    asked = Signal(32)
    with b.module.If(b.core.ibus.en):
        b.module.d.sync += asked.eq(b.core.ibus.addr)
    arrives = b.reg("fetch.d_valid")
    b.add(
        "g4_address",
        "the pc that is judged is the address from which the memory has answered",
        ~arrives | (b.reg("fetch.d_pc") == asked),
        arrives & (b.id != 0),
    )
