"""Every kind and size of access at every edge of every window, in every pipeline situation: the verdict is the same.

`test_access` has more cases, in one situation; `test_single_cycle` looks at the cycles.
"""

import cocotb
from access_cases import SIZES, WINDOWS, Access, Layout, crossed_cases, middle
from test_access import NO_TRAP, ROW, ROWS, judge, row

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT
from paddock.isa.cause import Interrupt

#: As in cross.S; those of `test_single_cycle`, where the access itself does not come more than once.
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
#: As in cross.S: bytes from one access to the next.
STRIDE = 32
EXTERNAL = 1 << 31 | Interrupt.EXTERNAL


def crossed_row(window: str, access: Access) -> list[int]:
    words = row(access)
    words[0] |= WINDOWS.index(window) << 8
    words[14:] = [middle(access.arena), middle(access.device)]
    return words


async def run_situation(dut, situation: str, *, moment: int = 0, only: int | None = None, **settings) -> None:
    """Run all cases, or only the first ones, and judge them."""
    program = assemble(PROGRAMS / "cross.S", the_config(), (f"-DSITUATION={situation}",))
    symbols = program.symbols
    layout = Layout(**{name: symbols[name] for name in ("memory", "public_low", "accesses", "public_high")})
    cases = list(crossed_cases(layout, symbols["scratch"]))
    assert len(cases) <= ROWS
    words = [word for window, access in cases[:only] for word in crossed_row(window, access)]
    data = {symbols["table"] + 4 * i: word for i, word in enumerate(words)}
    bench = Bench(dut)
    data = {**data, symbols["rows"]: len(cases[:only]), symbols["moment"]: moment}
    await bench.start(program, data=data, **settings)
    await bench.passes()
    for i, (window, access) in enumerate(cases[:only]):
        base = symbols["results"] + ROW * i
        place = symbols["first"] + STRIDE * list(SIZES).index(access.name)
        result = [bench.word(base + 4 * j) for j in range(13)]
        interrupted = moment > 0 and access.expected() is None
        if interrupted:
            traps, cause, mepc = result[:3]
            if (traps, cause, mepc) != (1, EXTERNAL, place + 4):
                raise NotBehind(f"{access}: {traps} traps, cause {cause:#x}, mepc {mepc:#x}")
        calm = [0, NO_TRAP, *result[2:]] if interrupted else result
        try:
            judge(access, place, calm, "DEVICE" in situation)
        except AssertionError as error:
            raise AssertionError(f"{window}, {situation.lower()}: {error}") from None


class NotBehind(Exception):
    """The interrupt has not come right behind the access."""


def situation_test(situation: str):
    """The cocotb test of one situation."""

    async def check(dut):
        await run_situation(dut, situation, device_wait=1)
        await run_situation(dut, situation, ibus_chance=2, dbus_chance=4, device_wait=2)

    return cocotb.test(name=f"crossed_{situation.lower()}")(check)


globals().update({f"crossed_{situation.lower()}": situation_test(situation) for situation in SITUATIONS})


@cocotb.test()
async def crossed_interrupt_next(dut):
    """An interrupt is taken by the instruction behind the access, whose effects are then all there."""
    for moment in range(1, 30):
        try:
            await run_situation(dut, "INTERRUPT_NEXT", moment=moment, only=2)
        except (NotBehind, AssertionError):
            continue
        await run_situation(dut, "INTERRUPT_NEXT", moment=moment)
        return
    raise AssertionError("at no moment does the interrupt come right behind the access")


def test_g1_every_edge_in_every_situation(subtests):
    check_all(subtests, __file__, DEFAULT)
