# amaranth: UnusedElaboratable=no
"""GPIO: output, set and clear, input."""

import pytest

from lib.wishbone import Initiator, register_address, simulate
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.gpio import Gpio

OUT, IN, SET, CLEAR = (register_address(DEVICE_BY_NAME["gpio"], name) for name in ("out", "in", "set", "clear"))


def test_out_set_clear():
    dut = Gpio()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(OUT, 0x0000_F0F0)
        await bus.write(SET, 0x8000_0003)
        assert ctx.get(dut.outputs) == 0x8000_F0F3
        await bus.write(CLEAR, 0xC000_00F1)
        assert ctx.get(dut.outputs) == 0x0000_F002
        await bus.write(SET + 3, 0x01, size=1)
        await bus.write(CLEAR + 1, 0x10, size=1)
        for register in (OUT, SET, CLEAR):
            assert await bus.read(register) == 0x0100_E002

    simulate(dut, bench)


def test_inputs_come_two_cycles_late_and_cannot_be_written():
    dut = Gpio()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        ctx.set(dut.inputs, 0xDEAD_BEEF)
        assert await bus.read(IN) == 0
        assert await bus.read(IN) == 0xDEAD_BEEF
        await bus.write(IN, 0)
        assert await bus.read(IN) == 0xDEAD_BEEF
        assert await bus.read(OUT) == 0

    simulate(dut, bench)


def test_pins_that_are_not_there_read_0():
    dut = Gpio(8)

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        ctx.set(dut.inputs, 0xFFFF_FFA5)
        await bus.write(OUT, 0xFFFF_FFFF)
        await bus.write(CLEAR, 0x0000_FF01)
        assert await bus.read(OUT) == ctx.get(dut.outputs) == 0xFE
        assert await bus.read(IN) == 0xA5

    simulate(dut, bench)


@pytest.mark.parametrize("width", [0, 33, "8"])
def test_refuses_a_width(width):
    with pytest.raises(ValueError, match=f"GPIO has from 1 to 32 pins, not {width!r}"):
        Gpio(width)
