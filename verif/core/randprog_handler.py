"""The trap handler of random programs."""

from paddock.isa.cause import Cause
from paddock.isa.csr import CSR_BY_NAME

from .randprog_asm import Assembler
from .randprog_layout import HANDLER_0, HANDLER_1, INLINE_END, INLINE_MARK, RECOVERY, Layout

__all__ = ["emit_handler"]

_MPP = CSR_BY_NAME["mstatus"].field("mpp")


def emit_handler(asm: Assembler, layout: Layout) -> None:
    """The trap handler: labels ``vector`` (direct and vectored) and ``handler`` (direct).

    It skips what has trapped. Where nothing can be skipped, since nothing could be fetched, it unwinds the call of the
    module, or leaves user mode, or goes on where the program has said. An interrupt masks its source.
    """
    rng, paddock, pmp = layout.rng, layout.config.paddock, layout.config.pmp
    asm.align(128)
    asm.label("vector")
    for _ in range(16):
        asm.to("jal", "handler")
    asm.label("handler")
    asm.csr("csrrs", HANDLER_1, "mcause")
    visible = ("mtval", "mepc", "mstatus", "minstret", *(("pd_fault", "pd_caller", "pd_status") if paddock else ()))
    for name in rng.sample(visible, rng.randrange(3)):
        asm.csr("csrrs", HANDLER_0, name)
    if rng.random() < 0.3:  # the trap may have killed a division
        asm.emit(rng.choice(("divu", "rem")), HANDLER_0, HANDLER_1, HANDLER_1)
    asm.to("blt", "handler_interrupt", 0, HANDLER_1, 0)
    asm.emit("addi", HANDLER_0, HANDLER_1, imm=-Cause.FETCH_FAULT)
    asm.to("beq", "handler_fetch", 0, HANDLER_0, 0)
    if paddock or pmp:
        asm.emit("addi", HANDLER_0, HANDLER_1, imm=-Cause.ECALL_MODULE)
        asm.to("beq", "handler_ecall", 0, HANDLER_0, 0)
    if paddock:
        for cause in rng.sample(
            (Cause.LOAD_FAULT, Cause.STORE_FAULT, Cause.GATE_FAULT, Cause.ILLEGAL), rng.randrange(3)
        ):
            asm.emit("addi", HANDLER_0, HANDLER_1, imm=-cause)
            asm.to("beq", "handler_unwind", 0, HANDLER_0, 0)

    asm.label("handler_skip")
    asm.csr("csrrs", HANDLER_0, "mepc")
    asm.emit("addi", HANDLER_0, HANDLER_0, imm=4)
    asm.csr("csrrw", 0, "mepc", HANDLER_0)
    asm.emit("mret")

    asm.label("handler_fetch")
    if paddock:
        asm.csr("csrrs", HANDLER_0, "pd_status")
        asm.emit("andi", HANDLER_0, HANDLER_0, imm=0xFF)
        asm.to("bne", "handler_fetch_module", 0, HANDLER_0, 0)
    if pmp:
        asm.csr("csrrs", HANDLER_0, "mstatus")
        asm.emit("srli", HANDLER_0, HANDLER_0, imm=_MPP.lsb)
        asm.emit("andi", HANDLER_0, HANDLER_0, imm=3)
        asm.to("beq", "handler_fetch_user", 0, HANDLER_0, 0)
    asm.csr("csrrw", 0, "mepc", RECOVERY)
    asm.emit("mret")

    asm.label("handler_interrupt")
    asm.emit("addi", HANDLER_0, 0, imm=1)
    asm.emit("sll", HANDLER_0, HANDLER_0, HANDLER_1)
    asm.csr("csrrc", 0, "mie", HANDLER_0)
    asm.emit("mret")
    if pmp:
        _emit_user_handler(asm)
    if not paddock:
        return

    asm.label("handler_ecall")
    asm.to("beq", "handler_skip", 0, INLINE_MARK, 0)
    asm.emit("addi", INLINE_MARK, 0)
    asm.csr("csrrw", 0, "pd_status", 0)
    asm.to("jal", "handler_skip")

    asm.label("handler_fetch_module")
    _if_no_frame(asm, "handler_inline_end")
    _unwind(asm, layout)
    asm.label("handler_inline_end")
    asm.csr("csrrw", 0, "pd_status", 0)
    asm.csr("csrrw", 0, "mepc", INLINE_END)
    asm.emit("mret")

    asm.label("handler_unwind")
    asm.csr("csrrs", HANDLER_0, "pd_status")
    asm.emit("andi", HANDLER_0, HANDLER_0, imm=0xFF)
    asm.to("beq", "handler_skip", 0, HANDLER_0, 0)
    _if_no_frame(asm, "handler_skip")
    _unwind(asm, layout)


def _if_no_frame(asm: Assembler, target: str) -> None:
    asm.csr("csrrs", HANDLER_0, "pd_top")
    asm.csr("csrrs", HANDLER_1, "pd_slice")
    asm.emit("andi", HANDLER_1, HANDLER_1, imm=0x1FF)
    asm.to("bgeu", target, 0, HANDLER_1, HANDLER_0)


def _unwind(asm: Assembler, layout: Layout) -> None:
    """Leaves the call that has trapped, and the handler with it; the caller may go on with interrupts enabled."""
    if layout.rng.random() < 0.7:
        asm.csr("csrrsi", 0, "mstatus", 1 << 3)
    asm.emit("pd.leave", HANDLER_0)


def _emit_user_handler(asm: Assembler) -> None:
    """Labels ``handler_ecall``, which ends user mode if it is marked, and ``handler_fetch_user``, which always does."""
    asm.label("handler_ecall")
    asm.to("beq", "handler_skip", 0, INLINE_MARK, 0)
    asm.emit("addi", INLINE_MARK, 0)
    asm.li(HANDLER_0, _MPP.mask)
    asm.csr("csrrs", 0, "mstatus", HANDLER_0)
    asm.to("jal", "handler_skip")

    asm.label("handler_fetch_user")
    asm.li(HANDLER_0, _MPP.mask)
    asm.csr("csrrs", 0, "mstatus", HANDLER_0)
    asm.csr("csrrw", 0, "mepc", INLINE_END)
    asm.emit("mret")
