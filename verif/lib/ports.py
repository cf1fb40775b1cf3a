"""Ports of a component by name, for unit tests in the Amaranth simulator."""

from amaranth.sim import Simulator

__all__ = ["combinational", "drive"]


def combinational(dut, bench) -> None:
    """Run ``async def bench(ctx)`` on a ``dut`` that has no clock: outputs follow inputs at once."""
    simulator = Simulator(dut)
    simulator.add_testbench(bench)
    simulator.run()


def drive(ctx, dut, **values: int) -> None:
    """Set several ports of ``dut``."""
    for name, value in values.items():
        ctx.set(getattr(dut, name), value)
