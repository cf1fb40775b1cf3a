"""Multiplier and divider against Python's integers; when a result is there, how long it stays, how it is dropped."""

import random

import pytest

from lib.ports import drive
from lib.wishbone import simulate
from paddock.units.muldiv import Divider, Multiplier

TOP = 0xFFFF_FFFF
LOWEST = 0x8000_0000
CORNERS = (0, 1, 2, 3, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, LOWEST, LOWEST + 1, TOP - 1, TOP)
MULTIPLY = {"mul": 0, "mulh": 1, "mulhsu": 2, "mulhu": 3}
DIVIDE = {"div": 4, "divu": 5, "rem": 6, "remu": 7}
#: Cycles from the first with ``x_start`` to that with ``x_done``.
LATENCY = 33


def signed(word: int) -> int:
    return word - (word >> 31 << 32)


def product(name: str, a: int, b: int) -> int:
    first = a if name == "mulhu" else signed(a)
    second = signed(b) if name in ("mul", "mulh") else b
    return (first * second >> (0 if name == "mul" else 32)) & TOP


def division(name: str, a: int, b: int) -> int:
    """Unprivileged specification, section 12.2: rounds towards zero; x / 0 = -1, x % 0 = x."""
    if not name.endswith("u"):
        a, b = signed(a), signed(b)
    if b == 0:
        quotient, remainder = -1, a
    else:
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        remainder = a - quotient * b
    return (quotient if name.startswith("div") else remainder) & TOP


def operands(count: int) -> list[tuple[int, int]]:
    """Corners with each other, then random words of random length."""
    rng = random.Random(1)

    def word():
        return rng.getrandbits(32) >> rng.choice([0, 0, 8, 16, 28])

    return [(a, b) for a in CORNERS for b in CORNERS] + [(word(), word()) for _ in range(count)]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", MULTIPLY)
def test_product_one_cycle_later_one_per_cycle(name, narrow):
    dut = Multiplier(narrow=narrow)

    async def bench(ctx):
        drive(ctx, dut, x_funct3=MULTIPLY[name], x_start=1, x_advance=1)
        for a, b in operands(300):
            drive(ctx, dut, x_op1=a, x_op2=b)
            await ctx.tick()
            assert ctx.get(dut.m_result) == product(name, a, b), f"{name} {a:#x}, {b:#x}"

    simulate(dut, bench)


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_product_stays_in_m_until_x_advances(narrow):
    dut = Multiplier(narrow=narrow)

    async def bench(ctx):
        drive(ctx, dut, x_op1=TOP, x_op2=TOP, x_funct3=MULTIPLY["mulhu"], x_start=1, x_advance=1)
        await ctx.tick()
        drive(ctx, dut, x_op1=3, x_op2=5, x_funct3=MULTIPLY["mul"], x_advance=0)
        await ctx.tick().repeat(3)
        assert ctx.get(dut.m_result) == TOP - 1
        ctx.set(dut.x_advance, 1)
        await ctx.tick()
        assert ctx.get(dut.m_result) == 15

    simulate(dut, bench)


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", MULTIPLY)
def test_product_is_0_behind_any_other_instruction(name, narrow):
    dut = Multiplier(narrow=narrow)

    async def bench(ctx):
        drive(ctx, dut, x_op1=TOP, x_op2=TOP - 1, x_funct3=MULTIPLY[name], x_advance=1)
        for starts in (1, 0, 0, 1, 0):
            ctx.set(dut.x_start, starts)
            await ctx.tick()
            assert ctx.get(dut.m_result) == starts * product(name, TOP, TOP - 1)

    simulate(dut, bench)


def start(ctx, dut, name: str, a: int, b: int) -> None:
    drive(ctx, dut, x_op1=a, x_op2=b, x_funct3=DIVIDE[name], x_start=1)


async def divide(ctx, dut, name: str, a: int, b: int) -> int:
    """A division without a wait: M would take any result, so ``x_advance`` is high all along."""
    start(ctx, dut, name, a, b)
    ctx.set(dut.x_advance, 1)
    cycles = 0
    while not ctx.get(dut.x_done):
        assert ctx.get(dut.x_result) == 0, "other results are merged with it by OR"
        assert cycles < LATENCY, "too slow"
        await ctx.tick()
        cycles += 1
    result = ctx.get(dut.x_result)
    await ctx.tick()
    ctx.set(dut.x_start, 0)
    assert cycles == LATENCY
    return result


@pytest.mark.parametrize("name", DIVIDE)
def test_divides_every_corner_and_random_words(name):
    dut = Divider()

    async def bench(ctx):
        for a, b in operands(60):
            assert await divide(ctx, dut, name, a, b) == division(name, a, b), f"{name} {a:#x}, {b:#x}"

    simulate(dut, bench)


@pytest.mark.parametrize(
    "name, a, b, want",
    [
        ("div", 7, 0, TOP),
        ("div", TOP - 6, 0, TOP),
        ("divu", 7, 0, TOP),
        ("rem", TOP - 6, 0, TOP - 6),
        ("remu", 7, 0, 7),
        ("div", LOWEST, TOP, LOWEST),
        ("rem", LOWEST, TOP, 0),
        ("divu", LOWEST, TOP, 0),
        ("remu", LOWEST, TOP, LOWEST),
        ("div", TOP - 6, 2, TOP - 2),
        ("rem", TOP - 6, 2, TOP),
        ("rem", 7, TOP - 1, 1),
    ],
)
def test_what_the_specification_says_of_zero_overflow_and_signs(name, a, b, want):
    """Hand-typed, so that the Python above is not the only witness."""
    dut = Divider()

    async def bench(ctx):
        assert await divide(ctx, dut, name, a, b) == want

    simulate(dut, bench)


def test_result_stays_until_the_instruction_leaves():
    dut = Divider()

    async def bench(ctx):
        start(ctx, dut, "divu", 100, 7)
        await ctx.tick().repeat(LATENCY)
        for _ in range(40):
            assert (ctx.get(dut.x_done), ctx.get(dut.x_result)) == (1, 14)
            await ctx.tick()
        ctx.set(dut.x_advance, 1)
        await ctx.tick()
        drive(ctx, dut, x_start=0)
        assert (ctx.get(dut.x_done), ctx.get(dut.x_result)) == (0, 0)

    simulate(dut, bench)


def test_next_division_may_follow_at_once():
    dut = Divider()

    async def bench(ctx):
        for name, a, b in (("div", TOP - 99, 7), ("rem", 100, 7), ("remu", TOP, 10), ("divu", TOP, 3)):
            assert await divide(ctx, dut, name, a, b) == division(name, a, b)

    simulate(dut, bench)


@pytest.mark.parametrize("cycle", [0, 1, 2, 16, 31, 32, 33, 36])
def test_abort_in_any_cycle_leaves_nothing_behind(cycle):
    dut = Divider()

    async def bench(ctx):
        start(ctx, dut, "div", LOWEST, 3)
        for _ in range(cycle):
            await ctx.tick()
        ctx.set(dut.x_abort, 1)
        await ctx.tick()
        drive(ctx, dut, x_abort=0, x_start=0)
        for _ in range(LATENCY + 3):
            assert (ctx.get(dut.x_done), ctx.get(dut.x_result)) == (0, 0)
            await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize("cycle", [0, 1, 16, 32, 33])
def test_division_right_behind_an_aborted_one(cycle):
    dut = Divider()

    async def bench(ctx):
        start(ctx, dut, "div", LOWEST, 3)
        for _ in range(cycle):
            await ctx.tick()
        ctx.set(dut.x_abort, 1)
        await ctx.tick()
        ctx.set(dut.x_abort, 0)
        assert await divide(ctx, dut, "remu", 1000, 7) == 6

    simulate(dut, bench)


def test_nothing_starts_by_itself():
    dut = Divider()

    async def bench(ctx):
        drive(ctx, dut, x_op1=9, x_op2=3, x_funct3=DIVIDE["div"])
        for _ in range(LATENCY + 3):
            assert (ctx.get(dut.x_done), ctx.get(dut.x_result)) == (0, 0)
            await ctx.tick()

    simulate(dut, bench)
