"""What an instruction raises instead of having an effect."""

from paddock.isa.cause import Cause, Kind

__all__ = ["Trap", "illegal"]


class Trap(Exception):
    """A synchronous exception; `Hart` turns it into a trap."""

    def __init__(self, cause: Cause, tval: int = 0, kind: Kind = Kind.NONE):
        super().__init__(cause.name)
        self.cause = cause
        self.tval = tval
        self.kind = kind


def illegal() -> Trap:
    """The trap of an illegal instruction."""
    return Trap(Cause.ILLEGAL)
