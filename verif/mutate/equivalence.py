"""Is a mutant a fault at all? A proof, for all inputs and all time, that nothing outside the core can tell it apart.

Both cores get the same inputs, which are free in every cycle. Their memories (registers, module table, call stack) and
multipliers stand outside, as inputs and outputs that are compared too: both cores start with the same memories, so as
long as they ask them the same, they are told the same. An address or data counts while its enable says that it does,
and the windows that the monitor is shown while the id is a module's. RVFI is no part of the comparison: it is for
tests alone.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from amaranth.lib.data import Layout

from paddock.config import DEFAULT
from paddock.isa.csr import CSRS
from paddock.payload import ExecuteOp
from paddock.toolchain import ToolError, environment, package_folder

from .choose import TOP

__all__ = ["Proof", "prove"]

_OUTSIDE = f"{TOP}.multiplier"


@dataclass(frozen=True)
class Proof:
    """``equivalent``, ``different`` (from the cycle ``cycle`` on, with suitable inputs) or ``undecided``."""

    status: str
    cycle: int | None = None


def prove(core: Path, command: str, folder: Path, seconds: int, *, existing_csrs: bool = False) -> Proof:
    """Compare the design ``core`` with what Yosys' ``command`` makes of it; intermediate files go to ``folder``.

    With 0 ``seconds`` it is left at induction over pairs of registers, which most faults that are none fall to; else
    a search for a difference and PDR follow, each for so long. With ``existing_csrs`` both cores are told a number
    that exists wherever one that does not is asked for. That is a weaker claim: it leaves out what a refused CSR
    instruction would have read.
    """
    words = [sys.executable, "-m", "mutate.equivalence", str(core), command, str(folder), str(int(existing_csrs))]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True)
    if done.returncode:
        raise ToolError(f"the comparison cannot be set up:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
    text = _abc(f"read_aiger {folder / 'miter.aig'}; scorr; write_aiger {folder / 'rest.aig'}; sat")
    if "UNSATISFIABLE" in text:
        return Proof("equivalent")
    if not seconds:
        return Proof("undecided")
    text = _abc(f"read_aiger {folder / 'rest.aig'}; bmc3 -F 16 -T {seconds}; pdr -T {seconds}")
    if found := re.search(r"was asserted in frame (\d+)", text):
        return Proof("different", int(found[1]))
    return Proof("equivalent" if "Property proved" in text else "undecided")


def _abc(script: str) -> str:
    done = subprocess.run([package_folder("pyosys") / "yosys-abc", "-c", script], capture_output=True, text=True)
    return done.stdout


def _evert(design) -> list[tuple[str, int, bool]]:
    """What the memories and the multiplier say becomes an input of the core, what they are asked an output.

    Returns the core's ports: name, width, whether it is an input.
    """
    from pyosys import libyosys as yosys

    module = design.module(yosys.IdString(f"\\{TOP}"))
    for cell in list(module.cells_.values()):
        kind = cell.type.str()
        if not kind.startswith("$mem") and kind != f"\\{_OUTSIDE}":
            continue
        for port in [port.str() for port in cell.connections_]:
            signal = cell.getPort(yosys.IdString(port))
            name = f"outside_{re.sub(r'[^a-zA-Z0-9]+', '_', cell.name.str()).strip('_')}_{port.strip(chr(92))}"
            wire = module.addWire(yosys.IdString(f"\\{name}"), signal.size())
            answer = port in ("\\RD_DATA", "\\m_result")
            wire.port_input, wire.port_output = answer, not answer
            if answer:
                module.connect(signal, yosys.SigSpec(wire))
            else:
                module.connect(yosys.SigSpec(wire), signal)
        module.remove(cell)
    for name in ("dx", "x_fire"):
        module.wire(yosys.IdString(f"\\{name}")).port_output = True
    for wire in module.wires_.values():
        if wire.name.str().startswith("\\rvfi"):
            wire.port_output = False
    module.fixup_ports()
    wires = [(wire.name.str().strip("\\"), wire.width, wire) for wire in module.wires_.values()]
    return sorted((name, width, wire.port_input) for name, width, wire in wires if wire.port_input or wire.port_output)


#: What is looked at only while something else is set: end of the output's name -> end of the other's.
_LOOKED_AT = {
    "ibus__addr": "ibus__en",
    "dbus__addr": "dbus__en",
    **{f"wb__{name}": "wb__cyc" for name in ("adr", "dat_w", "sel", "we")},
    "WR_ADDR": "WR_EN",
    "WR_DATA": "WR_EN",
    "RD_ADDR": "RD_EN",
}


#: Signals of the core that say whether the multiplier is asked something.
_ENABLES = ("dx", "x_fire")


def _wrapper(name: str, ports: list[tuple[str, int, bool]]) -> str:
    """Verilog around the core that shows of each output what can matter."""
    widths = {port: width for port, width, _ in ports}
    shown = [port for port in widths if port not in _ENABLES]
    lines = [f"module {name}({', '.join(map(_escaped, shown))});"]
    connected = []
    for port, width, is_input in ports:
        lines.append(f"  {'input' if is_input else 'output'} [{width - 1}:0] {_escaped(port)};")
        connected.append(f".{_escaped(port)}({_escaped(port) if is_input else _raw(port)})")
        if port in _ENABLES:
            lines[-1] = f"  wire [{width - 1}:0] {_raw(port)};"
            connected[-1] = f".{_escaped(port)}({_raw(port)})"
        elif not is_input:
            lines.append(f"  wire [{width - 1}:0] {_raw(port)};")
            lines.append(f"  assign {_escaped(port)} = {_raw(port)}{_mask(port, width, widths)};")
    return "\n".join([*lines, f"  {TOP}_{name} inner({', '.join(connected)});", "endmodule\n"])


def _escaped(name: str) -> str:
    return f"\\{name} "


def _raw(name: str) -> str:
    return _escaped(f"{name}_raw")


def _mask(port: str, width: int, widths: dict[str, int]) -> str:
    if port.startswith("outside_multiplier_") and not port.endswith("x_advance"):
        mul = Layout.cast(ExecuteOp(replace(DEFAULT, rvfi=True)))["mul"].offset
        return f" & {{{width}{{{_raw('x_fire')}[0] & {_raw('dx')}[{mul}]}}}}"
    if port == "dbus__wdata":
        lanes = (f"{{8{{{_raw('dbus__we')}[{lane}]}}}}" for lane in (3, 2, 1, 0))
        return f" & {{{', '.join(lanes)}}}"
    if port in ("probe__arena", "probe__device", "probe__grant", "probe__public"):
        return f" & {{{width}{{|{_raw('probe__id')}}}}}"
    if port in ("probe__addr", "probe__size", "probe__device_write"):
        return f" & {{{width}{{{_raw('probe__load')} | {_raw('probe__store')} | {_raw('probe__device_request')}}}}}"
    for end, gate in _LOOKED_AT.items():
        if port.endswith(end):
            enable = port.removesuffix(end) + gate
            if widths[enable] == width:
                return f" & {_raw(enable)}"
            if end == "RD_ADDR":
                each = width // widths[enable]
                bits = (f"{{{each}{{{_raw(enable)}[{i}]}}}}" for i in reversed(range(widths[enable])))
                return f" & {{{', '.join(bits)}}}"
            return f" & {{{width}{{|{_raw(enable)}}}}}"
    return ""


def _only_existing_csrs(design, folder: Path) -> None:
    """Between the CSR numbers in D and X and those who read or write CSRs."""
    from pyosys import libyosys as yosys

    numbers = [csr.number + i for csr in CSRS for i in range(csr.count)]
    exists = " || ".join(f"a == 12'h{number:03x}" for number in numbers)
    chosen = f"({exists}) ? a : 12'h{numbers[0]:03x}"
    source = folder / "existing_csr.v"
    source.write_text(f"module existing_csr(input [11:0] a, output [11:0] y); assign y = {chosen}; endmodule\n")
    yosys.run_pass(f"tee -q -a {folder / 'miter.log'} read_verilog {source}", design)
    module = design.module(yosys.IdString(f"\\{TOP}"))
    for cell in list(module.cells_.values()):
        if cell.type.str() not in (f"\\{TOP}.csr_file", f"\\{TOP}.modules"):
            continue
        for port in ("\\d_csr", "\\x_csr"):
            name = f"{cell.name.str()}_{port.strip(chr(92))}_existing"
            wire = module.addWire(yosys.IdString(f"{name}_number"), 12)
            filtering = module.addCell(yosys.IdString(name), yosys.IdString("\\existing_csr"))
            filtering.setPort(yosys.IdString("\\a"), cell.getPort(yosys.IdString(port)))
            filtering.setPort(yosys.IdString("\\y"), yosys.SigSpec(wire))
            cell.setPort(yosys.IdString(port), yosys.SigSpec(wire))


def _prepare(core: str, command: str | None, name: str, folder: Path, existing_csrs: bool) -> Path:
    from pyosys import libyosys as yosys

    design = yosys.Design()

    def run(*lines: str) -> None:
        for line in lines:
            yosys.run_pass(f"tee -q -a {folder / name}.log {line}", design)

    run(f"read_rtlil {core}", *([command] if command else []))
    if existing_csrs:
        _only_existing_csrs(design, folder)
    run(f"setattr -mod -set keep_hierarchy 1 {_OUTSIDE}", "flatten", "opt_clean", "memory_collect")
    ports = _evert(design)
    wrapper = folder / f"{name}.v"
    wrapper.write_text(_wrapper(name, ports))
    run(f"rename {TOP} {TOP}_{name}", f"read_verilog {wrapper}", f"hierarchy -top {name}", "flatten")
    run("setundef -zero", "opt")
    run(f"write_rtlil {folder / name}.il")
    return folder / f"{name}.il"


def main(core: str, command: str, folder: Path, existing_csrs: bool) -> None:
    """Write ``miter.aig``."""
    from pyosys import libyosys as yosys

    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        _prepare(core, change, name, folder, existing_csrs) for change, name in ((None, "gold"), (command, "gate"))
    ]
    design = yosys.Design()
    script = [
        *(f"read_rtlil {part}" for part in parts),
        "miter -equiv -flatten gold gate miter",
        "hierarchy -top miter",
        "delete gold gate",
        "opt",
        "async2sync",
        "dffunmap",
        "techmap",
        "opt_clean",
        "setundef -zero -undriven",
        "aigmap",
        "opt_clean",
        f"write_aiger -zinit {folder / 'miter.aig'}",
    ]
    for line in script:
        yosys.run_pass(f"tee -q -a {folder / 'miter.log'} {line}", design)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4] == "1")
