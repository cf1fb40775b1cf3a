"""Machine-mode CSRs of the standard, and the trap registers.

Privileged specification 1.13, chapter 3. What exists, and who may touch it, is in `isa.csr`; D refuses the rest.
"""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .isa.cause import Interrupt
from .isa.csr import CSR_BY_NAME, csr_patterns
from .units.counter import Counter

__all__ = ["CsrFile", "is_csr"]


def is_csr(number: Value, config: CoreConfig, *names: str) -> Value:
    """``number``, which is that of a CSR of the core, is that of one of ``names``."""
    return number.matches(*csr_patterns(names, config.paddock, config.pmp))


class CsrFile(wiring.Component):
    """Read in D, modify and write in X; traps are recorded from M.

    Reading early keeps the wide multiplexer out of X. What software writes does not change between: D waits while X
    writes a CSR, and one cycle more if that is a counter. mcycle, time and mip run on: setting bits of mcycle loses the
    cycles for which X has to wait.
    """

    #: CSR to read, and what the CSRs of the extension hold (0 if the number is not one of theirs).
    d_csr: In(12)
    d_other_read: In(32)
    d_read: Out(32)
    #: CSR instruction in X: number, old value, operand (register or immediate), how the new value is made (csrrw 1,
    #: csrrs 2, csrrc 3).
    x_csr: In(12)
    x_old: In(32)
    x_operand: In(32)
    x_funct3: In(3)
    #: The new value, written at the end of the cycle if ``x_write``.
    x_value: Out(32)
    x_write: In(1)
    #: `mret` leaves X.
    x_mret: In(1)

    #: A trap is taken: what goes into mcause, mepc and mtval.
    m_trap: In(1)
    m_interrupt: In(1)
    m_cause: In(5)
    m_pc: In(32)
    m_tval: In(32)
    #: An instruction leaves M without an exception.
    m_retire: In(1)
    #: One has left M in the cycle before, and minstret does not show it yet.
    counting: Out(1)
    #: A counter has been written in the cycle before, and does not show it yet.
    settling: Out(1)

    #: Where the trap in M goes.
    trap_vector: Out(32)
    #: An enabled interrupt waits, whatever mstatus.MIE says; it is to be taken now; its cause.
    wakeup: Out(1)
    interrupt: Out(1)
    interrupt_cause: Out(5)

    #: With ``pmp``: user mode is in force, in which mstatus.MIE does not mask interrupts.
    user: In(1)

    irq_software: In(1)
    irq_timer: In(1)
    irq_external: In(1)
    time: In(64)

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__()

    def elaborate(self, platform):
        config = self._config
        m = Module()

        mie = Signal()
        mpie = Signal()
        enabled = Signal(len(Interrupt))
        pending = Signal(len(Interrupt))
        mtvec = Signal(30)
        vectored = Signal()
        mscratch = Signal(32)
        mepc = Signal(30)
        mcause = Signal(5)
        mcause_interrupt = Signal()
        mtval = Signal(32)
        counter_bits = 32 if config.compact else 64
        m.submodules.mcycle = mcycle = Counter(counter_bits)
        m.submodules.minstret = minstret = Counter(counter_bits)
        # Counted one cycle late, which keeps the wait logic of M out of a long carry chain; who reads it waits.
        retired = Signal()
        # The instruction that writes minstret does not count itself.
        instret_written = Signal()

        def at(csr: str, field: str, value) -> Value:
            return Value.cast(value) << CSR_BY_NAME[csr].field(field).lsb

        def interrupts(bits) -> Value:
            return sum((Value.cast(bit) << code for bit, code in zip(bits, Interrupt, strict=True)), start=C(0, 32))[
                :32
            ]

        def misa() -> int:
            bits = CSR_BY_NAME["misa"]
            present = ("i", "m", *("x" if config.paddock else ""), *("u" if config.pmp else ""))
            return sum(bits.field(name).mask for name in present) | 1 << bits.field("mxl").lsb

        # With user mode `UserMode` has this field, among others.
        mpp = at("mstatus", "mpp", 0 if config.pmp else 0b11)
        shown = {
            "mhartid": C(config.hart_id, 32),
            "mstatus": at("mstatus", "mie", mie) | at("mstatus", "mpie", mpie) | mpp,
            "misa": C(misa(), 32),
            "mie": interrupts(enabled),
            "mip": interrupts(pending),
            "mtvec": Cat(vectored, C(0, 1), mtvec),
            "mscratch": mscratch,
            "mepc": Cat(C(0, 2), mepc),
            "mcause": at("mcause", "code", mcause) | at("mcause", "interrupt", mcause_interrupt),
            "mtval": mtval,
        }
        counters = {
            ("mcycle", "cycle"): mcycle.count[:32],
            ("mcycleh", "cycleh"): mcycle.count[32:],
            ("minstret", "instret"): minstret.count[:32],
            ("minstreth", "instreth"): minstret.count[32:],
            ("time",): self.time[:32],
            ("timeh",): self.time[32:],
        }

        # --- Read and modify -------------------------------------------------------------------------------------
        value = self.d_other_read
        for name, register in shown.items():
            value = value | Mux(is_csr(self.d_csr, config, name), register, 0)
        for names, register in counters.items():
            value = value | Mux(is_csr(self.d_csr, config, *names), register, 0)
        m.d.comb += self.d_read.eq(value)

        with m.Switch(self.x_funct3[:2]):
            with m.Case(2):
                m.d.comb += self.x_value.eq(self.x_old | self.x_operand)
            with m.Case(3):
                m.d.comb += self.x_value.eq(self.x_old & ~self.x_operand)
            with m.Default():
                m.d.comb += self.x_value.eq(self.x_operand)

        # --- Write -----------------------------------------------------------------------------------------------
        def written(csr: str) -> Value:
            return self.x_write & is_csr(self.x_csr, config, csr)

        def field(csr: str, name: str):
            return new[CSR_BY_NAME[csr].field(name).lsb]

        new = self.x_value
        instret = written("minstret") | written("minstreth")
        m.d.comb += [
            mcycle.increment.eq(1),
            minstret.increment.eq(retired & ~instret_written),
            self.counting.eq(retired),
        ]
        for counter, low, high in ((mcycle, "mcycle", "mcycleh"), (minstret, "minstret", "minstreth")):
            m.d.comb += [
                counter.write_low.eq(written(low)),
                counter.write_high.eq(written(high)),
                counter.value.eq(new),
            ]
        m.d.sync += [
            retired.eq(self.m_retire),
            self.settling.eq(instret | written("mcycle") | written("mcycleh")),
            pending.eq(Cat(self.irq_software, self.irq_timer, self.irq_external)),
        ]
        with m.If(instret):
            m.d.sync += instret_written.eq(1)
        with m.Elif(retired):
            m.d.sync += instret_written.eq(0)

        with m.If(written("mstatus")):
            m.d.sync += [mie.eq(field("mstatus", "mie")), mpie.eq(field("mstatus", "mpie"))]
        with m.If(written("mie")):
            m.d.sync += enabled.eq(Cat(*(new[code] for code in Interrupt)))
        with m.If(written("mtvec")):
            # WARL: a vectored base is a multiple of 128, so that the vector needs no adder.
            m.d.sync += [vectored.eq(new[0]), mtvec.eq(new[2:]), mtvec[:5].eq(new[2:7] & ~new[0].replicate(5))]
        with m.If(written("mscratch")):
            m.d.sync += mscratch.eq(new)
        with m.If(written("mepc")):
            m.d.sync += mepc.eq(new[2:])
        with m.If(written("mcause")):
            m.d.sync += [mcause.eq(new), mcause_interrupt.eq(field("mcause", "interrupt"))]
        with m.If(written("mtval")):
            m.d.sync += mtval.eq(new)

        # --- Traps -----------------------------------------------------------------------------------------------
        with m.If(self.m_trap):
            m.d.sync += [
                mpie.eq(mie),
                mie.eq(0),
                mepc.eq(self.m_pc[2:]),
                mcause.eq(self.m_cause),
                mcause_interrupt.eq(self.m_interrupt),
                mtval.eq(self.m_tval),
            ]
        with m.Elif(self.x_mret):
            m.d.sync += [mie.eq(mpie), mpie.eq(1)]

        active = Signal(len(Interrupt))
        m.d.comb += [
            active.eq(pending & enabled),
            self.wakeup.eq(active.any()),
            self.interrupt.eq(self.wakeup & (mie | self.user if config.pmp else mie)),
            self.trap_vector.eq(Cat(C(0, 2), mtvec[:5] | Mux(vectored & self.m_interrupt, self.m_cause, 0), mtvec[5:])),
        ]
        # Privileged specification, section 3.1.9: external before software before timer.
        with m.If(active[2]):
            m.d.comb += self.interrupt_cause.eq(Interrupt.EXTERNAL)
        with m.Elif(active[0]):
            m.d.comb += self.interrupt_cause.eq(Interrupt.SOFTWARE)
        with m.Else():
            m.d.comb += self.interrupt_cause.eq(Interrupt.TIMER)

        return m
