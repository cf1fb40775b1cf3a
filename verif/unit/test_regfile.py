"""Registers: zero at first, each one its own, two reads at once, a write at the end of its cycle."""

import random

from amaranth import *

from lib.ports import drive
from lib.wishbone import simulate
from paddock.units.regfile import RegisterFile


async def write(ctx, dut, number: int, value: int) -> None:
    drive(ctx, dut, m_write=1, m_rd=number, m_value=value)
    await ctx.tick()
    ctx.set(dut.m_write, 0)


def read(ctx, dut, first: int, second: int) -> tuple[int, int]:
    drive(ctx, dut, d_rs1=first, d_rs2=second)
    return ctx.get(dut.d_rs1_value), ctx.get(dut.d_rs2_value)


def test_all_are_0_after_reset():
    dut = RegisterFile()

    async def bench(ctx):
        for number in range(32):
            assert read(ctx, dut, number, 31 - number) == (0, 0)

    simulate(dut, bench)


def test_each_keeps_its_value_and_any_two_are_read_at_once():
    dut = RegisterFile()
    values = [0] + [0x0101_0101 * number ^ 0x8000_0000 for number in range(1, 32)]

    async def bench(ctx):
        for number in range(1, 32):
            await write(ctx, dut, number, values[number])
        for first in range(32):
            for second in range(32):
                assert read(ctx, dut, first, second) == (values[first], values[second]), (first, second)

    simulate(dut, bench)


def test_write_shows_in_the_next_cycle_and_not_before():
    dut = RegisterFile()

    async def bench(ctx):
        await write(ctx, dut, 7, 1)
        drive(ctx, dut, m_write=1, m_rd=7, m_value=2)
        assert read(ctx, dut, 7, 7) == (1, 1)
        await ctx.tick()
        assert read(ctx, dut, 7, 7) == (2, 2)

    simulate(dut, bench)


def test_nothing_is_written_without_m_write():
    dut = RegisterFile()

    async def bench(ctx):
        await write(ctx, dut, 9, 0x1234)
        drive(ctx, dut, m_rd=9, m_value=0x5678)
        await ctx.tick().repeat(2)
        assert read(ctx, dut, 9, 9) == (0x1234, 0x1234)

    simulate(dut, bench)


def test_random_writes_and_reads():
    dut = RegisterFile()

    async def bench(ctx):
        rng = random.Random(1)
        expected = [0] * 32
        for _ in range(1000):
            number, value, writes = rng.randrange(1, 32), rng.getrandbits(32), rng.random() < 0.7
            first, second = rng.choice([number, rng.randrange(32)]), rng.randrange(32)
            drive(ctx, dut, m_write=writes, m_rd=number, m_value=value)
            assert read(ctx, dut, first, second) == (expected[first], expected[second])
            await ctx.tick()
            if writes:
                expected[number] = value

    simulate(dut, bench)


class Both(Elaboratable):
    """The two register files side by side."""

    def __init__(self):
        self.lut_ram, self.block_ram = RegisterFile(), RegisterFile(block_ram=True)

    def elaborate(self, platform):
        m = Module()
        m.submodules.lut_ram, m.submodules.block_ram = self.lut_ram, self.block_ram
        return m


def test_block_ram_shows_the_same_in_the_second_half_of_every_cycle():
    dut = Both()

    async def bench(ctx):
        rng = random.Random(2)
        await ctx.tick()
        for _ in range(2000):
            number = rng.randrange(1, 32)
            first, second = rng.choice([number, rng.randrange(32)]), rng.randrange(32)
            inputs = {"m_write": rng.random() < 0.7, "m_rd": number, "m_value": rng.getrandbits(32)}
            # The numbers come somewhat later than the edge, the values are wanted before the next one.
            await ctx.delay(0.2e-6)
            for each in (dut.lut_ram, dut.block_ram):
                drive(ctx, each, d_rs1=first, d_rs2=second, **inputs)
            await ctx.delay(0.5e-6)
            for name in ("d_rs1_value", "d_rs2_value"):
                assert ctx.get(getattr(dut.block_ram, name)) == ctx.get(getattr(dut.lut_ram, name))
            await ctx.tick()

    simulate(dut, bench)
