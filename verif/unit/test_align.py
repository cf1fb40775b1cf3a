"""Byte lanes: what a store puts where, what a load takes out, which addresses are misaligned."""

import random

import pytest

from lib.ports import combinational, drive
from paddock.units.align import LoadAlign, StoreAlign

TOP = 0xFFFF_FFFF
#: Bytes that differ from each other, with their signs both ways.
WORDS = (0x0000_0000, TOP, 0x8182_8384, 0x0102_0304, 0x7F80_FF00, 0x80FF_007F)
ALIGNED = [(size, offset) for size in range(3) for offset in range(0, 4, 1 << size)]


def test_store_selects_the_lanes_of_its_bytes():
    dut = StoreAlign()

    async def bench(ctx):
        for size, offset in ALIGNED:
            drive(ctx, dut, x_size=size, x_offset=offset)
            want = sum(1 << lane for lane in range(offset, offset + (1 << size)))
            assert ctx.get(dut.x_lanes) == want, f"{1 << size} bytes at offset {offset}"

    combinational(dut, bench)


def test_store_puts_each_byte_into_its_lane():
    dut = StoreAlign()

    async def bench(ctx):
        for value in WORDS:
            for size, offset in ALIGNED:
                drive(ctx, dut, x_size=size, x_offset=offset, x_value=value)
                data = ctx.get(dut.x_data)
                for n in range(1 << size):
                    lane = data >> 8 * (offset + n) & 0xFF
                    assert lane == value >> 8 * n & 0xFF, f"byte {n} of {1 << size} at offset {offset}: {data:#x}"

    combinational(dut, bench)


def test_misaligned_is_what_is_no_multiple_of_the_size():
    dut = StoreAlign()

    async def bench(ctx):
        for size in range(3):
            for offset in range(4):
                drive(ctx, dut, x_size=size, x_offset=offset)
                assert ctx.get(dut.x_misaligned) == ((size, offset) not in ALIGNED), f"{1 << size} at {offset}"

    combinational(dut, bench)


def loaded(word: int, offset: int, size: int, extend_sign: bool) -> int:
    """What a load leaves in ``rd``."""
    part = word.to_bytes(4, "little")[offset : offset + (1 << size)]
    return int.from_bytes(part, "little", signed=extend_sign) & TOP


@pytest.mark.parametrize("name, funct3", {"lb": 0, "lh": 1, "lw": 2, "lbu": 4, "lhu": 5}.items())
def test_load_takes_its_bytes_and_extends_them(name, funct3):
    dut = LoadAlign()

    async def bench(ctx):
        rng = random.Random(1)
        size = funct3 & 3
        ctx.set(dut.m_funct3, funct3)
        for word in (*WORDS, *(rng.getrandbits(32) for _ in range(50))):
            for offset in range(0, 4, 1 << size):
                drive(ctx, dut, m_word=word, m_offset=offset)
                want = loaded(word, offset, size, extend_sign=funct3 < 4)
                assert ctx.get(dut.m_value) == want, f"{name} at offset {offset} of {word:#010x}"

    combinational(dut, bench)
