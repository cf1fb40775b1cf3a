# amaranth: UnusedElaboratable=no
"""The SoC as a program sees it: small programs on the whole of it, each reports by the test finisher."""

import dataclasses
from functools import partial

import pytest

from lib.asm import assemble_text
from lib.serial import Frame, watch
from lib.wishbone import simulate, wait_for
from paddock.config import DEFAULT, PLAIN, SocConfig
from paddock.isa.cause import Cause, Interrupt
from paddock.isa.memmap import DEVICE_BY_NAME, RAM_BASE
from paddock.soc.soc import Soc

CONFIG = SocConfig(ram_bytes=4096)
#: At most, for any program here.
CYCLES = 1200

#: Ends with the code in a0 (0: a pass); where traps go ends with a1 + mcause + 16 * what the PLIC has to claim.
FRAME = """
.include "isa.inc"
.section .text.start, "ax"
.globl _start
_start:
    la t0, handler
    csrw mtvec, t0
    li a1, 0x4000
{body}
report:
    slli a0, a0, 16
    li t1, 0x3333
    or a0, a0, t1
    li t0, FINISHER_FINISH
    sw a0, (t0)
    j .
.balign 4
handler:
    csrr a0, mcause
    andi a0, a0, 0xff
    li t0, PLIC_CLAIM
    lw t1, (t0)
    slli t1, t1, 4
    add a0, a0, t1
    add a0, a0, a1
    j report
{rest}
"""


def run(body, config=CONFIG, rest="", *, bench=None, background=(), **inputs):
    """Run a program to its end; returns the code and the SoC. ``bench(ctx, soc)`` sees the end."""
    program = assemble_text("soc", FRAME.format(body=body, rest=rest), config.core)
    image = [program.words.get(address, 0) for address in range(RAM_BASE, max(program.words) + 4, 4)]
    soc = Soc(config, image)
    codes = []

    async def main(ctx):
        for name, value in inputs.items():
            ctx.set(getattr(soc, name), value)
        await wait_for(ctx, soc.finish_done, CYCLES)
        codes.append(ctx.get(soc.finish_code))
        if bench is not None:
            await bench(ctx, soc)

    simulate(soc, main, background=[partial(peer, soc=soc) for peer in background])
    return codes[0]


def test_pins():
    async def bench(ctx, soc):
        assert ctx.get(soc.gpio_out) == 0x5A5A_1234
        assert ctx.get(soc.uart_tx) == 1

    body = """
        li t0, GPIO_OUT
        li t1, 0x5A5A1234
        sw t1, (t0)
        lw a0, 4(t0)
    """
    assert run(body, bench=bench, gpio_in=0xBEE) == 0xBEE


def test_pass_is_code_zero():
    assert run("li t0, FINISHER_FINISH\nli t1, 0x5555\nsw t1, (t0)\nj .") == 0


@pytest.mark.parametrize("rate", [1, 2])
def test_console_speaks_at_the_configured_speed(rate):
    """Without a divisor set by software."""
    config = dataclasses.replace(CONFIG, baud=62_500 // rate)
    at_peer = []
    body = """
        li t0, UART_BASE
        li t1, 3
        sb t1, (UART_LCR - UART_BASE)(t0)
        li t1, 'P'
        sb t1, (t0)
        li t2, 0x40
    1:  lbu t1, (UART_LSR - UART_BASE)(t0)
        and t1, t1, t2
        beqz t1, 1b
        li a0, 0
    """

    async def peer(ctx, *, soc):
        await watch(ctx, soc.uart_tx, Frame(16 * rate), at_peer)

    run(body, config, background=[peer])
    assert bytes(at_peer) == b"P"


def test_console_hears():
    body = """
        li t0, UART_BASE
        li t1, 0x13
        sb t1, (UART_LCR - UART_BASE)(t0)
    1:  lbu a0, (UART_LSR - UART_BASE)(t0)
        andi t1, a0, 1
        beqz t1, 1b
        andi a0, a0, 0x1e
    """
    # A line that is held low is a break, with its frame error.
    assert run(body, uart_rx=0) == 0x18


@pytest.mark.parametrize("address", [0, 0x1004_0000, 0x7FFF_FFFC, RAM_BASE + CONFIG.ram_bytes, 0xFFFF_FFFC])
@pytest.mark.parametrize(("access", "cause"), [("lw", Cause.LOAD_FAULT), ("sw", Cause.STORE_FAULT)])
def test_nobody_there_is_an_access_fault(access, cause, address):
    assert run(f"li t0, {address}\n{access} t1, (t0)\nli a0, 1") == 0x4000 + cause


INTERRUPTS = {
    "software": (Interrupt.SOFTWARE, 0, "li t0, CLINT_MSIP\nli t1, 1\nsw t1, (t0)"),
    "timer": (
        Interrupt.TIMER,
        0,
        """
        li t0, CLINT_MTIMECMPH
        sw x0, (t0)
        csrr t1, time
        addi t1, t1, 40
        sw t1, -4(t0)
        """,
    ),
    "uart": (Interrupt.EXTERNAL, DEVICE_BY_NAME["uart"].irq, "li t0, UART_IER\nli t1, 2\nsb t1, (t0)"),
    "countdown": (
        Interrupt.EXTERNAL,
        DEVICE_BY_NAME["timer"].irq,
        "li t0, TIMER_BASE\nli t1, 30\nsw t1, 4(t0)\nli t1, 3\nsw t1, 8(t0)",
    ),
}


@pytest.mark.parametrize("name", INTERRUPTS)
def test_interrupts(name):
    """All are enabled; the one that comes is the one that was asked for, with its source."""
    cause, source, ask = INTERRUPTS[name]
    body = f"""
        li t0, PLIC_PRIORITY
        li t1, 1
        sw t1, 4*UART_IRQ(t0)
        sw t1, 4*TIMER_IRQ(t0)
        li t0, PLIC_ENABLE
        li t1, -1
        sw t1, (t0)
        li t1, 0x888
        csrw mie, t1
        csrsi mstatus, 8
        {ask}
    1:  wfi
        j 1b
    """
    assert run(body) == 0x4000 + cause + 16 * source


WITHDRAWALS = {
    "timer": ("li t0, CLINT_MTIMECMPH\nsw x0, (t0)\nsw x0, -4(t0)", "sw t2, (t0)"),
    "software": ("li t0, CLINT_MSIP\nsw t2, (t0)", "sw x0, (t0)"),
    "external": ("li t0, PLIC_CLAIM\nli t1, UART_IER\nli t3, 2\nsb t3, (t1)", "sb x0, (t1)\nlw t3, (t0)\nsw t3, (t0)"),
}


@pytest.mark.parametrize("name", WITHDRAWALS)
def test_withdrawn_interrupt_does_not_come_again(name):
    """A handler that withdraws the request in the instruction right before its `mret`."""
    ask, withdraw = WITHDRAWALS[name]
    body = f"""
        la t0, counts
        csrw mtvec, t0
        li t0, PLIC_PRIORITY
        li t1, 1
        sw t1, 4*UART_IRQ(t0)
        li t0, PLIC_ENABLE
        li t2, -1
        sw t2, (t0)
        li t1, 0x888
        csrw mie, t1
        li a0, 0
        li t4, 40
        csrsi mstatus, 8
        {ask}
    1:  addi t4, t4, -1
        bnez t4, 1b
        j report
    .balign 4
    counts:
        addi a0, a0, 1
        {withdraw}
        mret
    """
    assert run(body) == 1


def test_time_is_the_clints():
    """The fence orders the read of the CSR behind the store."""
    body = """
        li t0, CLINT_MTIME
        li t1, 0x12345600
        sw t1, (t0)
        fence
        csrr a0, time
        sub a0, a0, t1
    """
    assert 0 <= run(body) < 8


MODULE = """
    .section .public, "ax"
    module:
        la t2, inside
        lw t1, (t2)
        sw t1, 4(t2)
        li t0, GPIO_OUT
        sw t1, (t0)
        la t2, outside
        lw t1, (t2)
        ecall
    .data
    inside: .word 0x77, 0
    outside: .word 0
"""
ENTER = """
    csrwi CSR_PD_SELECT, 1
    la t0, inside
    csrw CSR_PD_ALOWER, t0
    addi t0, t0, 8
    csrw CSR_PD_AUPPER, t0
    li t0, GPIO_BASE
    csrw CSR_PD_DLOWER, t0
    addi t0, t0, 4
    csrw CSR_PD_DUPPER, t0
    la t0, module
    csrw CSR_PD_ENTRY, t0
    la t0, public_lower
    csrw CSR_PD_PLOWER, t0
    la t0, public_upper
    csrw CSR_PD_PUPPER, t0
    li t0, -1
    csrw CSR_PD_FLAGS, t0
    la t0, fault
    csrw mtvec, t0
    li t0, 1
    pd.enter x0, t0, x0
.balign 4
fault:
    li t0, MONITOR_BASE
    lw t1, (MONITOR_ESCAPES - MONITOR_BASE)(t0)
    lw a0, (MONITOR_CHECKED - MONITOR_BASE)(t0)
    slli t1, t1, 8
    add a0, a0, t1
    csrr t1, mcause
    slli t1, t1, 12
    add a0, a0, t1
"""


def test_monitor_sees_what_a_module_does():
    """Load, store and device write are let through and counted; the load outside is refused, so nothing escaped."""

    async def bench(ctx, soc):
        assert ctx.get(soc.escapes) == 0
        assert ctx.get(soc.gpio_out) == 0x77

    assert run(ENTER, rest=MODULE, bench=bench) == Cause.LOAD_FAULT << 12 | 3


def test_without_the_monitor_nobody_is_at_its_address():
    config = dataclasses.replace(CONFIG, monitor=False)
    assert run("li t0, MONITOR_BASE\nlw t1, (t0)", config) == 0x4000 + Cause.LOAD_FAULT


@pytest.mark.parametrize(
    ("change", "ports"),
    [
        ({}, {"escapes"}),
        ({"monitor": False}, set()),
        ({"core": PLAIN}, set()),
        ({"core": dataclasses.replace(DEFAULT, rvfi=True)}, {"escapes", "rvfi"}),
    ],
)
def test_ports_follow_the_configuration(change, ports):
    soc = Soc(dataclasses.replace(CONFIG, **change))
    assert set(soc.signature.members) & {"escapes", "rvfi"} == ports


def test_plain_core_runs_too():
    assert run("csrr a0, misa\nsrli a0, a0, 24", dataclasses.replace(CONFIG, core=PLAIN)) == 0x40
