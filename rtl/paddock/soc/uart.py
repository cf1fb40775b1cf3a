"""UART, compatible with the 16550A: what a stock ns16550 driver expects, with FIFOs and all its interrupts."""

from amaranth import *
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import In, Out

from ..bus import Wishbone
from ..isa.memmap import DEVICE_BY_NAME
from .peripheral import Peripheral
from .uart_serial import BaudGenerator, LineControl, ReceivedCharacter, Receiver, Transmitter, frame_bits

__all__ = ["FIFO_DEPTH", "Uart"]

FIFO_DEPTH = 16
#: Receive FIFO levels at which data are reported, by FCR bits 7:6.
_TRIGGERS = (1, 4, 8, 14)
#: IIR bits 3:0, highest priority first.
_IIR_LINE_STATUS = 0b0110
_IIR_RECEIVED = 0b0100
_IIR_TIMEOUT = 0b1100
_IIR_TRANSMIT_EMPTY = 0b0010
_IIR_MODEM = 0b0000
_IIR_NOTHING = 0b0001


class Uart(Peripheral):
    """Registers are bytes, one byte apart: an access has the effects of the bytes that it selects.

    There are no modem pins: the MSR says that clear-to-send, data-set-ready and carrier are there; in loopback it
    shows the MCR. ``irq`` does not depend on MCR.OUT2, as is usual outside PCs. DMA mode is not there. With FIFOs off
    they hold one character, and an overrun loses the new character, not the old one.

    Parameters
    ----------
    divisor : int
        Divisor after reset, where a 16550 has none. The baud rate is clock / (16 * divisor).
    compact : bool
        Fewer flip-flops: no FIFOs (they cannot be enabled, which the IIR says), one speed, 8 data bits without parity
        and one stop bit whatever the LCR says, no loopback, no scratch register.

    Raises
    ------
    ValueError
        If the divisor does not fit 16 bits or is 0.
    """

    device = DEVICE_BY_NAME["uart"]

    bus: In(Wishbone())
    #: Serial output. High while idle.
    tx: Out(1, init=1)
    #: Serial input, of any clock.
    rx: In(1, init=1)
    #: Interrupt request, level.
    irq: Out(1)

    def __init__(self, divisor: int = 1, *, compact: bool = False):
        if not isinstance(divisor, int) or not 0 < divisor < 1 << 16:
            raise ValueError(f"divisor must be from 1 to 65535, not {divisor!r}")
        self._divisor = divisor
        self._compact = compact
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        access = self.start(m)

        # --- Registers -------------------------------------------------------------------------------------------
        divisor = Signal(16, init=self._divisor)
        line = Signal(LineControl, init={"length": 3 if self._compact else 0})
        interrupt_enable = Signal(4)
        modem_control = Signal(5)
        scratch = Signal(8)
        depth = 1 if self._compact else FIFO_DEPTH
        fifo_enable = Signal()
        trigger_code = Signal(2)
        loopback = modem_control[4]
        dlab = line.divisor_access

        def lane(name):
            return self._offset(name) % 4

        def touches(name):
            return access & self.selects(name) & self.bus.sel[lane(name)]

        def reads(name):
            return touches(name) & ~self.bus.we

        def writes(name):
            return touches(name) & self.bus.we

        def written_byte(name):
            return self.bus.dat_w.word_select(lane(name), 8)

        writes_data = Signal()
        reads_data = Signal()
        writes_divisor = Signal()
        m.d.comb += [
            writes_data.eq(writes("rbr_thr") & ~dlab),
            reads_data.eq(reads("rbr_thr") & ~dlab),
            writes_divisor.eq((writes("rbr_thr") | writes("ier")) & dlab),
        ]
        with m.If(writes("rbr_thr") & dlab & (not self._compact)):
            m.d.sync += divisor[:8].eq(written_byte("rbr_thr"))
        with m.If(writes("ier")):
            with m.If(dlab & (not self._compact)):
                m.d.sync += divisor[8:].eq(written_byte("ier"))
            with m.Elif(~dlab):
                m.d.sync += interrupt_enable.eq(written_byte("ier"))
        if self._compact:
            with m.If(writes("lcr")):
                m.d.sync += dlab.eq(written_byte("lcr")[7])
        else:
            with m.If(writes("lcr")):
                m.d.sync += line.eq(written_byte("lcr"))
            with m.If(writes("mcr")):
                m.d.sync += modem_control.eq(written_byte("mcr"))
            with m.If(writes("scr")):
                m.d.sync += scratch.eq(written_byte("scr"))

        # --- FIFO control ----------------------------------------------------------------------------------------
        control = written_byte("iir_fcr")
        clear_rx = Signal()
        clear_tx = Signal()
        trigger = Signal(range(depth + 1))
        capacity = Signal(range(depth + 1))
        with m.If(writes("iir_fcr") & (not self._compact)):
            m.d.sync += fifo_enable.eq(control[0])
            # Bit 0 has to be set with the others, or they count for nothing.
            with m.If(control[0]):
                m.d.sync += trigger_code.eq(control[6:8])
            changes = control[0] != fifo_enable
            m.d.comb += [
                clear_rx.eq(changes | (control[0] & control[1])),
                clear_tx.eq(changes | (control[0] & control[2])),
            ]
        m.d.comb += [
            trigger.eq(Mux(fifo_enable, Array(_TRIGGERS)[trigger_code], 1)),
            capacity.eq(Mux(fifo_enable, depth, 1)),
        ]

        # --- Transmit --------------------------------------------------------------------------------------------
        baud = BaudGenerator(self._divisor if self._compact else 0xFFFF)
        transmitter = Transmitter()
        tx_fifo = SyncFIFO(width=8, depth=depth)
        m.submodules.baud = baud
        m.submodules.transmitter = transmitter
        m.submodules.tx_fifo = ResetInserter(clear_tx)(tx_fifo)
        tx_empty = Signal()
        tx_line = Signal()
        m.d.comb += [
            baud.divisor.eq(divisor),
            baud.restart.eq(writes_divisor),
            tx_fifo.w_data.eq(written_byte("rbr_thr")),
            tx_fifo.w_en.eq(writes_data & (tx_fifo.level < capacity)),
            tx_empty.eq(~tx_fifo.r_rdy),
            transmitter.tick.eq(baud.tick),
            transmitter.line.eq(line),
            transmitter.characters.payload.eq(tx_fifo.r_data),
            transmitter.characters.valid.eq(tx_fifo.r_rdy),
            tx_fifo.r_en.eq(transmitter.characters.ready),
            tx_line.eq(transmitter.tx & ~line.send_break),
        ]
        # Registered: no glitch of the gate before it reaches the pin.
        m.d.sync += self.tx.eq(tx_line | loopback)

        # --- Receive ---------------------------------------------------------------------------------------------
        receiver = Receiver()
        rx_fifo = SyncFIFO(width=len(Value.cast(receiver.character)), depth=depth)
        m.submodules.receiver = receiver
        m.submodules.rx_fifo = ResetInserter(clear_rx)(rx_fifo)
        rx_pin = Signal(init=1)
        m.submodules.synchronizer = FFSynchronizer(self.rx, rx_pin, init=1)
        first = Signal(ReceivedCharacter)
        received = Signal()
        lost = Signal()
        m.d.comb += [
            receiver.tick.eq(baud.tick),
            receiver.line.eq(line),
            receiver.rx.eq(Mux(loopback, tx_line, rx_pin)),
            received.eq(receiver.valid & (rx_fifo.level < capacity)),
            lost.eq(receiver.valid & ~received),
            rx_fifo.w_data.eq(receiver.character),
            rx_fifo.w_en.eq(received),
            rx_fifo.r_en.eq(reads_data),
            first.eq(Mux(rx_fifo.r_rdy, rx_fifo.r_data, 0)),
        ]

        # --- Line status -----------------------------------------------------------------------------------------
        # Errors belong to the first character in the FIFO, and show until the status is read.
        overrun = Signal()
        reported = Signal()
        erroneous = Signal(range(depth + 1))
        errors = Signal(3)
        reads_status = reads("lsr")
        has_error = receiver.character.as_value()[8:].any()
        line_status = Signal(8)
        m.d.comb += [
            errors.eq(Mux(reported, 0, first.as_value()[8:])),
            line_status.eq(
                Cat(
                    rx_fifo.r_rdy,
                    overrun,
                    errors,
                    tx_empty,
                    tx_empty & ~transmitter.busy,
                    fifo_enable & (erroneous != 0),
                )
            ),
        ]
        m.d.sync += erroneous.eq(erroneous + (received & has_error) - ((reads_data | reads_status) & errors.any()))
        with m.If(reads_status):
            m.d.sync += [overrun.eq(0), reported.eq(rx_fifo.r_rdy)]
        with m.If(reads_data):
            m.d.sync += reported.eq(0)
        with m.If(lost):
            m.d.sync += overrun.eq(1)
        with m.If(clear_rx):
            m.d.sync += [reported.eq(0), erroneous.eq(0)]

        # --- Modem status ----------------------------------------------------------------------------------------
        # Bit 0: clear to send, 1: data set ready, 2: ring, 3: carrier.
        modem = Signal(4)
        modem_before = Signal(4, init=0b1011)
        modem_changes = Signal(4)
        kept = Mux(reads("msr"), 0, modem_changes)
        # A ring is reported when it ends.
        changed = (modem ^ modem_before) & ~Cat(C(0, 2), modem[2], C(0, 1))
        m.d.comb += modem.eq(Mux(loopback, Cat(modem_control[1], modem_control[0], modem_control[2:4]), 0b1011))
        m.d.sync += [modem_before.eq(modem), modem_changes.eq(kept | changed)]

        # --- Interrupts ------------------------------------------------------------------------------------------
        # Characters wait below the trigger level and nothing has come or gone for the time of four characters. With
        # FIFOs off there is no such level, and "received" goes first.
        idle_ticks = Signal(10)
        timeout = Signal()
        limit = frame_bits(line) << 6
        m.d.comb += timeout.eq(idle_ticks >= limit)
        with m.If(~rx_fifo.r_rdy | received | reads_data | clear_rx):
            m.d.sync += idle_ticks.eq(0)
        with m.Elif(baud.tick & ~timeout):
            m.d.sync += idle_ticks.eq(idle_ticks + 1)

        # The transmit interrupt says that the FIFO has become empty, or was when it was enabled; one read of the IIR
        # that reports it, or new data, settle it.
        identification = Signal(4)
        transmit_empty = Signal()
        was_empty = Signal(init=1)
        enables_transmit = writes("ier") & ~dlab & written_byte("ier")[1] & ~interrupt_enable[1]
        m.d.sync += was_empty.eq(tx_empty)
        with m.If(writes_data | (reads("iir_fcr") & (identification == _IIR_TRANSMIT_EMPTY))):
            m.d.sync += transmit_empty.eq(0)
        with m.If(tx_empty & ~writes_data & (~was_empty | enables_transmit)):
            m.d.sync += transmit_empty.eq(1)

        m.d.comb += [identification.eq(_IIR_NOTHING), self.irq.eq(identification != _IIR_NOTHING)]
        with m.If(interrupt_enable[2] & (overrun | errors.any())):
            m.d.comb += identification.eq(_IIR_LINE_STATUS)
        with m.Elif(interrupt_enable[0] & (rx_fifo.level >= trigger)):
            m.d.comb += identification.eq(_IIR_RECEIVED)
        with m.Elif(interrupt_enable[0] & timeout & (not self._compact)):
            m.d.comb += identification.eq(_IIR_TIMEOUT)
        with m.Elif(interrupt_enable[1] & transmit_empty):
            m.d.comb += identification.eq(_IIR_TRANSMIT_EMPTY)
        with m.Elif(interrupt_enable[3] & modem_changes.any()):
            m.d.comb += identification.eq(_IIR_MODEM)

        # --- Reading ---------------------------------------------------------------------------------------------
        by_name = {
            "rbr_thr": Mux(dlab, divisor[:8], first.data),
            "ier": Mux(dlab, divisor[8:], interrupt_enable),
            "iir_fcr": Cat(identification, C(0, 2), fifo_enable, fifo_enable),
            "lcr": line.as_value(),
            "mcr": modem_control,
            "lsr": line_status,
            "msr": Cat(modem_changes, modem),
            "scr": scratch,
        }
        words = [Signal(32, name=f"word{n}") for n in range(2)]
        for name, value in by_name.items():
            m.d.comb += words[self._offset(name) // 4].word_select(lane(name), 8).eq(value)
        self.answer(m, access, {"rbr_thr": words[0], "mcr": words[1]})
        return m
