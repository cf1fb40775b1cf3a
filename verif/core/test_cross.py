"""Every kind and size of access at every edge of every window, in every pipeline situation: the verdict is the same.

`test_access` has more cases, in one situation; `test_single_cycle` looks at the cycles.
"""

import cocotb
from access_cases import SIZES, WINDOWS, Access, Layout, crossed_cases, middle
from test_access import ROW, ROWS, judge, row

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT

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


def crossed_row(window: str, access: Access) -> list[int]:
    words = row(access)
    words[0] |= WINDOWS.index(window) << 8
    words[14:] = [middle(access.arena), middle(access.device)]
    return words


async def run_situation(dut, situation: str, **settings) -> None:
    program = assemble(PROGRAMS / "cross.S", the_config(), (f"-DSITUATION={situation}",))
    symbols = program.symbols
    layout = Layout(**{name: symbols[name] for name in ("memory", "public_low", "accesses", "public_high")})
    cases = list(crossed_cases(layout, symbols["scratch"]))
    bench = Bench(dut)
    for start in range(0, len(cases), ROWS):
        batch = cases[start : start + ROWS]
        words = [word for window, access in batch for word in crossed_row(window, access)]
        data = {symbols["table"] + 4 * i: word for i, word in enumerate(words)}
        await bench.start(program, data={**data, symbols["rows"]: len(batch)}, **settings)
        await bench.passes()
        for i, (window, access) in enumerate(batch):
            base = symbols["results"] + ROW * i
            place = symbols["first"] + STRIDE * list(SIZES).index(access.name)
            try:
                judge(access, place, [bench.word(base + 4 * j) for j in range(13)], "DEVICE" in situation)
            except AssertionError as error:
                raise AssertionError(f"{window}, {situation.lower()}: {error}") from None


def situation_test(situation: str):
    """The cocotb test of one situation."""

    async def check(dut):
        await run_situation(dut, situation)
        await run_situation(dut, situation, ibus_chance=2, dbus_chance=4, device_wait=2)

    return cocotb.test(name=f"crossed_{situation.lower()}")(check)


globals().update({f"crossed_{situation.lower()}": situation_test(situation) for situation in SITUATIONS})


def test_g1_every_edge_in_every_situation(subtests):
    check_all(subtests, __file__, DEFAULT)
