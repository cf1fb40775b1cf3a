"""Who waits for what: each reason alone stops these stages and no others; all together as one plain statement."""

import random

import pytest

from lib.ports import drive
from lib.wishbone import simulate
from paddock.hazard import HazardUnit

#: All stages hold an instruction and none has a reason to wait.
FULL = {"d_valid": 1, "x_valid": 1, "m_valid": 1}
OUTPUTS = ("d_ready", "d_advance", "x_advance", "x_go", "x_fire", "m_advance")
INPUT_NAMES = (
    "d_needs_x x_late d_enter x_csr_write settling d_csr_counted d_csr_in_table x_divide_busy x_sleep f_wait "
    "m_wait_ram m_wait_device m_wait_error m_wait_fetch d_valid x_valid m_valid counting x_may_jump x_redirect m_trap"
)
INPUTS = INPUT_NAMES.split()
#: What is high -> which outputs are.
ALL_MOVE = "d_ready d_advance x_advance x_go x_fire m_advance"
D_WAITS = "x_advance x_go x_fire m_advance"
X_WAITS = "x_go m_advance"
TRUTH = {
    "": ALL_MOVE,
    "d_needs_x": ALL_MOVE,
    "x_late": ALL_MOVE,
    "d_needs_x x_late": D_WAITS,
    "d_enter": ALL_MOVE,
    "d_needs_x d_enter": D_WAITS,
    "x_csr_write": D_WAITS,
    "settling": D_WAITS,
    "d_csr_counted": D_WAITS,
    "counting": ALL_MOVE,
    "d_csr_in_table": D_WAITS,
    "x_divide_busy": X_WAITS,
    "x_sleep": X_WAITS,
    "f_wait": ALL_MOVE,
    "m_wait_ram": "",
    "m_wait_device": "",
    "m_wait_error": "",
    "m_wait_fetch": "",
    "x_may_jump": ALL_MOVE,
    "x_redirect": "d_ready x_advance x_go x_fire m_advance",
    "x_may_jump f_wait": X_WAITS,
    "x_may_jump x_divide_busy": X_WAITS,
    "x_may_jump m_wait_ram": "",
    "m_trap x_redirect": "d_ready x_advance m_advance",
    "m_trap x_redirect x_divide_busy": "m_advance",
    "m_trap x_redirect x_sleep": "m_advance",
}


def apply(ctx, dut, values: dict[str, int]) -> None:
    drive(ctx, dut, **dict.fromkeys(INPUTS, 0) | values)


def high(ctx, dut) -> set[str]:
    return {name for name in OUTPUTS if ctx.get(getattr(dut, name))}


@pytest.mark.parametrize("reasons", TRUTH)
def test_each_reason_stops_these_stages_and_no_others(reasons):
    dut = HazardUnit()

    async def bench(ctx):
        apply(ctx, dut, FULL | dict.fromkeys(reasons.split(), 1))
        assert high(ctx, dut) == set(TRUTH[reasons].split())

    simulate(dut, bench)


@pytest.mark.parametrize(
    "inputs, moves",
    [
        # An empty stage neither acts nor makes others wait.
        ({}, "d_ready x_advance m_advance"),
        ({"d_valid": 1}, "d_ready d_advance x_advance m_advance"),
        ({"x_valid": 1}, "d_ready x_advance x_go x_fire m_advance"),
        ({"d_valid": 1, "x_csr_write": 1}, "d_ready d_advance x_advance m_advance"),
        ({"d_valid": 1, "x_may_jump": 1}, "d_ready d_advance x_advance m_advance"),
        # A counter is read when nothing that will count is on its way.
        ({"d_valid": 1, "d_csr_counted": 1}, "d_ready d_advance x_advance m_advance"),
        ({"d_valid": 1, "d_csr_counted": 1, "x_valid": 1}, "x_advance x_go x_fire m_advance"),
        ({"d_valid": 1, "d_csr_counted": 1, "m_valid": 1}, "x_advance m_advance"),
        ({"d_valid": 1, "d_csr_counted": 1, "counting": 1}, "x_advance m_advance"),
    ],
)
def test_empty_stages(inputs, moves):
    dut = HazardUnit()

    async def bench(ctx):
        apply(ctx, dut, inputs)
        assert high(ctx, dut) == set(moves.split())

    simulate(dut, bench)


def test_reader_of_the_table_waits_one_cycle():
    dut = HazardUnit()

    async def bench(ctx):
        apply(ctx, dut, FULL | {"d_csr_in_table": 1})
        for _ in range(3):
            assert "d_advance" not in high(ctx, dut)
            await ctx.tick()
            assert "d_advance" in high(ctx, dut)
            # It has gone: what follows it, also such a read, looks up for itself.
            await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize(
    "first",
    [{"d_valid": 0}, {"x_csr_write": 1}, {"settling": 1}, {"x_redirect": 1}, {"m_trap": 1, "x_redirect": 1}],
    ids=["nothing there", "a CSR write ahead", "a counter written", "a jump ahead", "a trap ahead"],
)
def test_lookup_does_not_count_if_it_was_of_something_else(first):
    dut = HazardUnit()

    async def bench(ctx):
        apply(ctx, dut, FULL | {"d_csr_in_table": 1} | first)
        await ctx.tick()
        apply(ctx, dut, FULL | {"d_csr_in_table": 1})
        assert "d_advance" not in high(ctx, dut)
        await ctx.tick()
        assert "d_advance" in high(ctx, dut)

    simulate(dut, bench)


@pytest.mark.parametrize(
    "reason, name",
    [
        ("d_needs_x x_late", "d_wait_operand"),
        ("d_needs_x d_enter", "d_wait_operand"),
        ("settling", "d_wait_csr"),
        ("x_csr_write", "d_wait_csr"),
        ("d_csr_counted", "d_wait_counter"),
        ("d_csr_in_table", "d_wait_table"),
        ("x_may_jump f_wait", "x_wait_fetch"),
    ],
)
def test_each_reason_has_its_name_in_the_waveform(reason, name):
    dut = HazardUnit()
    names = ("d_wait_operand", "d_wait_csr", "d_wait_counter", "d_wait_table", "x_wait_fetch")

    async def bench(ctx):
        apply(ctx, dut, FULL | dict.fromkeys(reason.split(), 1))
        assert [other for other in names if ctx.get(getattr(dut, other))] == [name]

    simulate(dut, bench)


def moves(i: dict[str, int], looked_up: bool) -> set[str]:
    """The rules of docs/reference/pipeline.md once more, from the last stage to the first."""
    m_free = not any(i[name] for name in INPUTS if name.startswith("m_wait"))
    x_free = m_free and not (i["x_divide_busy"] or i["x_sleep"] or (i["x_may_jump"] and i["f_wait"]))
    fires = i["x_valid"] and x_free and not i["m_trap"]
    ahead = i["x_valid"] or i["m_valid"] or i["counting"]
    d_free = x_free and not (
        (i["d_needs_x"] and (i["x_late"] or i["d_enter"]))
        or i["settling"]
        or (i["x_valid"] and i["x_csr_write"])
        or (i["d_csr_counted"] and ahead)
        or (i["d_csr_in_table"] and not looked_up)
    )
    goes = d_free and i["d_valid"] and not i["x_redirect"]
    verdict = {
        "m_advance": m_free,
        "x_advance": x_free,
        "x_go": i["x_valid"] and m_free and not i["m_trap"],
        "x_fire": fires,
        "d_ready": d_free,
        "d_advance": goes,
    }
    return {name for name, holds in verdict.items() if holds}


def test_random_situations():
    dut = HazardUnit()

    async def bench(ctx):
        rng = random.Random(1)
        looked_up = False
        seen = set()
        for _ in range(3000):
            i = {name: int(rng.random() < (0.85 if name.endswith("valid") else 0.2)) for name in INPUTS}
            i["x_redirect"] |= i["m_trap"]
            apply(ctx, dut, i)
            got = high(ctx, dut)
            assert got == moves(i, looked_up), i
            seen.add(frozenset(got))
            waits = (i["x_valid"] and i["x_csr_write"]) or i["settling"]
            stays = not waits and not i["x_redirect"]
            looked_up = bool(i["d_valid"] and i["d_csr_in_table"] and not looked_up and stays)
            await ctx.tick()
        assert len(seen) >= 8

    simulate(dut, bench)
