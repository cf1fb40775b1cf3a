"""Multiplier and divider as riscv-formal wants them: RISCV_FORMAL_ALTOPS, in ports and protocol as the real ones.

No solver compares a multiplier made of DSP products with `*`, nor follows a division over 33 cycles behind a whole
core. riscv-formal's answer is to put a sum or a difference, xored with a mask, in the place of each result: the way of
the operands and the result through the pipeline is checked, the arithmetic is not.
"""

import re
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from amaranth import *

from ..errors import CommandError
from ..isa.encoding import BY_NAME
from ..units.muldiv import Divider, Multiplier

__all__ = ["alternative_operations"]

_MULTIPLY = ("mul", "mulh", "mulhsu", "mulhu")
_DIVIDE = ("div", "divu", "rem", "remu")
_DEFINITION = re.compile(r"altops_bitmask = 64'h([0-9a-f]+);\s.*rvfi_rs1_rdata ([+-]) rvfi_rs2_rdata")


def _operation(checkout: Path, name: str):
    """The alternative of the instruction ``name``, as the checkout's model of it says."""
    path = checkout / "insns" / f"insn_{name}.v"
    found = _DEFINITION.search(path.read_text())
    if found is None:
        raise CommandError(f"{path} does not define its alternative operation as expected")
    mask, sign = int(found[1], 16) & 0xFFFF_FFFF, found[2]
    return lambda a, b: ((a + b if sign == "+" else a - b) ^ mask)[:32]


def _select(m: Module, unit, operations: dict, result: Signal) -> None:
    with m.Switch(unit.x_funct3):
        for name, operation in operations.items():
            with m.Case(BY_NAME[name].match >> 12 & 0b111):
                m.d.comb += result.eq(operation(unit.x_op1, unit.x_op2))


def _multiplier(operations: dict):
    def elaborate(self, platform):
        m = Module()
        result = Signal(32)
        _select(m, self, operations, result)
        with m.If(self.x_advance):
            m.d.sync += self.m_result.eq(Mux(self.x_start, result, 0))
        return m

    return elaborate


def _divider(operations: dict):
    """Done in the second cycle."""

    def elaborate(self, platform):
        m = Module()
        result = Signal(32)
        busy = Signal()
        _select(m, self, operations, result)
        with m.If(self.x_abort | (busy & self.x_advance)):
            m.d.sync += busy.eq(0)
        with m.Else():
            m.d.sync += busy.eq(self.x_start | busy)
        m.d.comb += [self.x_done.eq(busy), self.x_result.eq(Mux(busy, result, 0))]
        return m

    return elaborate


@contextmanager
def alternative_operations(checkout: Path):
    """While this holds, what is elaborated has the alternative units."""
    multiply, divide = ({name: _operation(checkout, name) for name in names} for names in (_MULTIPLY, _DIVIDE))
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(Multiplier, "elaborate", _multiplier(multiply)))
        stack.enter_context(mock.patch.object(Divider, "elaborate", _divider(divide)))
        yield
