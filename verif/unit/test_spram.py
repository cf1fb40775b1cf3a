# amaranth: UnusedElaboratable=no
"""RAM of an iCE40 UltraPlus: in every cycle what `Ram` does, on both ports, with one port of its own."""

import random

from amaranth import *
from amaranth.sim import Simulator

from paddock.isa.memmap import RAM_BASE
from paddock.soc.ram import Ram
from paddock.soc.spram import SpramRam

SIZE = 128 * 1024
#: Some words, close together so that they are met again, in both banks; the last one is behind the end.
ADDRESSES = [RAM_BASE + at for at in (0, 4, 8, 0xFFFC, 0x1_0000, 0x1_0004, SIZE - 4, SIZE)]


class Both(Elaboratable):
    def __init__(self):
        self.model, self.ram = Ram(SIZE), SpramRam(primitive=False)

    def elaborate(self, platform):
        m = Module()
        m.domains.fast = ClockDomain(reset_less=True)
        m.submodules.model, m.submodules.ram = self.model, self.ram
        return m


def test_same_answers_as_ram_in_every_cycle():
    dut = Both()
    rng = random.Random(1)

    async def bench(ctx):
        fetched = None
        for _ in range(5000):
            fetch, access = rng.random() < 0.7, rng.random() < 0.7
            insn, data = rng.choice(ADDRESSES), rng.choice(ADDRESSES)
            lanes = rng.choice([0, 0, 0b1111, 0b0001, 0b1100, 0b0100])
            if access and lanes and data == insn:
                fetch = False  # a fetch of the word that is stored is anybody's guess
            word = rng.getrandbits(32)
            for ram in (dut.model, dut.ram):
                ctx.set(ram.ibus.en, fetch)
                ctx.set(ram.ibus.addr, insn)
                ctx.set(ram.dbus.en, access)
                ctx.set(ram.dbus.addr, data)
                ctx.set(ram.dbus.we, lanes if access else 0)
                ctx.set(ram.dbus.wdata, word)
            await ctx.tick()
            if fetch:
                fetched = insn
            # The first half has the instruction, which then holds; the second half has the data too.
            for part in ("first", "second"):
                await ctx.delay(0.3e-6 if part == "first" else 0.5e-6)
                if fetched is not None:
                    assert ctx.get(dut.ram.ibus.err) == ctx.get(dut.model.ibus.err)
                    if fetched != RAM_BASE + SIZE:
                        assert ctx.get(dut.ram.ibus.rdata) == ctx.get(dut.model.ibus.rdata), (part, hex(fetched))
            if access:
                assert ctx.get(dut.ram.dbus.err) == ctx.get(dut.model.dbus.err)
                if not lanes and data != RAM_BASE + SIZE:
                    assert ctx.get(dut.ram.dbus.rdata) == ctx.get(dut.model.dbus.rdata), hex(data)

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_clock(0.5e-6, domain="fast", phase=0)
    simulator.add_testbench(bench)
    simulator.run()
