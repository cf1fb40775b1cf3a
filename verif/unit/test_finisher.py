"""Test finisher: the verdicts, the first one only."""

import pytest

from lib.wishbone import Initiator, register_address, simulate
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.finisher import Finisher

FINISH = register_address(DEVICE_BY_NAME["finisher"], "finish")


@pytest.mark.parametrize(
    ("value", "size", "done", "code"),
    [
        (0x5555, 4, 1, 0),
        (0x1234_5555, 4, 1, 0),
        (0x0007_3333, 4, 1, 7),
        (0xFFFF_3333, 4, 1, 0xFFFF),
        (0x5555, 2, 1, 0),
        (0x3333, 2, 1, 0),
        (0x5554, 4, 0, 0),
        (0x55, 1, 0, 0),
        (0, 4, 0, 0),
    ],
)
def test_verdict(value, size, done, code):
    dut = Finisher()

    async def bench(ctx):
        await Initiator(ctx, dut.bus).write(FINISH, value, size)
        assert (ctx.get(dut.done), ctx.get(dut.code)) == (done, code)

    simulate(dut, bench)


def test_first_verdict_stays():
    dut = Finisher()

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        await bus.write(FINISH + 4, 0x5555)
        assert await bus.read(FINISH) == 0
        assert ctx.get(dut.done) == 0
        await bus.write(FINISH, 0x0003_3333)
        await bus.write(FINISH, 0x5555)
        await bus.write(FINISH, 0x0004_3333)
        assert (ctx.get(dut.done), ctx.get(dut.code)) == (1, 3)

    simulate(dut, bench)
