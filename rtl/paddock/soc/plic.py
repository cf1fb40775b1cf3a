"""Platform-level interrupt controller, RISC-V PLIC 1.0, as much of it as one hart needs."""

from amaranth import *
from amaranth.lib import data
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["SOURCES", "Plic"]

#: Number of sources, the source 0 that does not exist included.
SOURCES = 16
_PRIORITY_BITS = 3


class _Candidate(data.Struct):
    """A source that waits; priority 0: none does."""

    priority: _PRIORITY_BITS
    source: range(SOURCES)


class Plic(Peripheral):
    """15 level-triggered sources, one context.

    A source that is high becomes pending once; its gateway opens again when the claim is completed. Among equal
    priorities the smallest number wins. A claim gives 0 if nothing waits; it ignores the threshold, as the
    specification demands. The completion of a source that is not enabled is ignored. A request reaches ``irq`` two
    cycles after its source has risen. Priorities, threshold and enable bits are written by byte lanes.
    """

    device = DEVICE_BY_NAME["plic"]

    bus: In(Wishbone())
    #: Interrupt requests by source; bit 0 is not used.
    sources: In(SOURCES)
    #: To the hart: its external interrupt.
    irq: Out(1)

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)
        priorities = [Signal(_PRIORITY_BITS, name=f"priority{n}") for n in range(SOURCES)]
        threshold = Signal(_PRIORITY_BITS)
        pending = Signal(SOURCES)
        claimed = Signal(SOURCES)
        enable = Signal(SOURCES)

        # --- Arbiter ---------------------------------------------------------------------------------------------
        # Registered, to keep the comparisons off the bus's path. Accesses are two cycles apart, so none sees the
        # winner from before another access.
        best = Signal(_Candidate)
        candidates = []
        for n in range(1, SOURCES):
            candidate = Signal(_Candidate, name=f"candidate{n}")
            m.d.comb += [
                candidate.source.eq(n),
                candidate.priority.eq(Mux(pending[n] & enable[n], priorities[n], 0)),
            ]
            candidates.append(candidate)
        while len(candidates) > 1:
            winners = candidates[len(candidates) & ~1 :]
            for n in reversed(range(0, len(candidates) & ~1, 2)):
                low, high = candidates[n : n + 2]
                winner = Signal(_Candidate, name=f"of_{len(candidates)}_{n}")
                m.d.comb += winner.eq(Mux(high.priority > low.priority, high, low))
                winners.insert(0, winner)
            candidates = winners
        m.d.sync += best.eq(candidates[0])
        winner = Signal(range(SOURCES))
        m.d.comb += [
            winner.eq(Mux(best.priority != 0, best.source, 0)),
            self.irq.eq(best.priority > threshold),
        ]

        # --- Gateways --------------------------------------------------------------------------------------------
        claims = access & ~self.bus.we & self.selects("claim")
        completes = self.written(access, "claim")
        source = self.merged(C(0, 32))
        for n in range(1, SOURCES):
            with m.If(self.sources[n] & ~claimed[n]):
                m.d.sync += pending[n].eq(1)
            with m.If(claims & (winner == n)):
                m.d.sync += [pending[n].eq(0), claimed[n].eq(1)]
            with m.If(completes & (source == n) & enable[n]):
                m.d.sync += claimed[n].eq(0)

        # --- Registers -------------------------------------------------------------------------------------------
        for n in range(1, SOURCES):
            with m.If(self.written(access, "priority", n)):
                m.d.sync += priorities[n].eq(self.merged(priorities[n]))
        with m.If(self.written(access, "enable")):
            m.d.sync += enable.eq(self.merged(enable) & ~1)
        with m.If(self.written(access, "threshold")):
            m.d.sync += threshold.eq(self.merged(threshold))

        self.answer(m, access, {"pending": pending, "enable": enable, "threshold": threshold, "claim": winner})
        for n in range(1, SOURCES):
            with m.If(access & self.selects("priority", n)):
                m.d.sync += self.bus.dat_r.eq(priorities[n])
        return m
