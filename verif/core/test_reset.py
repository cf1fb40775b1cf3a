"""Reset brings the core back to where it starts, whatever it was doing: every register that software can see, and the
pipeline, in the middle of anything."""

import random

import cocotb
import pytest
from cocotb.triggers import FallingEdge

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT, PLAIN

#: As in reset.S.
CHECK, IN_KERNEL, IN_MODULE, FOR_EVER = range(4)


async def start(bench: Bench, phase: int, **settings: int) -> None:
    program = assemble(PROGRAMS / "reset.S", the_config())
    await bench.start(program, data={program.symbols["phase"]: phase}, **settings)


@cocotb.test()
async def every_register(dut):
    bench = Bench(dut)
    for phase in (IN_KERNEL, IN_MODULE):
        await start(bench, phase)
        await bench.passes()
        await start(bench, CHECK)
        await bench.passes()


@cocotb.test()
async def at_any_time(dut):
    bench = Bench(dut)
    rng = random.Random(1)
    for _ in range(60):
        await start(bench, FOR_EVER, ibus_chance=2, dbus_chance=2, device_wait=2, seed=rng.randrange(1 << 16))
        for _ in range(rng.randrange(100, 400)):
            await FallingEdge(dut.clk)
        await start(bench, CHECK, ibus_chance=rng.choice((0, 3)))
        await bench.passes()


@pytest.mark.parametrize("config", [DEFAULT, PLAIN], ids=["default", "plain"])
def test_reset(subtests, config):
    check_all(subtests, __file__, config)
