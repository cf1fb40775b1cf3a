"""Reads the records that ``paddock sim --rvfi-bin`` writes, one for each instruction; ``records.h`` defines them."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Record", "read_records"]

_FORMAT = struct.Struct("<QQ9I7B5x")
_TRAP, _INTR, _USER = 1, 2, 4


class Record(NamedTuple):
    """One retired or trapping instruction; names as in `paddock.rvfi`."""

    cycle: int
    order: int
    insn: int
    pc_rdata: int
    pc_wdata: int
    rs1_rdata: int
    rs2_rdata: int
    rd_wdata: int
    mem_addr: int
    mem_rdata: int
    mem_wdata: int
    rs1_addr: int
    rs2_addr: int
    rd_addr: int
    mem_rmask: int
    mem_wmask: int
    flags: int
    pd_id: int

    @property
    def trap(self) -> bool:
        """It raised an exception."""
        return bool(self.flags & _TRAP)

    @property
    def intr(self) -> bool:
        """It is the first of a handler."""
        return bool(self.flags & _INTR)

    @property
    def user(self) -> bool:
        """It ran with the rights of user mode: in it, or in a module."""
        return bool(self.flags & _USER)


def read_records(path: Path) -> Iterator[Record]:
    """All records of ``path``, in program order."""
    return (Record(*fields) for fields in _FORMAT.iter_unpack(path.read_bytes()))
