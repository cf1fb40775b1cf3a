"""What `paddock riscv-formal` makes for the suite, on a checkout of our own making: no check is carried out here."""

import pytest

from lib.wishbone import simulate
from paddock.cli import main
from paddock.config import DEFAULT, PLAIN
from paddock.suites.altops import alternative_operations
from paddock.suites.formal_config import checks_cfg, csr_lines, without_initial_memories
from paddock.units.muldiv import Divider, Multiplier

MASK = 0xFFFF_FFFF
#: Instruction -> (funct3, sign in its model, mask in its model).
OPERATIONS = {
    "mul": (0, "+", 0x11),
    "mulh": (1, "+", 0x22),
    "mulhsu": (2, "-", 0x33),
    "mulhu": (3, "+", 0x44),
    "div": (4, "-", 0x55),
    "divu": (5, "-", 0x66),
    "rem": (6, "-", 0x77),
    "remu": (7, "-", 0x88),
}


@pytest.fixture
def checkout(tmp_path):
    for folder in ("insns", "checks"):
        (tmp_path / folder).mkdir()
    for name, (_, sign, mask) in OPERATIONS.items():
        (tmp_path / "insns" / f"insn_{name}.v").write_text(
            f"  wire [31:0] altops_bitmask = 64'hffffffff{mask:08x};\n"
            f"  wire [31:0] result = (rvfi_rs1_rdata {sign} rvfi_rs2_rdata) ^ altops_bitmask;\n"
        )
    (tmp_path / "checks" / "rvfi_macros.vh").write_text(
        "csr_mindex_mepc = 12'h341; csr_mindex_mcycle = 12'hB00; csr_mindex_mcause = 12'h342; csr_mindex_misa = 12'h301"
    )
    return tmp_path


def expected(name: str, a: int, b: int) -> int:
    _, sign, mask = OPERATIONS[name]
    return ((a + b if sign == "+" else a - b) & MASK) ^ mask


@pytest.mark.parametrize("name", ["mul", "mulh", "mulhsu", "mulhu"])
def test_alternative_multiplier_has_its_result_one_cycle_later(checkout, name):
    dut = Multiplier()

    async def bench(ctx):
        for signal, value in ((dut.x_funct3, OPERATIONS[name][0]), (dut.x_advance, 1), (dut.x_op1, 5), (dut.x_op2, 9)):
            ctx.set(signal, value)
        for starts in (1, 0):
            ctx.set(dut.x_start, starts)
            await ctx.tick()
            assert ctx.get(dut.m_result) == starts * expected(name, 5, 9)

    with alternative_operations(checkout):
        simulate(dut, bench)


@pytest.mark.parametrize("name", ["div", "divu", "rem", "remu"])
def test_alternative_divider_keeps_the_protocol(checkout, name):
    dut = Divider()

    async def bench(ctx):
        for signal, value in ((dut.x_funct3, OPERATIONS[name][0]), (dut.x_op1, 5), (dut.x_op2, 9), (dut.x_start, 1)):
            ctx.set(signal, value)
        assert (ctx.get(dut.x_done), ctx.get(dut.x_result)) == (0, 0)
        await ctx.tick()
        assert (ctx.get(dut.x_done), ctx.get(dut.x_result)) == (1, expected(name, 5, 9))
        ctx.set(dut.x_advance, 1)
        await ctx.tick()
        assert ctx.get(dut.x_done) == 0

    with alternative_operations(checkout):
        simulate(dut, bench)


def test_memories_start_with_any_contents_but_for_x0():
    emitted = (
        "  reg [31:0] registers [1:0];\n  initial begin\n    registers[0] = 32'd0;\n    registers[1] = 32'd0;\n  end\n"
        "  reg [7:0] table [1:0];\n  initial begin\n    table[0] = 8'h00;\n    table[1] = 8'h00;\n  end\n"
    )
    assert without_initial_memories(emitted) == (
        "  reg [31:0] registers [1:0];\n  initial begin\n    registers[0] = 32'd0;\n  end\n  reg [7:0] table [1:0];\n"
    )


def test_csrs_are_those_of_the_configuration(checkout):
    lines = csr_lines(DEFAULT, checkout)
    assert "PADDOCK_CSR(mepc, 12'h341)" in lines
    assert "PADDOCK_CSR_WIDE(mcycle, 12'hb00, 12'hb80)" in lines
    assert "PADDOCK_CSR_CAUSE(mcause, 12'h342)" in lines
    assert "PADDOCK_CSR(our_misa, 12'h301)" in lines
    assert "PADDOCK_CSR(pd_alower, 12'h7e2)" in lines
    assert "pd_" not in csr_lines(PLAIN, checkout)


def test_numbers_of_the_extension_are_illegal_without_it(checkout):
    assert "\n7e2 mu rw\n" in checks_cfg(PLAIN, checkout, "bmc3")
    assert "\n7e2 mu rw\n" not in checks_cfg(DEFAULT, checkout, "bmc3")


def test_a_folder_that_is_no_checkout_is_refused(tmp_path, capsys):
    assert main(["riscv-formal", str(tmp_path)]) == 2
    assert "is not a checkout of riscv-formal" in capsys.readouterr().err
