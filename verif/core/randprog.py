"""Random programs that end: images for the start of RAM, the same for the same seed and configuration.

A program sets everything up, then runs blocks as the kernel (`randprog_kernel`), which enter modules whose bodies
are random as well (`randprog_blocks`), or user mode (`randprog_pmp`). Flow of control stays structured: loops are
bounded, calls are limited by fuel, every trap is handled by skipping, unwinding or going on at a known place. At the
end it reads back some of the memory and stores to the finisher.
"""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from paddock.config import DEFAULT, CoreConfig
from paddock.isa.memmap import DEVICE_BY_NAME, RAM_BASE

from .randprog_asm import Assembler
from .randprog_blocks import Blocks
from .randprog_handler import emit_handler
from .randprog_kernel import CLINT_REGISTERS, Kernel
from .randprog_layout import (
    CODE,
    DATA,
    DATA_BYTES,
    FUEL,
    INLINE_END,
    ONE,
    POINTERS,
    PUBLIC_POINTER,
    RECOVERY,
    SCRATCH,
    WORK,
    Layout,
)
from .randprog_pmp import PmpKernel

__all__ = ["PASS", "Program", "generate"]

#: What a program stores to the finisher.
PASS = 0x5555


@dataclass(frozen=True)
class Program:
    """An image for the start of RAM, with the words that it is made of."""

    seed: int
    config: CoreConfig
    asm: Assembler
    data: bytes
    #: Indices of words that are left out.
    without: frozenset[int] = frozenset()

    @cached_property
    def code(self) -> bytes:
        """The words that are left."""
        return self.asm.image(self.without)

    @cached_property
    def image(self) -> bytes:
        """Code, and the data at its place."""
        return self.code.ljust(DATA - RAM_BASE, b"\0") + self.data

    @property
    def removable(self) -> list[int]:
        """Indices of the words that may be left out, in order: not what keeps the trap vectors aligned."""
        return [index for index in range((CODE - RAM_BASE) // 4, len(self.asm.words)) if index not in self.without]


def generate(
    seed: int,
    config: CoreConfig = DEFAULT,
    *,
    blocks: int | None = None,
    ram_bytes: int = 256 * 1024,
    devices: bool = True,
) -> Program:
    """The program of a seed.

    Parameters
    ----------
    blocks
        Length of the kernel's part; without it some are short and some long.
    ram_bytes
        Size of the RAM: its end is one of the edges that accesses go to.
    devices
        There is a CLINT: the program raises interrupts itself, and waits for one with `wfi`.
    """
    rng = Random(f"{seed} {config.paddock} {config.modules}" + (f" {config.pmp}" if config.pmp else ""))
    layout = Layout(rng, config, ram_bytes)
    asm = Assembler(RAM_BASE)
    bodies = [f"body_{i}" for i in range(rng.randrange(2, 5))] if config.paddock else []
    kernel = (PmpKernel if config.pmp else Kernel)(asm, layout, bodies, devices)

    asm.to("jal", "start")
    while asm.here < CODE:
        asm.emit("addi")
    emit_handler(asm, layout)

    asm.word(*[rng.getrandbits(32)] * 4)  # in front of the public window; never executed
    asm.label("public_lower")
    _main(asm, kernel, blocks or rng.choice((12, 24, 24, 60)))
    _finish(asm, layout)
    if config.paddock:
        _body(Blocks(asm, layout, kernel=True), "service")
        for name in bodies:
            _body(Blocks(asm, layout, kernel=False), name)
    asm.label("public_upper")

    if asm.here > DATA:
        raise ValueError(f"program of seed {seed} is too long: it ends at {asm.here:#x}")
    data = bytes(rng.getrandbits(8) for _ in range(DATA_BYTES))
    return Program(seed, config, asm, data)


def _main(asm: Assembler, kernel: Kernel, blocks: int) -> None:
    rng, layout = kernel.rng, kernel.layout
    asm.label("start")
    kernel.set_csr_label("mtvec", "vector", rng.randrange(2))
    if kernel.devices:
        asm.li(SCRATCH, CLINT_REGISTERS["mtimecmph"])
        asm.emit("sw", 0, SCRATCH, 0)
    if layout.config.paddock:
        kernel.table()
        kernel.set_csr_label("pd_plower", "public_lower")
        kernel.set_csr_label("pd_pupper", "public_upper")
        asm.la(PUBLIC_POINTER, "public_lower")
    if layout.config.pmp:
        kernel.start()
    for register in range(1, 32):
        if register in POINTERS:
            asm.li(register, layout.pointer())
        elif register in (RECOVERY, INLINE_END):
            asm.la(register, "finish")
        elif register == FUEL:
            asm.emit("addi", FUEL, 0, imm=rng.choice((8, 16, 32, 48)))
        elif register == ONE:
            asm.emit("addi", ONE, 0, imm=1)
        elif register in WORK:
            asm.li(register, layout.value())
        elif register != PUBLIC_POINTER:
            asm.emit("addi", register, 0)
    for _ in range(blocks):
        kernel.step()


def _finish(asm: Assembler, layout: Layout) -> None:
    """Reads back what may have been written, and ends the simulation."""
    asm.label("finish")
    asm.csr("csrrw", 0, "mie", 0)
    if layout.config.pmp:
        asm.csr("csrrw", 0, "mstatus", 0)  # not with the rights of user mode
    address, value = POINTERS[:2]
    for _ in range(8):
        asm.li(
            address,
            (layout.pointer() & ~3) if layout.rng.random() < 0.5 else DATA + layout.rng.randrange(DATA_BYTES) & ~3,
        )
        for offset in range(-16, 20, 4):
            asm.emit("lw", value, address, imm=offset)
    asm.li(address, DEVICE_BY_NAME["finisher"].base)
    asm.li(value, PASS)
    asm.emit("sw", 0, address, value)
    asm.to("jal", asm.label("end"))


def _body(code: Blocks, name: str) -> None:
    """A module, or the kernel's service behind entry 0."""
    asm = code.asm
    asm.label(name)
    asm.emit("addi", FUEL, FUEL, imm=-1)
    asm.to("blt", f"{name}_end", 0, FUEL, 0)
    asm.label(f"{name}_slot")
    asm.emit("addi")
    for _ in range(code.rng.randrange(2, 6)):
        code.any_block()
    asm.label(f"{name}_end")
    asm.emit("pd.leave", code.rng.choice(WORK))
