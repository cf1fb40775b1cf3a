"""Stage X: adder, logic, shifter, comparison."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Alu"]


class Alu(wiring.Component):
    """One-cycle arithmetic. The adder also forms addresses, so its sum is a port of its own.

    ``x_op2`` comes inverted if ``x_subtract``: D has a free LUT input there, X has not.
    """

    x_op1: In(32)
    x_op2: In(32)
    x_subtract: In(1)
    #: Selects logic operation (xor 4, or 6, and 7), shift direction (1 left, 5 right) and comparison (bit 1: unsigned).
    x_funct3: In(3)
    x_shift_arith: In(1)

    #: op1 + op2, or op1 - op2.
    x_sum: Out(32)
    x_logic: Out(32)
    x_shifted: Out(32)
    #: After a subtraction: op1 == op2; op1 < op2, unsigned if ``x_unsigned``.
    x_equal: Out(1)
    x_unsigned: In(1)
    x_less: Out(1)

    def elaborate(self, platform):
        m = Module()

        # Bit 0 of both operands makes the carry into bit 1.
        total = Signal(33)
        m.d.comb += [
            total.eq(Cat(self.x_subtract, self.x_op1) + Cat(self.x_subtract, self.x_op2)),
            self.x_sum.eq(total[1:]),
        ]

        # Inverted op2: equal means all bits differ. If the signs differ they decide, else the sign of the difference.
        sign1, sign2 = self.x_op1[31], ~self.x_op2[31]
        m.d.comb += [
            self.x_equal.eq((self.x_op1 ^ self.x_op2).all()),
            self.x_less.eq(Mux(sign1 ^ sign2, Mux(self.x_unsigned, sign2, sign1), self.x_sum[31])),
        ]

        with m.Switch(self.x_funct3[:2]):
            with m.Case(0b00):
                m.d.comb += self.x_logic.eq(self.x_op1 ^ self.x_op2)
            with m.Case(0b10):
                m.d.comb += self.x_logic.eq(self.x_op1 | self.x_op2)
            with m.Default():
                m.d.comb += self.x_logic.eq(self.x_op1 & self.x_op2)

        # One right shifter; a left shift goes through it reversed.
        left = ~self.x_funct3[2]
        reversed_op1 = Cat(*reversed(self.x_op1))
        fill = self.x_shift_arith & self.x_op1[31]
        value = Mux(left, reversed_op1, self.x_op1)
        for bit in reversed(range(5)):
            step = Signal(32, name=f"x_shift_{1 << bit}")
            m.d.comb += step.eq(Mux(self.x_op2[bit], Cat(value[1 << bit :], fill.replicate(1 << bit)), value))
            value = step
        m.d.comb += self.x_shifted.eq(Mux(left, Cat(*reversed(value)), value))

        return m
