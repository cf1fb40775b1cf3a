"""Physical memory protection (privileged specification 1.13, section 3.7), in integers and ranges of bytes."""

from paddock.isa.csr import PmpMatch

__all__ = ["EXECUTE", "READ", "WRITE", "Pmp"]

#: Bits of an entry's configuration.
READ, WRITE, EXECUTE = 1, 2, 4
_LOCKED = 0x80
_KEPT = 0x9F
#: Physical addresses have 32 bits: of an address register, which holds bits 33:2, the upper two read 0.
_ADDRESS_MASK = (1 << 30) - 1


class Pmp:
    """The entries of a hart, and its verdict on an access."""

    def __init__(self, entries: int):
        self.config = [0] * entries
        self.address = [0] * entries

    def allows(self, address: int, size: int, permission: int, user: bool) -> bool:
        """May these bytes be accessed: the lowest entry that holds one of them decides, and must hold all."""
        for index, config in enumerate(self.config):
            lower, upper = self.range(index)
            if address + size <= lower or upper <= address:
                continue
            if address < lower or upper < address + size:
                return False
            return bool(config & permission) or not (user or config & _LOCKED)
        return not user

    def range(self, index: int) -> tuple[int, int]:
        """First byte of an entry, and the first one behind it; (0, 0) if it matches nothing."""
        address = self.address[index]
        match PmpMatch(self.config[index] >> 3 & 3):
            case PmpMatch.TOR:
                lower = self.address[index - 1] if index else 0
                return (4 * lower, 4 * address) if lower < address else (0, 0)
            case PmpMatch.NA4:
                return 4 * address, 4 * address + 4
            case PmpMatch.NAPOT:
                size = 8
                while address & 1:
                    address >>= 1
                    size *= 2
                return (address >> 1) * size, (address >> 1) * size + size
        return 0, 0

    def read_config(self, word: int) -> int:
        """The register with entries 4 * word and following."""
        some = self.config[4 * word : 4 * word + 4]
        return sum(config << 8 * byte for byte, config in enumerate(some))

    def write_config(self, word: int, value: int) -> None:
        """Writes it: not what is locked; writable without being readable is reserved."""
        for byte in range(4):
            index, config = 4 * word + byte, value >> 8 * byte & _KEPT
            if index < len(self.config) and not self.config[index] & _LOCKED:
                self.config[index] = config if config & READ else config & ~WRITE

    def read_address(self, index: int) -> int:
        """The address of an entry; 0 if there is no such entry."""
        return self.address[index] if index < len(self.address) else 0

    def write_address(self, index: int, value: int) -> None:
        """Writes it, unless the entry is locked or is the lower end of a locked one."""
        if index >= len(self.address) or self.config[index] & _LOCKED:
            return
        above = self.config[index + 1] if index + 1 < len(self.config) else 0
        if not (above & _LOCKED and above >> 3 & 3 == PmpMatch.TOR):
            self.address[index] = value & _ADDRESS_MASK
