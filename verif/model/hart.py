"""The hart: registers, one instruction per step, traps."""

from typing import NamedTuple

from paddock.config import CoreConfig
from paddock.isa.cause import Cause, Interrupt, Kind

from .csrs import Csrs
from .execute import NO_ACCESS, Access, Decoded, decode
from .gate import Gates
from .memory import BusError, Memory
from .trap import Trap

__all__ = ["Hart", "ImpossibleInterrupt", "Retired"]

_WORD = 0xFFFF_FFFF
_INTERRUPT_BIT = 1 << 31
#: Highest priority first.
_INTERRUPTS = (Interrupt.EXTERNAL, Interrupt.SOFTWARE, Interrupt.TIMER)


class ImpossibleInterrupt(Exception):
    """The trace shows an interrupt where the model has none enabled, or a handler at another address."""


class Retired(NamedTuple):
    """One instruction that retired, or trapped and had no effect."""

    pc: int
    #: The word; None if it could not be fetched.
    insn: int | None
    #: Cause of the exception, None if there was none.
    trap: Cause | None
    #: Destination register, 0 if none.
    rd: int
    rd_value: int
    next_pc: int
    access: Access
    #: Module id under which it ran, and whether it ran in user mode.
    id: int
    user: bool = False


class Hart:
    """A hart after reset, with its memory.

    Interrupts, and reads of what only time and devices know, come from a trace: see `step`.
    """

    #: Decoded words, for all harts: an instruction's meaning depends on the hart only when it runs.
    _decoded: dict[int, Decoded] = {}

    def __init__(self, config: CoreConfig, memory: Memory):
        self.config = config
        self.memory = memory
        self.x = [0] * 32
        self.pc = config.reset_address
        self.gates = Gates(config)
        self.csrs = Csrs(config, self.gates)
        #: Of the instruction in progress; executors write them.
        self.next_pc = 0
        self.access = NO_ACCESS

    def step(self, interrupt: int | None = None, observed: int | None = None) -> Retired:
        """Runs one instruction.

        Parameters
        ----------
        interrupt
            Where an interrupt handler began, if the trace says that one was entered before this instruction.
        observed
            The value that the trace shows in this instruction's ``rd``: the result of a read that the model
            cannot know. Without it such reads return something harmless.

        Raises
        ------
        ImpossibleInterrupt
            If no interrupt could have been taken there.
        """
        if interrupt is not None:
            self._interrupt(interrupt)
        csrs = self.csrs
        pc = self.pc
        active, user = self.gates.id, csrs.mode.user
        self.next_pc = (pc + 4) & _WORD
        self.access = NO_ACCESS
        csrs.observed = observed
        word = None
        try:
            if active and not self.gates.windows().fetch_allowed(pc):
                raise Trap(Cause.FETCH_FAULT, pc, Kind.BOUNDS)
            if not csrs.mode.fetch_allowed(pc):
                raise Trap(Cause.FETCH_FAULT, pc)
            try:
                word = self.memory.fetch(pc)
            except BusError:
                raise Trap(Cause.FETCH_FAULT, pc) from None
            decoded = self._decoded.get(word)
            if decoded is None:
                decoded = self._decoded[word] = decode(word)
            rd, run = decoded
            value = run(self)
        except Trap as trap:
            self._exception(trap)
            return Retired(pc, word, trap.cause, 0, 0, self.pc, NO_ACCESS, active, user)
        if rd:
            self.x[rd] = value
        else:
            value = 0
        self.pc = self.next_pc
        csrs.instret += 1
        return Retired(pc, word, None, rd, value, self.pc, self.access, active, user)

    def possible_interrupts(self) -> list[Interrupt]:
        """Interrupts that are enabled, highest priority first; whether one is pending only the devices know."""
        if not (self.csrs.mie_bit or self.csrs.mode.user):
            return []
        return [code for code in _INTERRUPTS if self.csrs.mie >> code & 1]

    def _exception(self, trap: Trap) -> None:
        self.gates.fault_id, self.gates.fault_kind = self.gates.id, trap.kind
        self.gates.trap()
        self.csrs.enter_trap(self.pc, trap.cause, trap.tval)
        self.pc = self.csrs.mtvec & ~3

    def _interrupt(self, handler: int) -> None:
        possible = self.possible_interrupts()
        base, vectored = self.csrs.mtvec & ~3, self.csrs.mtvec & 1
        fitting = [code for code in possible if handler == (base + 4 * code * vectored) & _WORD]
        if not fitting:
            raise ImpossibleInterrupt(
                f"an interrupt handler begins at {handler:#010x} instead of {self.pc:#010x}; mtvec is "
                f"{self.csrs.mtvec:#010x}, enabled are {[code.name for code in possible] or 'none'}"
            )
        causes = tuple(_INTERRUPT_BIT | code for code in fitting)
        self.gates.trap()
        self.csrs.enter_trap(self.pc, causes[0], 0)
        self.csrs.open_causes = causes if len(causes) > 1 else ()
        self.pc = handler
