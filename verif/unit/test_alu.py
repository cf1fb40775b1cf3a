"""The ALU against Python's integers: sum, difference, comparison, logic, shifts."""

import random

from lib.ports import combinational, drive
from paddock.units.alu import Alu, LogicOp

TOP = 0xFFFF_FFFF
#: Where carries, signs and halves of words go wrong.
CORNERS = (0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xAAAA_AAAA, TOP - 1, TOP)


def pairs(count: int = 300) -> list[tuple[int, int]]:
    """All corners with each other, then random words; among them some that differ in one bit only."""
    rng = random.Random(1)
    words = [(rng.getrandbits(32), rng.getrandbits(32)) for _ in range(count)]
    near = [(word, word ^ 1 << rng.randrange(32)) for word, _ in words[:64]]
    return [(a, b) for a in CORNERS for b in CORNERS] + words + near


def signed(word: int) -> int:
    return word - (word >> 31 << 32)


def test_sum():
    dut = Alu()

    async def bench(ctx):
        for a, b in pairs():
            drive(ctx, dut, x_op1=a, x_op2=b, x_subtract=0)
            assert ctx.get(dut.x_sum) == (a + b) & TOP, f"{a:#x} + {b:#x}"

    combinational(dut, bench)


def test_difference_of_an_inverted_operand():
    dut = Alu()

    async def bench(ctx):
        for a, b in pairs():
            drive(ctx, dut, x_op1=a, x_op2=b ^ TOP, x_subtract=1)
            assert ctx.get(dut.x_sum) == (a - b) & TOP, f"{a:#x} - {b:#x}"

    combinational(dut, bench)


def test_equal_only_if_no_bit_differs():
    dut = Alu()

    async def bench(ctx):
        ctx.set(dut.x_subtract, 1)
        for a, b in pairs():
            for c in (a, b):
                drive(ctx, dut, x_op1=a, x_op2=c ^ TOP)
                assert ctx.get(dut.x_equal) == (a == c), f"{a:#x} == {c:#x}"

    combinational(dut, bench)


def test_less_signed_and_unsigned():
    dut = Alu()

    async def bench(ctx):
        ctx.set(dut.x_subtract, 1)
        for a, b in pairs():
            drive(ctx, dut, x_op1=a, x_op2=b ^ TOP, x_unsigned=1)
            assert ctx.get(dut.x_less) == (a < b), f"{a:#x} < {b:#x}, unsigned"
            ctx.set(dut.x_unsigned, 0)
            assert ctx.get(dut.x_less) == (signed(a) < signed(b)), f"{a:#x} < {b:#x}, signed"

    combinational(dut, bench)


def test_logic_operations_and_0_without_one():
    dut = Alu()

    async def bench(ctx):
        for a, b in pairs():
            drive(ctx, dut, x_op1=a, x_op2=b)
            for op, want in ((LogicOp.XOR, a ^ b), (LogicOp.OR, a | b), (LogicOp.AND, a & b), (LogicOp.NONE, 0)):
                ctx.set(dut.x_logic_op, op)
                assert ctx.get(dut.x_logic) == want, f"{op.name} of {a:#x}, {b:#x}"

    combinational(dut, bench)


def test_shifts_by_every_amount():
    dut = Alu()

    async def bench(ctx):
        rng = random.Random(1)
        for word in (*CORNERS, rng.getrandbits(32), rng.getrandbits(32)):
            for amount in range(32):
                # Only the low five bits of the operand count.
                drive(ctx, dut, x_op1=word, x_op2=rng.getrandbits(27) << 5 | amount)
                drive(ctx, dut, x_shift_left=0, x_shift_arith=0)
                assert ctx.get(dut.x_shifted) == word >> amount, f"srl {word:#x}, {amount}"
                ctx.set(dut.x_shift_arith, 1)
                assert ctx.get(dut.x_shifted) == (signed(word) >> amount) & TOP, f"sra {word:#x}, {amount}"
                drive(ctx, dut, x_shift_left=1, x_shift_arith=0)
                got = int(f"{ctx.get(dut.x_shifted):032b}"[::-1], 2)
                assert got == (word << amount) & TOP, f"sll {word:#x}, {amount}"

    combinational(dut, bench)
