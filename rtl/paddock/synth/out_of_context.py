"""The frame that a core is measured in."""

from collections.abc import Collection

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In

__all__ = ["CORE", "OutOfContext"]

#: Name of the measured component's instance, and behind the wrapper's name and a dot, of its module.
CORE = "core"


class OutOfContext(wiring.Component):
    """A component with a flip-flop at every input and output, so that all its paths are timed and few pins are needed.

    Inputs come from a shift register, outputs end in flip-flops that are kept although nothing reads them: neither
    takes a LUT, so all the LUTs of the result are the component's own. Ports that are ``left_open`` get nothing.
    """

    #: Clock and reset of the component.
    clk: In(1)
    rst: In(1)
    #: Feeds the shift register behind the inputs.
    serial: In(1)

    def __init__(self, component: wiring.Component, left_open: Collection[str] = ()):
        super().__init__()
        self._component = component
        self._left_open = left_open

    def elaborate(self, _platform):
        m = Module()
        m.submodules[CORE] = component = self._component
        m.domains.pins = pins = ClockDomain(reset_less=True, local=True)
        m.domains.sync = sync = ClockDomain(local=True)
        inputs, outputs = [], []
        for path, member, value in component.signature.flatten(component):
            if path[0] in self._left_open:
                continue
            (inputs if member.flow is In else outputs).append(Value.cast(value))
        registered = Signal(sum(map(len, inputs)) + 1, attrs={"keep": 1}, reset_less=True)
        captured = Signal(sum(map(len, outputs)), attrs={"keep": 1}, reset_less=True)
        m.d.comb += [
            pins.clk.eq(self.clk),
            sync.clk.eq(self.clk),
            sync.rst.eq(registered[-1]),
            Cat(inputs).eq(registered),
        ]
        m.d.pins += [
            registered.eq(Cat(self.serial, registered[:-2], self.rst)),
            captured.eq(Cat(outputs)),
        ]
        return m
