"""What can be configured: the core and the SoC, each one frozen dataclass that refuses what does not work.

Pass the whole object; derive a variant with ``dataclasses.replace(DEFAULT, modules=64)``.
"""

from dataclasses import dataclass, field

from .isa.memmap import BOOT_BASE, RAM_BASE

__all__ = ["DEFAULT", "MINIMAL", "PLAIN", "PMP4", "PMP8", "PMP16", "ConfigError", "CoreConfig", "SocConfig"]

#: Entries of physical memory protection that can be asked for; 0: none, and no user mode.
PMP_ENTRIES = (0, 4, 8, 16)


class ConfigError(ValueError):
    """A configuration that cannot be built; the message names the field and the value."""


def _power_of_two(name: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, int) or value & (value - 1) or not low <= value <= high:
        raise ConfigError(f"{name} must be a power of two from {low} to {high}, not {value!r}")


#: Of fields that make the core fit an FPGA and are the default elsewhere: the heading of Verilog has them only if set.
_FOR_FPGA = {"only_if_set": True}


@dataclass(frozen=True, kw_only=True)
class CoreConfig:
    """The core and its extension.

    Raises
    ------
    ConfigError
        If a value is out of range, or a window is asked for without the extension.
    """

    #: Address of the first instruction. Requires: multiple of 4, in RAM (bit 31 set).
    reset_address: int = RAM_BASE
    #: What ``mhartid`` reads.
    hart_id: int = 0
    #: Xpaddock is there. Without it none of its logic is.
    paddock: bool = True
    #: Module ids, the kernel's id 0 included. Power of two, 2 .. 256.
    modules: int = 16
    #: Frames of the call stack, all threads together. Power of two, 2 .. 256.
    frames: int = 16
    #: A second window per module, for its device. Without it ``pd_dlower``/``pd_dupper`` read 0.
    device_window: bool = True
    #: A window per call, for a buffer that the caller lends. Without it ``pd_glower`` .. ``pd_gperm`` read 0.
    grant_window: bool = True
    #: One window for all modules, for code and constants. Without it there is no fetch check (G4 does not hold)
    #: and a module's constants must lie in its arena.
    public_window: bool = True
    #: Entries of physical memory protection, and with them user mode: 0, 4, 8 or 16. Requires: no ``paddock``.
    pmp: int = 0
    #: Emit the RISC-V formal interface.
    rvfi: bool = False
    #: For FPGAs without LUT RAM: registers in block RAM, read at the falling edge. The same in every cycle.
    block_registers: bool = field(default=False, metadata=_FOR_FPGA)
    #: Less logic at the price of frequency, for small FPGAs: the windows come straight from the module table's RAM, the
    #: pc of X from F, and the multiplier is made for DSP blocks of 16 x 16 bits; the same in every cycle. Only
    #: ``mcycle`` and ``minstret`` differ: they have 32 bits, their upper words read 0.
    compact: bool = field(default=False, metadata=_FOR_FPGA)

    def __post_init__(self) -> None:
        if self.reset_address % 4 or not RAM_BASE <= self.reset_address < 1 << 32:
            raise ConfigError(
                f"reset_address must be a multiple of 4 from {RAM_BASE:#x} up (the core fetches from RAM only), "
                f"not {self.reset_address:#x}"
            )
        if not 0 <= self.hart_id < 1 << 32:
            raise ConfigError(f"hart_id must fit 32 bits, not {self.hart_id!r}")
        _power_of_two("modules", self.modules, 2, 256)
        _power_of_two("frames", self.frames, 2, 256)
        if self.pmp not in PMP_ENTRIES:
            raise ConfigError(f"pmp must be one of {', '.join(map(str, PMP_ENTRIES))}, not {self.pmp!r}")
        if self.pmp and self.paddock:
            raise ConfigError(f"pmp {self.pmp} and paddock exclude each other: set paddock to False, or pmp to 0")

    @property
    def id_bits(self) -> int:
        """Width of a module id."""
        return (self.modules - 1).bit_length()

    @property
    def frame_bits(self) -> int:
        """Width of the index of a frame that exists; a stack pointer has one bit more."""
        return (self.frames - 1).bit_length()


@dataclass(frozen=True, kw_only=True)
class SocConfig:
    """The core with its memory and devices.

    Raises
    ------
    ConfigError
        If a value is out of range.
    """

    core: CoreConfig = field(default_factory=CoreConfig)
    #: Bytes of RAM at 0x8000_0000. Power of two, 4 KiB .. 64 MiB.
    ram_bytes: int = 256 * 1024
    #: Clock, for the UART's divisor and for times in seconds.
    clock_hz: int = 1_000_000
    #: Speed of the console. At most clock_hz / 16.
    baud: int = 62_500
    #: The monitor watches the core's requests (D16).
    monitor: bool = True
    #: Devices with less logic, for small FPGAs: a UART without FIFOs, with one speed and one form of characters; 8 GPIO
    #: pins; a timer of 16 bits; ``mtime`` and ``mtimecmp`` of 48, and ``mtime`` cannot be set; a monitor that relies on
    #: the windows being the same one cycle later, counts to 65,535 and forgets the first escape's address.
    compact: bool = False
    #: The interrupt controller for devices. Without it only the CLINT interrupts.
    plic: bool = True
    #: The core starts in a ROM that brings the program over the console. Requires: ``reset_address`` is there.
    boot_rom: bool = False

    def __post_init__(self) -> None:
        _power_of_two("ram_bytes", self.ram_bytes, 4096, 64 << 20)
        if self.boot_rom and self.core.reset_address != BOOT_BASE:
            raise ConfigError(f"reset_address must be the boot ROM's, {BOOT_BASE:#x}, not {self.core.reset_address:#x}")
        if not self.boot_rom and self.core.reset_address >= RAM_BASE + self.ram_bytes:
            raise ConfigError(
                f"reset_address {self.core.reset_address:#x} lies behind the RAM, "
                f"which ends at {RAM_BASE + self.ram_bytes:#x}"
            )
        if not 0 < self.baud <= self.clock_hz // 16:
            raise ConfigError(f"baud must be from 1 to clock_hz / 16 = {self.clock_hz // 16}, not {self.baud}")


#: 16 modules, all windows.
DEFAULT = CoreConfig()
#: The seed of the idea: a single pair of bounds per module, four modules.
MINIMAL = CoreConfig(modules=4, frames=4, device_window=False, grant_window=False, public_window=False)
#: The same core without the extension.
PLAIN = CoreConfig(paddock=False)
#: User mode and physical memory protection instead of the extension, for comparison.
PMP4 = CoreConfig(paddock=False, pmp=4)
PMP8 = CoreConfig(paddock=False, pmp=8)
PMP16 = CoreConfig(paddock=False, pmp=16)
