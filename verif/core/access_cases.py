"""The table of accesses: every window, kind, size and edge, and what the specification says to each."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from paddock.isa.cause import Cause, Kind

__all__ = [
    "DEVICE",
    "LOADS",
    "STORES",
    "WINDOWS",
    "Access",
    "Layout",
    "Range",
    "all_cases",
    "allowed",
    "crossed_cases",
    "middle",
    "random_cases",
]

#: Name -> bytes, in the order of ``accesses`` in access.S.
SIZES = {"lb": 1, "lh": 2, "lw": 4, "lbu": 1, "lhu": 2, "sb": 1, "sh": 2, "sw": 4}
LOADS = ("lb", "lh", "lw", "lbu", "lhu")
STORES = ("sb", "sh", "sw")
DEVICE = 0x1000_0000
WINDOWS = ("arena", "device", "grant", "public")


@dataclass(frozen=True)
class Range:
    """``[lower, upper)`` with permissions."""

    lower: int = 0
    upper: int = 0
    read: bool = False
    write: bool = False

    def passes(self, address: int, size: int, store: bool) -> bool:
        """The rule of docs/reference/extension.md, section 2."""
        permission = self.write if store else self.read
        return permission and self.lower <= address and address + size <= self.upper


@dataclass(frozen=True)
class Layout:
    """Where the program has put what the cases touch."""

    memory: int
    public_low: int
    accesses: int
    public_high: int

    @property
    def public(self) -> Range:
        """The public window with its code and the words around it."""
        return Range(self.public_low, self.public_high + 16, read=True)


@dataclass(frozen=True)
class Access:
    """One access and the windows that are open to it."""

    name: str
    address: int
    arena: Range
    device: Range
    grant: Range
    public: Range

    @property
    def size(self) -> int:
        """Bytes."""
        return SIZES[self.name]

    @property
    def store(self) -> bool:
        """A store, else a load."""
        return self.name in STORES

    @property
    def windows(self) -> tuple[Range, ...]:
        """All four."""
        return (self.arena, self.device, self.grant, self.public)

    def expected(self) -> tuple[Cause, Kind] | None:
        """What the access must trap with; None if it must pass."""
        if self.address % self.size:
            return (Cause.STORE_MISALIGNED if self.store else Cause.LOAD_MISALIGNED), Kind.NONE
        if allowed(self):
            return None
        return (Cause.STORE_FAULT if self.store else Cause.LOAD_FAULT), Kind.BOUNDS

    def __str__(self) -> str:
        shown = ", ".join(f"[{w.lower:#x}, {w.upper:#x}){'r' * w.read}{'w' * w.write}" for w in self.windows)
        return f"{self.name} {self.address:#x} in {shown}"


def allowed(access: Access) -> bool:
    """Some window lets all of it through."""
    return any(window.passes(access.address, access.size, access.store) for window in access.windows)


def _nothing(layout: Layout) -> Access:
    return Access("lb", 0, Range(read=True, write=True), Range(), Range(), layout.public)


def _edges(base: Access, window: str, lower: int, upper: int, **permissions) -> Iterator[Access]:
    """First, last, before, after, straddling both ends, for every kind and size."""
    opened = replace(base, **{window: Range(lower, upper, **permissions)})
    for name, size in SIZES.items():
        for address in sorted({lower - size, lower - 1, lower, lower + size, upper - size, upper - 1, upper}):
            yield replace(opened, name=name, address=address)
        # Aligned, but with a part outside, where the bound is not.
        for bound in (lower, upper):
            yield replace(opened, name=name, address=bound // size * size)


def all_cases(layout: Layout) -> Iterator[Access]:
    """The whole table."""
    nothing = _nothing(layout)
    both = {"read": True, "write": True}
    start = layout.memory + 16
    for lower, upper in ((0, 16), (1, 15), (2, 13), (3, 14), (0, 1), (4, 8), (5, 6), (6, 10)):
        yield from _edges(nothing, "arena", start + lower, start + upper, **both)
    for permissions in (both, {"read": True}, {"write": True}, {}):
        for lower, upper in ((0x20, 0x30), (0x22, 0x2D)):
            yield from _edges(nothing, "device", DEVICE + lower, DEVICE + upper, **permissions)
        for lower, upper in ((0, 16), (3, 14)):
            yield from _edges(nothing, "grant", start + lower, start + upper, **permissions)
    for low, high in ((0, 16), (5, 10), (2, 3)):
        lower, upper = layout.public_low + low, layout.public_high + high
        yield from _edges(nothing, "public", lower, upper, read=True)

    for name in SIZES:
        aligned = start + 4
        # Empty and inverted ranges match nothing, full ones everything; not even full ones the last byte.
        for lower, upper in ((aligned, aligned), (aligned + 4, aligned), (0xFFFF_FFFF, 0), (aligned, 0), (0, 0)):
            yield replace(nothing, name=name, address=aligned, arena=Range(lower, upper, **both))
        for window in ("arena", "device", "grant"):
            full = replace(nothing, name=name, **{window: Range(0, 0xFFFF_FFFF, **both)})
            for address in (aligned, DEVICE + 0x24, layout.public_low, layout.accesses):
                yield replace(full, address=address)
            yield replace(full, address=0xFFFF_FFFF // SIZES[name] * SIZES[name])
        # Around 0 and 2**32: nothing wraps.
        for address in (0, 0xFFFF_FFFC, 0xFFFF_FFFF // SIZES[name] * SIZES[name]):
            for lower, upper in ((0xFFFF_FFFD, 0xFFFF_FFFF), (1, 0x10), (0xFFFF_FFF0, 4), (0, 0)):
                yield replace(nothing, name=name, address=address, arena=Range(lower, upper, **both))
        # Two windows side by side do not make a larger one; two that overlap add up their permissions.
        middle = aligned + SIZES[name] // 2
        yield replace(
            nothing,
            name=name,
            address=aligned,
            arena=Range(aligned - 8, middle, **both),
            grant=Range(middle, aligned + 8, **both),
        )
        grant = Range(start, start + 16, read=True)
        yield replace(nothing, name=name, address=aligned, device=Range(start, start + 16, write=True), grant=grant)
        yield replace(nothing, name=name, address=aligned, arena=Range(aligned, aligned + 4, **both), grant=grant)


def random_cases(layout: Layout, number: int, seed: int) -> Iterator[Access]:
    """Accesses near the bounds of windows that lie near each other."""
    rng = random.Random(seed)

    def window(base: int) -> Range:
        lower = base + rng.randrange(12)
        return Range(lower, lower + rng.randrange(-2, 12), rng.random() < 0.8, rng.random() < 0.8)

    for _ in range(number):
        base = rng.choice([layout.memory + 16, DEVICE + 0x20])
        arena, device, grant = (window(base) for _ in range(3))
        yield Access(
            name=rng.choice(list(SIZES)),
            address=base + rng.randrange(-2, 24),
            arena=replace(arena, read=True, write=True),
            device=device,
            grant=grant,
            public=layout.public,
        )


def crossed_cases(layout: Layout, scratch: int) -> Iterator[tuple[str, Access]]:
    """Every kind and size at every edge of every window that an aligned access can meet, with the window's name.

    The middle of the arena and of the device window, if they are not what is tested those at ``scratch`` and at the
    device's end, is left alone: `middle` says where it is.
    """
    both = {"read": True, "write": True}
    base = replace(
        _nothing(layout),
        arena=Range(scratch, scratch + 64, **both),
        device=Range(DEVICE + 0x80, DEVICE + 0xC0, **both),
    )
    places = {
        "arena": (layout.memory + 16, layout.memory + 48, both),
        "device": (DEVICE + 0x20, DEVICE + 0x40, both),
        "grant": (layout.memory + 16, layout.memory + 48, both),
        "public": (layout.public_low + 8, layout.public_high + 32, {"read": True}),
    }
    for window, (low, high, permissions) in places.items():
        for name, size in SIZES.items():
            whole = replace(base, name=name, **{window: Range(low, high, **permissions)})
            for address in (low - size, low, low + 8, high - size, high):
                yield window, replace(whole, address=address)
            if size > 1:
                cut = replace(base, name=name, **{window: Range(low + 1, high - 1, **permissions)})
                yield window, replace(cut, address=low)
                yield window, replace(cut, address=high - size)


def middle(window: Range) -> int:
    """A word inside the window that no crossed case looks at."""
    return (window.lower & ~3) + 16
