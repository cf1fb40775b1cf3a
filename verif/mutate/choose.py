"""Which faults: drawn from Yosys' own list of what could be mutated, by block and by seed."""

import random
import shlex
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass

from paddock.paths import ROOT

from .netlist import live_pins

__all__ = ["BLOCKS", "TOP", "Mutant", "candidates", "choose", "sources"]

#: The core as a top of its own.
TOP = "core"
#: Block -> its share in percent, and the modules below the core that it is made of.
BLOCKS = {
    "checker": (20, ("execute.checker", "decode.fetch_checker")),
    "gates": (22, ("modules", "modules.table", "modules.stack")),
    "traps": (16, ("csr_file",)),
    "load/store": (19, ("execute", "execute.align", "memory", "memory.align")),
    "control": (15, ("", "hazard", "fetch", "decode")),
    "decoder": (8, ("decode.decoder",)),
}
#: Cells in which the bits of a port do not meet: a fault that mixes them could close a loop that is not there.
_SEPARATE = {"$and", "$or", "$xor", "$xnor", "$not", "$pos", "$mux", "$pmux"}


@dataclass(frozen=True)
class Mutant:
    """One fault. ``number`` selects it in the simulators; 0 selects none."""

    number: int
    block: str
    module: str
    cell: str
    port: str
    bit: int
    #: ``inv``, ``const0``, ``const1``: of the bit; ``cnot0``, ``cnot1``: inverted where ``ctrlbit`` of the port is so.
    mode: str
    ctrlbit: int | None
    #: Kind of the cell; the signal at the pin, if it has a name; lines of the source.
    kind: str
    signal: str | None
    source: tuple[str, ...]

    @property
    def places(self) -> list[str]:
        """Where in our own sources, not in Amaranth's, it is."""
        return [place for place in self.source if place.startswith("rtl/paddock/")]

    @property
    def text(self) -> str:
        """For people."""
        by = f" by bit {self.ctrlbit}" if self.ctrlbit is not None else ""
        named = f" {self.signal}" if self.signal else ""
        where = f" at {self.places[-1].removeprefix('rtl/paddock/')}" if self.places else ""
        return f"{self.mode}{by} {self.module}{named}, {self.kind} {self.port}[{self.bit}]{where}"

    def command(self, prefix: str, control: str = "") -> str:
        """Yosys' command that inserts it where ``prefix`` stands before the names of modules."""
        words = ["mutate", "-mode", self.mode, "-module", prefix + self.module, "-cell", self.cell, "-port", self.port]
        words += ["-portbit", str(self.bit), *(["-ctrlbit", str(self.ctrlbit)] if self.ctrlbit is not None else [])]
        return " ".join([*words, control])

    def document(self) -> dict:
        """For ``mutation.json``."""
        return {**asdict(self), "source": self.places}


def candidates(lines: list[str], netlist: dict) -> list[dict]:
    """What ``mutate -list`` says, without the faults that are none, and without the same fault twice.

    ``netlist`` is from ``write_json``.
    """
    modules = netlist["modules"]
    live = live_pins(netlist, TOP, lambda port: not port.startswith("rvfi"))
    loads = Counter(
        (name, bit)
        for name, module in modules.items()
        for cell in module["cells"].values()
        for port, bits in cell["connections"].items()
        if cell["port_directions"][port] == "input"
        for bit in bits
    )
    loads.update(
        (name, bit)
        for name, module in modules.items()
        for port in module["ports"].values()
        if port["direction"] == "output"
        for bit in port["bits"]
    )
    found = {}
    for line in sorted(lines):
        place = _parse(line)
        cell = modules[place["module"]]["cells"][place["cell"]]
        place["kind"], place["source"] = cell["type"], sources(cell)
        net = cell["connections"][place["port"]][place["bit"]]
        output = cell["port_directions"][place["port"]] == "output"
        pin = (place["module"], place["cell"], place["port"], place["bit"])
        if pin not in live or not _possible(place, net, output):
            continue
        # A pin alone on its net is the same place as the pin that drives it.
        alone = isinstance(net, int) and (output or loads[place["module"], net] == 1)
        crossing = place["mode"].startswith("cnot")
        key = (place["module"], net) if alone and not crossing else (*pin, place["ctrlbit"])
        found.setdefault((*key, place["mode"]), place)
    return list(found.values())


def sources(cell: dict) -> tuple[str, ...]:
    """The lines that a cell of ``write_json`` comes from, below the repository's root."""
    places = cell["attributes"].get("src", "").split("|")
    return tuple(place.removeprefix(f"{ROOT}/") for place in places if place.startswith(str(ROOT)))


def _parse(line: str) -> dict:
    """A line of ``mutate -list``."""
    words = shlex.split(line)[1:]
    options = defaultdict(list)
    for name, value in zip(words[::2], words[1::2], strict=True):
        options[name[1:]].append(value)
    one = {name: values[0] for name, values in options.items()}
    wire = one.get("wire")
    return {
        "module": one["module"],
        "cell": one["cell"],
        "port": one["port"],
        "bit": int(one["portbit"]),
        "mode": one["mode"],
        "ctrlbit": int(one["ctrlbit"]) if "ctrlbit" in one else None,
        "signal": f"{wire}[{one['wirebit']}]" if wire else None,
    }


def _possible(place: dict, net: int | str, output: bool) -> bool:
    mode, kind = place["mode"], place["kind"]
    if place["port"] in ("CLK", "ARST", "SRST") or mode.removeprefix("const") == net:
        return False
    if mode.startswith("cnot"):
        return kind.startswith(("$dff", "$sdff")) or not (output or kind in _SEPARATE)
    return True


def choose(places: list[dict], n: int, seed: int) -> list[Mutant]:
    """``n`` of the places, in the shares of `BLOCKS`: cell after cell in random order, from each a random fault.

    Cells, not bits, as a datapath of 32 equal bits would otherwise be all that is seen.
    """
    blocks = {f"{TOP}.{name}".rstrip("."): block for block, (_, names) in BLOCKS.items() for name in names}
    cells = defaultdict(lambda: defaultdict(list))
    for place in places:
        if place["module"] in blocks:
            cells[blocks[place["module"]]][place["module"], place["cell"]].append(place)
    rng = random.Random(seed)
    chosen: list[tuple[str, dict]] = []
    for block, quota in _quotas(n).items():
        pool = {key: rng.sample(faults, len(faults)) for key, faults in sorted(cells[block].items())}
        if (available := sum(map(len, pool.values()))) < quota:
            raise ValueError(f"{quota} mutants of {block!r} are asked for, but there are only {available}")
        drawn = 0
        while drawn < quota:
            for key in rng.sample(sorted(pool), len(pool)):
                if drawn < quota and pool[key]:
                    chosen.append((block, pool[key].pop()))
                    drawn += 1
    return [Mutant(number=i, block=block, **place) for i, (block, place) in enumerate(chosen, 1)]


def _quotas(n: int) -> dict[str, int]:
    quotas = {block: n * share // 100 for block, (share, _) in BLOCKS.items()}
    quotas["checker"] += n - sum(quotas.values())
    return quotas
