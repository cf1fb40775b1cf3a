"""Which pins of a netlist can reach an output: a fault elsewhere is none, as synthesis removes what it sits in."""

from collections import defaultdict
from collections.abc import Callable, Iterable

__all__ = ["live_pins"]

#: Output bit i depends on bit i of these inputs (modulo their width), and on all bits of the others.
_BITWISE = {
    **dict.fromkeys(("$and", "$or", "$xor", "$xnor", "$not", "$pos"), ("A", "B")),
    **dict.fromkeys(("$mux", "$pmux"), ("A", "B")),
    **dict.fromkeys(("$dff", "$dffe", "$sdff", "$sdffe", "$sdffce"), ("D",)),
}
#: Output bit i depends on the input bits up to i.
_CARRY = {"$add", "$sub", "$neg"}

Net = tuple[str, int]
Pin = tuple[str, str, str, int]


def live_pins(netlist: dict, top: str, is_root: Callable[[str], bool]) -> set[Pin]:
    """Every (module, cell, port, bit) that an output port of ``top`` depends on, if ``is_root`` of the port's name.

    ``netlist`` is what Yosys' ``write_json`` says; every module is instantiated once.
    """
    walk = _Walk(netlist["modules"])
    ports = netlist["modules"][top]["ports"]
    roots = [
        (top, bit)
        for name, port in ports.items()
        if port["direction"] == "output" and is_root(name)
        for bit in port["bits"]
    ]
    return walk.backward(roots)


class _Walk:
    def __init__(self, modules: dict):
        self._modules = modules
        self._drivers: dict[Net, tuple] = {}
        self._writers = defaultdict(list)
        self._parents: dict[str, tuple[str, dict]] = {}
        for name, module in modules.items():
            for cell_name, cell in module["cells"].items():
                self._index(name, cell_name, cell)

    def _index(self, module: str, cell_name: str, cell: dict) -> None:
        if cell["type"] in self._modules:
            self._parents[cell["type"]] = (module, cell)
        if cell["type"].startswith("$memwr"):
            self._writers[module, cell["parameters"]["MEMID"]].append((cell_name, cell))
        for port, bits in cell["connections"].items():
            if cell["port_directions"][port] == "output":
                for index, bit in enumerate(bits):
                    self._drivers[module, bit] = (cell_name, cell, port, index)

    def backward(self, roots: Iterable[Net]) -> set[Pin]:
        """All pins on the way from the roots back to inputs."""
        pins: set[Pin] = set()
        seen: set[Net] = set()
        memories = set()
        todo = list(roots)
        while todo:
            net = todo.pop()
            if net in seen or not isinstance(net[1], int):
                continue
            seen.add(net)
            module = net[0]
            if net not in self._drivers:
                todo += self._from_parent(net)
                continue
            cell_name, cell, port, index = self._drivers[net]
            if cell["type"] in self._modules:
                todo.append((cell["type"], self._modules[cell["type"]]["ports"][port]["bits"][index]))
                continue
            pins.add((module, cell_name, port, index))
            reached = [(cell_name, cell, *pin) for pin in _inputs(cell, index)]
            memory = (module, cell["parameters"].get("MEMID"))
            if cell["type"].startswith("$memrd") and memory not in memories:
                memories.add(memory)
                for writer, writing in self._writers[memory]:
                    reached += [(writer, writing, *pin) for pin in _inputs(writing, None)]
            for name, owner, input_port, bit in reached:
                pins.add((module, name, input_port, bit))
                todo.append((module, owner["connections"][input_port][bit]))
        return pins

    def _from_parent(self, net: Net) -> list[Net]:
        """What drives an input port of a module."""
        module, bit = net
        if module not in self._parents:
            return []
        outer, cell = self._parents[module]
        for name, port in self._modules[module]["ports"].items():
            if port["direction"] == "input" and bit in port["bits"]:
                return [(outer, cell["connections"][name][port["bits"].index(bit)])]
        return []


def _inputs(cell: dict, index: int | None) -> Iterable[tuple[str, int]]:
    """Input pins that output bit ``index`` depends on; all of them for None."""
    bitwise = _BITWISE.get(cell["type"], ())
    width = len(cell["connections"].get("Y") or cell["connections"].get("Q") or [None])
    for port, bits in cell["connections"].items():
        if cell["port_directions"][port] != "input" or port == "CLK":
            continue
        for bit in range(len(bits)):
            if index is not None:
                # Narrow operands are extended by their last bit; $pmux has several of them in one.
                if port in bitwise and bit % width != min(index, len(bits) - 1):
                    continue
                if cell["type"] in _CARRY and bit > index:
                    continue
            yield port, bit
