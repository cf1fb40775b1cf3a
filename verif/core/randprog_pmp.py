"""What random programs do with user mode and PMP: entries of all kinds, code that runs in user mode, MPRV.

No locked entry holds code or what ends the program: machine mode always gets on.
"""

from paddock.isa.csr import CSR_BY_NAME, PmpMatch, csr_number
from paddock.isa.memmap import RAM_BASE

from .randprog_blocks import Blocks
from .randprog_kernel import Kernel
from .randprog_layout import DATA, GPIO, INLINE_END, INLINE_MARK, WORK

__all__ = ["PmpKernel"]

_MPP = CSR_BY_NAME["mstatus"].field("mpp").mask
_MPRV = CSR_BY_NAME["mstatus"].field("mprv").mask
_TW = CSR_BY_NAME["mstatus"].field("tw").mask
_CONFIG = {field.name: field for field in CSR_BY_NAME["pmpcfg0"].fields}
_READ, _WRITE, _EXECUTE, _LOCK = (_CONFIG[name].mask for name in "rwxl")
_MATCH_LSB = _CONFIG["a"].lsb
#: All of the code, as a NAPOT range of 64 KiB.
_CODE = RAM_BASE >> 2 | 0x1FFF


class PmpKernel(Kernel):
    """The outermost level of a program with user mode."""

    def _register(self) -> int:
        return self.rng.choice([register for register in WORK if register])

    def _change(self, operation: str, csr: str | int, value: int) -> None:
        """Sets or clears bits, through a register of work."""
        register = self._register()
        self.asm.li(register, value)
        self.asm.csr(operation, self.rng.choice((0, register)), csr, register)

    def _address(self, entry: int, value: int) -> None:
        self._change("csrrw", csr_number("pmpaddr0") + entry, value)

    def _configure(self, entry: int, value: int) -> None:
        """All of an entry's byte; sometimes the other three of the register as well, never locking one of those."""
        csr, place = csr_number("pmpcfg0") + entry // 4, 8 * (entry % 4)
        if self.rng.random() < 0.15:
            others = self.rng.getrandbits(32) & 0x7F7F_7F7F & ~(0xFF << place)
            self._change("csrrw", csr, others | value << place)
            return
        self._change("csrrc", csr, 0x7F << place)
        self._change("csrrs", csr, value << place)

    def start(self) -> None:
        """Nearly always user mode may execute the program."""
        rng = self.rng
        for _ in range(3):
            self.protect()
        if rng.random() < 0.95:
            last = self.layout.config.pmp - 1
            self._address(last, _CODE)
            self._configure(last, _EXECUTE | rng.choice((0, _READ)) | PmpMatch.NAPOT << _MATCH_LSB)
        self._change("csrrw", "mcounteren", rng.getrandbits(32))

    def protect(self) -> None:
        """Writes an entry. A pair for TOR has both ends near each other."""
        rng, layout = self.rng, self.layout
        entry = rng.randrange(layout.config.pmp - rng.choice((0, 1, 1)))
        match = rng.choice(list(PmpMatch))
        permissions = rng.choice((0, _READ, _READ, _READ | _WRITE, _READ | _WRITE, _WRITE, rng.randrange(8)))
        lower, upper = layout.region()
        lock = rng.random() < 0.06 and (entry or match != PmpMatch.TOR)
        if match == PmpMatch.TOR and entry:
            self._address(entry - 1, lower >> 2)
        address = upper >> 2
        if match == PmpMatch.NAPOT:
            address |= (1 << rng.choice((0, 0, 1, 2, 4))) - 1
            if not lock and rng.random() < 0.1:
                address = rng.choice((0x1FFF_FFFF, 0xFFFF_FFFF, _CODE, GPIO >> 2 | 0x3F, DATA >> 2 | 0x3FF))
        self._address(entry, address)
        self._configure(entry, match << _MATCH_LSB | permissions | (_LOCK if lock else 0))
        if rng.random() < 0.2:
            self.asm.csr("csrrs", self._register(), csr_number("pmpaddr0") + rng.randrange(16))

    def user(self) -> None:
        """Runs blocks in user mode; back by a marked `ecall`, or because nothing can be fetched."""
        rng, asm = self.rng, self.asm
        body, end = asm.new_label(), asm.new_label()
        asm.csr("csrrci", 0, "mstatus", 1 << 3)  # no interrupt may change mepc now
        asm.la(INLINE_END, end)
        self._change("csrrc", "mstatus", _MPP)
        # With TW `wfi` traps; without, it might wait for ever.
        self._change("csrrs", "mstatus", _TW | rng.choice((0, _MPRV)))
        self.set_csr_label("mepc", body, rng.choice((0, 3)))
        if rng.random() < 0.3:
            self.protect()
        asm.emit("mret")
        asm.label(body)
        inside = Blocks(asm, self.layout, kernel=False)
        for _ in range(rng.randrange(1, 6)):
            inside.any_block()
        asm.emit("addi", INLINE_MARK, 0, imm=1)
        asm.emit("ecall")
        asm.label(end)
        asm.emit("addi", INLINE_MARK, 0)

    def with_rights_of_user(self) -> None:
        """Accesses of machine mode, with MPRV."""
        rng = self.rng
        self._change(rng.choice(("csrrc", "csrrc", "csrrs")), "mstatus", _MPP)
        self._change("csrrs", "mstatus", _MPRV)
        self.burst(rng.randrange(3, 12))
        self.without_mprv()

    def without_mprv(self) -> None:
        """From here on loads and stores have the rights of machine mode."""
        self._change("csrrc", "mstatus", _MPRV)

    def wait(self) -> None:
        """As without user mode; what ends the waiting must not be refused."""
        self.without_mprv()
        super().wait()

    def kinds(self) -> dict:
        """The blocks of the outermost level, with their chances."""
        return super().kinds() | {self.protect: 8, self.user: 24, self.with_rights_of_user: 4}
