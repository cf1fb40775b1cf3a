"""The serial side of the UART: bytes to bits and back, at 16 ticks per bit."""

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["BaudGenerator", "LineControl", "ReceivedCharacter", "Receiver", "Transmitter", "frame_bits"]


class LineControl(data.Struct):
    """LCR, bit by bit: the form of a character on the line, and two switches."""

    length: 2  # data bits - 5
    two_stop: 1
    parity: 1
    even: 1
    stick: 1  # the parity bit is ~even, whatever the data
    send_break: 1
    divisor_access: 1


class ReceivedCharacter(data.Struct):
    """What the receiver has made of a frame."""

    data: 8
    parity_error: 1
    framing_error: 1  # no stop bit
    broken: 1  # the line was low all the time


def frame_bits(line: LineControl) -> Value:
    """Bits of a whole frame: start, data, parity, stop."""
    return 7 + line.length + line.parity + line.two_stop


def _parity(line: LineControl, character: Value) -> Value:
    """The parity bit that belongs to a character, whose unused bits are 0."""
    return Mux(line.stick, ~line.even, character.xor() ^ ~line.even)


class BaudGenerator(wiring.Component):
    """Divides the clock: one tick every ``divisor`` cycles, none while that is 0.

    Parameters
    ----------
    largest : int
        The largest divisor that comes.
    """

    divisor: In(16)
    #: Start a period again; to be given with a change of the divisor.
    restart: In(1)
    tick: Out(1)

    def __init__(self, largest: int = 0xFFFF):
        self._largest = largest
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        count = Signal(range(self._largest + 1))
        m.d.comb += self.tick.eq(count == 1)
        m.d.sync += count.eq(Mux(count <= 1, self.divisor, count - 1))
        with m.If(self.restart):
            m.d.sync += count.eq(0)
        return m


class Transmitter(wiring.Component):
    """Sends one frame per character, least bit first. Two stop bits also where a 16550 sends one and a half."""

    tick: In(1)
    line: In(LineControl)
    characters: In(stream.Signature(8))
    #: A frame is on its way.
    busy: Out(1)
    #: Serial output. High while idle.
    tx: Out(1, init=1)

    def elaborate(self, platform):
        m = Module()
        shift = Signal(10, init=-1)
        left = Signal(range(13))
        phase = Signal(4)
        frame = Signal(10)

        character = Signal(8)
        with m.Switch(self.line.length):
            for code in range(4):
                bits = 5 + code
                with m.Case(code):
                    m.d.comb += [
                        character.eq(self.characters.payload[:bits]),
                        frame.eq(
                            Cat(C(0, 1), character[:bits], _parity(self.line, character) | ~self.line.parity, ~C(0, 4))
                        ),
                    ]
        m.d.comb += [
            self.busy.eq(left != 0),
            # On a tick, so that the start bit is as long as the others.
            self.characters.ready.eq(self.tick & ~self.busy),
            self.tx.eq(shift[0]),
        ]
        with m.If(self.characters.ready & self.characters.valid):
            m.d.sync += [shift.eq(frame), left.eq(frame_bits(self.line)), phase.eq(0)]
        with m.Elif(self.tick & self.busy):
            m.d.sync += phase.eq(phase + 1)
            with m.If(phase == 15):
                m.d.sync += [shift.eq(Cat(shift[1:], C(1, 1))), left.eq(left - 1)]
        return m


class Receiver(wiring.Component):
    """Samples each bit once, in its middle. Checks the first stop bit only.

    After a frame without stop bit it waits for the line to go high: a break is one character.
    """

    tick: In(1)
    line: In(LineControl)
    #: Serial input, synchronous to the clock.
    rx: In(1, init=1)
    #: A frame has ended; no way to refuse it.
    valid: Out(1)
    character: Out(ReceivedCharacter)

    def elaborate(self, platform):
        m = Module()
        bits = Signal(9)  # data and parity bit, the first one at 0
        index = Signal(range(10))
        wait = Signal(4)

        data_bits = Signal(8)
        parity_bit = Signal()
        with m.Switch(self.line.length):
            for code in range(4):
                with m.Case(code):
                    m.d.comb += [data_bits.eq(bits[: 5 + code]), parity_bit.eq(bits[5 + code])]
        m.d.comb += [
            self.character.data.eq(data_bits),
            self.character.parity_error.eq(self.line.parity & (parity_bit != _parity(self.line, data_bits))),
            self.character.framing_error.eq(~self.rx),
            self.character.broken.eq(~self.rx & (bits == 0)),
        ]

        sample = Signal()
        m.d.comb += sample.eq(self.tick & (wait == 0))
        with m.If(self.tick):
            m.d.sync += wait.eq(Mux(wait == 0, 15, wait - 1))
        with m.FSM():
            with m.State("IDLE"), m.If(self.tick & ~self.rx):
                m.d.sync += [wait.eq(7), bits.eq(0), index.eq(0)]
                m.next = "START"
            with m.State("START"), m.If(sample):
                m.next = "BITS"
                with m.If(self.rx):
                    m.next = "IDLE"
            with m.State("BITS"), m.If(sample):
                m.d.sync += [bits.bit_select(index, 1).eq(self.rx), index.eq(index + 1)]
                with m.If(index == 4 + self.line.length + self.line.parity):
                    m.next = "STOP"
            with m.State("STOP"), m.If(sample):
                m.d.comb += self.valid.eq(1)
                m.next = "IDLE"
                with m.If(~self.rx):
                    m.next = "NO_STOP"
            with m.State("NO_STOP"), m.If(self.rx):
                m.next = "IDLE"
        return m
