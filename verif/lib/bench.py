"""The core among things that a test can control: memory with wait states, a device, interrupts."""

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out, connect

from paddock.bus import DataPort, FetchPort, ProbePort, Wishbone
from paddock.config import CoreConfig
from paddock.core import Core
from paddock.rvfi import RvfiPort
from paddock.soc.monitor import Monitor
from paddock.soc.ram import Ram

__all__ = ["RAM_BYTES", "CoreBench"]

#: Size of the bench's RAM; what lies behind it answers with ``err``.
RAM_BYTES = 64 * 1024


class Delay(wiring.Component):
    """Between a RAM port of the core and the RAM: holds back some answers, and shows rubbish until they come.

    Parameters
    ----------
    port : FetchPort or DataPort
        Signature of the port.
    """

    def __init__(self, port: wiring.Signature):
        self._requests = [name for name, member in port.members.items() if member.flow == Out]
        super().__init__(
            {
                "core": In(port),
                "ram": Out(port),
                # How many of 8 requests are held back, for 1 to 4 cycles.
                "chance": In(4),
                "random": In(32),
            }
        )

    def elaborate(self, platform):
        m = Module()
        wait = Signal(3)
        for name in self._requests:
            m.d.comb += getattr(self.ram, name).eq(getattr(self.core, name))
        ready = wait == 0
        m.d.comb += [
            self.core.ready.eq(ready),
            self.core.rdata.eq(Mux(ready, self.ram.rdata, self.random)),
            self.core.err.eq(Mux(ready, self.ram.err, self.random[0])),
        ]
        with m.If(~ready):
            m.d.sync += wait.eq(wait - 1)
        with m.Elif(self.core.en & (self.random[:3] < self.chance)):
            m.d.sync += wait.eq(self.random[3:5] + 1)
        return m


class TestDevice(wiring.Component):
    """All that answers on Wishbone. Addresses are in ``verif/core/programs/common.inc``.

    The *device* of the tests is 64 words of storage that counts the requests it gets. Around it are the finisher,
    the sources of interrupts, and the counter itself. Everything else answers with ``err``.
    """

    wb: In(Wishbone())
    #: Cycles from ``stb`` to the answer; added to what the program asks for.
    wait: In(8)

    #: The program has ended, with this word in the finisher.
    done: Out(1)
    code: Out(32)
    irq_software: Out(1)
    irq_timer: Out(1)
    irq_external: Out(1)
    time: Out(64)
    #: Requests to the device's storage since reset.
    requests: Out(32)

    def elaborate(self, platform):
        m = Module()
        m.submodules.storage = storage = memory.Memory(shape=32, depth=64, init=[])
        read = storage.read_port(domain="comb")
        write = storage.write_port(granularity=8)
        own_wait = Signal(8)
        waited = Signal(9)
        countdown = Signal(32)
        external = Signal()
        software = Signal()
        compare = Signal(64, init=(1 << 64) - 1)

        answer = Signal()
        known = Signal()
        address = Cat(C(0, 2), self.wb.adr)
        request = self.wb.cyc & self.wb.stb
        m.d.comb += [
            answer.eq(request & (waited >= own_wait + self.wait)),
            self.wb.ack.eq(answer & known),
            self.wb.err.eq(answer & ~known),
            read.addr.eq(self.wb.adr),
            write.addr.eq(self.wb.adr),
            write.data.eq(self.wb.dat_w),
            self.irq_software.eq(software),
            self.irq_external.eq(external),
            self.irq_timer.eq(self.time >= compare),
        ]
        m.d.sync += [self.time.eq(self.time + 1), waited.eq(Mux(request & ~answer, waited + 1, 0))]
        with m.If(countdown != 0):
            m.d.sync += countdown.eq(countdown - 1)
            with m.If(countdown == 1):
                m.d.sync += external.eq(1)

        def register(number: int, value, *targets):
            """A word at this address: reads ``value``, writes go to ``targets``."""
            with m.If(address == number):
                m.d.comb += [known.eq(1), self.wb.dat_r.eq(value)]
                with m.If(self.wb.ack & self.wb.we):
                    m.d.sync += [target.eq(self.wb.dat_w) for target in targets]

        with m.If((address & ~0xFF) == 0x1000_0000):
            m.d.comb += [known.eq(address[4:8] != 0xF), self.wb.dat_r.eq(read.data)]
            with m.If(answer):
                m.d.sync += self.requests.eq(self.requests + 1)
            with m.If(self.wb.ack & self.wb.we):
                m.d.comb += write.en.eq(self.wb.sel)
        register(0x0010_0000, 0, self.code)
        with m.If((address == 0x0010_0000) & self.wb.ack & self.wb.we):
            m.d.sync += self.done.eq(1)
        register(0x0200_0000, software, software)
        register(0x0200_4000, compare[:32], compare[:32])
        register(0x0200_4004, compare[32:], compare[32:])
        register(0x0200_BFF8, self.time[:32])
        register(0x1001_0000, self.requests)
        register(0x1001_0004, external, external)
        register(0x1001_0008, countdown, countdown)
        register(0x1001_000C, own_wait, own_wait)
        return m


class CoreBench(wiring.Component):
    """Core, RAM and test device.

    Parameters
    ----------
    config : CoreConfig
        Of the core, with RVFI.

    Members
    -------
    ibus_chance, dbus_chance : In(4)
        Of 8 requests to RAM, how many meet wait states.
    device_wait : In(8)
        Wait states of everything on Wishbone.
    seed : In(32)
        Start of the random sequence behind the wait states.
    limit : In(32)
        The run ends after so many cycles.
    irq_software, irq_timer, irq_external : In(1)
        Interrupt requests, beside those that the program makes.
    done : Out(1)
        The program has written to the finisher, or the limit is reached.
    code : Out(32)
        What it has written.
    cycles : Out(32)
        Cycles since reset, until ``done``.
    requests : Out(32)
        Requests that the test device has got.
    escapes, checked : Out(32)
        What the SoC's monitor has counted: accesses outside the active windows, accesses by modules. Without the
        extension both are 0.
    ibus_en .. , dbus_en .. , wb_cyc .. , probe_id .. , rvfi_valid ..
        All that is on the core's ports, flat; the probe's only with the extension.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        watched = {"ibus": FetchPort(), "dbus": DataPort(), "wb": Wishbone(), "rvfi": RvfiPort()}
        if config.paddock:
            watched["probe"] = ProbePort(config)
        self._watched = {(port, name): member for port in watched for name, member in watched[port].members.items()}
        super().__init__(
            {
                "ibus_chance": In(4),
                "dbus_chance": In(4),
                "device_wait": In(8),
                "seed": In(32),
                "limit": In(32),
                "irq_software": In(1),
                "irq_timer": In(1),
                "irq_external": In(1),
                "done": Out(1),
                "code": Out(32),
                "cycles": Out(32),
                "requests": Out(32),
                "escapes": Out(32),
                "checked": Out(32),
                **{f"{port}_{name}": Out(member.shape) for (port, name), member in self._watched.items()},
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = core = Core(self._config)
        m.submodules.ram = ram = Ram(RAM_BYTES)
        m.submodules.ibus_delay = ibus_delay = Delay(FetchPort())
        m.submodules.dbus_delay = dbus_delay = Delay(DataPort())
        m.submodules.device = device = TestDevice()
        connect(m, core.ibus, ibus_delay.core)
        connect(m, core.dbus, dbus_delay.core)
        connect(m, ibus_delay.ram, ram.ibus)
        connect(m, dbus_delay.ram, ram.dbus)
        connect(m, core.wb, device.wb)

        # xorshift32; the taps are far apart so that the two ports draw different lots.
        random = Signal(32, init=0x2545_F491)
        first = Signal(init=1)
        step1, step2 = Signal(32), Signal(32)
        m.d.comb += [step1.eq(random ^ (random << 13)), step2.eq(step1 ^ (step1 >> 17))]
        m.d.sync += [random.eq(step2 ^ (step2 << 5) ^ Mux(first, self.seed, 0)), first.eq(0)]
        m.d.comb += [
            ibus_delay.chance.eq(self.ibus_chance),
            ibus_delay.random.eq(random),
            dbus_delay.chance.eq(self.dbus_chance),
            dbus_delay.random.eq(random.rotate_left(13)),
            device.wait.eq(self.device_wait),
            core.irq_software.eq(device.irq_software | self.irq_software),
            core.irq_timer.eq(device.irq_timer | self.irq_timer),
            core.irq_external.eq(device.irq_external | self.irq_external),
            core.time.eq(device.time),
            self.done.eq(device.done | (self.cycles == self.limit)),
            self.code.eq(device.code),
            self.requests.eq(device.requests),
        ]
        if self._config.paddock:
            m.submodules.monitor = monitor = Monitor(self._config)
            connect(m, core.probe, monitor.probe)
            m.d.comb += [self.escapes.eq(monitor.escapes), self.checked.eq(monitor.checked)]
        for port, name in self._watched:
            m.d.comb += getattr(self, f"{port}_{name}").eq(getattr(getattr(core, port), name))
        with m.If(~self.done):
            m.d.sync += self.cycles.eq(self.cycles + 1)
        return m
