"""Physical memory protection: its registers, and the check of one access against them.

Privileged specification 1.13, section 3.7; there in configurations with ``pmp``. The rival of `bounds`, and in the
same places: one `PmpChecker` in X beside the address adder, another in D beside the program counter.
"""

from amaranth import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .isa.csr import CSR_BY_NAME, PMP_MAX_ENTRIES, PmpMatch, csr_number

__all__ = ["PmpChecker", "PmpEntries", "PmpEntry", "PmpRegisters"]

#: The grain is 4 bytes: entries speak of bits 31:2 of addresses.
_ADDRESS_BITS = 30


class PmpEntry(data.Struct):
    """One entry, its address as the two ends of what it matches: that is what can be compared fast."""

    read: 1
    write: 1
    execute: 1
    match: PmpMatch
    locked: 1
    #: Bits 31:2 of the first address inside. Means nothing to TOR in entry 0, which begins at 0. Of TOR above a NAPOT
    #: range it is where that range begins: what lies between there and its address is for the lower entry to decide.
    lower: _ADDRESS_BITS
    #: The other end in bits 30:1; bit 0 tells that it is inside, as the last word of NA4 and NAPOT is.
    upper: _ADDRESS_BITS + 1


class PmpEntries(data.ArrayLayout):
    """All entries, the lowest first."""

    def __init__(self, config: CoreConfig):
        super().__init__(PmpEntry, config.pmp)


class PmpRegisters(wiring.Component):
    """``pmpcfg`` and ``pmpaddr``, read in D, written in X; what is written holds for the next instruction.

    Those of entries that the core does not have read 0. A locked entry, and the address below a locked TOR entry, keep
    what they hold. After a reset all entries are off; their addresses are what they were.

    What software has written as ``pmpaddr`` is in LUT RAM; the checkers get the ends of each entry, worked out when it
    is written. A write that changes what entries match (field A) takes 4 or 5 cycles more, in which ``busy`` holds back
    the next instruction: the ends are worked out again, one entry after the other.
    """

    def __init__(self, config: CoreConfig):
        self._entries = config.pmp
        super().__init__(
            {
                # CSR to read in D, and its value: 0 if it is none of these.
                "d_csr": In(12),
                "d_csr_read": Out(32),
                # CSR instruction in X: number, value to write at the end of the cycle if `x_csr_write`.
                "x_csr": In(12),
                "x_csr_value": In(32),
                "x_csr_write": In(1),
                # The ends are being worked out: D must wait.
                "busy": Out(1),
                "entries": Out(PmpEntries(config)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        entries = [self.entries[i] for i in range(self._entries)]
        index, left = Signal(range(self._entries)), Signal(3)

        # --- Configuration: a byte for each entry ----------------------------------------------------------------
        fields = {field.name: slice(field.lsb, field.lsb + field.width) for field in CSR_BY_NAME["pmpcfg0"].fields}
        value = C(0, 32)
        for word in range(self._entries // 4):
            number = csr_number("pmpcfg0") + word
            shown = Signal(32, name=f"pmpcfg{word}")
            moved = Signal(4, name=f"moved{word}")
            value = value | Mux(self.d_csr == number, shown, 0)
            written = self.x_csr_write & (self.x_csr == number)
            for byte, entry in enumerate(entries[4 * word : 4 * word + 4]):
                new, old = self.x_csr_value.word_select(byte, 8), shown.word_select(byte, 8)
                m.d.comb += [
                    old[fields["r"]].eq(entry.read),
                    old[fields["w"]].eq(entry.write),
                    old[fields["x"]].eq(entry.execute),
                    old[fields["a"]].eq(entry.match),
                    old[fields["l"]].eq(entry.locked),
                    moved[byte].eq(~entry.locked & (new[fields["a"]] != entry.match)),
                ]
                with m.If(written & ~entry.locked):
                    m.d.sync += [
                        entry.read.eq(new[fields["r"]]),
                        # WARL: writable but not readable is reserved.
                        entry.write.eq(new[fields["w"]] & new[fields["r"]]),
                        entry.execute.eq(new[fields["x"]]),
                        entry.match.eq(new[fields["a"]]),
                        entry.locked.eq(new[fields["l"]]),
                    ]
            with m.If(written & moved.any()):
                # From the entry below on: its address is the lower end of a TOR entry.
                first = max(4 * word - 1, 0)
                m.d.sync += [self.busy.eq(1), index.eq(first), left.eq(4 * word + 3 - first)]

        # --- Addresses -------------------------------------------------------------------------------------------
        m.submodules.addresses = addresses = memory.Memory(shape=_ADDRESS_BITS, depth=self._entries, init=[])
        read, write = addresses.read_port(domain="comb"), addresses.write_port()
        first = csr_number("pmpaddr0")
        here = self.d_csr[4:] == first >> 4
        if self._entries < PMP_MAX_ENTRIES:
            here = here & (self.d_csr[:4] < self._entries)
        writable = Signal(self._entries)
        m.d.comb += [
            read.addr.eq(Mux(self.busy, index, self.d_csr)),
            write.addr.eq(self.x_csr),
            write.data.eq(self.x_csr_value),
            write.en.eq(self.x_csr_write & writable.any()),
            self.d_csr_read.eq(value | Mux(here, read.data, 0)),
        ]

        # --- Their ends ------------------------------------------------------------------------------------------
        address, next_address = Signal(_ADDRESS_BITS), Signal(_ADDRESS_BITS)
        selected, ranges = Signal(self._entries), Signal(self._entries)
        # The entry at hand is a NAPOT range.
        range_here = Signal()
        lower, upper = Signal(_ADDRESS_BITS), Signal(_ADDRESS_BITS + 1)
        m.d.comb += [
            address.eq(Mux(self.busy, read.data, self.x_csr_value)),
            next_address.eq(address + 1),
            range_here.eq((selected & ranges).any()),
            # The ones at the end and the zero before them give a NAPOT range its size.
            lower.eq(address & (next_address | ~range_here.replicate(_ADDRESS_BITS))),
            upper[1:].eq(address | (next_address & range_here.replicate(_ADDRESS_BITS))),
        ]
        for i, entry in enumerate(entries):
            frozen = entry.locked
            if i + 1 < self._entries:
                frozen = frozen | (entries[i + 1].locked & (entries[i + 1].match == PmpMatch.TOR))
            low = Signal(_ADDRESS_BITS, name=f"lower{i}", reset_less=True)
            high = Signal(_ADDRESS_BITS + 1, name=f"upper{i}", reset_less=True)
            m.d.comb += [
                writable[i].eq((self.x_csr == first + i) & ~frozen),
                selected[i].eq(Mux(self.busy, index == i, writable[i])),
                ranges[i].eq(entry.match == PmpMatch.NAPOT),
                entry.lower.eq(low),
                entry.upper.eq(high),
            ]
            works = self.busy | self.x_csr_write
            begins = selected[i] & entry.match[1]
            if i:
                begins = begins | (selected[i - 1] & (entry.match == PmpMatch.TOR))
            with m.If(works & selected[i]):
                m.d.sync += high.eq(Cat(entry.match[1], upper[1:]))
            with m.If(works & begins):
                m.d.sync += low.eq(lower)

        with m.If(self.busy):
            m.d.sync += [index.eq(index + 1), left.eq(left - 1), self.busy.eq(left != 0)]
        return m


class PmpChecker(wiring.Component):
    """Verdict on one access of one kind, combinational.

    The lowest entry that matches decides. Accesses are aligned (a misaligned one traps as such, whatever this says) and
    of four bytes at most, the grain: each lies in one word, so an entry matches all of its bytes or none.
    In user mode what no entry matches is refused; machine mode may do everything but what a locked entry forbids.

    What becomes of a refused access is as in `bounds.BoundsChecker`.
    """

    def __init__(self, config: CoreConfig):
        self._entries = config.pmp
        super().__init__(
            {
                "entries": In(PmpEntries(config)),
                # Of each entry the permission that the access needs.
                "permitted": In(config.pmp),
                # The access has the rights of user mode.
                "user": In(1),
                # Bits 31:2 of its address.
                "address": In(_ADDRESS_BITS),
                # Same cycle as `address`; meaningless without an access.
                "violation": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        # For each entry: it matches and allows, it matches and refuses.
        verdicts = []
        for i in range(self._entries):
            entry = self.entries[i]
            from_lower, to_upper, matches, binds = (
                Signal(name=f"{name}{i}") for name in ("from_lower", "to_upper", "matches", "binds")
            )
            m.d.comb += [
                # As in `bounds`: a carry chain each, and nothing else.
                from_lower.eq(~(self.address < entry.lower)),
                to_upper.eq(Cat(C(0, 1), self.address) < entry.upper),
                matches.eq((entry.match != PmpMatch.OFF) & from_lower & to_upper),
                binds.eq(~self.permitted[i] & (self.user | entry.locked)),
            ]
            if i == 0:
                m.d.comb += matches.eq(
                    Mux(entry.match == PmpMatch.TOR, to_upper, entry.match[1] & from_lower & to_upper)
                )
            verdicts.append((matches & ~binds, matches & binds))

        # Neighbours are joined in pairs: the lower one decides if it matches.
        while len(verdicts) > 1:
            verdicts = [
                (allows | (~refuses & later_allows), refuses | (~allows & later_refuses))
                for (allows, refuses), (later_allows, later_refuses) in zip(verdicts[::2], verdicts[1::2], strict=True)
            ]
        allows, refuses = verdicts[0]
        m.d.comb += self.violation.eq(Mux(self.user, ~allows, refuses))
        return m
