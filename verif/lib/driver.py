"""The cocotb side of the bench: load a program, let it run, look."""

import json
import os
from dataclasses import dataclass

from cocotb.clock import Clock
from cocotb.handle import Immediate
from cocotb.triggers import FallingEdge, RisingEdge, Timer, ValueChange

from lib.asm import Program
from lib.bench import RAM_BYTES
from paddock.config import CoreConfig
from paddock.isa.memmap import RAM_BASE

__all__ = ["PASS", "Bench", "Cycle", "Outcome", "report", "the_config"]

#: What a program writes to the finisher when all is well; the reference platform's number.
PASS = 0x5555


def the_config() -> CoreConfig:
    """The configuration that the running simulator was built for."""
    return CoreConfig(**json.loads(os.environ["PADDOCK_CONFIG"]))


def report(name: str, value: int) -> None:
    """Tell the pytest side a figure."""
    with open(os.environ["PADDOCK_FIGURES"], "a") as file:
        file.write(json.dumps([name, value]) + "\n")


@dataclass(frozen=True)
class Outcome:
    """How a program ended: the finisher's word, and how many cycles it took."""

    code: int
    cycles: int


class Bench:
    """One run: ``await bench.start(program, ...)``, then ``await bench.finish()`` or `sample`."""

    def __init__(self, dut):
        self.dut = dut
        self.core = dut.core
        self._memory = dut.ram.mem

    async def start(
        self,
        program: Program,
        *,
        ibus_chance: int = 0,
        dbus_chance: int = 0,
        device_wait: int = 0,
        seed: int = 1,
        limit: int = 500_000,
        data: dict[int, int] | None = None,
    ) -> None:
        """Reset, load ``program`` and then ``data`` (address -> word), and let it go.

        ``chance`` is how many of 8 requests meet wait states. Other memory keeps what earlier runs have left there.
        """
        dut = self.dut
        self.program = program
        settings = {"ibus_chance": ibus_chance, "dbus_chance": dbus_chance, "device_wait": device_wait}
        for name, value in {**settings, "seed": seed, "limit": limit, "rst": 1}.items():
            getattr(dut, name).value = value
        for name in ("irq_software", "irq_timer", "irq_external"):
            getattr(dut, name).value = 0
        self._clock = Clock(dut.clk, 2, "step")
        self._clock.start()
        await FallingEdge(dut.clk)
        await FallingEdge(dut.clk)
        for address, word in {**program.words, **(data or {})}.items():
            self._memory[(address - RAM_BASE) >> 2].value = Immediate(word)
        dut.rst.value = 0

    async def finish(self) -> Outcome:
        """Run until the program ends; fails if it does not within the limit."""
        dut = self.dut
        if not int(dut.done.value):
            await RisingEdge(dut.done)
        await Timer(1, "step")
        cycles = int(dut.cycles.value)
        if cycles == int(dut.limit.value):
            raise AssertionError(f"{self.program.name}: no end after {cycles} cycles")
        escapes = int(dut.escapes.value)
        assert escapes == 0, f"{self.program.name}: the monitor has seen {escapes} accesses outside the windows"
        return Outcome(int(dut.code.value), cycles)

    async def passes(self) -> Outcome:
        """Run until the program ends; fails unless it says that it has passed."""
        outcome = await self.finish()
        if outcome.code != PASS:
            number = outcome.code >> 16
            got, wanted = (self.word(self.program.symbols["failure"] + 4 * i) for i in (0, 1))
            raise AssertionError(f"{self.program.name}: check {number} failed: {got:#x}, should be {wanted:#x}")
        return outcome

    def word(self, address: int) -> int:
        """The word in RAM at ``address``."""
        assert RAM_BASE <= address < RAM_BASE + RAM_BYTES and address % 4 == 0, f"no word of RAM at {address:#x}"
        return int(self._memory[(address - RAM_BASE) >> 2].value)

    async def record(self, limit: int = 3000, *, from_module: bool = False) -> "list[Cycle]":
        """Run until the program ends; what was on the core's ports and in X in each cycle, or in those from the first
        under a module's id."""
        dut, core = self.dut, self.dut.core
        names = (
            "dbus_en",
            "dbus_addr",
            "dbus_we",
            "wb_stb",
            "wb_adr",
            "wb_ack",
            "rvfi_valid",
            "rvfi_trap",
            "rvfi_pc_rdata",
            "cycles",
        )
        if the_config().paddock:
            names += ("probe_id", "probe_store", "probe_load", "probe_device_request")
        handles = {name: getattr(dut, name) for name in names}
        handles["x_fire"] = core.hazard.x_fire
        handles["x_violation"] = core.execute.x_violation
        dx, done = core.decode.dx, dut.done
        cycles = []
        if from_module:
            await ValueChange(dut.probe_id)
        settled = FallingEdge(dut.clk)  # halfway through the cycle
        while len(cycles) < limit:
            await settled
            values = {name: int(handle.value) for name, handle in handles.items()}
            cycles.append(Cycle(x_pc=int(dx.value) & 0xFFFF_FFFF, **values))
            if int(done.value):
                return cycles
        raise AssertionError(f"{self.program.name}: no end after {limit} cycles")


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One cycle of `Bench.record`: ports by their names in `lib.bench.CoreBench`, and what stage X does."""

    #: Cycles since reset.
    cycles: int
    #: Instruction in X, and whether it leaves X in this cycle: the slot in which an access makes its request.
    x_pc: int
    x_fire: int
    #: The verdict of the check.
    x_violation: int
    dbus_en: int
    dbus_addr: int
    dbus_we: int
    wb_stb: int
    wb_adr: int
    wb_ack: int
    rvfi_valid: int
    rvfi_trap: int
    rvfi_pc_rdata: int
    probe_id: int = 0
    probe_store: int = 0
    probe_load: int = 0
    probe_device_request: int = 0
