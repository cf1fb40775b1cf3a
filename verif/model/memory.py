"""Memory of the model: RAM, and device regions below it. What is not there refuses every access."""

import sys
from typing import NamedTuple

from paddock.isa.memmap import DEVICE_BY_NAME, RAM_BASE

__all__ = ["BusError", "Finisher", "Memory", "Region", "Storage", "Volatile"]

if sys.byteorder != "little":
    raise RuntimeError("the model's RAM is a view of host memory: it needs a little-endian host")


class BusError(Exception):
    """Memory or device refuses the access."""


class Storage:
    """A region that holds what was written to it."""

    def __init__(self, size: int):
        self.data = bytearray(size)

    def read(self, offset: int, size: int, observed: int | None) -> int:
        """The bytes at ``offset``."""
        return int.from_bytes(self.data[offset : offset + size], "little")

    def write(self, offset: int, size: int, value: int) -> None:
        """Replaces the bytes at ``offset``."""
        self.data[offset : offset + size] = value.to_bytes(size, "little")


class Volatile:
    """A device whose registers the model cannot know: a read returns what the trace says, or 0."""

    def read(self, offset: int, size: int, observed: int | None) -> int:
        """The observed value, cut to ``size``."""
        return (observed or 0) & ((1 << 8 * size) - 1)

    def write(self, offset: int, size: int, value: int) -> None:
        """Has no effect that the model would see."""


class Finisher(Volatile):
    """Ends the program: ``value`` is what was stored, None before."""

    def __init__(self):
        self.value: int | None = None

    def write(self, offset: int, size: int, value: int) -> None:
        """Keeps the value that ends the program."""
        if offset == 0:
            self.value = value


class Region(NamedTuple):
    """A device at addresses ``[base, base + size)``."""

    base: int
    size: int
    device: Storage | Volatile


class Memory:
    """RAM at `RAM_BASE` and device regions; single aligned accesses of 1, 2 or 4 bytes.

    Parameters
    ----------
    ram_bytes
        Size of the RAM, a multiple of 4.
    regions
        Devices below the RAM, besides the finisher, which is always there.
    """

    def __init__(self, ram_bytes: int, regions: tuple[Region, ...] = ()):
        finisher = DEVICE_BY_NAME["finisher"]
        self.finisher = Finisher()
        self.regions = (Region(finisher.base, finisher.size, self.finisher), *regions)
        self.ram_bytes = ram_bytes
        self.ram = bytearray(ram_bytes)
        view = memoryview(self.ram)
        self.words = view.cast("I")
        self._views = {1: (view, 0), 2: (view.cast("H"), 1), 4: (self.words, 2)}

    def load_image(self, image: bytes, address: int = RAM_BASE) -> None:
        """Copies ``image`` into the RAM; ValueError if it does not fit."""
        offset = address - RAM_BASE
        if not 0 <= offset <= offset + len(image) <= self.ram_bytes:
            raise ValueError(f"image of {len(image)} bytes at {address:#x} is not inside the RAM")
        self.ram[offset : offset + len(image)] = image

    def fetch(self, pc: int) -> int:
        """The instruction word at ``pc``, a multiple of 4; BusError outside the RAM."""
        offset = pc - RAM_BASE
        if not 0 <= offset < self.ram_bytes:
            raise BusError
        return self.words[offset >> 2]

    def read(self, address: int, size: int, observed: int | None = None) -> int:
        """The value at an aligned address, zero-extended; BusError if nothing is there."""
        offset = address - RAM_BASE
        if 0 <= offset < self.ram_bytes:
            view, shift = self._views[size]
            return view[offset >> shift]
        region = self._region(address)
        return region.device.read(address - region.base, size, observed)

    def write(self, address: int, size: int, value: int) -> None:
        """Stores the low ``size`` bytes of ``value`` at an aligned address; BusError if nothing is there."""
        value &= (1 << 8 * size) - 1
        offset = address - RAM_BASE
        if 0 <= offset < self.ram_bytes:
            view, shift = self._views[size]
            view[offset >> shift] = value
            return
        region = self._region(address)
        region.device.write(address - region.base, size, value)

    def _region(self, address: int) -> Region:
        for region in self.regions:
            if region.base <= address < region.base + region.size:
                return region
        raise BusError
