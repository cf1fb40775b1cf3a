# amaranth: UnusedElaboratable=no
"""Boot ROM: its page is its own, everything else is the RAM's; the program in it fits."""

import pytest
from amaranth import *
from amaranth.lib.wiring import connect

from lib.wishbone import simulate
from paddock.fw.boot import boot_words
from paddock.isa.memmap import BOOT_BASE, BOOT_BYTES, RAM_BASE
from paddock.soc.boot_rom import BootRom
from paddock.soc.ram import Ram

WORDS = [0xB007_0000 + n for n in range(BOOT_BYTES // 4)]
SIZE = 64


class Bench(Elaboratable):
    def __init__(self):
        self.rom = BootRom(WORDS)
        self.ram = Ram(SIZE, range(SIZE // 4))

    def elaborate(self, platform):
        m = Module()
        m.submodules.rom, m.submodules.ram = self.rom, self.ram
        connect(m, self.rom.ram, self.ram.ibus)
        return m


def test_who_answers_where_and_that_answers_hold():
    dut = Bench()

    async def bench(ctx):
        port = dut.rom.ibus
        for address, err, word in (
            (RAM_BASE + 8, 0, 2),
            (BOOT_BASE, 0, WORDS[0]),
            (BOOT_BASE + 12, 0, WORDS[3]),
            (BOOT_BASE + BOOT_BYTES, 0, WORDS[0]),
            (0xFFFF_FFFC, 0, WORDS[-1]),
            (RAM_BASE + SIZE, 1, None),
            (BOOT_BASE - 4, 1, None),
            (RAM_BASE, 0, 0),
        ):
            ctx.set(port.en, 1)
            ctx.set(port.addr, address)
            await ctx.tick()
            ctx.set(port.en, 0)
            ctx.set(port.addr, RAM_BASE)
            for _ in range(2):
                assert ctx.get(port.ready)
                assert ctx.get(port.err) == err, hex(address)
                assert word is None or ctx.get(port.rdata) == word, hex(address)
                await ctx.tick()

    simulate(dut, bench)


def test_refuses_a_program_that_does_not_fit():
    with pytest.raises(ValueError, match=f"has {BOOT_BYTES + 4} bytes, the ROM has {BOOT_BYTES}"):
        BootRom([0] * (BOOT_BYTES // 4 + 1))


def test_the_program_fits():
    assert 0 < len(boot_words()) <= BOOT_BYTES // 4
