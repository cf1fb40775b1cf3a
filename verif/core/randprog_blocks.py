"""The pieces that random programs are made of. Each leaves the kept registers (`randprog_layout`) as it should."""

from paddock.isa.csr import ALL_CSRS, CSRS
from paddock.isa.encoding import INSTRUCTIONS, Opcode
from paddock.isa.memmap import RAM_BASE

from .randprog_asm import Assembler, encode
from .randprog_layout import (
    GPIO,
    IDS,
    LOOP,
    ONE,
    POINTERS,
    PUBLIC_POINTER,
    RECOVERY,
    SAFE,
    SCRATCH,
    WORK,
    Layout,
)

__all__ = ["Blocks"]

_ALU = [i.name for i in INSTRUCTIONS if i.opcode is Opcode.OP and i.match >> 25 != 1]
_MUL = ["mul", "mulh", "mulhsu", "mulhu"]
_DIV = ["div", "divu", "rem", "remu"]
_IMMEDIATE = ["addi", "slti", "sltiu", "xori", "ori", "andi"]
_SHIFT = ["slli", "srli", "srai"]
_BRANCH = [i.name for i in INSTRUCTIONS if i.opcode is Opcode.BRANCH]
_LOAD = [i.name for i in INSTRUCTIONS if i.opcode is Opcode.LOAD]
_STORE = [i.name for i in INSTRUCTIONS if i.opcode is Opcode.STORE]
_SIZE = {"b": 1, "h": 2, "w": 4}
_CSR_OPS = ["csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"]

#: Whatever is written here changes no flow of control.
_HARMLESS = (
    *(
        "mscratch",
        "mepc",
        "mcause",
        "mtval",
        "mstatus",
        "mie",
        "mip",
        "misa",
        "mstatush",
        "mcountinhibit",
        "mcycle",
        "mcycleh",
    ),
    *("minstret", "minstreth", "mhpmevent3", "mhpmcounter3", "mhpmcounter3h"),
)
_HARMLESS_PADDOCK = ("pd_select", "pd_gperm", "pd_sp")
_HARMLESS_PMP = ("mcounteren", "menvcfg", "menvcfgh")
_COUNTERS = ("cycle", "time", "instret", "cycleh", "timeh", "instreth")
_NO_SUCH_CSR = (
    0x000,
    0x100,
    0x180,
    0x306,
    0x30A,
    0x344 + 1,
    0x3A0,
    0x3B0,
    0x7A0,
    0x7C0,
    0xB01,
    0xC03,
    0xCC2,
    0xFD2,
    0xFFF,
)
_NO_SUCH_CSR_WITH_PMP = (
    *(number for number in _NO_SUCH_CSR if number not in (0x306, 0x30A, 0x3A0, 0x3B0)),
    0x3A4,
    0x3C0,
)


def _known(word: int) -> bool:
    return any(word & insn.mask == insn.match for insn in INSTRUCTIONS)


class Blocks:
    """Pieces for code that runs as the kernel (``kernel``) or as a module."""

    #: Labels of instructions elsewhere that `patch` may replace.
    slots: tuple[str, ...] = ()

    def __init__(self, asm: Assembler, layout: Layout, kernel: bool):
        self.asm = asm
        self.layout = layout
        self.rng = layout.rng
        self.paddock = layout.config.paddock
        self.pmp = layout.config.pmp
        self.kernel = kernel
        #: Registers that the block at hand works with: few, so that instructions depend on each other.
        self.near = list(WORK)
        #: Destinations of the instruction before, and of this one: the next ones like to read what is just being made.
        self._before = self._now = 0

    # Single instructions: nothing has to stand before or behind them.

    def _work(self) -> int:
        self._now = self.rng.choice(self.near)
        return self._now

    def _any(self) -> int:
        kind = self.rng.random()
        if kind < 0.35:
            return self._before
        return self.rng.choice(self.near) if kind < 0.9 else self.rng.randrange(32)

    def alu(self) -> None:
        """Register with register or immediate."""
        rng, asm = self.rng, self.asm
        kind = rng.random()
        if kind < 0.5:
            asm.emit(rng.choice(_ALU), self._work(), self._any(), self._any())
        elif kind < 0.75:
            asm.emit(
                rng.choice(_IMMEDIATE),
                self._work(),
                self._any(),
                imm=rng.choice((-1, 1, -2048, 2047, rng.getrandbits(12))),
            )
        elif kind < 0.9:
            asm.emit(rng.choice(_SHIFT), self._work(), self._any(), imm=rng.choice((0, 1, 31, rng.randrange(32))))
        else:
            asm.emit(rng.choice(("lui", "auipc")), self._work(), imm=rng.getrandbits(32))

    def multiply(self) -> None:
        """Multiplication."""
        self.asm.emit(self.rng.choice(_MUL), self._work(), self._any(), self._any())

    def divide(self) -> None:
        """Division, often of the values that have a rule of their own."""
        rng, asm = self.rng, self.asm
        divisor = rng.choice([r for r in self.near if r] or WORK[1:])
        special = rng.random()
        if special < 0.15:
            divisor = 0
        elif special < 0.25:
            asm.emit("addi", divisor, 0, imm=rng.choice((-1, -1, 0, 1)))
        dividend = self._any()
        if special < 0.2:
            dividend = rng.choice([r for r in WORK if r])
            asm.emit("lui", dividend, imm=0x8000_0000)
        asm.emit(rng.choice(_DIV), self._work(), dividend, divisor)

    def _pointer(self, store: bool) -> int:
        public = self.paddock and (not store or not (self.kernel or self.layout.code_is_writable))
        return PUBLIC_POINTER if public and self.rng.random() < 0.15 else self.rng.choice(POINTERS)

    def load(self) -> None:
        """Load near an edge."""
        name = self.rng.choice(_LOAD)
        self.asm.emit(name, self._work(), self._pointer(False), imm=self.layout.offset(_SIZE[name[1]]))

    def store(self) -> None:
        """Store near an edge."""
        name = self.rng.choice(_STORE)
        self.asm.emit(name, 0, self._pointer(True), self._any(), imm=self.layout.offset(_SIZE[name[1]]))

    def csr(self) -> None:
        """Any CSR, in any way that does not lead astray; modules try everything."""
        rng, asm = self.rng, self.asm
        operation, rd = rng.choice(_CSR_OPS), self._work()
        pick = rng.random()
        if pick < 0.15:
            asm.csr(operation, rd, rng.choice(_NO_SUCH_CSR_WITH_PMP if self.pmp else _NO_SUCH_CSR), self._any())
        elif pick < 0.35:
            asm.csr(rng.choice(("csrrs", "csrrc", "csrrsi", "csrrci")), rd, rng.choice(_COUNTERS))
        elif pick < 0.6 or not self.kernel:
            # The kernel only reads; a module may try to write, for it is refused.
            number = self.rng.choice([csr.number for csr in (ALL_CSRS if self.pmp else CSRS)])
            if self.kernel:
                operation = rng.choice(("csrrs", "csrrc", "csrrsi", "csrrci"))
            asm.csr(operation, rd, number, 0 if self.kernel else self._any())
        elif pick < 0.65:
            asm.csr(operation, rd, rng.choice([csr.name for csr in CSRS if csr.read_only]), self._any())
        else:
            own = _HARMLESS_PADDOCK if self.paddock else _HARMLESS_PMP if self.pmp else ()
            name = rng.choice(_HARMLESS + own * 3)
            asm.csr(operation, rd, name, self._any())

    def trap(self) -> None:
        """Something that traps for sure, or nearly."""
        rng, asm = self.rng, self.asm
        kind = rng.randrange(7)
        if kind == 0:
            asm.emit("ecall")
        elif kind == 1:
            asm.emit("ebreak")
        elif kind == 2:
            asm.word(self._unknown_word())
        elif kind == 3:
            asm.to("jal", asm.label(asm.new_label()), self._work(), offset=rng.choice((2, 6, -2, 10)))
        elif kind == 4:
            asm.to(
                rng.choice(_BRANCH), asm.label(asm.new_label()), 0, self._any(), self._any(), rng.choice((6, -2)) | 2
            )
        elif kind == 5:
            asm.emit("jalr", self._work(), ONE, imm=rng.choice((1, 2, 5, 0x7F1)))
        elif self.kernel:
            asm.word(self._unknown_word())
        else:
            asm.emit(rng.choice(("mret", "wfi")))

    def _unknown_word(self) -> int:
        rng = self.rng
        while True:
            word = rng.getrandbits(32)
            if rng.random() < 0.7:  # one or two bits off an instruction
                insn = rng.choice(INSTRUCTIONS)
                word = insn.match | (word & ~insn.mask) if rng.random() < 0.5 else insn.match
                word ^= 1 << rng.randrange(32)
            if not _known(word):
                return word

    def gate(self) -> None:
        """A gate, with an id that is good, bad or whatever a register holds; or a return."""
        rng, asm = self.rng, self.asm
        if rng.random() < 0.85:
            target = rng.choice(IDS) if rng.random() < 0.9 else self._any()
            asm.emit("pd.enter", self._work(), target, self._any())
        else:
            asm.emit("pd.leave", self._work())

    def fence(self) -> None:
        """Either fence; they do nothing."""
        self.asm.emit(self.rng.choice(("fence", "fence.i")), imm=self.rng.choice((0, 0x0FF)))

    # Blocks

    def pointers(self) -> None:
        """New addresses and ids to work with, often straight from a unit that is slow to give them."""
        rng, asm, layout = self.rng, self.asm, self.layout
        for register in rng.sample(POINTERS, rng.randrange(1, 4)):
            asm.li(register, layout.pointer())
            how = rng.randrange(8)
            if how == 0:
                asm.emit("mul", register, register, ONE)
            elif how == 1:
                asm.emit("divu", register, register, ONE)
            elif how == 2 and self.kernel:
                asm.csr("csrrw", 0, "mscratch", register)
                asm.csr("csrrs", register, "mscratch")
            elif how == 3:
                asm.emit("add", register, 0, register)
            elif how == 4 and self.kernel:
                asm.li(SCRATCH, SAFE)
                asm.emit("sw", 0, SCRATCH, register)
                asm.emit("lw", register, SCRATCH)
        if self.paddock and rng.random() < 0.5:
            asm.la(
                PUBLIC_POINTER, rng.choice(("public_lower", "public_upper")), rng.choice((-8, -4, -2, -1, 0, 1, 2, 4))
            )
        if self.paddock and rng.random() < 0.7:
            some = rng.choice(
                (rng.randrange(layout.config.modules), rng.randrange(4), layout.config.modules, layout.value())
            )
            asm.li(rng.choice(IDS), some)

    def burst(self, length: int | None = None) -> None:
        """A mix of single instructions that depend on each other, with short branches over some of them."""
        rng, asm = self.rng, self.asm
        self.near = rng.sample(WORK, rng.choice((2, 3, 4, 8)))
        for register in self.near:
            if rng.random() < 0.4:
                asm.li(register, self.layout.value())
        if rng.random() < 0.7:
            self.pointers()
        weights = {
            self.alu: rng.choice((2, 8)),
            self.multiply: rng.choice((0, 2)),
            self.divide: rng.choice((0, 1, 2)),
            self.load: rng.choice((1, 6, 6)),
            self.store: rng.choice((1, 6)),
            self.csr: rng.choice((0, 1, 4)),
            self.trap: rng.choice((0, 0, 1, 2)),
            self.gate: rng.choice((0, 1, 2)) if self.paddock else rng.choice((0, 0, 1)),
            self.fence: rng.choice((0, 0, 1)),
            self._branch_ahead: rng.choice((1, 4)),
        }
        kinds, chances = list(weights), list(weights.values())
        self._pending: list[tuple[int, str]] = []
        for position in range(length or rng.randrange(4, 24)):
            for _, label in [entry for entry in self._pending if entry[0] <= position]:
                asm.label(label)
            self._pending = [entry for entry in self._pending if entry[0] > position]
            self._position = position
            self._before = self._now
            rng.choices(kinds, chances)[0]()
        for _, label in self._pending:
            asm.label(label)

    def _branch_ahead(self) -> None:
        target = self.asm.new_label()
        self._pending.append((self._position + self.rng.randrange(1, 5), target))
        if self.rng.random() < 0.2:
            self.asm.to("jal", target, self._work())
        else:
            self.asm.to(self.rng.choice(_BRANCH), target, 0, self._any(), self._any())

    def loop(self) -> None:
        """A burst a few times over. Whatever a call does to the counter, it ends."""
        asm = self.asm
        asm.emit("addi", LOOP, 0, imm=self.rng.randrange(1, 4))
        start = asm.label(asm.new_label())
        self.burst(self.rng.randrange(2, 8))
        asm.emit("addi", LOOP, LOOP, imm=-1)
        asm.to("blt", start, 0, 0, LOOP)

    def zigzag(self) -> None:
        """Jumps forwards and backwards, by every instruction that jumps."""
        rng, asm = self.rng, self.asm
        first, second, end = asm.new_label(), asm.new_label(), asm.new_label()
        self._jump(second)
        asm.label(first)
        for _ in range(rng.randrange(3)):
            self.alu()
        self._jump(end)
        asm.label(second)
        for _ in range(rng.randrange(3)):
            self.alu()
        self._jump(first)
        asm.label(end)

    def _jump(self, target: str) -> None:
        rng, asm = self.rng, self.asm
        kind = rng.randrange(3)
        if kind == 0:
            asm.to("jal", target, self._work())
        elif kind == 1:
            asm.to(rng.choice(("beq", "bge", "bgeu")), target, 0, ONE, ONE)
        else:
            register = rng.choice([r for r in WORK if r])
            asm.la(register, target)
            asm.emit("jalr", self._work(), register, imm=rng.choice((0, 1)))

    def void(self) -> None:
        """A jump to where nothing can be fetched."""
        rng, asm = self.rng, self.asm
        register, after = rng.choice([r for r in WORK if r]), asm.new_label()
        if self.kernel:
            asm.la(RECOVERY, after)
        asm.li(register, rng.choice((0, GPIO, 0x7FFF_FFFC, 0xFFFF_FFFC, RAM_BASE + self.layout.ram_bytes)))
        asm.emit("jalr", self._work(), register, imm=rng.choice((0, 1)))
        asm.label(after)

    def patch(self) -> None:
        """Code that writes code, whole or in part: what comes next, comes again, or a module's. The kernel only."""
        rng, asm = self.rng, self.asm
        address, word = rng.sample([r for r in WORK if r], 2)
        slot, again, end = asm.new_label(), asm.new_label(), asm.new_label()
        where = rng.randrange(3)
        if where == 2 and self.slots:
            slot = rng.choice(self.slots)
        elif where == 1:  # executed as it is, then as it becomes
            asm.emit("addi", LOOP, 0, imm=2)
            asm.label(again)
            asm.label(slot)
            asm.emit("addi")
            asm.emit("addi", LOOP, LOOP, imm=-1)
            asm.to("beq", end, 0, LOOP, 0)
        asm.la(address, slot)
        part = rng.randrange(4)
        if part == 0:
            asm.emit("sb", 0, address, self._any(), imm=3)
        elif part == 1:
            asm.emit("sh", 0, address, self._any(), imm=2)
        else:
            asm.li(word, self._harmless_word())
            asm.emit("sw", 0, address, word)
        asm.emit("fence.i")
        if where == 1:
            asm.to("jal", again)
            asm.label(end)
        elif slot not in self.slots:
            for _ in range(rng.choice((0, 0, 0, 1, 2))):
                self.alu()
            asm.label(slot)
            asm.emit("addi")

    def _harmless_word(self) -> int:
        rng = self.rng
        rd, rs1, rs2 = rng.choice(WORK), rng.randrange(32), rng.randrange(32)
        return rng.choice(
            (
                encode(rng.choice(_IMMEDIATE), rd, rs1, imm=rng.getrandbits(12)),
                encode(rng.choice(_ALU + _MUL + _DIV), rd, rs1, rs2),
                encode(rng.choice(("lui", "auipc")), rd, imm=rng.getrandbits(32)),
                encode(rng.choice(_BRANCH), 0, rs1, rs2, 4),
                encode("ecall"),
                self._unknown_word(),
            )
        )

    def any_block(self) -> None:
        """One of the blocks that may stand everywhere."""
        kinds = {self.burst: 12, self.loop: 2, self.zigzag: 2, self.void: 1, self.patch: 2 if self.kernel else 0}
        self.rng.choices(list(kinds), list(kinds.values()))[0]()
