"""A serial line for the Amaranth simulator: frames as a peer would send and read them, bit by bit."""

from dataclasses import dataclass

__all__ = ["Frame", "send", "watch"]


@dataclass(frozen=True)
class Frame:
    """How characters look on the line; ``cycles`` is the length of a bit in clock cycles."""

    cycles: int
    bits: int = 8
    #: None, "even", "odd", "mark" or "space".
    parity: str | None = None
    stops: int = 1

    def levels(self, character: int) -> list[int]:
        """The line's level in each bit of the frame, start bit first."""
        data = [character >> n & 1 for n in range(self.bits)]
        parity = {"even": sum(data) % 2, "odd": 1 - sum(data) % 2, "mark": 1, "space": 0}
        return [0, *data, *([parity[self.parity]] if self.parity else []), *[1] * self.stops]


async def send(ctx, line, frame: Frame, characters, *, wrong=()) -> None:
    """Drive ``line`` with ``characters``, back to back; ``wrong`` names bits of each frame to be inverted."""
    for character in characters:
        for n, level in enumerate(frame.levels(character)):
            ctx.set(line, level ^ (n in wrong))
            await ctx.tick().repeat(frame.cycles)
    ctx.set(line, 1)


async def watch(ctx, line, frame: Frame, received: list[int], edges: list[int] | None = None) -> None:
    """For ever: append each character on ``line`` to ``received``; a malformed frame fails the test.

    ``edges`` gets the cycle of each start bit.
    """
    cycle = 0

    async def wait(cycles):
        nonlocal cycle
        # One by one: a repeat cannot be left in the middle when the simulation ends.
        for _ in range(cycles):
            await ctx.tick()
        cycle += cycles

    while True:
        while ctx.get(line):
            await wait(1)
        if edges is not None:
            edges.append(cycle)
        levels = []
        length = len(frame.levels(0))
        await wait(frame.cycles // 2)
        for n in range(length):
            levels.append(ctx.get(line))
            if n < length - 1:
                await wait(frame.cycles)
        character = sum(level << n for n, level in enumerate(levels[1 : 1 + frame.bits]))
        assert levels == frame.levels(character), f"malformed frame {levels}"
        received.append(character)
        while not ctx.get(line):
            await wait(1)
        # The stop bit's other half belongs to this frame.
        await wait(frame.cycles - frame.cycles // 2 - 1)
