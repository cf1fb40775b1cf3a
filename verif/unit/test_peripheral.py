"""What all devices have in common, shown on the GPIO block; and that each has it."""

import pytest

from lib.wishbone import Initiator, register_address, simulate
from paddock.config import DEFAULT
from paddock.isa.memmap import DEVICE_BY_NAME, DEVICES
from paddock.soc.clint import Clint
from paddock.soc.finisher import Finisher
from paddock.soc.gpio import Gpio
from paddock.soc.monitor import Monitor
from paddock.soc.plic import Plic
from paddock.soc.timer import Timer
from paddock.soc.uart import Uart

MAKERS = {
    "finisher": Finisher,
    "clint": Clint,
    "plic": Plic,
    "uart": Uart,
    "gpio": Gpio,
    "timer": Timer,
    "monitor": lambda: Monitor(DEFAULT),
}
OUT = register_address(DEVICE_BY_NAME["gpio"], "out")


def test_no_device_is_left_out():
    assert {device.name for device in DEVICES} == set(MAKERS)


@pytest.mark.parametrize("name", MAKERS)
def test_access_takes_two_cycles_and_the_last_word_is_empty(name):
    dut = MAKERS[name]()
    last = dut.device.base + dut.device.size - 4

    async def bench(ctx):
        bus = Initiator(ctx, dut.bus)
        for register in dut.device.registers:
            await bus.read(dut.device.base + (register.offset & ~3))
            assert bus.cycles == 2
        await bus.write(last, 0xFFFF_FFFF)
        assert bus.cycles == 2
        assert await bus.read(last) == 0

    simulate(dut, bench)


def test_no_access_without_cyc_or_without_stb():
    gpio = Gpio()

    async def bench(ctx):
        ctx.set(gpio.bus.adr, OUT >> 2)
        ctx.set(gpio.bus.dat_w, 1)
        ctx.set(gpio.bus.sel, 0xF)
        ctx.set(gpio.bus.we, 1)
        for cyc, stb in ((0, 0), (0, 1), (1, 0)):
            ctx.set(gpio.bus.cyc, cyc)
            ctx.set(gpio.bus.stb, stb)
            await ctx.tick().repeat(3)
            assert ctx.get(gpio.bus.ack) == 0
            assert ctx.get(gpio.outputs) == 0

    simulate(gpio, bench)


def test_lanes():
    gpio = Gpio()

    async def bench(ctx):
        bus = Initiator(ctx, gpio.bus)
        await bus.write(OUT, 0x44332211)
        await bus.write(OUT + 1, 0xAA, size=1)
        assert ctx.get(gpio.outputs) == 0x4433AA11
        await bus.write(OUT + 2, 0xBBCC, size=2)
        assert ctx.get(gpio.outputs) == 0xBBCCAA11
        assert await bus.read(OUT + 3, size=1) == 0xBB

    simulate(gpio, bench)


def test_back_to_back_accesses_are_two():
    """With stb kept high, the cycle after ack starts the next access."""
    gpio = Gpio()

    async def bench(ctx):
        ctx.set(gpio.bus.cyc, 1)
        ctx.set(gpio.bus.stb, 1)
        acks = []
        for _ in range(6):
            acks.append(ctx.get(gpio.bus.ack))
            await ctx.tick()
        assert acks == [0, 1, 0, 1, 0, 1]

    simulate(gpio, bench)
