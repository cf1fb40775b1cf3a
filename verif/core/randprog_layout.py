"""Where things stand in a random program, which registers it keeps for what, and which addresses are interesting."""

from dataclasses import dataclass, field
from random import Random

from paddock.config import CoreConfig
from paddock.isa.memmap import DEVICE_BY_NAME, RAM_BASE

__all__ = [
    "CODE",
    "DATA",
    "DATA_BYTES",
    "FUEL",
    "GPIO",
    "HANDLER_0",
    "HANDLER_1",
    "IDS",
    "INLINE_END",
    "INLINE_MARK",
    "LOOP",
    "ONE",
    "POINTERS",
    "PUBLIC_POINTER",
    "RECOVERY",
    "SAFE",
    "SCRATCH",
    "WORK",
    "Layout",
]

#: The program itself. The bytes before it are executed once and may be overwritten afterwards.
CODE = RAM_BASE + 0x80
#: Memory that any store may hit.
DATA = RAM_BASE + 0x1_0000
DATA_BYTES = 0x2000
#: No edge is near: a word that the kernel may use.
SAFE = DATA + 0x1F00
GPIO = DEVICE_BY_NAME["gpio"].base

# Registers that only their owner writes.
HANDLER_0, HANDLER_1 = 30, 31  # of the trap handler
RECOVERY = 29  # where the kernel goes on after a jump into the void
FUEL = 28  # how many more module bodies may run
INLINE_END = 27  # where code that runs as a module without a call goes on after a jump into the void
INLINE_MARK = 26  # not 0: the next `ecall` of a module makes it the kernel again
LOOP = 25  # loop counter
ONE = 24  # always 1
SCRATCH = 21  # addresses of interrupt sources
PUBLIC_POINTER = 20  # near an edge of the public window: nobody but a module stores there
POINTERS = (8, 9, 18, 19)  # near an edge of something else: any store within 16 bytes does no harm
IDS = (22, 23)  # module ids, good and bad
#: What everything else may write.
WORK = (0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17)


@dataclass
class Layout:
    """The choices that a whole program shares."""

    rng: Random
    config: CoreConfig
    ram_bytes: int
    #: Some window holds the code, for writing: nobody may then store near the public window's edges.
    code_is_writable: bool = False
    #: Edges of windows and of memory, all of them safe in the sense of `POINTERS`.
    edges: list[int] = field(default_factory=list)

    def __post_init__(self):
        rng, end = self.rng, RAM_BASE + self.ram_bytes
        elsewhere = [end, end - 8, 0, 0x4000_0000, 0x7FFF_FFFC, 0xFFFF_FFFC, GPIO, GPIO, GPIO + 8, GPIO + 0x100]
        self.edges += rng.sample([*elsewhere, RAM_BASE + 4], 4)
        # Where most windows begin and end: few places, so that accesses meet the edges of the active module often.
        first = DATA + 0x100 + rng.randrange(0x400)
        self._hot = [first + distance for distance in (0, rng.randrange(1, 9), 0x20, 0x40 + rng.randrange(4), 0x200)]

    def window(self) -> tuple[int, int]:
        """Bounds for an arena, a device window or a grant; their edges become interesting."""
        rng = self.rng
        lower, upper = sorted(edge + rng.choice((0, 0, 0, -1, 1, 2, 3)) for edge in rng.choices(self._hot, k=2))
        special = rng.random()
        if special < 0.06:
            lower, upper = upper, lower
        elif special < 0.12:
            upper = 0xFFFF_FFFF
        elif special < 0.14:
            lower, upper, self.code_is_writable = rng.choice((0, 0x4000_0000)), 0xFFFF_FFFF, True
        elif special < 0.19:
            end = RAM_BASE + self.ram_bytes
            lower, upper = end - 8, end + rng.choice((0, 2, 8))
        elif special < 0.34:
            lower = GPIO + rng.choice((0, 0, 4, 1))
            upper = lower + rng.choice((1, 4, 7, 8, 16, 0x100))
        self.edges += [edge for edge in (lower, upper) if self._safe(edge)]
        return lower, upper

    def region(self) -> tuple[int, int]:
        """Multiples of 4 for an entry of PMP, without any code; its edges become interesting."""
        rng = self.rng
        lower, upper = sorted(edge & ~3 for edge in rng.choices(self._hot, k=2))
        special = rng.random()
        if special < 0.06:
            lower, upper = upper, lower
        elif special < 0.12:
            end = RAM_BASE + self.ram_bytes
            lower, upper = end - 8, end + rng.choice((0, 4))
        elif special < 0.3:
            lower = GPIO + rng.choice((0, 0, 4))
            upper = GPIO + rng.choice((4, 8, 16, 0x100))
        self.edges += [lower, upper]
        return lower, upper

    def pointer(self) -> int:
        """An address near an edge, aligned or not."""
        edge = self.rng.choice(self.edges)
        near = self.rng.choice((0, 0, 0, -1, 1, -2, 2, -3, 3, -4, 4, -8))
        return (edge + near) & self.rng.choice((0xFFFF_FFFC, 0xFFFF_FFFC, 0xFFFF_FFFE, 0xFFFF_FFFF))

    def offset(self, size: int) -> int:
        """An offset that keeps an access of ``size`` bytes near its pointer, and mostly aligned if that is."""
        if self.rng.random() < 0.75:
            return size * self.rng.choice((0, 0, 1, 1, -1, -1, 2, -2, 3))
        return self.rng.choice((1, -1, 2, -2, 3, -5, 7))

    def value(self) -> int:
        """A number that arithmetic may find hard."""
        rng = self.rng
        return rng.choice(
            (
                0,
                1,
                2,
                0xFFFF_FFFF,
                0x7FFF_FFFF,
                0x8000_0000,
                0x8000_0001,
                0xFFFF_0000,
                0x0000_FFFF,
                1 << rng.randrange(32),
                rng.getrandbits(32),
                rng.getrandbits(32),
                rng.getrandbits(8),
            )
        )

    def _safe(self, edge: int) -> bool:
        code_edge = RAM_BASE + 0x20 < edge < DATA + 0x20
        return not code_edge
