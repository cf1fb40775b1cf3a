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
    """One entry, with what can be worked out when it is written."""

    read: 1
    write: 1
    execute: 1
    match: PmpMatch
    locked: 1
    #: ``pmpaddr``: bits 31:2 of an address.
    address: _ADDRESS_BITS
    #: Which of these bits count if the entry is a NAPOT range.
    compared: _ADDRESS_BITS


class PmpEntries(data.ArrayLayout):
    """All entries, the lowest first."""

    def __init__(self, config: CoreConfig):
        super().__init__(PmpEntry, config.pmp)


class PmpRegisters(wiring.Component):
    """``pmpcfg`` and ``pmpaddr``, read in D, written in X; what is written holds for the next instruction.

    Those of entries that the core does not have read 0. A locked entry, and the address below a locked TOR entry, keep
    what they hold. After a reset all entries are off; their addresses are what they were.

    The checkers need all addresses at once, a CSR instruction one: it reads a copy in LUT RAM, which saves a
    multiplexer of all of them.
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
                "entries": Out(PmpEntries(config)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        entries = [self.entries[i] for i in range(self._entries)]

        # --- Configuration: a byte for each entry ----------------------------------------------------------------
        fields = {field.name: slice(field.lsb, field.lsb + field.width) for field in CSR_BY_NAME["pmpcfg0"].fields}
        value = C(0, 32)
        for word in range(self._entries // 4):
            number = csr_number("pmpcfg0") + word
            shown = Signal(32, name=f"pmpcfg{word}")
            value = value | Mux(self.d_csr == number, shown, 0)
            for byte, entry in enumerate(entries[4 * word : 4 * word + 4]):
                new, old = self.x_csr_value.word_select(byte, 8), shown.word_select(byte, 8)
                m.d.comb += [
                    old[fields["r"]].eq(entry.read),
                    old[fields["w"]].eq(entry.write),
                    old[fields["x"]].eq(entry.execute),
                    old[fields["a"]].eq(entry.match),
                    old[fields["l"]].eq(entry.locked),
                ]
                with m.If(self.x_csr_write & (self.x_csr == number) & ~entry.locked):
                    m.d.sync += [
                        entry.read.eq(new[fields["r"]]),
                        # WARL: writable but not readable is reserved.
                        entry.write.eq(new[fields["w"]] & new[fields["r"]]),
                        entry.execute.eq(new[fields["x"]]),
                        entry.match.eq(new[fields["a"]]),
                        entry.locked.eq(new[fields["l"]]),
                    ]

        # --- Addresses -------------------------------------------------------------------------------------------
        m.submodules.copy = copy = memory.Memory(shape=_ADDRESS_BITS, depth=self._entries, init=[])
        read, write = copy.read_port(domain="comb"), copy.write_port()
        new = self.x_csr_value[:_ADDRESS_BITS]
        compared, writes = Signal(_ADDRESS_BITS), Signal(self._entries)

        def of_range(address):
            """The ones at the end and the zero before them give a NAPOT range its size."""
            return ~(address ^ (address + 1))

        m.d.comb += compared.eq(of_range(new))
        first = csr_number("pmpaddr0")
        for i, entry in enumerate(entries):
            above = entries[i + 1] if i + 1 < self._entries else None
            frozen = entry.locked
            if above is not None:
                frozen = frozen | (above.locked & (above.match == PmpMatch.TOR))
            m.d.comb += writes[i].eq(self.x_csr_write & (self.x_csr == first + i) & ~frozen)
            address = Signal(_ADDRESS_BITS, name=f"pmpaddr{i}", reset_less=True)
            mask = Signal(
                _ADDRESS_BITS, name=f"compared{i}", reset_less=True, init=of_range(0) & ~(-1 << _ADDRESS_BITS)
            )
            m.d.comb += [entry.address.eq(address), entry.compared.eq(mask)]
            with m.If(writes[i]):
                m.d.sync += [address.eq(new), mask.eq(compared)]
        here = self.d_csr[4:] == first >> 4
        if self._entries < PMP_MAX_ENTRIES:
            here = here & (self.d_csr[:4] < self._entries)
        m.d.comb += [
            read.addr.eq(self.d_csr),
            write.addr.eq(self.x_csr),
            write.data.eq(new),
            write.en.eq(writes.any()),
            self.d_csr_read.eq(value | Mux(here, read.data, 0)),
        ]
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
        below = None  # the address is below that of the entry before
        for i in range(self._entries):
            entry = self.entries[i]
            under, same, matches, binds = (Signal(name=f"{name}{i}") for name in ("under", "same", "matches", "binds"))
            ranges = entry.match[1]  # NA4 or NAPOT
            whole = ~entry.match[0]  # not NAPOT: all bits count
            m.d.comb += [
                # One comparison is the upper end of this entry and the lower end of the next.
                under.eq(self.address < entry.address),
                same.eq(~((self.address ^ entry.address) & (entry.compared | whole.replicate(_ADDRESS_BITS))).any()),
                matches.eq(Mux(ranges, same, entry.match[0] & under & ~(C(0) if below is None else below))),
                binds.eq(~self.permitted[i] & (self.user | entry.locked)),
            ]
            verdicts.append((matches & ~binds, matches & binds))
            below = under

        # Neighbours are joined in pairs: the lower one decides if it matches.
        while len(verdicts) > 1:
            verdicts = [
                (allows | (~refuses & later_allows), refuses | (~allows & later_refuses))
                for (allows, refuses), (later_allows, later_refuses) in zip(verdicts[::2], verdicts[1::2], strict=True)
            ]
        allows, refuses = verdicts[0]
        m.d.comb += self.violation.eq(Mux(self.user, ~allows, refuses))
        return m
