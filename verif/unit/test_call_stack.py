"""Call stack: frames come back as they went, and a slice ends where its CSRs say."""

import random
from dataclasses import replace

import pytest

from lib.ports import drive
from lib.wishbone import simulate
from paddock.config import DEFAULT, MINIMAL
from paddock.gate import CallStack

TOP = 0xFFFF_FFFF
SMALL = replace(DEFAULT, frames=4)
CONFIGS = pytest.mark.parametrize("config", [DEFAULT, MINIMAL], ids=["default", "minimal"])
FRAME = {"pc": 30, "id": 4, "value": 32, "glower": 32, "gupper": 32, "gread": 1, "gwrite": 1}


def random_frame(rng: random.Random, config) -> dict[str, int]:
    grant = config.grant_window
    widths = FRAME | {"id": config.id_bits}
    return {name: rng.getrandbits(width) for name, width in widths.items() if grant or not name.startswith("g")}


async def push(ctx, dut, frame: dict[str, int]) -> None:
    drive(ctx, dut.x_new, **frame)
    ctx.set(dut.x_push, 1)
    await ctx.tick()
    ctx.set(dut.x_push, 0)


async def pop(ctx, dut) -> None:
    ctx.set(dut.x_pop, 1)
    await ctx.tick()
    ctx.set(dut.x_pop, 0)


async def write_slice(ctx, dut, base: int, limit: int) -> None:
    drive(ctx, dut, x_value=base | limit << 16, x_write_slice=1)
    await ctx.tick()
    ctx.set(dut.x_write_slice, 0)


async def write_top(ctx, dut, top: int) -> None:
    drive(ctx, dut, x_value=top, x_write_top=1)
    await ctx.tick()
    ctx.set(dut.x_write_top, 0)


def state(ctx, dut) -> tuple[int, int, int]:
    return ctx.get(dut.base), ctx.get(dut.limit), ctx.get(dut.top)


def top_frame(ctx, dut, names) -> dict[str, int]:
    return {name: ctx.get(getattr(dut.frame, name)) for name in names}


@pytest.mark.parametrize("frames", [2, 4, 256])
def test_after_reset_the_whole_stack_is_one_empty_slice(frames):
    dut = CallStack(replace(DEFAULT, frames=frames))

    async def bench(ctx):
        assert state(ctx, dut) == (0, frames, 0)
        assert (ctx.get(dut.empty), ctx.get(dut.full)) == (1, 0)

    simulate(dut, bench)


@CONFIGS
def test_last_pushed_is_first_popped_until_full_and_empty_again(config):
    dut = CallStack(config)

    async def bench(ctx):
        rng = random.Random(1)
        pushed = []
        for depth in range(config.frames):
            assert (ctx.get(dut.full), ctx.get(dut.empty)) == (0, depth == 0)
            pushed.append(random_frame(rng, config))
            await push(ctx, dut, pushed[-1])
        assert (ctx.get(dut.full), ctx.get(dut.empty)) == (1, 0)
        while pushed:
            await ctx.tick()
            assert top_frame(ctx, dut, pushed[-1]) == pushed.pop()
            await pop(ctx, dut)
            assert (ctx.get(dut.full), ctx.get(dut.empty)) == (0, not pushed)

    simulate(dut, bench)


def test_random_pushes_and_pops_with_the_frame_two_cycles_later():
    dut = CallStack(SMALL)

    async def bench(ctx):
        rng = random.Random(2)
        stack = []
        for _ in range(500):
            if stack and (len(stack) == 4 or rng.random() < 0.5):
                stack.pop()
                await pop(ctx, dut)
            else:
                stack.append(random_frame(rng, SMALL))
                await push(ctx, dut, stack[-1])
            assert ctx.get(dut.top) == len(stack)
            await ctx.tick()
            if stack:
                assert top_frame(ctx, dut, stack[-1]) == stack[-1]

    simulate(dut, bench)


def test_full_and_empty_for_every_slice_and_top():
    """Nonsense too: base above limit, top outside the slice."""
    dut = CallStack(SMALL)

    async def bench(ctx):
        for base in range(5):
            for limit in range(5):
                await write_slice(ctx, dut, base, limit)
                for top in range(5):
                    await write_top(ctx, dut, top)
                    assert state(ctx, dut) == (base, limit, top)
                    got = bool(ctx.get(dut.full)), bool(ctx.get(dut.empty))
                    assert got == (top >= limit or top >= 4, top <= base), (base, limit, top)

    simulate(dut, bench)


@pytest.mark.parametrize("frames", [2, 16, 256])
def test_indices_above_the_number_of_frames_become_it(frames):
    dut = CallStack(replace(DEFAULT, frames=frames))

    async def bench(ctx):
        for value in {*range(40), 127, 128, 254, 255, 256, 257, 511}:
            want = min(value, frames)
            await write_slice(ctx, dut, value, 0)
            assert state(ctx, dut)[:2] == (want, 0)
            await write_slice(ctx, dut, 0, value)
            assert state(ctx, dut)[:2] == (0, want)
            # Bits that belong to no field are ignored.
            await write_top(ctx, dut, value | 0xFFFF_FE00)
            assert state(ctx, dut) == (0, want, want)

    simulate(dut, bench)


def test_slice_and_top_are_written_one_without_the_other():
    dut = CallStack(SMALL)

    async def bench(ctx):
        await write_top(ctx, dut, 2)
        assert state(ctx, dut) == (0, 4, 2)
        await write_slice(ctx, dut, 1, 3)
        assert state(ctx, dut) == (1, 3, 2)
        await write_top(ctx, dut, 4)
        assert state(ctx, dut) == (1, 3, 4)

    simulate(dut, bench)


def test_nothing_changes_without_a_command():
    dut = CallStack(SMALL)

    async def bench(ctx):
        await write_slice(ctx, dut, 1, 3)
        await write_top(ctx, dut, 2)
        ctx.set(dut.x_value, TOP)
        drive(ctx, dut.x_new, pc=1, value=2)
        await ctx.tick().repeat(3)
        assert state(ctx, dut) == (1, 3, 2)

    simulate(dut, bench)


def test_threads_keep_their_frames_in_slices_of_their_own():
    dut = CallStack(SMALL)

    async def bench(ctx):
        rng = random.Random(4)
        frames = [random_frame(rng, SMALL) for _ in range(4)]
        for thread in range(2):
            await write_slice(ctx, dut, 2 * thread, 2 * thread + 2)
            await write_top(ctx, dut, 2 * thread)
            for frame in frames[2 * thread : 2 * thread + 2]:
                assert not ctx.get(dut.full)
                await push(ctx, dut, frame)
            assert ctx.get(dut.full)
        for thread in range(2):
            await write_slice(ctx, dut, 2 * thread, 2 * thread + 2)
            await write_top(ctx, dut, 2 * thread + 2)
            for frame in reversed(frames[2 * thread : 2 * thread + 2]):
                await ctx.tick()
                assert not ctx.get(dut.empty)
                assert top_frame(ctx, dut, frame) == frame
                await pop(ctx, dut)
            assert ctx.get(dut.empty)

    simulate(dut, bench)
