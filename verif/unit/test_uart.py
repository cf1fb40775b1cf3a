# amaranth: UnusedElaboratable=no
"""UART: the registers as a 16550's driver sees them, the pins as the other end of the line does."""

import pytest

from lib.serial import Frame, send, watch
from lib.wishbone import Initiator, register_address, simulate, wait_for
from paddock.isa.memmap import DEVICE_BY_NAME
from paddock.soc.uart import FIFO_DEPTH, Uart

DEVICE = DEVICE_BY_NAME["uart"]
DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR = (
    register_address(DEVICE, name) for name in ("rbr_thr", "ier", "iir_fcr", "lcr", "mcr", "lsr", "msr", "scr")
)
FCR = IIR
RECEIVE, TRANSMIT, STATUS, MODEM = 1, 2, 4, 8  # IER
ENABLE, CLEAR_RX, CLEAR_TX = 1, 2, 4  # FCR
READY, OVERRUN, PARITY, FRAMING, BREAK, EMPTY, IDLE, FIFO_ERROR = (1 << n for n in range(8))  # LSR
LOOP = 0x10  # MCR
EIGHT, DLAB = 0x03, 0x80  # LCR
#: A character at divisor 1, in cycles.
CHARACTER = 160


class Driver(Initiator):
    """Byte accesses, as a driver makes them."""

    async def get(self, register):
        return await self.read(register, size=1)

    async def put(self, register, value):
        await self.write(register, value, size=1)

    async def set_up(self, fifo=ENABLE, ier=0, divisor=1, line=EIGHT):
        await self.put(LCR, DLAB | line)
        await self.put(DATA, divisor & 0xFF)
        await self.put(IER, divisor >> 8)
        await self.put(LCR, line)
        await self.put(FCR, fifo)
        await self.put(IER, ier)


def run(bench, dut=None, *others, background=()):
    """Run ``bench(ctx, dut, driver)``."""
    dut = dut or Uart()

    async def main(ctx):
        await bench(ctx, dut, Driver(ctx, dut.bus))

    simulate(dut, main, *others, background=background)


# --- Registers ---------------------------------------------------------------------------------------------------


def test_registers_after_reset():
    async def bench(ctx, dut, uart):
        assert await uart.get(IER) == 0
        assert await uart.get(IIR) == 0x01
        assert await uart.get(LCR) == 0
        assert await uart.get(MCR) == 0
        assert await uart.get(LSR) == EMPTY | IDLE
        assert await uart.get(MSR) == 0xB0
        assert await uart.get(DATA) == 0
        assert (ctx.get(dut.tx), ctx.get(dut.irq)) == (1, 0)

    run(bench)


def test_what_can_be_written():
    async def bench(ctx, dut, uart):
        for register, mask in ((IER, 0x0F), (LCR, 0x7F), (MCR, 0x1F), (SCR, 0xFF)):
            await uart.put(register, 0xFF & ~DLAB)
            assert await uart.get(register) == mask & ~DLAB
            await uart.put(register, 0)
            assert await uart.get(register) == 0
        await uart.put(SCR, 0xA5)
        assert await uart.get(SCR) == 0xA5
        assert await uart.get(LSR) == EMPTY | IDLE

    run(bench)


def test_divisor_latch_hides_data_and_interrupt_enable():
    async def bench(ctx, dut, uart):
        await uart.put(LCR, DLAB | EIGHT)
        assert (await uart.get(DATA), await uart.get(IER)) == (0x34, 0x12)
        await uart.put(DATA, 0xCD)
        await uart.put(IER, 0xAB)
        assert (await uart.get(DATA), await uart.get(IER)) == (0xCD, 0xAB)
        await uart.put(LCR, EIGHT)
        assert await uart.get(IER) == 0
        assert await uart.get(LSR) == EMPTY | IDLE

    run(bench, Uart(divisor=0x1234))


def test_a_word_is_four_registers():
    async def bench(ctx, dut, uart):
        await uart.write(DATA, 0x03_01_0A_00)
        assert (await uart.get(LCR), await uart.get(IER)) == (0x03, 0x0A)
        await uart.write(MCR, 0xA5_00_00_13)
        await ctx.tick()
        assert await uart.read(MCR) & 0xFFF0_00FF == 0xA530_0013

    run(bench)


@pytest.mark.parametrize("divisor", [0, -1, 1 << 16, 1.5])
def test_refuses_divisors(divisor):
    with pytest.raises(ValueError, match="divisor must be from 1 to 65535"):
        Uart(divisor=divisor)


def test_probing_as_linux_does():
    """The steps of Linux' 8250 autoconfig that have to end at a 16550A, and its test of the transmit interrupt."""

    async def bench(ctx, dut, uart):
        await uart.put(IER, 0)
        assert await uart.get(IER) & 0x0F == 0
        await uart.put(IER, 0x0F)
        assert await uart.get(IER) & 0x0F == 0x0F
        await uart.put(IER, 0)
        await uart.put(MCR, LOOP | 0x0A)
        assert await uart.get(MSR) & 0xF0 == 0x90
        await uart.put(MCR, 0)

        # No enhanced features register, FIFOs that work.
        await uart.put(LCR, 0xBF)
        await uart.put(FCR, 0)
        await uart.put(LCR, 0)
        await uart.put(FCR, ENABLE)
        assert await uart.get(IIR) >> 6 == 3
        await uart.put(LCR, DLAB)
        assert await uart.get(IIR) != 0
        await uart.put(LCR, 0xBF)
        assert await uart.get(IIR) != 0

        # No extended chip select of a NS16550A "super I/O", no 64 byte FIFO, no XScale.
        await uart.put(LCR, 0xE0)
        before = await uart.get(IIR)
        await uart.put(LCR, 0)
        await uart.put(MCR, LOOP)
        await uart.put(LCR, 0xE0)
        assert (before ^ await uart.get(IIR)) & LOOP == 0
        await uart.put(LCR, 0)
        await uart.put(MCR, 0)
        await uart.put(LCR, DLAB)
        await uart.put(FCR, ENABLE | 0x20)
        assert await uart.get(IIR) >> 5 == 6
        await uart.put(LCR, 0)
        await uart.put(IER, 0x40)
        assert await uart.get(IER) == 0

        # The transmit interrupt is raised by its enabling, each time.
        await uart.put(LCR, EIGHT)
        for _ in range(2):
            await uart.put(IER, TRANSMIT)
            assert ctx.get(dut.irq) == 1
            assert await uart.get(IIR) & 0x0F == 0x02
            assert await uart.get(IIR) & 0x0F == 0x01
            await uart.put(IER, 0)

    run(bench)


def test_new_divisor_holds_at_once():
    """Not after the long period of the old one."""

    async def bench(ctx, dut, uart):
        await ctx.tick().repeat(5)
        await uart.set_up(divisor=1)
        await uart.put(DATA, 0)
        await ctx.tick().repeat(4)
        assert ctx.get(dut.tx) == 0

    run(bench, Uart(divisor=0xFFFF))


# --- Data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("divisor", [1, 3])
def test_both_ways_at_once(divisor):
    dut = Uart()
    frame = Frame(16 * divisor)
    to_peer, to_us = list(range(0x40, 0x4C)), list(range(0xF0, 0xFC))
    at_peer = []

    async def bench(ctx, dut, uart):
        await uart.set_up(divisor=divisor)
        for character in to_peer:
            await uart.put(DATA, character)
        received = []
        while len(received) < len(to_us):
            if (await uart.get(LSR)) & READY:
                received.append(await uart.get(DATA))
        assert received == to_us
        while not (await uart.get(LSR)) & IDLE:
            pass
        await ctx.tick().repeat(20)
        assert at_peer == to_peer

    async def peer_sends(ctx):
        await ctx.tick().repeat(50)
        await send(ctx, dut.rx, frame, to_us)

    async def peer_receives(ctx):
        await watch(ctx, dut.tx, frame, at_peer)

    run(bench, dut, peer_sends, background=[peer_receives])


def test_loop_of_wire():
    """Transmit pin wired to the receive pin."""
    dut = Uart()
    text = b"Paddock says hello"

    async def bench(ctx, dut, uart):
        await uart.set_up(line=0x1B)  # 8 bits, even parity
        received = []
        for character in text:
            while not (await uart.get(LSR)) & EMPTY:
                pass
            await uart.put(DATA, character)
        while (status := await uart.get(LSR)) & READY or not status & IDLE or len(received) < len(text) - 1:
            if status & READY:
                received.append(await uart.get(DATA))
            assert not status & (OVERRUN | PARITY | FRAMING | BREAK)
        await ctx.tick().repeat(40)
        if (await uart.get(LSR)) & READY:
            received.append(await uart.get(DATA))
        assert bytes(received) == text

    async def wire(ctx):
        async for _clock, _reset, level in ctx.tick().sample(dut.tx):
            ctx.set(dut.rx, level)

    run(bench, dut, background=[wire])


def test_loopback_keeps_the_pins_still():
    async def bench(ctx, dut, uart):
        await uart.set_up()
        await uart.put(MCR, LOOP)
        ctx.set(dut.rx, 0)
        await uart.put(DATA, 0x69)
        for _ in range(CHARACTER + 20):
            assert ctx.get(dut.tx) == 1
            await ctx.tick()
        assert await uart.get(LSR) == READY | EMPTY | IDLE
        assert await uart.get(DATA) == 0x69
        assert await uart.get(LSR) == EMPTY | IDLE

    run(bench)


def test_transmit_fifo_holds_sixteen_and_loses_more():
    dut = Uart()
    at_peer = []

    async def bench(ctx, dut, uart):
        await uart.set_up()
        # The first one goes to the shift register at once.
        for character in range(FIFO_DEPTH + 3):
            await uart.put(DATA, character)
        assert (await uart.get(LSR)) & (EMPTY | IDLE) == 0
        await ctx.tick().repeat((FIFO_DEPTH + 2) * (CHARACTER + 1))
        assert at_peer == list(range(FIFO_DEPTH + 1))
        assert (await uart.get(LSR)) & (EMPTY | IDLE) == EMPTY | IDLE

    async def peer(ctx):
        await watch(ctx, dut.tx, Frame(16), at_peer)

    run(bench, dut, background=[peer])


def test_transmit_status():
    async def bench(ctx, dut, uart):
        await uart.set_up()
        await uart.put(DATA, 1)
        await uart.put(DATA, 2)
        assert (await uart.get(LSR)) & (EMPTY | IDLE) == 0
        await ctx.tick().repeat(CHARACTER + 10)
        assert (await uart.get(LSR)) & (EMPTY | IDLE) == EMPTY
        await ctx.tick().repeat(CHARACTER + 10)
        assert (await uart.get(LSR)) & (EMPTY | IDLE) == EMPTY | IDLE

    run(bench)


def test_send_break():
    async def bench(ctx, dut, uart):
        await uart.put(LCR, 0x40 | EIGHT)
        await ctx.tick().repeat(2)
        assert ctx.get(dut.tx) == 0
        await uart.put(LCR, EIGHT)
        await ctx.tick().repeat(2)
        assert ctx.get(dut.tx) == 1

    run(bench)


def test_clearing_the_fifos():
    async def bench(ctx, dut, uart):
        await uart.set_up()
        await uart.put(MCR, LOOP)
        for character in range(4):
            await uart.put(DATA, character)
        await ctx.tick().repeat(2 * CHARACTER)
        assert (await uart.get(LSR)) & (READY | EMPTY) == READY
        await uart.put(FCR, CLEAR_RX | CLEAR_TX)  # without the enable bit: switches the FIFOs off, which clears too
        assert (await uart.get(LSR)) & (READY | EMPTY) == EMPTY
        assert await uart.get(IIR) == 0x01
        await ctx.tick().repeat(2 * CHARACTER)
        await uart.put(FCR, ENABLE)
        for character in range(4):
            await uart.put(DATA, character)
        await ctx.tick().repeat(2 * CHARACTER)
        await uart.put(FCR, ENABLE | CLEAR_RX)
        assert (await uart.get(LSR)) & (READY | EMPTY) == 0
        await uart.put(FCR, ENABLE | CLEAR_TX)
        assert (await uart.get(LSR)) & EMPTY == EMPTY

    run(bench)


# --- Errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fifo", "kept"), [(0, 1), (ENABLE, FIFO_DEPTH)])
def test_overrun(fifo, kept):
    async def bench(ctx, dut, uart):
        await uart.set_up(fifo=fifo, ier=STATUS)
        await send(ctx, dut.rx, Frame(16), range(kept))
        await ctx.tick().repeat(20)
        assert ctx.get(dut.irq) == 0
        assert (await uart.get(LSR)) & OVERRUN == 0
        await send(ctx, dut.rx, Frame(16), [0xEE, 0xEF])
        await wait_for(ctx, dut.irq, 20)
        assert (await uart.get(IIR)) & 0x0F == 0x06
        assert (await uart.get(LSR)) & (OVERRUN | READY) == OVERRUN | READY
        assert ctx.get(dut.irq) == 0
        assert (await uart.get(LSR)) & OVERRUN == 0
        assert [await uart.get(DATA) for _ in range(kept)] == list(range(kept))
        assert (await uart.get(LSR)) & READY == 0

    run(bench)


@pytest.mark.parametrize(("wrong", "bits"), [([9], PARITY), ([10], FRAMING), ([1, 6, 10], FRAMING | BREAK)])
def test_errors_belong_to_their_character(wrong, bits):
    """Good, bad, good, bad: each error shows when its character is first, once; bit 7 tells of all."""

    async def bench(ctx, dut, uart):
        line = Frame(16, parity="even")
        await uart.set_up(ier=STATUS, line=0x1B)
        for fault in ((), wrong, (), wrong):
            await send(ctx, dut.rx, line, [0x21], wrong=fault)
            await ctx.tick().repeat(30)
        assert ctx.get(dut.irq) == 0
        for n in range(2):
            assert await uart.get(LSR) == READY | EMPTY | IDLE | FIFO_ERROR
            assert await uart.get(DATA) == 0x21
            assert ctx.get(dut.irq) == 1
            assert (await uart.get(IIR)) & 0x0F == 0x06
            last = 0 if n == 0 else FIFO_ERROR
            assert await uart.get(LSR) == READY | EMPTY | IDLE | FIFO_ERROR | bits
            assert await uart.get(LSR) == READY | EMPTY | IDLE | (FIFO_ERROR ^ last)
            assert ctx.get(dut.irq) == 0
            await uart.get(DATA)
        assert await uart.get(LSR) == EMPTY | IDLE

    run(bench)


def test_clearing_the_fifo_forgets_its_errors():
    async def bench(ctx, dut, uart):
        await uart.set_up()
        for _ in range(2):
            await send(ctx, dut.rx, Frame(16), [0x21], wrong=[9])
            await ctx.tick().repeat(30)
        assert (await uart.get(LSR)) & (FIFO_ERROR | FRAMING) == FIFO_ERROR | FRAMING
        await uart.put(FCR, ENABLE | CLEAR_RX)
        assert await uart.get(LSR) == EMPTY | IDLE
        await send(ctx, dut.rx, Frame(16), [0x21], wrong=[9])
        await ctx.tick().repeat(30)
        assert (await uart.get(LSR)) & (FIFO_ERROR | FRAMING) == FIFO_ERROR | FRAMING

    run(bench)


def test_fifo_error_bit_is_only_there_with_fifos():
    async def bench(ctx, dut, uart):
        await uart.set_up(fifo=0)
        await send(ctx, dut.rx, Frame(16), [0x21], wrong=[9])
        await ctx.tick().repeat(30)
        assert await uart.get(LSR) == READY | FRAMING | EMPTY | IDLE

    run(bench)


# --- Interrupts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "level"), [(0, 1), (1, 4), (2, 8), (3, 14)])
def test_receive_trigger(code, level):
    async def bench(ctx, dut, uart):
        await uart.set_up(fifo=ENABLE | code << 6, ier=RECEIVE)
        await send(ctx, dut.rx, Frame(16), range(level - 1))
        await ctx.tick().repeat(20)
        assert ctx.get(dut.irq) == 0
        await send(ctx, dut.rx, Frame(16), [0x99])
        await ctx.tick().repeat(20)
        assert ctx.get(dut.irq) == 1
        assert await uart.get(IIR) == 0xC4
        await uart.get(DATA)
        assert ctx.get(dut.irq) == 0

    run(bench)


def test_character_timeout():
    """Below the trigger level, four characters' time after the last one; a read starts the time again."""

    async def bench(ctx, dut, uart):
        await uart.set_up(fifo=ENABLE | 3 << 6, ier=RECEIVE)
        await ctx.tick().repeat(5 * CHARACTER)
        assert ctx.get(dut.irq) == 0
        await send(ctx, dut.rx, Frame(16), [1, 2])
        waited = await wait_for(ctx, dut.irq, 5 * CHARACTER)
        assert 4 * CHARACTER - 16 <= waited <= 4 * CHARACTER + 16
        assert await uart.get(IIR) == 0xCC
        assert await uart.get(DATA) == 1
        assert ctx.get(dut.irq) == 0
        assert await wait_for(ctx, dut.irq, 5 * CHARACTER) in range(4 * CHARACTER - 2, 4 * CHARACTER + 2)
        assert await uart.get(DATA) == 2
        await ctx.tick().repeat(5 * CHARACTER)
        assert ctx.get(dut.irq) == 0

    run(bench)


def test_no_timeout_without_fifo():
    async def bench(ctx, dut, uart):
        await uart.set_up(fifo=0, ier=RECEIVE)
        await send(ctx, dut.rx, Frame(16), [1])
        await wait_for(ctx, dut.irq, 20)
        assert await uart.get(IIR) == 0x04
        await uart.get(DATA)
        await ctx.tick().repeat(5 * CHARACTER)
        assert await uart.get(IIR) == 0x01

    run(bench)


def test_transmit_interrupt():
    async def bench(ctx, dut, uart):
        await uart.set_up(ier=TRANSMIT)
        assert await uart.get(IIR) == 0xC2
        assert ctx.get(dut.irq) == 0
        # Gone with new data; back when the FIFO has become empty.
        for character in (1, 2):
            await uart.put(DATA, character)
        await ctx.tick().repeat(20)
        assert ctx.get(dut.irq) == 0
        await wait_for(ctx, dut.irq, CHARACTER)
        # Writing data settles it without a look at the IIR. (The second one stays in the FIFO.)
        await uart.put(DATA, 3)
        assert ctx.get(dut.irq) == 0
        # Nothing comes from enabling while it was enabled already, or while there are data.
        await uart.put(IER, 0)
        await uart.put(IER, TRANSMIT)
        assert ctx.get(dut.irq) == 0
        await wait_for(ctx, dut.irq, 2 * CHARACTER)
        await uart.get(IIR)
        await uart.put(IER, TRANSMIT)
        assert ctx.get(dut.irq) == 0

    run(bench)


def test_modem_status_interrupt():
    async def bench(ctx, dut, uart):
        await uart.put(MCR, LOOP | 0x0F)
        await uart.get(MSR)
        await uart.put(IER, MODEM)
        assert ctx.get(dut.irq) == 0
        # MCR bits DTR, RTS, OUT1, OUT2 -> MSR bits 5, 4, 6, 7; changes in bits 1, 0, 2 (falling only), 3.
        for mcr, msr in ((0x0E, 0xD2), (0x0C, 0xC1), (0x08, 0x84), (0x00, 0x08), (0x04, 0x40), (0x01, 0x26)):
            await uart.put(MCR, LOOP | mcr)
            await ctx.tick()
            assert ctx.get(dut.irq) == (msr & 0x0F != 0)
            if msr & 0x0F:
                assert await uart.get(IIR) == 0x00
            assert await uart.get(MSR) == msr
            assert ctx.get(dut.irq) == 0
            assert await uart.get(MSR) == msr & 0xF0

    run(bench)


def test_priority_of_interrupts():
    """All at once, taken away one after the other: line status, data, transmit, modem; then timeout before transmit."""

    async def bench(ctx, dut, uart):
        await uart.set_up(fifo=ENABLE)
        await uart.put(MCR, LOOP)  # all modem lines fall
        await uart.put(MCR, 0)
        await send(ctx, dut.rx, Frame(16), [0x55], wrong=[9])
        await ctx.tick().repeat(40)
        await uart.put(IER, RECEIVE | TRANSMIT | STATUS | MODEM)
        assert await uart.get(IIR) == 0xC6
        await uart.get(LSR)
        assert await uart.get(IIR) == 0xC4
        await uart.get(DATA)
        assert await uart.get(IIR) == 0xC2
        assert await uart.get(IIR) == 0xC0
        await uart.get(MSR)
        assert await uart.get(IIR) == 0xC1

        await uart.put(IER, 0)
        await uart.put(FCR, ENABLE | 3 << 6)
        await send(ctx, dut.rx, Frame(16), [0x55])
        await ctx.tick().repeat(5 * CHARACTER)
        await uart.put(IER, RECEIVE | TRANSMIT)
        assert await uart.get(IIR) == 0xCC
        await uart.get(DATA)
        assert await uart.get(IIR) == 0xC2

    run(bench)


@pytest.mark.parametrize("enabled", [RECEIVE, TRANSMIT, STATUS, MODEM])
def test_each_interrupt_has_its_enable_bit(enabled):
    expected = {RECEIVE: 0xC4, TRANSMIT: 0xC2, STATUS: 0xC6, MODEM: 0xC0}[enabled]

    async def bench(ctx, dut, uart):
        await uart.set_up()
        await uart.put(MCR, LOOP)  # all modem lines fall
        await uart.put(MCR, 0)
        await send(ctx, dut.rx, Frame(16), [0x55], wrong=[9])
        await ctx.tick().repeat(40)
        assert (ctx.get(dut.irq), await uart.get(IIR)) == (0, 0xC1)
        await uart.put(IER, enabled)
        assert (ctx.get(dut.irq), await uart.get(IIR)) == (1, expected)
        await uart.put(IER, 0)
        assert (ctx.get(dut.irq), await uart.get(IIR)) == (0, 0xC1)

    run(bench)
