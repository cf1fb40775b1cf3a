"""The headline: a violation is flagged in the cycle in which the access would make its request, and nothing goes out.

Every situation is run three times, with the access inside the windows, outside them, and replaced by ``ecall``. The
first shows in which cycle the request is made, the second what becomes of it, the third how long any trap takes.
"""

from dataclasses import dataclass

import cocotb

from lib.asm import PROGRAMS, Program, assemble
from lib.driver import Bench, Cycle, report, the_config
from lib.run import check_all
from paddock.config import DEFAULT
from paddock.isa.cause import Cause
from paddock.isa.memmap import RAM_BASE

DEVICE_TARGET = 0x1000_0040
UNTOUCHED = 0xA5A5_5A5A
ORIGINAL = 0x1122_3344
#: Cycles from the trapping instruction's slot in X to that of the handler's first instruction.
TRAP_CYCLES = 3

SITUATIONS = (
    "AFTER_BOUND_WRITE",
    "AFTER_ENTRY",
    "AFTER_MRET",
    "AFTER_RETURN",
    "BEHIND_MULTIPLY",
    "ADDRESS_MULTIPLY",
    "BEHIND_DIVIDE",
    "BEHIND_DEVICE",
    "BEHIND_DEVICE_STORE",
    "BACK_TO_BACK",
    "BEHIND_STORE",
    "ADDRESS_LOAD",
    "BEHIND_BRANCH",
    "INTERRUPT_PENDING",
    "NOTHING",
)


@dataclass(frozen=True)
class Access:
    """An access to RAM or, with ``device``, to the device."""

    text: str
    device: bool = False

    @property
    def store(self) -> bool:
        """A store, else a load."""
        return self.text.startswith("s")


ACCESSES = (
    Access("lw a0, 0(a1)"),
    Access("lbu a0, 0(a1)"),
    Access("sw a2, 0(a1)"),
    Access("sb a2, 0(a1)"),
    Access("lw a0, 0(a1)", device=True),
    Access("sh a2, 0(a1)", device=True),
)


def detection(situation: str, access: Access, *, inside: bool = False, text: str | None = None) -> Program:
    flags = (
        f"-DSITUATION={situation}",
        f"-DACCESS={text or access.text}",
        f"-DINSIDE={int(inside)}",
        f"-DTARGET_DEVICE={int(access.device)}",
    )
    return assemble(PROGRAMS / "detection.S", the_config(), flags)


def target(program: Program, access: Access) -> int:
    return DEVICE_TARGET if access.device else program.symbols["target"]


def slot(cycles: list[Cycle], pc: int) -> int:
    """The cycle in which the instruction at ``pc`` leaves X for the first time."""
    for number, cycle in enumerate(cycles):
        if cycle.x_fire and cycle.x_pc == pc:
            return number
    raise AssertionError(f"the instruction at {pc:#x} has never left X")


def to_target(cycle: Cycle, address: int) -> bool:
    """A store or a device request to the word at ``address`` is on the bus."""
    store = cycle.dbus_we and cycle.dbus_addr & ~3 == address
    return bool(store or (cycle.wb_stb and cycle.wb_adr == address >> 2))


def check_quiet(cycles: list[Cycle], program: Program, access: Access) -> None:
    """From the access until its handler looks at what is left: nothing went out, nothing changed."""
    refused = slot(cycles, program.symbols["access"])
    handler = slot(cycles, program.symbols["handler"])
    address = target(program, access)
    # Devices: the program itself has put a value there before, and the handler reads it afterwards.
    assert not any(to_target(cycle, address) for cycle in cycles[refused : handler + 1]), "the access has left the core"
    assert not any(cycle.dbus_we for cycle in cycles[refused : handler + 1]), "a store while the access is refused"
    assert not any(cycle.wb_stb for cycle in cycles[refused + 1 : handler + 1]), "a device request behind it"
    probes = ("probe_store", "probe_load", "probe_device_request")
    assert not any(getattr(cycle, name) for cycle in cycles[refused : handler + 1] for name in probes)


def check_record(bench: Bench, program: Program, access: Access) -> None:
    """What the handler has found."""
    address = target(program, access)
    cause, mepc, mtval, rd, memory = (bench.word(program.symbols["record"] + 4 * i) for i in range(5))
    assert cause == (Cause.STORE_FAULT if access.store else Cause.LOAD_FAULT)
    assert mepc == program.symbols["access"]
    assert mtval == address
    assert rd == UNTOUCHED, "rd is written"
    assert memory == ORIGINAL, "memory has changed"


async def run(dut, program: Program, **settings) -> tuple[Bench, list[Cycle]]:
    bench = Bench(dut)
    await bench.start(program, **settings)
    return bench, await bench.record(from_module=True)


async def check_situation(dut, situation: str, access: Access, **settings) -> None:
    waits = settings.get("ibus_chance") or settings.get("dbus_chance")
    inside = detection(situation, access, inside=True)
    _, allowed = await run(dut, inside, **settings)
    request = slot(allowed, inside.symbols["access"])
    cycle = allowed[request]
    assert not cycle.x_violation, "an access inside the windows is refused"
    if access.device:
        assert cycle.probe_device_request
        # In M; a RAM that has not answered yet is waited for.
        in_m = allowed[request + 1 : request + (6 if waits else 2)]
        assert any(to_target(later, DEVICE_TARGET) for later in in_m), "the device request is not made"
    else:
        assert cycle.dbus_en and cycle.dbus_addr & ~3 == inside.symbols["target"]
        assert bool(cycle.dbus_we) == access.store

    outside = detection(situation, access)
    bench, refused = await run(dut, outside, **settings)
    verdict = slot(refused, outside.symbols["access"])
    at, wanted = refused[verdict].cycles, cycle.cycles
    assert at == wanted, f"refused in cycle {at}, the request would be made in {wanted}"
    assert refused[verdict].x_violation, "not flagged in the cycle of the request"
    check_quiet(refused, outside, access)
    check_record(bench, outside, access)
    if waits:
        return  # how long a trap takes is then the memory's affair

    ecall = detection(situation, access, text="ecall")
    _, trapped = await run(dut, ecall, **settings)
    trap = slot(refused, outside.symbols["handler"]) - verdict
    plain_trap = slot(trapped, ecall.symbols["handler"]) - slot(trapped, ecall.symbols["access"])
    assert trap == plain_trap == TRAP_CYCLES, f"the trap takes {trap} cycles, that of ecall {plain_trap}"
    record = next(i for i, c in enumerate(refused) if c.rvfi_valid and c.rvfi_trap)
    assert record == verdict + 2 and refused[record].rvfi_pc_rdata == outside.symbols["access"]


def situation_test(situation: str):
    """The cocotb test of one situation."""

    async def check(dut):
        for number, access in enumerate(ACCESSES):
            await check_situation(dut, situation, access, device_wait=number)
            await check_situation(dut, situation, access, ibus_chance=4, dbus_chance=4, device_wait=1, seed=number)

    return cocotb.test(name=f"detected_{situation.lower()}")(check)


globals().update({f"detected_{situation.lower()}": situation_test(situation) for situation in SITUATIONS})


@cocotb.test()
async def interrupt_at_any_time(dut):
    """An interrupt before, with and behind the access: it is never made, whichever of the two traps goes first."""
    first = set()
    for access in ACCESSES:
        program = detection("INTERRUPT_COMES", access)
        for moment in range(1, 26):
            bench = Bench(dut)
            await bench.start(program, data={program.symbols["moment"]: moment})
            cycles = await bench.record(from_module=True)
            address = target(program, access)
            handler = slot(cycles, program.symbols["handler"])
            assert not any(to_target(cycle, address) for cycle in cycles[: handler + 1])
            cause, mepc = (bench.word(program.symbols["record"] + 4 * i) for i in range(2))
            assert bench.word(program.symbols["record"] + 12) == UNTOUCHED
            assert mepc <= program.symbols["access"]
            first.add(bool(cause >> 31))
    assert first == {True, False}, "the interrupt has always gone first, or never"


@cocotb.test()
async def read_ahead_is_discarded(dut):
    """A load's RAM read may start before the verdict: it does here, and its data goes nowhere."""
    access = ACCESSES[0]
    program = detection("NOTHING", access)
    bench, cycles = await run(dut, program)
    verdict = slot(cycles, program.symbols["access"])
    assert cycles[verdict].dbus_en and not cycles[verdict].dbus_we
    assert cycles[verdict].dbus_addr == program.symbols["target"] >= RAM_BASE
    check_record(bench, program, access)
    report("detection_latency_cycles", next(i for i, c in enumerate(cycles[verdict:]) if c.x_violation))


def test_g1_flagged_in_the_cycle_of_the_request(subtests):
    check_all(subtests, __file__, DEFAULT)
