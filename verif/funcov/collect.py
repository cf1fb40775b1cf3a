"""A simulator that writes down what modules do, and its records of a run.

The tests are those of ``make test``, unchanged; only the simulator is another: the bench with some Verilog that
print, in the cycle in which an instruction of a module leaves X, what the bins are made of.
"""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from amaranth.lib.data import Layout

from lib.build import TOP, emit, simulator
from paddock.bus import Window
from paddock.config import DEFAULT
from paddock.payload import ExecuteOp

from .bins import WINDOWS, Bin, Step, bins_of

__all__ = ["VARIABLE", "count", "recorder"]

#: Environment variable of the simulator: the file to write to.
VARIABLE = "PADDOCK_FUNCOV"

_FLAGS = ("load", "store", "fetch_refused", "trap", "refused", "jumped", "waited", "pending", "interrupt")


def recorder() -> Path:
    """Folder of the simulator."""
    text = emit(DEFAULT)
    start = re.search(rf"^module {TOP}\(", text, re.MULTILINE).start()
    end = text.index("endmodule", start)
    return simulator(text[:end] + _monitor() + text[end:])


def _monitor() -> str:
    dx = ExecuteOp(replace(DEFAULT, rvfi=True))
    insn = dx["rvfi"].offset + Layout.cast(dx["rvfi"].shape)["insn"].offset
    window = Layout.cast(Window)
    assert (window["lower"].offset, window["upper"].offset) == (0, 32)

    def bit(name: str) -> str:
        return f"funcov_dx[{dx[name].offset}]"

    flags = [
        *(bit("load"), bit("store"), bit("fetch_bounds"), bit("trap"), "core.execute.x_violation"),
        *("funcov_jumped", "funcov_waited", "core.csr_file.wakeup", "core.csr_file.interrupt"),
    ]
    words = [
        f"{{funcov_dx[{dx['pc'].offset} +: 32], funcov_dx[{insn} +: 32]}}",
        "{probe_addr, funcov_before}",
        "{funcov_before2, funcov_address}",
        *(f"probe_{name}[63:0]" for name in WINDOWS),
        f"{{{64 - len(flags)}'d0, {', '.join(flags)}}}",
    ]
    shape = " ".join(["%llx"] * len(words)) + r"\\n"
    opened = rf"static FILE* f = std::fopen(std::getenv(\"{VARIABLE}\"), \"a\");"
    pieces = [rf'"{{{{ {opened} std::fprintf(f, \"{shape}\""'.replace("{{", "{")]
    for word in words:
        pieces += ['", (unsigned long long)("', word, '")"']
    pieces.append('"); }"')
    near = " || ".join(
        f"(funcov_dx[{dx['pc'].offset} +: 32] - probe_public[{low} +: 32] + 32'd8 < 32'd16)" for low in (0, 32)
    )
    return f"""
  wire [{dx.size - 1}:0] funcov_dx = core.decode.dx;
  reg [31:0] funcov_before = 0, funcov_before2 = 0, funcov_address = 0;
  reg funcov_jumped = 0, funcov_waited = 0;
  always @(posedge clk) begin
    funcov_waited <= !core.hazard.m_advance;
    if (core.hazard.x_fire) begin
      funcov_before <= funcov_dx[{insn} +: 32];
      funcov_before2 <= funcov_before;
      funcov_address <= probe_addr;
      funcov_jumped <= core.execute.x_jumps;
      if (probe_id != 0 && ({bit("load")} || {bit("store")} || {near}))
        $c({", ".join(pieces)});
    end
  end
"""


def count(path: Path) -> Counter[Bin]:
    """The bins of a run's records."""
    bins: Counter[Bin] = Counter()
    seen: Counter[str] = Counter()
    with path.open() as file:
        for line in file:
            seen[line] += 1
    for line, times in seen.items():
        for cell in bins_of(_step(line)):
            bins[cell] += times
    return bins


def _step(line: str) -> Step:
    words = [int(word, 16) for word in line.split()]
    low, high = 0xFFFF_FFFF, 32
    bounds = tuple((word & low, word >> high) for word in words[3:7])
    flags = {name: bool(words[7] >> i & 1) for i, name in enumerate(reversed(_FLAGS))}
    return Step(
        pc=words[0] >> high,
        insn=words[0] & low,
        address=words[1] >> high,
        before=words[1] & low,
        before2=words[2] >> high,
        before_address=words[2] & low,
        bounds=bounds,
        **flags,
    )
