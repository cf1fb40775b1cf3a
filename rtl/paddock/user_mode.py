"""User mode: the privilege that is in force, and what of it stands in the CSRs.

Privileged specification 1.13, sections 3.1.6 (mstatus) and 3.1.11 (mcounteren). There in configurations with ``pmp``.
"""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .isa.csr import CSR_BY_NAME

__all__ = ["UserMode"]


class UserMode(wiring.Component):
    """Machine or user mode, with mstatus.MPP, MPRV and TW, and mcounteren.

    A trap or `mret` changes the mode for the next instruction; none is between: both empty the stages behind them.
    `CsrFile` has the rest of mstatus.
    """

    #: CSR to read in D, and its value: 0 if it is none of these, and for mstatus only the fields above.
    d_csr: In(12)
    d_csr_read: Out(32)
    #: CSR instruction in X: number, value to write at the end of the cycle if ``x_csr_write``.
    x_csr: In(12)
    x_csr_value: In(32)
    x_csr_write: In(1)
    #: `mret` leaves X.
    x_mret: In(1)
    #: A trap is taken.
    m_trap: In(1)

    #: The hart is in user mode.
    user: Out(1)
    #: Loads and stores have the rights of user mode: the hart is in it, or mstatus.MPRV says so.
    data_user: Out(1)
    #: `wfi` is an illegal instruction in user mode (TW).
    wfi_refused: Out(1)
    #: Counters that user mode may read: cycle, time, instret.
    counters: Out(3)

    def elaborate(self, platform):
        m = Module()
        mstatus, mcounteren = CSR_BY_NAME["mstatus"], CSR_BY_NAME["mcounteren"]
        mpp, mprv, tw = (mstatus.field(name).lsb for name in ("mpp", "mprv", "tw"))
        #: mstatus.MPP is 0.
        to_user = Signal()
        modify = Signal()

        # --- Read ------------------------------------------------------------------------------------------------
        status = ((~to_user).replicate(2) << mpp) | (modify << mprv) | (self.wfi_refused << tw)
        m.d.comb += [
            self.d_csr_read.eq(
                Mux(self.d_csr == mstatus.number, status, 0) | Mux(self.d_csr == mcounteren.number, self.counters, 0)
            ),
            self.data_user.eq(self.user | (modify & to_user)),
        ]

        # --- Write -----------------------------------------------------------------------------------------------
        new = self.x_csr_value
        with m.If(self.x_csr_write), m.Switch(self.x_csr):
            with m.Case(mstatus.number):
                # WARL: what is not machine mode becomes user mode.
                m.d.sync += [
                    to_user.eq(~new[mpp : mpp + 2].all()),
                    modify.eq(new[mprv]),
                    self.wfi_refused.eq(new[tw]),
                ]
            with m.Case(mcounteren.number):
                m.d.sync += self.counters.eq(new)

        # --- Traps -----------------------------------------------------------------------------------------------
        with m.If(self.m_trap):
            m.d.sync += [to_user.eq(self.user), self.user.eq(0)]
        with m.Elif(self.x_mret):
            m.d.sync += [self.user.eq(to_user), to_user.eq(1)]
            with m.If(to_user):
                m.d.sync += modify.eq(0)

        return m
