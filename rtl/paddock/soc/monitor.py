"""The monitor: counts what must never happen, on the chip itself."""

from amaranth import *
from amaranth.lib.wiring import In, Out

from ..bus import ProbePort, Window, Wishbone
from ..config import CoreConfig
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral

__all__ = ["Monitor"]

#: Bits of the two counters if compact.
_COMPACT_BITS = 16


class Monitor(Peripheral):
    """Looks, one cycle later, at every access that the core has let through, and judges for itself.

    An *escape* is an access under an id other than 0 that does not lie wholly in one window with the permission for
    it. The rule is computed as the specification has it, ``lower <= a and a + size <= upper`` in integers without
    wrap-around, not as the core computes it (`bounds.BoundsChecker`): an error of the comparison cannot hide in both.
    It does rely on the core for the active id and windows, and sees what the core's probe shows: loads and stores of
    RAM and device accesses, not fetches.

    Parameters
    ----------
    config : CoreConfig
        Of the core that is watched.
    compact : bool
        The windows are not kept with the access that they belong to: it is compared with those of the next cycle. They
        are the same, as an instruction that changes them is at least one cycle behind. ``address`` stays 0, and the
        counters have 16 bits.

    Counters stay at their largest value. An access is counted two cycles after it was let through.

    Members
    -------
    probe : ProbePort
        From the core.
    escapes, address, checked : Out(32)
        What the registers read.
    """

    device = DEVICE_BY_NAME["monitor"]

    def __init__(self, config: CoreConfig, *, compact: bool = False):
        self._config = config
        self._compact = compact
        super().__init__(
            {
                "bus": In(Wishbone()),
                "probe": In(ProbePort(config)),
                "escapes": Out(32),
                "address": Out(32),
                "checked": Out(32),
            }
        )

    def elaborate(self, platform):
        config = self._config
        m = Module()
        access = self.start(m)

        seen = self._registered(m)

        # --- Judgement -------------------------------------------------------------------------------------------
        end = Signal(33)
        m.d.comb += end.eq(seen["addr"] + (1 << seen["size"]))
        readable = []
        writable = []
        for name, exists, may_write in (
            ("arena", True, True),
            ("device", config.device_window, True),
            ("grant", config.grant_window, True),
            ("public", config.public_window, False),
        ):
            if exists:
                window = seen[name]
                inside = Signal(name=f"inside_{name}")
                m.d.comb += inside.eq((window.lower <= seen["addr"]) & (end <= window.upper))
                if self._compact:
                    # The same as one carry chain each, with only what the windows share inverted, not the bounds.
                    above = (Cat(C(0, 1), window.lower) + Cat(C(0, 1), ~seen["addr"]))[33]
                    below = (Cat(C(1, 1), window.upper, C(0, 1)) + Cat(C(1, 1), ~end))[34]
                    m.d.comb += inside.eq(~above & below)
                readable.append(inside & window.read)
                writable.append(inside & window.write & may_write)

        reads = seen["load"] | (seen["device_request"] & ~seen["device_write"])
        writes = seen["store"] | (seen["device_request"] & seen["device_write"])
        watched = Signal()
        escape = Signal()
        m.d.comb += [
            watched.eq((seen["id"] != 0) & (reads | writes)),
            escape.eq(watched & ((reads & ~Cat(readable).any()) | (writes & ~Cat(writable).any()))),
        ]

        # --- Counters --------------------------------------------------------------------------------------------
        bits = _COMPACT_BITS if self._compact else 32
        escapes = Signal(bits)
        checked = Signal(bits)
        with m.If(watched & ~checked.all()):
            m.d.sync += checked.eq(checked + 1)
        with m.If(escape & ~escapes.all()):
            m.d.sync += escapes.eq(escapes + 1)
        m.d.comb += [self.escapes.eq(escapes), self.checked.eq(checked)]
        with m.If(escape & (escapes == 0) & (not self._compact)):
            m.d.sync += self.address.eq(seen["addr"])

        self.answer(m, access, {"escapes": self.escapes, "address": self.address, "checked": self.checked})
        return m

    def _registered(self, m: Module) -> dict[str, Value]:
        """What the probe said in the cycle before: the core's paths end here."""
        seen = {}
        for name, member in self.probe.signature.members.items():
            if self._compact and member.shape is Window:
                seen[name] = getattr(self.probe, name)
                continue
            seen[name] = Signal(member.shape, name=f"seen_{name}")
            m.d.sync += seen[name].eq(getattr(self.probe, name))
        return seen
