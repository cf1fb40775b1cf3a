"""User mode: what traps, `mret` and writes do to it, and what the decoder refuses in it."""

import itertools

import pytest

from lib.ports import combinational, drive
from lib.wishbone import simulate
from paddock.config import PLAIN, PMP4, PMP16
from paddock.csr_file import CsrFile
from paddock.isa.csr import ALL_CSRS, CSR_BY_NAME, csr_number, csrs_of
from paddock.isa.encoding import BY_NAME, Opcode
from paddock.units.decoder import Decoder
from paddock.user_mode import UserMode

TOP = 0xFFFF_FFFF
MPP, MPRV, TW = 3 << 11, 1 << 17, 1 << 21
#: CSRs that user mode may read, and the bit of mcounteren that lets it.
COUNTERS = {0xC00: 0, 0xC01: 1, 0xC02: 2, 0xC80: 0, 0xC81: 1, 0xC82: 2}


def read(ctx, dut, csr: str) -> int:
    ctx.set(dut.d_csr, csr_number(csr))
    return ctx.get(dut.d_csr_read)


async def write(ctx, dut, csr: str, value: int) -> None:
    drive(ctx, dut, x_csr=csr_number(csr), x_csr_value=value, x_csr_write=1)
    await ctx.tick()
    ctx.set(dut.x_csr_write, 0)


async def pulse(ctx, dut, name: str) -> None:
    drive(ctx, dut, **{name: 1})
    await ctx.tick()
    drive(ctx, dut, **{name: 0})


# The mode ----------------------------------------------------------------------------------------------------------


def test_after_reset_it_is_machine_mode_and_nothing_is_open():
    dut = UserMode()

    async def bench(ctx):
        assert (ctx.get(dut.user), ctx.get(dut.data_user), ctx.get(dut.counters)) == (0, 0, 0)
        assert read(ctx, dut, "mstatus") == MPP

    simulate(dut, bench)


def test_what_mstatus_and_mcounteren_keep():
    dut = UserMode()

    async def bench(ctx):
        for mode, kept in ((0, 0), (1, 0), (2, 0), (3, 3)):
            for others in (0, MPRV, TW, MPRV | TW):
                await write(ctx, dut, "mstatus", mode << 11 | others | 0x88)
                assert read(ctx, dut, "mstatus") == kept << 11 | others
                assert ctx.get(dut.wfi_refused) == bool(others & TW)
        await write(ctx, dut, "mcounteren", TOP)
        assert read(ctx, dut, "mcounteren") == ctx.get(dut.counters) == 7
        for csr in ALL_CSRS:
            if csr.name not in ("mstatus", "mcounteren"):
                assert read(ctx, dut, csr.name) == 0, csr.name
                await write(ctx, dut, csr.name, 0)
        assert read(ctx, dut, "mcounteren") == 7

    simulate(dut, bench)


def test_traps_and_mret_for_every_state():
    dut = UserMode()

    async def enter(ctx, user: int, mprv: int, to_user: int) -> None:
        """To this state: through mret, as there is no other way to user mode."""
        await pulse(ctx, dut, "m_trap")
        await write(ctx, dut, "mstatus", 0 if user else MPP)
        await pulse(ctx, dut, "x_mret")
        if not user:
            await write(ctx, dut, "mstatus", mprv * MPRV | (0 if to_user else MPP))

    async def bench(ctx):
        for user, mprv, to_user in itertools.product((0, 1), repeat=3):
            if user and (mprv or not to_user):
                continue  # mret has cleared the one and set the other
            await enter(ctx, user, mprv, to_user)
            assert ctx.get(dut.user) == user
            assert ctx.get(dut.data_user) == (to_user if mprv else user)
            await pulse(ctx, dut, "m_trap")
            assert (ctx.get(dut.user), read(ctx, dut, "mstatus")) == (0, (0 if user else MPP) | mprv * MPRV)
            if not user:
                await enter(ctx, user, mprv, to_user)
                await pulse(ctx, dut, "x_mret")
                assert ctx.get(dut.user) == to_user
                assert read(ctx, dut, "mstatus") == (MPRV if mprv and not to_user else 0)

    simulate(dut, bench)


def test_mstatus_has_one_owner_for_each_field():
    """`CsrFile` shows what is left of it, and in user mode MIE masks no interrupt."""
    dut = CsrFile(PMP16)

    async def bench(ctx):
        ctx.set(dut.d_csr, csr_number("mstatus"))
        assert ctx.get(dut.d_read) == 0
        ctx.set(dut.d_csr, csr_number("misa"))
        assert ctx.get(dut.d_read) == 0x4010_1100
        drive(ctx, dut, x_csr=csr_number("mie"), x_operand=0x888, x_funct3=1, x_write=1, irq_timer=1)
        await ctx.tick()
        ctx.set(dut.x_write, 0)
        await ctx.tick()
        for user in (0, 1):
            ctx.set(dut.user, user)
            assert (ctx.get(dut.interrupt), ctx.get(dut.wakeup)) == (user, 1)

    simulate(dut, bench)


# Rights ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [PMP4, PMP16], ids=["pmp4", "pmp16"])
def test_every_csr_number(config):
    dut = Decoder(config)
    present = {csr.number + i: csr for csr in csrs_of(False, config.pmp) for i in range(csr.count)}

    async def bench(ctx):
        for number in range(0x1000):
            csr = present.get(number)
            for user, opened, write_it in itertools.product((0, 1), (0b000, 0b101, 0b010, 0b111), (0, 1)):
                word = number << 20 | (9 if write_it else 0) << 15 | 2 << 12 | Opcode.SYSTEM
                drive(ctx, dut, d_insn=word, d_module=user, d_counters=opened)
                closed = user and not opened >> COUNTERS.get(number, 3) & 1
                want = csr is None or (write_it and csr.read_only) or closed
                assert ctx.get(dut.d_illegal) == bool(want), f"{number:#x}, {user=}, {opened=:#b}, {write_it=}"

    combinational(dut, bench)


def test_system_instructions():
    dut = Decoder(PMP16)

    async def bench(ctx):
        for name, user, refused in itertools.product(("ecall", "ebreak", "mret", "wfi", "fence"), (0, 1), (0, 1)):
            drive(ctx, dut, d_insn=BY_NAME[name].match, d_module=user, d_wfi_refused=refused, d_counters=7)
            want = user and (name == "mret" or (name == "wfi" and refused))
            assert ctx.get(dut.d_illegal) == bool(want), f"{name}, {user=}, {refused=}"

    combinational(dut, bench)


def test_without_user_mode_its_csrs_do_not_exist():
    assert not {csr.name for csr in csrs_of(True, 0) + csrs_of(False, PLAIN.pmp)} & {
        "mcounteren",
        "pmpcfg0",
        "pmpaddr0",
    }
    assert CSR_BY_NAME["pmpaddr15"].number == 0x3BF and CSR_BY_NAME["pmpcfg3"].number == 0x3A3
