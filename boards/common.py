"""What all boards have in common: how the SoC is connected to a board's pins, clock and reset."""

import dataclasses
from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path

from amaranth import *
from amaranth.build import Platform
from amaranth.lib import wiring
from amaranth.lib.cdc import ResetSynchronizer

from paddock.config import CoreConfig, SocConfig
from paddock.errors import CommandError
from paddock.fw.boot import boot_words
from paddock.isa.memmap import BOOT_BASE
from paddock.soc.soc import Soc

__all__ = ["BOARDS", "Board", "BoardTop", "find_board"]

#: Name -> module and class.
BOARDS = {
    "icebreaker": ("boards.icebreaker", "Icebreaker"),
    "tang-nano-20k": ("boards.tang_nano_20k", "TangNano20k"),
    "ulx3s": ("boards.ulx3s", "Ulx3s"),
}
#: What a UART forgives in all, both ends together, is about 4 %.
_BAUD_TOLERANCE = 0.02


class Board(ABC):
    """One kind of board. A subclass says what it has; see ``ulx3s.py`` for a short one."""

    #: In words, and its FPGA.
    title: str
    fpga: str
    #: Clock of the core.
    clock_hz: int
    baud: int
    ram_bytes: int
    #: Resource of amaranth-boards that is the reset button; None: there is none.
    button: tuple[str, int] | None = None
    #: What openFPGALoader calls the board.
    loader_board: str
    #: Suffix of the bitstream.
    suffix: str
    #: Files of ours that take part in the build.
    flow_files: tuple[Path, ...] = ()
    #: Options of Yosys's synth command, and what it does afterwards.
    synth_opts: str = ""
    script_after_synth: str = ""
    #: Further options of nextpnr.
    nextpnr_options: str = ""
    #: Clock, clock -> nanoseconds that a path from one to the other may take.
    crossings: dict[tuple[str, str], float] = {}
    #: What of the SoC is not there or smaller, in words.
    left_out: str = ""
    #: nextpnr's name of a resource -> ours, for the table.
    resources: dict[str, str]
    #: SoC and core differ from the default in these fields.
    core_changes: dict[str, object] = {}
    soc_changes: dict[str, object] = {}

    def options(self) -> dict[str, str]:
        """Options for `Platform.prepare`."""
        return {
            # Through Verilog: Yosys looks at `no_rw_check`, which spares logic around the block RAMs, only when it
            # makes memories from Verilog. Without the RAM's first words: the boot ROM brings the program, and as
            # Verilog 65,536 zeros take minutes.
            "script_after_read": "delete top.soc.ram/t:$meminit*; proc -norom; memory_collect; "
            "write_verilog -norename soc.v; design -reset; read_verilog soc.v",
            "synth_opts": self.synth_opts,
            "script_after_synth": self.script_after_synth,
        }

    @abstractmethod
    def platform(self) -> Platform:
        """A fresh platform, with the tools' names set."""

    @abstractmethod
    def leds(self, platform: Platform, soc: Soc, passed: Value, failed: Value) -> list:
        """Statements that drive the LEDs."""

    def clocks(self, m: Module, platform: Platform) -> Value:
        """Make the clock of ``sync``, and others if the board needs them; returns a reset of any clock."""
        clock = platform.request(platform.default_clk).i
        m.domains.sync = ClockDomain()
        m.d.comb += ClockSignal().eq(clock)
        platform.add_clock_constraint(clock, self.clock_hz)
        return C(0)

    def ram(self) -> wiring.Component | None:
        """The RAM, if it is not a `soc.ram.Ram`."""
        return None

    def config(self) -> SocConfig:
        """The SoC on this board."""
        divisor = round(self.clock_hz / (16 * self.baud))
        real = self.clock_hz / (16 * max(divisor, 1))
        if abs(real / self.baud - 1) > _BAUD_TOLERANCE:
            raise CommandError(
                f"{self.title}: {self.baud} baud cannot be made from {self.clock_hz} Hz, only {real:.0f}"
            )
        core = CoreConfig(reset_address=BOOT_BASE)
        return SocConfig(
            core=dataclasses.replace(core, **self.core_changes),
            ram_bytes=self.ram_bytes,
            clock_hz=self.clock_hz,
            baud=self.baud,
            boot_rom=True,
            **self.soc_changes,
        )


class BoardTop(Elaboratable):
    """The SoC on the board's pins."""

    #: Cycles for which the SoC is held in reset once the clock runs: block RAM of an iCE40 needs 3 us.
    RESET_CYCLES = 255

    def __init__(self, board: Board):
        self._board = board

    def elaborate(self, platform):
        board = self._board
        m = Module()
        asynchronous = board.clocks(m, platform)
        if board.button is not None:
            asynchronous = asynchronous | platform.request(*board.button).i

        # --- Reset -----------------------------------------------------------------------------------------------
        stretched = Signal(range(self.RESET_CYCLES + 1), init=self.RESET_CYCLES)
        m.domains.start = start = ClockDomain(local=True)
        m.d.comb += start.clk.eq(ClockSignal())
        m.submodules.reset = ResetSynchronizer(asynchronous, domain="start")
        with m.If(stretched != 0):
            m.d.start += stretched.eq(stretched - 1)
        m.d.start += ResetSignal("sync").eq(stretched != 0)

        # --- SoC -------------------------------------------------------------------------------------------------
        m.submodules.soc = soc = Soc(board.config(), ram=board.ram(), boot=boot_words())
        uart = platform.request("uart", 0)
        m.d.comb += [uart.tx.o.eq(soc.uart_tx), soc.uart_rx.eq(uart.rx.i)]
        passed = soc.finish_done & (soc.finish_code == 0)
        failed = soc.finish_done & (soc.finish_code != 0)
        m.d.comb += board.leds(platform, soc, passed, failed)
        return m


def find_board(name: str) -> Board:
    """The board of that name; CommandError with the names that there are."""
    if name not in BOARDS:
        raise CommandError(f"there is no board {name!r}; BOARD is one of {', '.join(BOARDS)}")
    module, cls = BOARDS[name]
    try:
        return getattr(import_module(module), cls)()
    except ImportError as error:
        raise CommandError(f"{error}; `make setup-boards` installs the boards and their tools") from None
