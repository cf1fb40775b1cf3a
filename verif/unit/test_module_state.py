"""Active id, grant, gates and traps: docs/reference/extension.md, sections 3 to 5, as `lib.module_spec` has them."""

import random
from dataclasses import replace

import pytest

from lib.module_pilot import Pilot
from lib.wishbone import simulate
from paddock.config import DEFAULT, MINIMAL
from paddock.gate import TABLE_CSRS
from paddock.isa.cause import Kind
from paddock.isa.csr import PADDOCK_CSRS
from paddock.module_state import ModuleState

SMALL = replace(DEFAULT, modules=4, frames=4)
CONFIGS = pytest.mark.parametrize("config", [SMALL, MINIMAL, DEFAULT], ids=["small", "minimal", "default"])
VALID, CALLABLE = 1, 2
ARM = 1 << 8
READ, WRITE = 1, 2
TOP = 0xFFFF_FFFF


def fly(config, flight, flags: int | None = VALID | CALLABLE) -> None:
    """Run ``async def flight(pilot)`` on a state with a table full of random numbers but for these flags."""
    dut = ModuleState(config)

    async def bench(ctx):
        pilot = Pilot(ctx, dut, config)
        await pilot.fill(random.Random(1), flags)
        await flight(pilot)

    simulate(dut, bench)


@CONFIGS
def test_after_reset(config):
    dut = ModuleState(config)

    async def bench(ctx):
        pilot = Pilot(ctx, dut, config)
        for csr in PADDOCK_CSRS:
            if csr.name not in TABLE_CSRS:
                await pilot.read(csr.name)
        assert ctx.get(dut.id) == 0

    simulate(dut, bench)


@CONFIGS
def test_call_and_return_restore_id_windows_and_values(config):
    async def flight(pilot):
        for depth in range(config.frames):
            assert (
                await pilot.enter(1 + depth % (config.modules - 1), value=100 + depth, link=0x8000_0004 + 4 * depth)
                == 0
            )
            await pilot.check()
        for _ in range(config.frames):
            assert await pilot.leave() == Kind.NONE
            await pilot.check()
        assert pilot.spec.id == 0

    fly(config, flight)


@pytest.mark.parametrize("waits", [0, 1, 2, 5])
def test_windows_are_ready_two_cycles_later_however_long_the_gate_waits(waits):
    async def flight(pilot):
        for target in (1, 2, 3):
            await pilot.enter(target, waits=waits)
            await pilot.ctx.tick()
            pilot.check_windows()
        for _ in range(2):
            await pilot.leave(waits=waits)
            await pilot.ctx.tick()
            pilot.check_windows()

    fly(SMALL, flight)


@pytest.mark.parametrize(
    "caller, target, flags, full, want",
    [
        (0, 1, VALID | CALLABLE, False, Kind.NONE),
        (0, 1, VALID, False, Kind.NONE),
        (0, 0, VALID, False, Kind.NONE),
        (0, 1, CALLABLE, False, Kind.NOT_VALID),
        (0, 1, 0, False, Kind.NOT_VALID),
        (2, 1, VALID | CALLABLE, False, Kind.NONE),
        (2, 0, VALID | CALLABLE, False, Kind.NONE),
        (2, 2, VALID | CALLABLE, False, Kind.NONE),
        (2, 1, VALID, False, Kind.NOT_CALLABLE),
        (2, 0, VALID, False, Kind.NOT_CALLABLE),
        (2, 1, CALLABLE, False, Kind.NOT_VALID),
        (0, 1, VALID | CALLABLE, True, Kind.OVERFLOW),
        (2, 1, VALID, True, Kind.NOT_CALLABLE),
        (0, 1, 0, True, Kind.NOT_VALID),
        *((caller, target, VALID | CALLABLE, True, Kind.BAD_ID) for caller in (0, 2) for target in (4, 5, 0x100)),
        (0, 0x8000_0001, VALID | CALLABLE, False, Kind.BAD_ID),
    ],
)
def test_who_may_enter_what(caller, target, flags, full, want):
    async def flight(pilot):
        if caller:
            await pilot.enter(caller)
        await pilot.set_table(target & 3, flags=flags)
        if full:
            await pilot.write("pd_slice", 4 << 16 | pilot.spec.top)
            await pilot.write("pd_top", 4)
        await pilot.check()
        assert await pilot.enter(target) == want
        if want == Kind.NONE:
            await pilot.check()
            assert pilot.spec.id == target
        else:
            # A trap follows; until then nothing has changed.
            assert pilot.ctx.get(pilot.dut.id) == caller
            await pilot.trap(True, want)
            await pilot.check()

    fly(SMALL, flight)


@pytest.mark.parametrize("caller", [0, 3])
def test_leave_without_a_frame_is_refused_and_changes_nothing(caller):
    async def flight(pilot):
        if caller:
            await pilot.enter(caller)
            await pilot.write("pd_slice", 4 << 16 | 1)
        assert await pilot.leave() == Kind.UNDERFLOW
        assert pilot.ctx.get(pilot.dut.id) == caller
        await pilot.trap(True, Kind.UNDERFLOW)
        await pilot.check()

    fly(SMALL, flight)


# Grant -------------------------------------------------------------------------------------------------------------


async def lend(pilot, permissions: int) -> None:
    await pilot.write("pd_glower", 0x8000_1001)
    await pilot.write("pd_gupper", 0x8000_2003)
    await pilot.write("pd_gperm", permissions)


@pytest.mark.parametrize("permissions", [0, READ, WRITE, READ | WRITE])
def test_grant_is_lent_to_one_call_and_gone_when_it_returns(permissions):
    async def flight(pilot):
        await lend(pilot, permissions)
        assert await pilot.read("pd_status") == (ARM if permissions else 0)
        await pilot.enter(1)
        assert await pilot.read("pd_status") == 0
        assert await pilot.read("pd_gperm") == permissions
        await pilot.check()
        # A module that calls on has nothing to lend.
        await pilot.enter(2)
        assert await pilot.read("pd_gperm") == 0
        await pilot.leave()
        assert await pilot.read("pd_gperm") == permissions
        await pilot.check()
        await pilot.leave()
        assert await pilot.read("pd_gperm") == 0
        await pilot.enter(1)
        assert await pilot.read("pd_gperm") == 0

    fly(SMALL, flight)


def test_a_module_lends_nothing_even_if_armed():
    async def flight(pilot):
        await lend(pilot, READ | WRITE)
        await pilot.write("pd_status", 2 | ARM | ARM << 1)
        await pilot.mret()
        assert (pilot.spec.id, pilot.spec.arm) == (2, 1)
        await pilot.enter(1)
        assert await pilot.read("pd_gperm") == 0
        await pilot.leave()
        assert await pilot.read("pd_gperm") == READ | WRITE
        await pilot.check()

    fly(SMALL, flight)


def test_without_the_grant_window_nothing_is_armed():
    async def flight(pilot):
        await lend(pilot, READ | WRITE)
        await pilot.write("pd_status", 0x3FF)
        assert await pilot.read("pd_status") == MINIMAL.modules - 1
        await pilot.check()

    fly(MINIMAL, flight)


# Traps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_exception_names_the_module_and_the_kind(kind):
    async def flight(pilot):
        await pilot.enter(3)
        await pilot.trap(True, kind)
        assert await pilot.read("pd_fault") == kind | 3 << 8
        assert await pilot.read("pd_status") == 3
        assert await pilot.read("pd_id") == 0
        assert await pilot.read("pd_caller") == 0
        # The kernel's own exception replaces it; the call can still be unwound.
        await pilot.trap(True)
        assert await pilot.read("pd_fault") == 0
        assert await pilot.leave() == Kind.NONE

    fly(SMALL, flight)


def test_interrupt_leaves_pd_fault_alone_and_mret_goes_back():
    async def flight(pilot):
        await pilot.enter(2)
        await pilot.trap(True, Kind.BOUNDS)
        await pilot.mret()
        assert pilot.ctx.get(pilot.dut.id) == 2
        await pilot.check()
        await pilot.enter(1)
        await pilot.trap(False, Kind.BAD_ID)
        assert await pilot.read("pd_fault") == Kind.BOUNDS | 2 << 8
        await pilot.mret()
        assert pilot.ctx.get(pilot.dut.id) == 1
        await pilot.check()
        assert await pilot.read("pd_status") == 0

    fly(SMALL, flight)


def test_trap_puts_arm_aside_and_mret_brings_it_back():
    async def flight(pilot):
        await lend(pilot, READ)
        await pilot.trap(False)
        assert await pilot.read("pd_status") == ARM << 1
        await pilot.enter(1)
        assert await pilot.read("pd_gperm") == 0
        await pilot.leave()
        assert await pilot.read("pd_gperm") == READ
        await pilot.mret()
        assert await pilot.read("pd_status") == ARM
        await pilot.enter(1)
        assert await pilot.read("pd_gperm") == READ

    fly(SMALL, flight)


def test_gate_that_a_trap_kills_has_no_effect():
    async def flight(pilot):
        await pilot.enter(1)
        await pilot.trap(True, Kind.BOUNDS, killed_target=2)
        await pilot.check()
        await pilot.mret()
        await pilot.check()
        assert pilot.spec.id == 1

    fly(SMALL, flight)


# CSRs --------------------------------------------------------------------------------------------------------------


@CONFIGS
@pytest.mark.parametrize("csr", [csr.name for csr in PADDOCK_CSRS if not csr.read_only])
def test_csr_keeps_what_exists_and_changes_no_other(config, csr):
    async def flight(pilot):
        rng = random.Random(csr)
        for value in (TOP, 0, rng.getrandbits(32), rng.getrandbits(32)):
            await pilot.write(csr, value)
            await pilot.check()
            for name in TABLE_CSRS:
                await pilot.read(name)

    fly(config, flight)


@CONFIGS
def test_random_histories(config):
    async def flight(pilot):
        rng = random.Random(5)
        kinds = set()
        writable = [csr.name for csr in PADDOCK_CSRS if not csr.read_only]
        for _ in range(1000):
            match rng.randrange(8):
                case 0 | 1 | 2:
                    target = rng.randrange(config.modules) if rng.random() < 0.9 else rng.getrandbits(32)
                    kind = await pilot.enter(
                        target, rng.getrandbits(32), rng.getrandbits(30) << 2, rng.choice([0, 0, 1, 3])
                    )
                case 3 | 4:
                    kind = await pilot.leave(rng.choice([0, 0, 1, 3]))
                case 5:
                    kind = None
                    await pilot.trap(rng.random() < 0.5, rng.choice(list(Kind)), rng.choice([None, 1]))
                case _ if pilot.spec.id:
                    continue
                case 6:
                    kind = None
                    await pilot.mret()
                case 7 if rng.random() < 0.6:
                    # Slices and tops that make no sense are soon left again.
                    kind = None
                    await pilot.write("pd_slice", config.frames << 16)
                    await pilot.write("pd_top", 0)
                    await pilot.set_table(rng.randrange(config.modules), flags=rng.choice([0, 1, 1, 3, 3]) | 0b1000)
                case _:
                    kind = None
                    await pilot.write(rng.choice(writable), rng.getrandbits(32) & rng.choice([0x0003_0003, TOP]))
            if kind is not None:
                kinds.add(kind)
                if kind != Kind.NONE:
                    await pilot.trap(True, kind)
            if rng.random() < 0.5:
                await pilot.check()
        assert kinds == set(Kind) - {Kind.BOUNDS}

    fly(config, flight, flags=None)
