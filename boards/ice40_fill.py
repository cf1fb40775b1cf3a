"""Puts registers of an iCE40 netlist into logic cells of which only the carry is used. Run between Yosys and nextpnr.

A logic cell has a LUT, a flip-flop and a carry. A comparison needs only the carries of its cells, and nextpnr leaves
the rest of them empty; a register whose data do not come from a LUT of its own takes a cell and leaves LUT and
carry empty. Here the LUT in front of such a register is written down, with the inputs of a carry: nextpnr takes that
for the sum of an adder and makes one cell of all three. The cells of a tile share clock, enable and reset, and nextpnr
decides which cells of a chain are in one tile, so that a chain gets registers with the same ones only.
"""

import json
import sys
from collections import defaultdict
from itertools import count
from pathlib import Path

__all__ = ["fill"]

#: LUT that passes on the input with this name.
_PASS = {"I0": 0xAAAA, "I1": 0xCCCC, "I2": 0xF0F0}


class _Netlist:
    """Cells of a flat module of Yosys's JSON, and who uses each net."""

    def __init__(self, module: dict):
        self.cells = module["cells"]
        self.users = defaultdict(list)
        self.driver = {}
        for name, cell in self.cells.items():
            for port, bits in cell["connections"].items():
                for bit in bits:
                    if cell["port_directions"][port] == "output":
                        self.driver[bit] = name
                    else:
                        self.users[bit].append((name, port))
        for port in module["ports"].values():
            for bit in port["bits"]:
                self.users[bit].append(("", ""))
        #: Numbers of nets that do not exist yet.
        used = (bit for net in module["netnames"].values() for bit in net["bits"] if isinstance(bit, int))
        self.free = count(1 + max(used))

    def bit(self, name: str, port: str):
        """The net at a port of one bit; a string if it is constant or open."""
        bits = self.cells[name]["connections"].get(port) or ["x"]
        return bits[0]

    def type(self, name: str) -> str:
        """Type of a cell; empty for a port of the module."""
        return self.cells[name]["type"] if name else ""

    def driver_type(self, name: str, port: str) -> str:
        """Type of the cell that drives a port; empty if none does."""
        return self.type(self.driver.get(self.bit(name, port), ""))

    def small(self, name: str, port: str) -> bool:
        """A LUT of at most two inputs drives the port."""
        return self.driver_type(name, port) == "SB_LUT4" and not any(
            isinstance(self.bit(self.driver[self.bit(name, port)], unused), int) for unused in ("I0", "I1")
        )


def _lone_registers(netlist: _Netlist) -> dict[tuple, list[str]]:
    """Registers that would have a cell for themselves, by what a tile shares."""
    found = defaultdict(list)
    for name in netlist.cells:
        if not netlist.type(name).startswith("SB_DFF"):
            continue
        data = netlist.bit(name, "D")
        own_lut = netlist.driver_type(name, "D") == "SB_LUT4" and len(netlist.users[data]) == 1
        if isinstance(data, int) and not own_lut:
            falling = netlist.type(name).startswith("SB_DFFN")
            controls = (netlist.bit(name, "E"), netlist.bit(name, "R"), netlist.bit(name, "S"))
            found[netlist.bit(name, "C"), falling, *controls].append(name)
    return found


def _chains(netlist: _Netlist) -> list[list[str]]:
    """Of each carry chain without LUTs those carries that get none from nextpnr either, and whose carry comes in."""
    chains, hosted = [], set()
    for first in netlist.cells:
        if netlist.type(first) != "SB_CARRY" or netlist.driver_type(first, "CI") == "SB_CARRY":
            continue
        chain, carry = [], first
        while carry:
            chain.append(carry)
            carry = next((user for user, port in netlist.users[netlist.bit(carry, "CO")] if port == "CI"), "")
        if any(port == "I3" for carry in chain[1:] for _user, port in netlist.users[netlist.bit(carry, "CI")]):
            continue
        free = []
        for carry in chain:
            if not all(isinstance(netlist.bit(carry, port), int) for port in ("CI", "I0", "I1")):
                continue
            # A LUT of two inputs in front of a carry goes into its cell, one of them.
            small = {netlist.driver[netlist.bit(carry, port)] for port in ("I0", "I1") if netlist.small(carry, port)}
            small -= hosted
            if small:
                hosted.add(min(small))
            else:
                free.append(carry)
        if free:
            chains.append(free)
    return chains


def _pairs(netlist: _Netlist, chain: list[str], registers: list[str]) -> tuple[int, list[tuple[str, str]]]:
    """Who goes where, and how many are close: take what a carry has, or are what it has."""
    carry_of = {netlist.bit(carry, port): carry for carry in chain for port in ("I0", "I1")}
    pairs = {}
    for port in ("D", "Q"):
        for register in registers:
            carry = carry_of.get(netlist.bit(register, port))
            if carry and carry not in pairs and register not in pairs.values():
                pairs[carry] = register
    close = len(pairs)
    others = [register for register in registers if register not in set(pairs.values())]
    pairs |= zip((carry for carry in chain if carry not in pairs), others, strict=False)
    return close, list(pairs.items())


def fill(module: dict) -> int:
    """Write the LUTs down; returns how many. ``module`` is the top module of Yosys's JSON, mapped to iCE40 cells."""
    netlist = _Netlist(module)
    registers, chains = _lone_registers(netlist), _chains(netlist)
    filled = 0
    while chains:
        # The chain and the group of registers of which most are close; with none, those that are filled best.
        candidates = (
            (*_pairs(netlist, chain, group), number, shared)
            for number, chain in enumerate(chains)
            for shared, group in registers.items()
        )
        _close, pairs, number, shared = max(candidates, key=lambda c: (c[0], len(c[1])), default=(0, (), 0, None))
        if not pairs:
            break
        for carry, register in pairs:
            _insert(netlist, carry, register)
        filled += len(pairs)
        taken = {register for _carry, register in pairs}
        registers[shared] = [register for register in registers[shared] if register not in taken]
        del chains[number]
    return filled


def _insert(netlist: _Netlist, carry: str, register: str) -> None:
    """The LUT between the register and its data."""
    data = netlist.bit(register, "D")
    inputs = {"I1": netlist.bit(carry, "I0"), "I2": netlist.bit(carry, "I1"), "I3": netlist.bit(carry, "CI")}
    through = next((port for port in ("I1", "I2") if inputs[port] == data), "I0")
    inputs["I0"] = data if through == "I0" else "0"
    output = next(netlist.free)
    netlist.cells[f"{register}$fill"] = {
        "hide_name": 0,
        "type": "SB_LUT4",
        "parameters": {"LUT_INIT": f"{_PASS[through]:016b}"},
        "attributes": {},
        "port_directions": {**dict.fromkeys(inputs, "input"), "O": "output"},
        "connections": {**{port: [bit] for port, bit in inputs.items()}, "O": [output]},
    }
    netlist.cells[register]["connections"]["D"] = [output]


def main(path: Path) -> None:
    """Change the file in place."""
    design = json.loads(path.read_text())
    (module,) = (m for m in design["modules"].values() if int(m["attributes"].get("top", "0"), 2))
    print(f"filled the cells of {fill(module)} carries with registers", flush=True)
    path.write_text(json.dumps(design))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
