"""Drives `paddock.module_state.ModuleState` as the pipeline does, beside the specification in Python.

Everything comes as tightly as it can: what follows a gate, a trap or a CSR write in X or M is in D one cycle later and
in X two cycles later.
"""

import random

from lib.module_spec import Spec
from lib.ports import drive
from paddock.gate import TABLE_CSRS
from paddock.isa.cause import Kind
from paddock.isa.csr import PADDOCK_CSRS, csr_number

__all__ = ["Pilot"]

WINDOWS = ("arena", "device", "grant", "public")


class Pilot:
    """Does to ``dut`` and to the specification what an instruction does, and compares what both say of it."""

    def __init__(self, ctx, dut, config):
        self.ctx, self.dut = ctx, dut
        self.spec = Spec(config)

    async def enter(self, target: int, value: int = 0, link: int = 0, waits: int = 0) -> Kind:
        """pd.enter: rs1 = target, rs2 = value; X keeps it for ``waits`` cycles more."""
        ctx, dut = self.ctx, self.dut
        drive(ctx, dut, d_target=target, d_advance=1)
        await ctx.tick()
        drive(ctx, dut, d_target=~target & 0xFF, d_advance=0)
        drive(ctx, dut, x_entering=1, x_target=target, x_value=value, x_link=link)
        for _ in range(waits):
            await ctx.tick()
        kind = Kind(ctx.get(dut.x_enter_kind))
        got = kind, (ctx.get(dut.x_enter_pc), ctx.get(dut.x_enter_result))
        want, effect = self.spec.enter(target, value, link)
        assert (got if want == Kind.NONE else (kind, None)) == (want, effect)
        await self._end("x_enter", "x_entering", kind)
        return kind

    async def leave(self, waits: int = 0) -> Kind:
        """pd.leave."""
        ctx, dut = self.ctx, self.dut
        await ctx.tick()
        ctx.set(dut.x_leaving, 1)
        for _ in range(waits):
            await ctx.tick()
        kind = Kind(ctx.get(dut.x_leave_kind))
        got = kind, (ctx.get(dut.x_leave_pc), ctx.get(dut.x_leave_result))
        want, effect = self.spec.leave()
        assert (got if want == Kind.NONE else (kind, None)) == (want, effect)
        await self._end("x_leave", "x_leaving", kind)
        return kind

    async def mret(self) -> None:
        """mret."""
        await self.ctx.tick()
        self.ctx.set(self.dut.x_returning, 1)
        self.spec.mret()
        await self._end("x_mret", "x_returning", Kind.NONE)

    async def _end(self, effect: str, present: str, kind: Kind) -> None:
        ctx, dut = self.ctx, self.dut
        drive(ctx, dut, **{effect: int(kind == Kind.NONE)})
        await ctx.tick()
        drive(ctx, dut, **{effect: 0, present: 0})

    async def trap(self, exception: bool, kind: Kind = Kind.NONE, killed_target: int | None = None) -> None:
        """A trap in M; in X it may kill a pd.enter."""
        ctx, dut = self.ctx, self.dut
        drive(ctx, dut, m_trap=1, m_exception=exception, m_kind=kind)
        if killed_target is not None:
            drive(ctx, dut, x_entering=1, x_target=killed_target)
        self.spec.trap(exception, kind)
        await ctx.tick()
        drive(ctx, dut, m_trap=0, x_entering=0)

    async def write(self, csr: str, value: int) -> None:
        """A CSR write in X."""
        drive(self.ctx, self.dut, x_csr=csr_number(csr), x_csr_value=value, x_csr_write=1)
        self.spec.write(csr, value)
        await self.ctx.tick()
        self.ctx.set(self.dut.x_csr_write, 0)

    async def read(self, csr: str) -> int:
        """A CSR read in D; what stands in a RAM is looked up for one cycle."""
        looked_up = csr in (*TABLE_CSRS, "pd_caller")
        drive(self.ctx, self.dut, d_csr=csr_number(csr), d_csr_in_table=looked_up)
        if looked_up:
            await self.ctx.tick()
        value = self.ctx.get(self.dut.d_csr_read) | self.ctx.get(self.dut.d_looked_up)
        assert value == self.spec.read(csr), f"{csr} reads {value:#x}, not {self.spec.read(csr):#x}"
        return value

    async def check(self) -> None:
        """Compare everything that is to be seen; the windows in X of the next instruction, and from then on."""
        ctx, dut = self.ctx, self.dut
        assert ctx.get(dut.id) == self.spec.id
        for csr in PADDOCK_CSRS:
            if csr.name not in TABLE_CSRS:
                await self.read(csr.name)
        self.check_windows()

    def check_windows(self) -> None:
        """As above, now. Windows of the kernel mean nothing."""
        if self.spec.id:
            ports = {name: getattr(self.dut, name) for name in WINDOWS}
            got = {
                name: tuple(self.ctx.get(getattr(port, part)) for part in ("lower", "upper", "read", "write"))
                for name, port in ports.items()
            }
            assert got == self.spec.windows()

    async def set_table(self, module: int, **fields: int) -> None:
        """Write fields of an entry, named without ``pd_``."""
        await self.write("pd_select", module)
        for name, value in fields.items():
            await self.write(f"pd_{name}", value)

    async def fill(self, rng: random.Random, flags: int | None = None) -> None:
        """Random contents for all that is undefined after reset."""
        config = self.spec.config
        for module in range(config.modules):
            fields = {name.removeprefix("pd_"): rng.getrandbits(32) for name in TABLE_CSRS}
            if flags is not None:
                fields["flags"] = fields["flags"] & ~3 | flags
            await self.set_table(module, **fields)
        await self.set_table(0, flags=self.spec.table[0]["pd_flags"] | 1)
        for _ in range(config.frames):
            assert await self.enter(0) == Kind.NONE
        await self.write("pd_top", 0)
