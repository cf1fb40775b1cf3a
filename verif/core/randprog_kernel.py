"""What only the kernel does: module table, grants, slices, ids by `mret`, interrupts."""

from paddock.isa.cause import Interrupt
from paddock.isa.memmap import DEVICE_BY_NAME

from .randprog_asm import Assembler
from .randprog_blocks import Blocks
from .randprog_layout import (
    IDS,
    INLINE_END,
    INLINE_MARK,
    ONE,
    SCRATCH,
    WORK,
    Layout,
)

__all__ = ["CLINT_REGISTERS", "Kernel"]

_CLINT = DEVICE_BY_NAME["clint"]
CLINT_REGISTERS = {register.name: _CLINT.base + register.offset for register in _CLINT.registers}


class Kernel(Blocks):
    """Blocks for the outermost level, where no call is under way."""

    def __init__(self, asm: Assembler, layout: Layout, bodies: list[str], devices: bool):
        super().__init__(asm, layout, kernel=True)
        self.bodies = bodies
        self.slots = tuple(f"{body}_slot" for body in bodies)
        #: The program may use the CLINT and count on its interrupts.
        self.devices = devices

    def set_csr(self, name: str, value: int) -> None:
        """Writes a constant, through a register of work."""
        register = self.rng.choice([r for r in WORK if r])
        self.asm.li(register, value)
        self.asm.csr("csrrw", self.rng.choice((0, register)), name, register)

    def set_csr_label(self, name: str, label: str, offset: int = 0) -> None:
        """Writes an address."""
        register = self.rng.choice([r for r in WORK if r])
        self.asm.la(register, label, offset)
        self.asm.csr("csrrw", 0, name, register)

    def table(self) -> None:
        """Writes the module table: no module can be entered but the first ones and the last."""
        asm, modules = self.asm, self.layout.config.modules
        asm.emit("addi", WORK[1], 0, imm=modules - 1)
        again = asm.label(asm.new_label())
        asm.csr("csrrw", 0, "pd_select", WORK[1])
        asm.csr("csrrw", 0, "pd_flags", 0)
        asm.emit("addi", WORK[1], WORK[1], imm=-1)
        asm.to("bge", again, 0, WORK[1], 0)
        for module in sorted({*range(min(4, modules)), modules - 1}):
            self.table_entry(module)

    def table_entry(self, module: int) -> None:
        """Writes a whole entry of the module table; entry 0 is a service of the kernel's."""
        rng = self.rng
        self.set_csr("pd_select", module)
        for lower, upper in (("pd_alower", "pd_aupper"), ("pd_dlower", "pd_dupper")):
            bounds = self.layout.window()
            self.set_csr(lower, bounds[0])
            self.set_csr(upper, bounds[1])
        self.set_csr("pd_sp", rng.getrandbits(32))
        self.entry_point(module)
        self.flags(rng.choice((1, 3, 3)) if module < 4 else rng.getrandbits(4))

    def entry_point(self, module: int) -> None:
        """Writes where the selected module begins."""
        if module == 0:
            self.set_csr_label("pd_entry", "service")
        else:
            self.set_csr_label("pd_entry", self.rng.choice(self.bodies), self.rng.choice((0, 0, 1, 2, 3)))

    def flags(self, gate_bits: int) -> None:
        """Writes the flags of the selected module."""
        self.set_csr("pd_flags", gate_bits | self.rng.randrange(4) << 2)

    def enter(self) -> None:
        """Enters a module that is likely to be there."""
        target = self.rng.choice(IDS)
        self.asm.li(target, self.rng.randrange(min(4, self.layout.config.modules)))
        self._maybe_alu()
        self.asm.emit("pd.enter", self.rng.choice(WORK), target, self.rng.choice(WORK))

    def change_and_enter(self) -> None:
        """Changes a bound or flag of a module, and enters one at once."""
        rng = self.rng
        module = rng.randrange(min(4, self.layout.config.modules))
        target = rng.choice(IDS)
        self.asm.li(target, module)
        self.set_csr("pd_select", module)
        what = rng.randrange(5)
        if what == 0:
            self.entry_point(module)
        elif what == 1:
            self.flags(rng.choice((0, 1, 2, 3, 3)))
        else:
            pair = rng.choice((("pd_alower", "pd_aupper"), ("pd_dlower", "pd_dupper")))
            for name, value in zip(pair, self.layout.window(), strict=True):
                self.set_csr(name, value)
        if rng.random() < 0.2:
            self.asm.csr(
                rng.choice(("csrrsi", "csrrci")),
                rng.choice(WORK),
                rng.choice(("pd_alower", "pd_aupper")),
                rng.randrange(32),
            )
        self.asm.emit("pd.enter", rng.choice(WORK), target, rng.choice(WORK))

    def grant(self) -> None:
        """Lends something to the next call, and calls now or later."""
        rng = self.rng
        self.lend()
        if rng.random() < 0.2:
            self.set_csr("pd_status", rng.getrandbits(10))
        if rng.random() < 0.8:
            self.enter()
        if rng.random() < 0.3:
            self.asm.csr("csrrs", rng.choice(WORK), "pd_gperm")

    def lend(self) -> None:
        """Writes the grant."""
        for name, value in zip(("pd_glower", "pd_gupper"), self.layout.window(), strict=True):
            self.set_csr(name, value)
        self.asm.csr("csrrwi", self.rng.choice(WORK), "pd_gperm", self.rng.choice((0, 1, 2, 3, 3)))

    def slice(self) -> None:
        """Another slice of the call stack, for a while."""
        rng, frames = self.rng, self.layout.config.frames
        base = rng.choice((0, frames - 1, frames, rng.randrange(frames + 1)))
        limit = rng.choice((base, base + 1, frames, frames + 1, 0x1FF, rng.randrange(frames + 1)))
        self.set_csr("pd_slice", (base | limit << 16) & 0x1FF_01FF)
        self.set_csr("pd_top", base)
        if rng.random() < 0.3:
            self.asm.emit("pd.leave", rng.choice(WORK))
        self.enter()
        self.burst(6)
        self.set_csr("pd_slice", frames << 16)
        self.asm.csr("csrrwi", 0, "pd_top", 0)

    def public(self) -> None:
        """Another public window, for a while: modules may fail to fetch."""
        rng = self.rng
        edge = rng.choice(self.bodies)
        bound, normal = rng.choice((("pd_plower", "public_lower"), ("pd_pupper", "public_upper")))
        self.set_csr_label(bound, edge, rng.choice((0, 1, 2, 3, 4, 8, 21, 40)))
        self.enter()
        self.set_csr_label(bound, normal)

    def inline(self) -> None:
        """Becomes a module by `mret`, and the kernel again by a marked `ecall` or because it cannot be helped."""
        rng, asm = self.rng, self.asm
        body, end = asm.new_label(), asm.new_label()
        asm.csr("csrrci", 0, "mstatus", 1 << 3)  # no interrupt may change mepc now
        asm.la(INLINE_END, end)
        if rng.random() < 0.5:
            self.lend()
        self.set_csr("pd_status", rng.randrange(1, self.layout.config.modules) | rng.randrange(4) << 8)
        self.set_csr_label("mepc", body, rng.choice((0, 3)))
        asm.emit("mret")
        asm.label(body)
        if rng.random() < 0.5:
            self.enter()  # with a grant that is armed, perhaps: no module can lend it
        module = Blocks(asm, self.layout, kernel=False)
        for _ in range(rng.randrange(1, 3)):
            module.any_block()
        asm.emit("addi", INLINE_MARK, 0, imm=1)
        asm.emit("ecall")
        asm.label(end)
        asm.emit("addi", INLINE_MARK, 0)

    def vector(self) -> None:
        """Another way into the handler."""
        where, mode = self.rng.choice((("vector", 0), ("vector", 1), ("handler", 0), ("handler", 2)))
        self.set_csr_label("mtvec", where, mode)

    def chain(self) -> None:
        """Traps in a row, each right behind the entry of the last one's handler; then the usual handler again."""
        rng, asm = self.rng, self.asm
        for _ in range(rng.randrange(1, 4)):
            handler = asm.new_label()
            self.set_csr_label("mtvec", handler)
            self.trap()
            asm.label(handler)
            for name in rng.sample(("mcause", "mtval", "mepc", "mstatus"), rng.randrange(3)):
                asm.csr("csrrs", rng.choice(WORK), name)
        self.vector()

    def interrupts(self) -> None:
        """Enables interrupts; with devices also raises some."""
        rng, asm = self.rng, self.asm
        if self.devices:
            asm.li(SCRATCH, CLINT_REGISTERS["msip"])
            asm.emit("sw", 0, SCRATCH, rng.choice((0, ONE)))
            if rng.random() < 0.7:
                when = rng.choice([r for r in WORK if r])
                asm.li(SCRATCH, CLINT_REGISTERS["mtimecmp"])
                asm.csr("csrrs", when, "time")
                asm.emit("addi", when, when, imm=rng.choice((4, 10, 20, 50, 100)) + rng.randrange(20))
                asm.emit("sw", 0, SCRATCH, when)
        self.set_csr("mie", sum(rng.randrange(2) << code for code in Interrupt))
        asm.csr("csrrsi", rng.choice(WORK), "mstatus", 1 << 3)

    def wait(self) -> None:
        """`wfi`, with an interrupt pending that is enabled but not taken."""
        asm = self.asm
        asm.csr("csrrci", 0, "mstatus", 1 << 3)
        asm.li(SCRATCH, CLINT_REGISTERS["msip"])
        asm.emit("sw", 0, SCRATCH, ONE)
        self.set_csr("mie", 1 << Interrupt.SOFTWARE)
        asm.emit("wfi")
        if self.rng.random() < 0.5:
            asm.csr("csrrsi", 0, "mstatus", 1 << 3)

    def kinds(self) -> dict:
        """The blocks of the outermost level, with their chances."""
        kinds = {self.any_block: 8, self.vector: 1, self.chain: 1, self.interrupts: 6}
        if self.devices:
            kinds[self.wait] = 1
        if self.layout.config.paddock:
            kinds |= {
                self.enter: 6,
                self.change_and_enter: 4,
                self.grant: 4,
                self.slice: 1,
                self.public: 1,
                self.inline: 2,
            }
        return kinds

    def step(self) -> None:
        """Any of them."""
        kinds = self.kinds()
        self.rng.choices(list(kinds), list(kinds.values()))[0]()

    def _maybe_alu(self) -> None:
        if self.rng.random() < 0.5:
            self.alu()
