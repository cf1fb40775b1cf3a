"""Fetch: one instruction after the other, jumps in the same cycle, memories that take their time, a D that does."""

import random
from dataclasses import replace

import pytest

from lib.ports import drive
from lib.wishbone import simulate
from paddock.config import DEFAULT
from paddock.stages.fetch import FetchStage

RESET = DEFAULT.reset_address
TOP = 0xFFFF_FFFF


def word_at(address: int) -> int:
    """What the memory holds: no two addresses the same."""
    return ~address & TOP


class Memory:
    """The other side of `bus.FetchPort`: answers after ``waits`` further cycles, 0 if there are none left.

    ``cycle`` is one clock cycle: D takes what is there if ``d_ready``; ``redirect`` is a target or None.
    """

    def __init__(self, ctx, dut, waits=(), refuse=()):
        self._ctx, self._dut = ctx, dut
        self._waits = iter(waits)
        self._refuse = refuse
        self._left = 0
        self._address = None

    @property
    def busy(self) -> bool:
        """The next cycle is without an answer."""
        return self._left > 0

    async def cycle(self, d_ready: int = 1, redirect: int | None = None) -> dict[str, int]:
        """Returns the ports of F in this cycle."""
        ctx, dut, port = self._ctx, self._dut, self._dut.ibus
        ready = self._left == 0
        due = self._address is not None
        ctx.set(port.ready, ready)
        # Before the answer the port may show anything.
        ctx.set(port.rdata, word_at(self._address) if due and ready else 0xBAD0_BAD0)
        ctx.set(port.err, int(ready and self._address in self._refuse))
        drive(ctx, dut, d_ready=d_ready, f_redirect=redirect is not None, f_target=redirect or 0)
        names = ("f_wait", "d_valid", "d_pc", "d_link", "d_insn", "d_refused")
        seen = {name: ctx.get(getattr(dut, name)) for name in names}
        seen["en"], seen["addr"] = ctx.get(port.en), ctx.get(port.addr)
        assert not (seen["en"] and due and not ready), "a request while an answer is due"
        await ctx.tick()
        if seen["en"]:
            self._address, self._left = seen["addr"], next(self._waits, 0)
        elif self._left:
            self._left -= 1
        return seen


def is_at(seen: dict[str, int], pc: int) -> bool:
    """D is offered the instruction at ``pc``."""
    there = {"d_valid": 1, "d_pc": pc, "d_link": (pc + 4) & TOP, "d_insn": word_at(pc), "f_wait": 0}
    return seen == seen | there


@pytest.mark.parametrize("reset", [RESET, RESET + 0x1000, 0xFFFF_FFFC])
def test_starts_at_the_reset_address(reset):
    dut = FetchStage(replace(DEFAULT, reset_address=reset))

    async def bench(ctx):
        memory = Memory(ctx, dut)
        seen = await memory.cycle()
        assert seen == seen | {"en": 1, "addr": reset, "d_valid": 0, "f_wait": 0}
        assert is_at(await memory.cycle(), reset)

    simulate(dut, bench)


def test_starts_even_if_d_is_not_ready_and_memory_is_busy():
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        drive(ctx, dut, d_ready=0)
        assert (ctx.get(dut.ibus.ready), ctx.get(dut.f_wait), ctx.get(dut.ibus.en)) == (0, 0, 1)
        await ctx.tick()
        assert (ctx.get(dut.d_valid), ctx.get(dut.f_wait), ctx.get(dut.ibus.en)) == (0, 1, 0)

    simulate(dut, bench)


def test_one_instruction_per_cycle():
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut)
        await memory.cycle()
        for n in range(20):
            seen = await memory.cycle()
            assert is_at(seen, RESET + 4 * n)
            assert (seen["en"], seen["addr"]) == (1, RESET + 4 * n + 4)

    simulate(dut, bench)


def test_holds_while_d_is_not_ready():
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut)
        for _ in range(3):
            await memory.cycle()
        for _ in range(5):
            seen = await memory.cycle(d_ready=0)
            assert is_at(seen, RESET + 8) and not seen["en"]
        assert is_at(await memory.cycle(), RESET + 8)
        assert is_at(await memory.cycle(), RESET + 12)

    simulate(dut, bench)


@pytest.mark.parametrize("d_ready", [0, 1])
def test_redirect_asks_for_the_target_in_the_same_cycle(d_ready):
    dut = FetchStage(DEFAULT)
    target = 0x8123_4568

    async def bench(ctx):
        memory = Memory(ctx, dut)
        for _ in range(4):
            await memory.cycle()
        seen = await memory.cycle(d_ready, redirect=target)
        assert (seen["en"], seen["addr"]) == (1, target)
        assert is_at(await memory.cycle(), target)
        assert is_at(await memory.cycle(), target + 4)

    simulate(dut, bench)


def test_redirect_to_each_bit_and_back_to_back():
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut)
        await memory.cycle()
        previous = RESET
        for bit in range(2, 32):
            assert is_at(await memory.cycle(redirect=1 << bit), previous)
            previous = 1 << bit

    simulate(dut, bench)


@pytest.mark.parametrize("waits", [1, 2, 7])
def test_wait_states_hold_everything(waits):
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut, waits=[waits] * 10)
        await memory.cycle()
        for n in range(5):
            for _ in range(waits):
                seen = await memory.cycle()
                assert (seen["f_wait"], seen["d_valid"], seen["en"]) == (1, 0, 0)
            assert is_at(await memory.cycle(), RESET + 4 * n)

    simulate(dut, bench)


def test_refused_fetch_is_told_with_its_pc():
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut, refuse=[RESET + 8])
        await memory.cycle()
        for n in range(5):
            seen = await memory.cycle()
            assert is_at(seen, RESET + 4 * n)
            assert seen["d_refused"] == (n == 2)

    simulate(dut, bench)


@pytest.mark.parametrize("target, refused", [(0x7FFF_FFFC, 1), (0, 1), (0x1000_0000, 1), (0x8000_0000, 0)])
def test_fetch_below_ram_is_refused_whatever_the_port_says(target, refused):
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut)
        await memory.cycle()
        await memory.cycle(redirect=target)
        seen = await memory.cycle()
        assert is_at(seen, target) and seen["d_refused"] == refused

    simulate(dut, bench)


def test_goes_on_at_0_behind_the_last_address():
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        memory = Memory(ctx, dut)
        await memory.cycle()
        await memory.cycle(redirect=0xFFFF_FFFC)
        assert is_at(await memory.cycle(), 0xFFFF_FFFC)
        assert is_at(await memory.cycle(), 0)

    simulate(dut, bench)


def test_random_waits_stalls_and_jumps():
    """No instruction is lost, none comes twice, and each is that of its address."""
    dut = FetchStage(DEFAULT)

    async def bench(ctx):
        rng = random.Random(1)
        memory = Memory(ctx, dut, waits=(rng.choice([0, 0, 0, 1, 3]) for _ in range(10_000)))
        await memory.cycle()
        expected, taken, jumped = RESET, 0, 0
        for _ in range(3000):
            d_ready = int(rng.random() < 0.7)
            # The environment keeps the rule: no redirect while F waits.
            redirect = rng.getrandbits(32) & ~3 if not memory.busy and rng.random() < 0.2 else None
            seen = await memory.cycle(d_ready, redirect)
            if seen["d_valid"]:
                assert is_at(seen, expected)
            if redirect is not None:
                expected, jumped = redirect, jumped + 1
            elif seen["d_valid"] and d_ready:
                expected, taken = (expected + 4) & TOP, taken + 1
        assert taken > 500 and jumped > 200

    simulate(dut, bench)
