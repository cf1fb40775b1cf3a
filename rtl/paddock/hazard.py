"""Every stall and kill of the pipeline under a name: what waits for what, and who moves on."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["HazardUnit"]


class HazardUnit(wiring.Component):
    """Turns the reasons to wait into who advances.

    A stage waits for its own reasons or because the next one does. A trap in M kills X and D; a jump in X kills D.
    The names are those in waveforms and in docs/reference/pipeline.md. ``pmp``: there is PMP to wait for.
    """

    # Reasons to wait ------------------------------------------------------------------------------------------------
    #: D needs the result of the instruction in X; that is a load, multiplication or division, or D has a `pd.enter`,
    #: which looks its target up before that result is there.
    d_needs_x: In(1)
    x_late: In(1)
    d_enter: In(1)
    #: The instruction in X is one that writes a CSR: what it changes must hold for D.
    x_csr_write: In(1)
    #: D reads a counter of retired instructions: those before must have retired.
    d_csr_counted: In(1)
    #: A counter does not show yet what has been written to it.
    settling: In(1)
    #: PMP works out what has been written.
    d_pmp_busy: In(1)
    #: D reads the module table or the top frame: the first cycle looks up what the second reads.
    d_csr_in_table: In(1)
    x_divide_busy: In(1)
    #: `wfi` without an interrupt.
    x_sleep: In(1)
    #: The instruction memory cannot take a new address: no jump, no trap.
    f_wait: In(1)
    m_wait_ram: In(1)
    m_wait_device: In(1)
    m_wait_error: In(1)
    m_wait_fetch: In(1)

    # State of the stages --------------------------------------------------------------------------------------------
    d_valid: In(1)
    x_valid: In(1)
    m_valid: In(1)
    #: The counter of retired instructions lags behind.
    counting: In(1)
    #: The instruction in X may turn out to jump; F goes elsewhere, as it does, or for the trap in M.
    x_may_jump: In(1)
    x_redirect: In(1)
    m_trap: In(1)

    # Who moves ------------------------------------------------------------------------------------------------------
    #: D's instruction is taken from F; it goes on into X.
    d_ready: Out(1)
    d_advance: Out(1)
    #: X can take an instruction; its own leaves with all its effects; the same for one that never waits in X itself.
    x_advance: Out(1)
    x_fire: Out(1)
    x_go: Out(1)
    #: M can take an instruction.
    m_advance: Out(1)

    # Named for the waveform -----------------------------------------------------------------------------------------
    d_wait_operand: Out(1)
    d_wait_csr: Out(1)
    d_wait_counter: Out(1)
    d_wait_table: Out(1)
    x_wait_fetch: Out(1)

    def __init__(self, pmp: bool = False):
        self._pmp = pmp
        super().__init__()

    def elaborate(self, platform):
        m = Module()

        # The instruction in D has been there, with nothing else to wait for, in the cycle before.
        looked_up = Signal()
        m.d.sync += looked_up.eq(self.d_valid & self.d_wait_table & ~self.d_wait_csr & ~self.x_redirect)

        d_waits = self.d_wait_operand | self.d_wait_csr | self.d_wait_counter | self.d_wait_table
        if self._pmp:
            d_waits = d_waits | self.d_pmp_busy
        x_waits = self.x_divide_busy | self.x_sleep | self.x_wait_fetch
        m_waits = self.m_wait_ram | self.m_wait_device | self.m_wait_error | self.m_wait_fetch
        m.d.comb += [
            self.d_wait_operand.eq(self.d_needs_x & (self.x_late | self.d_enter)),
            self.d_wait_csr.eq((self.x_valid & self.x_csr_write) | self.settling),
            self.d_wait_counter.eq((self.x_valid | self.m_valid | self.counting) & self.d_csr_counted),
            self.d_wait_table.eq(self.d_csr_in_table & ~looked_up),
            # Whether a branch is taken is known too late to decide who advances.
            self.x_wait_fetch.eq(self.x_may_jump & self.f_wait),
            self.m_advance.eq(~m_waits),
            self.x_advance.eq(self.m_advance & ~x_waits),
            self.x_go.eq(self.x_valid & self.m_advance & ~self.m_trap),
            self.x_fire.eq(self.x_go & ~x_waits),
            self.d_ready.eq(self.x_advance & ~d_waits),
            self.d_advance.eq(self.d_valid & self.d_ready & ~self.x_redirect),
        ]
        return m
