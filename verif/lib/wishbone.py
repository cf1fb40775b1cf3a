"""Wishbone accesses for the Amaranth simulator, shaped as the core's: byte addresses, sizes, data in their lanes."""

import pytest
from amaranth.sim import Simulator

__all__ = ["BusError", "Initiator", "register_address", "simulate", "wait_for"]


class BusError(Exception):
    """The access was answered with ``err``."""


def register_address(device, name: str, index: int = 0) -> int:
    """Absolute address of a register of a `paddock.isa.memmap.Device`, or of the ``index``-th word from it."""
    return device.base + next(r.offset for r in device.registers if r.name == name) + 4 * index


class Initiator:
    """Makes accesses on ``bus``, the device's side of a Wishbone. ``cycles`` is what the last access took."""

    #: A slave that takes longer hangs.
    PATIENCE = 16

    def __init__(self, ctx, bus):
        self._ctx, self._bus = ctx, bus
        self.cycles = 0

    async def read(self, address: int, size: int = 4) -> int:
        """Load ``size`` bytes."""
        word = await self._access(address, size, 0, we=0)
        return word >> 8 * (address % 4) & ((1 << 8 * size) - 1)

    async def write(self, address: int, value: int, size: int = 4) -> None:
        """Store ``size`` bytes."""
        await self._access(address, size, value, we=1)

    async def _access(self, address: int, size: int, value: int, we: int) -> int:
        assert size in (1, 2, 4) and address % size == 0, f"no access of {size} bytes at {address:#x}"
        ctx, bus = self._ctx, self._bus
        offset = address % 4
        ctx.set(bus.adr, address >> 2)
        ctx.set(bus.sel, ((1 << size) - 1) << offset)
        ctx.set(bus.dat_w, value << 8 * offset)
        ctx.set(bus.we, we)
        ctx.set(bus.cyc, 1)
        ctx.set(bus.stb, 1)
        for cycles in range(1, self.PATIENCE):
            _clock, _reset, ack, err, word = await ctx.tick().sample(bus.ack, bus.err, bus.dat_r)
            if ack or err:
                self.cycles = cycles
                break
        else:
            pytest.fail(f"no answer to an access at {address:#x} in {self.PATIENCE} cycles")
        ctx.set(bus.cyc, 0)
        ctx.set(bus.stb, 0)
        assert not (ack and err), f"both ack and err at {address:#x}"
        if err:
            raise BusError(f"{address:#x}")
        return word


async def wait_for(ctx, signal, cycles: int) -> int:
    """Wait until ``signal`` is 1; returns after how many cycles. Fails the test if it takes more than ``cycles``."""
    for waited in range(cycles + 1):
        if ctx.get(signal):
            return waited
        await ctx.tick()
    return pytest.fail(f"{signal!r} did not rise in {cycles} cycles")


def simulate(dut, *benches, background=()) -> None:
    """Run ``dut`` until every bench, ``async def bench(ctx)``, has returned."""
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    for bench in benches:
        simulator.add_testbench(bench)
    for bench in background:
        simulator.add_testbench(bench, background=True)
    simulator.run()
