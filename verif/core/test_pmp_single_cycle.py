"""PMP refuses in the cycle in which the access would make its request, as the bounds do: see test_single_cycle.py."""

import cocotb
from test_single_cycle import TRAP_CYCLES, UNTOUCHED, Access, check_record, slot, target, to_target

from lib.asm import PROGRAMS, Program, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import PMP16

SITUATIONS = ("NOTHING", "AFTER_MRET", "AFTER_PMP_WRITE", "BEHIND_DEVICE", "ADDRESS_LOAD")
ACCESSES = (
    Access("lw a0, 0(a1)"),
    Access("sw a2, 0(a1)"),
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
    return assemble(PROGRAMS / "pmp_detection.S", the_config(), flags)


async def run(dut, program: Program, device_wait: int):
    bench = Bench(dut)
    await bench.start(program, device_wait=device_wait)
    return bench, await bench.record()


async def check(dut, situation: str, access: Access, device_wait: int) -> None:
    inside = detection(situation, access, inside=True)
    _, allowed = await run(dut, inside, device_wait)
    request = allowed[slot(allowed, inside.symbols["access"])]
    assert not request.x_violation, "an access that is allowed is refused"
    assert request.dbus_en and bool(request.dbus_we) == (access.store and not access.device)

    outside = detection(situation, access)
    bench, refused = await run(dut, outside, device_wait)
    verdict = slot(refused, outside.symbols["access"])
    assert refused[verdict].x_violation, "not flagged in the cycle of the request"
    assert refused[verdict].cycles == request.cycles
    handler = slot(refused, outside.symbols["handler"])
    quiet = refused[verdict : handler + 1]
    assert not any(to_target(cycle, target(outside, access)) or cycle.dbus_we for cycle in quiet)
    assert not any(cycle.wb_stb for cycle in quiet[1:]), "a device request behind it"
    if access.device:
        # What the handler finds there is what was there before: 0, or what an earlier run has left.
        assert bench.word(outside.symbols["record"] + 12) == UNTOUCHED
    else:
        check_record(bench, outside, access)

    ecall = detection(situation, access, text="ecall")
    _, trapped = await run(dut, ecall, device_wait)
    plain_trap = slot(trapped, ecall.symbols["handler"]) - slot(trapped, ecall.symbols["access"])
    assert handler - verdict == plain_trap == TRAP_CYCLES


def situation_test(situation: str):
    """The cocotb test of one situation."""

    async def run_all(dut):
        for number, access in enumerate(ACCESSES):
            await check(dut, situation, access, device_wait=number)

    return cocotb.test(name=f"pmp_detected_{situation.lower()}")(run_all)


globals().update({f"pmp_detected_{situation.lower()}": situation_test(situation) for situation in SITUATIONS})


def test_pmp_flags_in_the_cycle_of_the_request(subtests):
    check_all(subtests, __file__, PMP16, only="pmp_detected_")
