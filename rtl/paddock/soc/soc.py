"""The SoC: core, RAM, devices, wired. The memory map is `isa.memmap`, the drawing in docs/reference/soc.md."""

from collections.abc import Iterable

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from ..config import SocConfig
from ..core import Core
from ..isa.memmap import DEVICES
from ..rvfi import RvfiPort
from .boot_rom import BootRom
from .clint import Clint
from .finisher import Finisher
from .gpio import Gpio
from .interconnect import Interconnect
from .monitor import Monitor
from .plic import Plic
from .ram import Ram
from .timer import Timer
from .uart import Uart

__all__ = ["Soc"]


class Soc(wiring.Component):
    """Everything that runs a program.

    Parameters
    ----------
    config : SocConfig
        What there is.
    image : iterable of int
        First words of the RAM after configuration of the FPGA, or at the start of a simulation; the others are 0.
    ram : Component
        Instead of a `Ram`, with the same ports. Requires: no ``image``.
    boot : iterable of int
        The program in the boot ROM, if ``config.boot_rom``.

    Members
    -------
    uart_tx : Out(1)
        Console, high while idle.
    uart_rx : In(1)
        Console, of any clock.
    gpio_out : Out(32)
        LEDs.
    gpio_in : In(32)
        Switches, of any clock.
    finish_done : Out(1)
        The program has told the test finisher its verdict; stays 1.
    finish_code : Out(16)
        0: pass, else the program's code. Valid with ``finish_done``.
    escapes : Out(32)
        The monitor's count; if there is a monitor.
    rvfi : Out(RvfiPort())
        If ``config.core.rvfi``.
    """

    def __init__(
        self,
        config: SocConfig,
        image: Iterable[int] = (),
        *,
        ram: wiring.Component | None = None,
        boot: Iterable[int] = (),
    ):
        self._config = config
        self._ram = ram or Ram(config.ram_bytes, image)
        self._boot = tuple(boot)
        self._monitored = config.monitor and config.core.paddock
        super().__init__(
            {
                "uart_tx": Out(1, init=1),
                "uart_rx": In(1, init=1),
                "gpio_out": Out(32),
                "gpio_in": In(32),
                "finish_done": Out(1),
                "finish_code": Out(16),
                **({"escapes": Out(32)} if self._monitored else {}),
                **({"rvfi": Out(RvfiPort())} if config.core.rvfi else {}),
            }
        )

    def elaborate(self, platform):
        config = self._config
        m = Module()

        # --- Core and RAM ----------------------------------------------------------------------------------------
        m.submodules.core = core = Core(config.core)
        m.submodules.ram = ram = self._ram
        if config.boot_rom:
            m.submodules.boot_rom = rom = BootRom(self._boot)
            connect(m, core.ibus, rom.ibus)
            connect(m, rom.ram, ram.ibus)
        else:
            connect(m, core.ibus, ram.ibus)
        connect(m, core.dbus, ram.dbus)

        # --- Devices ---------------------------------------------------------------------------------------------
        devices = {
            "finisher": Finisher(),
            "clint": Clint(48, settable=False) if config.compact else Clint(),
            **({"plic": Plic()} if config.plic else {}),
            "uart": Uart(divisor=round(config.clock_hz / (16 * config.baud)), compact=config.compact),
            "gpio": Gpio(8 if config.compact else 32),
            "timer": Timer(16 if config.compact else 32),
        }
        if self._monitored:
            devices["monitor"] = Monitor(config.core, compact=config.compact)
            connect(m, core.probe, devices["monitor"].probe)
            m.d.comb += self.escapes.eq(devices["monitor"].escapes)
        m.submodules.interconnect = interconnect = Interconnect((d for d in DEVICES if d.name in devices), silent=True)
        connect(m, core.wb, interconnect.bus)
        for name, device in devices.items():
            m.submodules[name] = device
            connect(m, getattr(interconnect, name), device.bus)

        # --- Interrupts ------------------------------------------------------------------------------------------
        clint = devices["clint"]
        m.d.comb += [
            core.time.eq(clint.time),
            core.irq_software.eq(clint.software_irq),
            core.irq_timer.eq(clint.timer_irq),
        ]
        if config.plic:
            plic = devices["plic"]
            m.d.comb += core.irq_external.eq(plic.irq)
            m.d.comb += [plic.sources[d.irq].eq(devices[d.name].irq) for d in DEVICES if d.irq is not None]

        # --- Pins ------------------------------------------------------------------------------------------------
        m.d.comb += [
            self.uart_tx.eq(devices["uart"].tx),
            devices["uart"].rx.eq(self.uart_rx),
            self.gpio_out.eq(devices["gpio"].outputs),
            devices["gpio"].inputs.eq(self.gpio_in),
            self.finish_done.eq(devices["finisher"].done),
            self.finish_code.eq(devices["finisher"].code),
        ]
        if config.core.rvfi:
            connect(m, core.rvfi, flipped(self.rvfi))
        return m
