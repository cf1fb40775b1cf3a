"""The SoC's memory map: QEMU's ``virt`` for everything that QEMU has, our own devices elsewhere.

Addresses and sizes are bytes. Device registers are 32 bits wide unless their device says otherwise.
"""

from dataclasses import dataclass

__all__ = ["BOOT_BASE", "BOOT_BYTES", "DEVICES", "DEVICE_BY_NAME", "RAM_BASE", "Device", "Register", "memory_command"]

#: First byte of RAM. Everything with bit 31 set belongs to the core's RAM ports, everything below to Wishbone.
RAM_BASE = 0x8000_0000
#: First byte of the boot ROM, if there is one: the last page, for fetches only.
BOOT_BASE = 0xFFFF_F000
#: What the ROM has, again and again in its page.
BOOT_BYTES = 0x400


@dataclass(frozen=True)
class Register:
    """A device register at ``offset`` bytes from its device's base."""

    name: str
    offset: int
    doc: str


@dataclass(frozen=True)
class Device:
    """A device on the Wishbone bus; ``irq`` is its PLIC source, None if it has none."""

    name: str
    base: int
    size: int
    doc: str
    registers: tuple[Register, ...] = ()
    irq: int | None = None


DEVICES = (
    Device(
        "finisher",
        0x0010_0000,
        0x1000,
        "Test finisher (`sifive,test0`): ends the simulation.",
        (Register("finish", 0x0, "0x5555: pass; code << 16 | 0x3333: fail with that code. Only the first counts."),),
    ),
    Device(
        "clint",
        0x0200_0000,
        0x1_0000,
        "Core-local interruptor: software interrupt and timer.",
        (
            Register("msip", 0x0000, "Bit 0 raises the software interrupt."),
            Register("mtimecmp", 0x4000, "Timer interrupt while mtime >= mtimecmp, low word. All ones after reset."),
            Register("mtimecmph", 0x4004, "mtimecmp, high word."),
            Register("mtime", 0xBFF8, "Time in cycles, low word."),
            Register("mtimeh", 0xBFFC, "Time in cycles, high word."),
        ),
    ),
    Device(
        "plic",
        0x0C00_0000,
        0x40_0000,
        "Platform-level interrupt controller: sources 1 .. 15, one context (the hart's machine mode).",
        (
            Register("priority", 0x00_0000, "Priority of source n at + 4 n: 0 (never) .. 7."),
            Register("pending", 0x00_1000, "Bit n: source n waits."),
            Register("enable", 0x00_2000, "Bit n: source n may interrupt."),
            Register("threshold", 0x20_0000, "Only priorities above it interrupt."),
            Register("claim", 0x20_0004, "Read: claim the source that waits; write: complete it."),
        ),
    ),
    Device(
        "uart",
        0x1000_0000,
        0x100,
        "UART, 16550-compatible: byte registers, one byte apart.",
        (
            Register("rbr_thr", 0, "Receive buffer, transmit holding; divisor low while LCR.7."),
            Register("ier", 1, "Interrupt enable; divisor high while LCR.7."),
            Register("iir_fcr", 2, "Interrupt identification; FIFO control."),
            Register("lcr", 3, "Line control."),
            Register("mcr", 4, "Modem control (loopback is bit 4)."),
            Register("lsr", 5, "Line status."),
            Register("msr", 6, "Modem status."),
            Register("scr", 7, "Scratch."),
        ),
        irq=10,
    ),
    Device(
        "gpio",
        0x1001_0000,
        0x100,
        "LEDs and switches.",
        (
            Register("out", 0x0, "Output pins (LEDs)."),
            Register("in", 0x4, "Input pins."),
            Register("set", 0x8, "Write 1: set output bits; reads as `out`."),
            Register("clear", 0xC, "Write 1: clear output bits; reads as `out`."),
        ),
    ),
    Device(
        "timer",
        0x1002_0000,
        0x100,
        "Countdown timer for drivers; the CLINT's belongs to the kernel.",
        (
            Register(
                "count",
                0x0,
                "Read-only; counts down by one per cycle while enabled, behind 0 it reloads and sets `status`.",
            ),
            Register(
                "reload",
                0x4,
                "Value that it starts again from: a period is reload + 1 cycles. Writing it also loads `count`.",
            ),
            Register("control", 0x8, "Bit 0: enable; bit 1: interrupt enable."),
            Register("status", 0xC, "Bit 0: has reached 0; write 1 to clear."),
        ),
        irq=11,
    ),
    Device(
        "monitor",
        0x1003_0000,
        0x100,
        "Counts what must never happen, and what it has watched; read-only.",
        (
            Register(
                "escapes", 0x0, "Requests outside the active windows, and loads from outside that were completed."
            ),
            Register("address", 0x4, "Address of the first escape."),
            Register("checked", 0x8, "Accesses by modules that were watched."),
        ),
    ),
)


def memory_command(ram_bytes: int) -> str:
    """The MEMORY command of a linker script for a SoC with so much RAM."""
    return f"MEMORY\n{{\n\tRAM (rwx) : ORIGIN = {RAM_BASE:#x}, LENGTH = {ram_bytes // 1024}K\n}}\n"


DEVICE_BY_NAME = {device.name: device for device in DEVICES}
