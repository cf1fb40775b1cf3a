"""Multiplier (X to M, in DSP blocks) and divider (X, one bit per cycle)."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Divider", "Multiplier"]


class Multiplier(wiring.Component):
    """mul, mulh, mulhsu, mulhu: four 17 x 17 products in X, summed up in M. One per cycle, result one cycle later.

    Other results are merged with it by OR: without ``x_start`` it is 0.

    Parameters
    ----------
    narrow : bool
        Four unsigned 16 x 16 products instead, and what the signs change is subtracted in M: for DSP blocks that
        are no wider, where the 17th bits would become adders of their own. The same results in the same cycles.
    """

    x_op1: In(32)
    x_op2: In(32)
    #: mul 0, mulh 1, mulhsu 2, mulhu 3.
    x_funct3: In(3)
    #: X has a multiplication; M takes over what X has.
    x_start: In(1)
    x_advance: In(1)
    #: Valid in M.
    m_result: Out(32)

    def __init__(self, *, narrow: bool = False):
        self._narrow = narrow
        super().__init__()

    def elaborate(self, platform):
        m = Module()

        signed1 = (self.x_funct3[:2] == 1) | (self.x_funct3[:2] == 2)
        signed2 = self.x_funct3[:2] == 1
        if self._narrow:
            self._elaborate_narrow(m, signed1, signed2)
            return m
        low1, low2 = self.x_op1[:16], self.x_op2[:16]
        high1 = Cat(self.x_op1[16:], self.x_op1[31] & signed1).as_signed()
        high2 = Cat(self.x_op2[16:], self.x_op2[31] & signed2).as_signed()

        # The core's reset need not clear them: M holds nothing then. That leaves the flip-flops' own for ~x_start.
        low_low = Signal(32, reset_less=True)
        middle = Signal(signed(34), reset_less=True)
        high_high = Signal(signed(34), reset_less=True)
        high = Signal()
        with m.If(self.x_advance):
            m.d.sync += [
                low_low.eq(low1 * low2),
                middle.eq(low1 * high2 + high1 * low2),
                high_high.eq(high1 * high2),
                high.eq(self.x_funct3[:2] != 0),
            ]
            with m.If(~self.x_start):
                m.d.sync += [product.eq(0) for product in (low_low, middle, high_high)]

        upper = Signal(48)
        m.d.comb += [
            upper.eq(Cat(low_low[16:], high_high) + middle),
            self.m_result.eq(Mux(high, upper[16:], Cat(low_low[:16], upper[:16]))),
        ]
        return m

    def _elaborate_narrow(self, m: Module, signed1, signed2) -> None:
        """Products in the DSP blocks' own registers, which have no reset."""
        low1, high1, low2, high2 = self.x_op1[:16], self.x_op1[16:], self.x_op2[:16], self.x_op2[16:]
        products = [Signal(32, name=f"product{n}", reset_less=True) for n in range(4)]
        # An operand with its sign is 2^32 less: the product is less by the other operand, in its upper word. What is
        # kept is the negative of that, less one: to take it away needs no inverters then.
        minus_excess = Signal(32)
        low = Signal()
        high = Signal()
        with m.If(self.x_advance):
            m.d.sync += [
                *(
                    product.eq(a * b)
                    for product, a, b in zip(
                        products, (low1, low1, high1, high1), (low2, high2, low2, high2), strict=True
                    )
                ),
                minus_excess.eq(
                    ~Mux(self.x_op1[31] & signed1, self.x_op2, 0) - Mux(self.x_op2[31] & signed2, self.x_op1, 0)
                ),
                low.eq(self.x_start & (self.x_funct3[:2] == 0)),
                high.eq(self.x_start & (self.x_funct3[:2] != 0)),
            ]
        low_low, low_high, high_low, high_high = products
        middle = Signal(33)
        upper = Signal(48)
        m.d.comb += [
            middle.eq(low_high + high_low),
            upper.eq(Cat(low_low[16:], high_high) + middle),
            self.m_result.eq(Mux(high, upper[16:] - ~minus_excess, 0) | Mux(low, Cat(low_low[:16], upper[:16]), 0)),
        ]


class Divider(wiring.Component):
    """div, divu, rem, remu: restoring, on magnitudes.

    ``x_start`` is held with the operands until ``x_done``; the result is valid with ``x_done``, 33 cycles after the
    first cycle of ``x_start``, and 0 while there is none. Division by zero and overflow come out as the specification
    wants (section 12.2) without a special case but for the sign of the quotient.
    """

    x_op1: In(32)
    x_op2: In(32)
    #: div 4, divu 5, rem 6, remu 7.
    x_funct3: In(3)
    x_start: In(1)
    #: Forget a division that was begun: its instruction is killed.
    x_abort: In(1)
    #: M takes what X has: with ``x_done`` the instruction leaves X.
    x_advance: In(1)
    x_done: Out(1)
    x_result: Out(32)

    def elaborate(self, platform):
        m = Module()

        signed = ~self.x_funct3[0]
        want_remainder = self.x_funct3[1]
        negative1 = signed & self.x_op1[31]
        negative2 = signed & self.x_op2[31]

        # Minus the magnitude of the divisor, as its complement and a carry.
        complement = Signal(32)
        carry = Signal()
        quotient = Signal(32)
        remainder = Signal(32)
        negate = Signal()
        # 32 steps; bit 5 tells that they are done.
        steps = Signal(6)
        busy = Signal()

        trial = Signal(33)
        shifted = Cat(quotient[31], remainder)
        m.d.comb += trial.eq((Cat(C(1, 1), shifted) + Cat(carry, complement, C(1, 1)))[1:])

        # One negator, first for the dividend, at the end for the result.
        value = Signal(32)
        minus = Signal()
        magnitude = Signal(32)
        m.d.comb += magnitude.eq((value ^ minus.replicate(32)) + minus)

        with m.If(self.x_abort | (self.x_done & self.x_advance)):
            m.d.sync += busy.eq(0)
        with m.Elif(~busy):
            m.d.sync += [
                quotient.eq(magnitude),
                complement.eq(self.x_op2 ^ (~negative2).replicate(32)),
                carry.eq(~negative2),
                remainder.eq(0),
                # x / 0 is -1 whatever the sign of x.
                negate.eq(Mux(want_remainder, negative1, (negative1 ^ negative2) & self.x_op2.any())),
                steps.eq(0),
                busy.eq(self.x_start),
            ]
        with m.Elif(~self.x_done):
            m.d.sync += [
                quotient.eq(Cat(~trial[32], quotient)),
                remainder.eq(Mux(trial[32], shifted, trial)),
                steps.eq(steps + 1),
            ]

        with m.If(~busy):
            m.d.comb += [value.eq(self.x_op1), minus.eq(negative1)]
        with m.Elif(want_remainder):
            m.d.comb += [value.eq(remainder), minus.eq(negate)]
        with m.Else():
            m.d.comb += [value.eq(quotient), minus.eq(negate)]
        m.d.comb += [
            self.x_done.eq(busy & steps[5]),
            self.x_result.eq(Mux(self.x_done, magnitude, 0)),
        ]
        return m
