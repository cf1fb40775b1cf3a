"""Module table: when each port shows what was written, and what is kept. `CallStack` is in test_call_stack.py."""

import random
from dataclasses import replace

import pytest

from lib.ports import drive
from lib.wishbone import simulate
from paddock.config import DEFAULT, MINIMAL
from paddock.gate import TABLE_CSRS, ModuleTable
from paddock.isa.csr import csr_number, csrs_of

TOP = 0xFFFF_FFFF
SMALL = replace(DEFAULT, modules=4)
CONFIGS = pytest.mark.parametrize("config", [DEFAULT, MINIMAL], ids=["default", "minimal"])


def kept(config, csr: str, value: int) -> int:
    """WARL: docs/reference/extension.md, section 5, and the fields of docs/gen/csr.md."""
    if csr == "pd_entry":
        return value & ~3
    if csr == "pd_flags":
        return value & (0b1111 if config.device_window else 0b0011)
    if csr in ("pd_dlower", "pd_dupper") and not config.device_window:
        return 0
    return value


async def write(ctx, dut, module: int, csr: str, value: int) -> None:
    """One cycle, as a CSR instruction in X."""
    drive(ctx, dut, select=module, x_write=1, x_csr=csr_number(csr), x_value=value)
    await ctx.tick()
    ctx.set(dut.x_write, 0)


async def fill(ctx, dut, config, seed: int = 1) -> dict[tuple[int, str], int]:
    """Random contents; returns what each field must hold."""
    rng = random.Random(seed)
    expected = {}
    for module in range(config.modules):
        for csr in TABLE_CSRS:
            value = rng.getrandbits(32)
            await write(ctx, dut, module, csr, value)
            expected[module, csr] = kept(config, csr, value)
    return expected


def window(ctx, port) -> tuple[int, int, int, int]:
    return tuple(ctx.get(getattr(port, name)) for name in ("lower", "upper", "read", "write"))


def windows_of(expected, config, module: int) -> tuple[tuple, tuple]:
    """Arena and device of a table entry."""
    flags = expected[module, "pd_flags"]
    arena = (expected[module, "pd_alower"], expected[module, "pd_aupper"], 1, 1)
    device = (expected[module, "pd_dlower"], expected[module, "pd_dupper"], flags >> 2 & 1, flags >> 3 & 1)
    return arena, device if config.device_window else (0, 0, 0, 0)


@CONFIGS
def test_windows_are_those_of_the_id_two_cycles_before(config):
    dut = ModuleTable(config)

    async def bench(ctx):
        expected = await fill(ctx, dut, config)
        rng = random.Random(2)
        ids = [rng.randrange(config.modules) for _ in range(300)]
        for cycle, module in enumerate(ids):
            ctx.set(dut.next_id, module)
            if cycle >= 2:
                got = window(ctx, dut.arena), window(ctx, dut.device)
                assert got == windows_of(expected, config, ids[cycle - 2]), f"cycle {cycle}"
            await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize("csr", ["pd_alower", "pd_aupper", "pd_dlower", "pd_dupper", "pd_flags"])
def test_windows_see_a_write_from_the_next_cycle_on(csr):
    dut = ModuleTable(DEFAULT)

    async def bench(ctx):
        expected = await fill(ctx, dut, DEFAULT)
        ctx.set(dut.next_id, 3)
        await ctx.tick().repeat(3)
        before = windows_of(expected, DEFAULT, 3)
        expected[3, csr] ^= 0b1100
        after = windows_of(expected, DEFAULT, 3)
        assert before != after
        # The id is presented in the cycle of the write, and in each behind it.
        await write(ctx, dut, 3, csr, expected[3, csr])
        for want in (before, before, after, after):
            assert (window(ctx, dut.arena), window(ctx, dut.device)) == want
            await ctx.tick()

    simulate(dut, bench)


def test_gate_reads_its_target_when_d_advances_and_keeps_it():
    dut = ModuleTable(DEFAULT)

    async def bench(ctx):
        expected = await fill(ctx, dut, DEFAULT)
        rng = random.Random(2)
        in_x = None
        for _ in range(300):
            target, advance = rng.randrange(16), rng.random() < 0.6
            drive(ctx, dut, d_target=target, d_advance=advance, next_id=rng.randrange(16))
            if in_x is not None:
                got = ctx.get(dut.x_entry), ctx.get(dut.x_sp)
                assert got == (expected[in_x, "pd_entry"], expected[in_x, "pd_sp"])
            await ctx.tick()
            in_x = target if advance else in_x

    simulate(dut, bench)


def test_gate_sees_a_write_from_the_next_cycle_on():
    dut = ModuleTable(DEFAULT)

    async def bench(ctx):
        for csr in ("pd_entry", "pd_sp", "pd_flags"):
            await write(ctx, dut, 5, csr, 0x1230)
            await write(ctx, dut, 5, csr, 0x4563)
            drive(ctx, dut, d_target=5, d_advance=1, x_target=5)
            await ctx.tick()
        assert (ctx.get(dut.x_entry), ctx.get(dut.x_sp)) == (0x4560, 0x4563)
        assert (ctx.get(dut.x_flags.valid), ctx.get(dut.x_flags.callable)) == (1, 1)

    simulate(dut, bench)


@CONFIGS
def test_flags_of_the_target_in_the_same_cycle(config):
    dut = ModuleTable(config)

    async def bench(ctx):
        expected = await fill(ctx, dut, config)
        flags = [expected[module, "pd_flags"] & 3 for module in range(config.modules)]
        assert len(set(flags)) > 1
        for module in (*range(config.modules), *reversed(range(config.modules))):
            ctx.set(dut.x_target, module)
            got = ctx.get(dut.x_flags.valid) | ctx.get(dut.x_flags.callable) << 1
            assert got == flags[module], f"module {module}"

    simulate(dut, bench)


def test_flags_of_a_large_table_are_those_of_the_target_that_d_has_handed_on():
    config = replace(DEFAULT, modules=32)
    dut = ModuleTable(config)

    async def bench(ctx):
        expected = await fill(ctx, dut, config)
        for module in (*range(32), *reversed(range(32))):
            drive(ctx, dut, d_target=module, d_advance=1)
            await ctx.tick()
            drive(ctx, dut, x_target=module, d_target=~module & 31, d_advance=0)
            for _ in range(2):
                got = ctx.get(dut.x_flags.valid) | ctx.get(dut.x_flags.callable) << 1
                assert got == expected[module, "pd_flags"] & 3, f"module {module}"
                await ctx.tick()

    simulate(dut, bench)


async def read_back(ctx, dut, module: int, csr: str) -> int:
    drive(ctx, dut, select=module, d_csr=csr_number(csr))
    await ctx.tick()
    return ctx.get(dut.d_readback)


@CONFIGS
def test_csrs_read_back_what_is_kept_one_cycle_later(config):
    dut = ModuleTable(config)

    async def bench(ctx):
        for seed in range(3):
            expected = await fill(ctx, dut, config, seed)
            for (module, csr), value in expected.items():
                assert await read_back(ctx, dut, module, csr) == value, f"{csr} of {module}"

    simulate(dut, bench)


@CONFIGS
@pytest.mark.parametrize("value", [0, TOP])
def test_bits_that_do_not_exist_read_0(config, value):
    dut = ModuleTable(config)

    async def bench(ctx):
        for csr in TABLE_CSRS:
            await write(ctx, dut, 1, csr, value)
            assert await read_back(ctx, dut, 1, csr) == kept(config, csr, value), csr

    simulate(dut, bench)


def test_a_write_changes_one_field_of_one_module():
    """For each write of random ones, all that the three kinds of read show."""
    dut = ModuleTable(SMALL)

    async def bench(ctx):
        rng = random.Random(3)
        expected = await fill(ctx, dut, SMALL)
        for _ in range(40):
            module, csr, value = rng.randrange(4), rng.choice(TABLE_CSRS), rng.getrandbits(32)
            await write(ctx, dut, module, csr, value)
            expected[module, csr] = kept(SMALL, csr, value)
            for other in range(4):
                for name in TABLE_CSRS:
                    assert await read_back(ctx, dut, other, name) == expected[other, name], f"{name} of {other}"
                drive(ctx, dut, next_id=other, d_target=other, d_advance=1)
                await ctx.tick().repeat(2)
                assert (window(ctx, dut.arena), window(ctx, dut.device)) == windows_of(expected, SMALL, other)
                assert ctx.get(dut.x_entry) == expected[other, "pd_entry"]
                assert ctx.get(dut.x_sp) == expected[other, "pd_sp"]

    simulate(dut, bench)


def test_no_other_csr_writes_the_table():
    """Many share low bits with a field's number. Seen at all three ports, as each has its own RAM."""
    dut = ModuleTable(SMALL)

    async def bench(ctx):
        expected = await fill(ctx, dut, SMALL)
        fields = [csr_number(csr) for csr in TABLE_CSRS]
        drive(ctx, dut, select=2, x_value=0x5A5A_5A5A)
        for number in (number for csr in csrs_of(True, 0) for number in range(csr.number, csr.number + csr.count)):
            drive(ctx, dut, x_csr=number, x_write=number not in fields)
            await ctx.tick()
        ctx.set(dut.x_write, 0)
        for (module, csr), value in expected.items():
            assert await read_back(ctx, dut, module, csr) == value, f"{csr} of {module}"
        drive(ctx, dut, next_id=2, x_target=2, d_target=2, d_advance=1)
        await ctx.tick().repeat(2)
        assert (window(ctx, dut.arena), window(ctx, dut.device)) == windows_of(expected, SMALL, 2)
        assert (ctx.get(dut.x_entry), ctx.get(dut.x_sp)) == (expected[2, "pd_entry"], expected[2, "pd_sp"])
        flags = ctx.get(dut.x_flags.valid) | ctx.get(dut.x_flags.callable) << 1
        assert flags == expected[2, "pd_flags"] & 3

    simulate(dut, bench)
