"""Stage X: adder, logic, shifter, comparison."""

from amaranth import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Alu", "LogicOp"]


class LogicOp(enum.Enum, shape=2):
    """Logic operation; with NONE among them, one LUT per bit also selects the result."""

    NONE = 0
    XOR = 1
    OR = 2
    AND = 3


class Alu(wiring.Component):
    """One-cycle arithmetic. The adder also forms addresses, so its sum is a port of its own.

    ``x_op2`` comes inverted if ``x_subtract``: D has a free LUT input there, X has not.
    """

    x_op1: In(32)
    x_op2: In(32)
    x_subtract: In(1)
    #: Gives a 0 unless it is one of the logic operations.
    x_logic_op: In(LogicOp)
    #: Shift left, else right.
    x_shift_left: In(1)
    x_shift_arith: In(1)

    #: op1 + op2, or op1 - op2.
    x_sum: Out(32)
    x_logic: Out(32)
    #: Shifted right; or left, but with its bits in reverse order.
    x_shifted: Out(32)
    #: After a subtraction: op1 == op2; op1 < op2, unsigned if ``x_unsigned``.
    x_equal: Out(1)
    x_unsigned: In(1)
    x_less: Out(1)

    def elaborate(self, platform):
        m = Module()

        # Bit 0 of both operands makes the carry into bit 1. On top stands the sign of the difference: both operands
        # with one bit more, of which op2's comes inverted as the rest of it.
        total = Signal(34)
        sign1 = self.x_op1[31] & ~self.x_unsigned
        sign2 = self.x_op2[31] | self.x_unsigned
        m.d.comb += [
            total.eq(Cat(self.x_subtract, self.x_op1, sign1) + Cat(self.x_subtract, self.x_op2, sign2)),
            self.x_sum.eq(total[1:33]),
            self.x_less.eq(total[33]),
            # Inverted op2: equal means all bits differ.
            self.x_equal.eq((self.x_op1 ^ self.x_op2).all()),
        ]

        with m.Switch(self.x_logic_op):
            with m.Case(LogicOp.XOR):
                m.d.comb += self.x_logic.eq(self.x_op1 ^ self.x_op2)
            with m.Case(LogicOp.OR):
                m.d.comb += self.x_logic.eq(self.x_op1 | self.x_op2)
            with m.Case(LogicOp.AND):
                m.d.comb += self.x_logic.eq(self.x_op1 & self.x_op2)

        # One right shifter; a left shift goes through it reversed.
        reversed_op1 = Cat(*reversed(self.x_op1))
        fill = self.x_shift_arith & self.x_op1[31]
        value = Mux(self.x_shift_left, reversed_op1, self.x_op1)
        for bit in reversed(range(5)):
            step = Signal(32, name=f"x_shift_{1 << bit}")
            m.d.comb += step.eq(Mux(self.x_op2[bit], Cat(value[1 << bit :], fill.replicate(1 << bit)), value))
            value = step
        m.d.comb += self.x_shifted.eq(value)

        return m
