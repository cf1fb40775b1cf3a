"""Short pieces of hostile machine code; programs are made of them."""

import random

from core.hostile_words import hostile_word
from paddock.fw.services import SERVICES
from paddock.isa.csr import CSRS
from paddock.isa.encoding import BY_NAME
from paddock.isa.memmap import DEVICES

from .program import jump
from .target import Target

__all__ = ["DISPATCH", "NOP", "Blocks"]

NOP = 0x13
_SP, _T0, _A0, _A5, _A6, _A7 = 2, 5, 10, 15, 16, 17
#: s0-s11
_KEPT = (8, 9, *range(18, 28))
#: jr a5: a call's last argument says where in the code it begins.
DISPATCH = 0x0007_8067
_LOADS = ("lb", "lh", "lw", "lbu", "lhu")
_STORES = ("sb", "sh", "sw")
#: Registers that `hostile_word` takes for pointers and ids.
_POINTERS, _IDS = (1, 4, 5, 11, 15, 16, 26, 27), (22, 23, 30)
_LOWEST = -(1 << 31)


def _i(name: str, rd: int, rs1: int, immediate: int) -> int:
    return BY_NAME[name].match | rd << 7 | rs1 << 15 | (immediate & 0xFFF) << 20


def _s(name: str, rs1: int, rs2: int, immediate: int) -> int:
    return BY_NAME[name].match | (immediate & 31) << 7 | rs1 << 15 | rs2 << 20 | (immediate >> 5 & 127) << 25


def _b(name: str, rs1: int, rs2: int, offset: int) -> int:
    bits = (offset >> 12 & 1) << 31 | (offset >> 5 & 63) << 25 | (offset >> 1 & 15) << 8 | (offset >> 11 & 1) << 7
    return BY_NAME[name].match | rs1 << 15 | rs2 << 20 | bits


def _r(name: str, rd: int, rs1: int, rs2: int) -> int:
    return BY_NAME[name].match | rd << 7 | rs1 << 15 | rs2 << 20


def _li(rd: int, value: int) -> list[int]:
    low = (value & 0xFFF ^ 0x800) - 0x800
    return [BY_NAME["lui"].match | rd << 7 | (value - low & 0xFFFF_F000), _i("addi", rd, rd, low)]


class Blocks:
    """Makes pieces of code, aimed at the places of one image."""

    def __init__(self, target: Target):
        self.target = target
        symbols = target.symbols
        #: Ends of everything that has ends.
        self.edges = [bound for module in target.modules.values() for bound in target.arena(module.name)]
        self.edges += [*target.public, symbols["lent"], symbols["lent"] + 64, 0]
        self.edges += [bound for device in DEVICES for bound in (device.base, device.base + device.size)]
        names = "mailbox log last_stack_top service_table module_table"
        names += " hostile_row hostile_heap_state kernel_heap kernel_stack_top __kernel_stack_start __ram_end"
        #: The kernel's data, what others hold, and registers that matter.
        self.data = [symbols[name] for name in names.split()]
        self.data += [symbols["witness.arena.heap"], symbols["clerk.arena.heap"], 0xFFFF_FFFC, 0x0200_4000, 0x0200_BFF8]
        names = "_start trap_entry service_entry gate_call gate_enter gate_return gate_unwind module_call panic"
        names += " module_entry public.service public.kmalloc public.clerk_bounce memcpy memset"
        names += " witness.witness_step clerk.clerk_keep driver.driver_run"
        self.code = [symbols[name] for name in names.split()]
        self.targets = [
            number << 8 | identity
            for identity, module in target.modules.items()
            for number in range(len(module.operations) + 1)
        ]
        self._kinds = [
            (self.noise, 2), (self.words, 8), (self.access, 10), (self.csr, 2), (self.gates, 2), (self.service, 10),
            (self.relay, 2), (self.library, 2), (self.jump, 2), (self.loop, 3), (self.patch, 1), (self.leave, 1),
            (self.timer, 3),
        ]  # fmt: skip

    def address(self, rng: random.Random) -> int:
        """A place worth a try."""
        kind = rng.random()
        if kind < 0.45:
            lower, upper = self.target.arena(rng.choice(("hostile", "hostile", "driver")))
            place = rng.randrange(lower, upper)
        elif kind < 0.5:
            place = self.target.symbols["lent"] + rng.randrange(64)
        elif kind < 0.75:
            place = rng.choice(self.edges) + rng.choice((-8, -4, -3, -2, -1, 0, 0, 0, 1, 2, 3, 4))
        elif kind < 0.9:
            place = rng.choice(self.data)
        elif kind < 0.97:
            place = rng.choice(self.code) + rng.choice((0, 0, 4, 8, 12, 2))
        else:
            place = rng.getrandbits(32)
        return place & 0xFFFF_FFFF

    def value(self, rng: random.Random) -> int:
        """An argument: a place, a size, a number."""
        small = (0, 1, 2, 4, 15, 16, 17, 64, 255, 1021, -1, -4, -16, _LOWEST, 0x7FFF_FFFF)
        return (rng.choice(small) if rng.random() < 0.5 else self.address(rng)) & 0xFFFF_FFFF

    def any(self, rng: random.Random) -> list[int]:
        """A piece of some kind."""
        makers, weights = zip(*self._kinds, strict=True)
        return rng.choices(makers, weights)[0](rng)

    def registers(self, rng: random.Random) -> list[int]:
        """Pointers and ids for the words that follow."""
        words = []
        for register in rng.sample(_POINTERS, rng.randrange(2, 6)):
            words += _li(register, self.address(rng))
        for register in _IDS:
            words.append(_i("addi", register, 0, rng.choice((0, 0, 1, 2, 3, 4, 5, 15, 16, -1))))
        return words

    def noise(self, rng: random.Random) -> list[int]:
        """Words that mean nothing."""
        return [rng.getrandbits(32) for _ in range(rng.randrange(1, 4))]

    def words(self, rng: random.Random) -> list[int]:
        """Instructions, mostly valid, without a plan."""
        start = self.registers(rng) if rng.random() < 0.4 else []
        return start + [hostile_word(rng) for _ in range(rng.randrange(2, 16))]

    def access(self, rng: random.Random) -> list[int]:
        """Loads and stores around a place."""
        register = rng.choice(_POINTERS)
        words = _li(register, self.address(rng))
        for _ in range(rng.randrange(1, 5)):
            offset = rng.choice((0, 0, 0, 1, 2, 4, -1, -4, rng.randrange(-64, 64)))
            if rng.random() < 0.5:
                words.append(_i(rng.choice(_LOADS), rng.choice((0, 12, 13, 14)), register, offset))
            else:
                words.append(_s(rng.choice(_STORES), register, rng.randrange(32), offset))
        return words

    def csr(self, rng: random.Random) -> list[int]:
        """CSR instructions on every number, those that exist first of all; and other rights of the kernel."""
        words = []
        for _ in range(rng.randrange(1, 5)):
            number = rng.choice(CSRS).number if rng.random() < 0.8 else rng.randrange(4096)
            name = rng.choice(("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"))
            operand = 0 if rng.random() < 0.5 else rng.randrange(32)
            words.append(_i(name, rng.choice((0, 12, 13)), operand, number))
        if rng.random() < 0.3:
            # Anywhere among them: most of the others end the call.
            place = rng.randrange(len(words) + 1)
            words.insert(place, BY_NAME[rng.choice(("mret", "wfi", "ecall", "ebreak"))].match)
        return words

    def gates(self, rng: random.Random) -> list[int]:
        """Gates, in no sensible order."""
        words = []
        for _ in range(rng.randrange(1, 4)):
            if rng.random() < 0.3:
                words.append(BY_NAME["pd.leave"].match | rng.randrange(32) << 7)
            else:
                words += _li(12, rng.choice((0, 0, 1, 2, 3, 4, 5, 15, 16, 17, 256, 0x8000_0000)))
                words.append(_r("pd.enter", rng.randrange(32), 12, rng.randrange(32)))
        return words

    def service(self, rng: random.Random) -> list[int]:
        """Ask the kernel for something, with arguments that it must not believe."""
        words = []
        number = rng.choice((*range(len(SERVICES)), SERVICES.index("module_call"), 5, 255))
        for register in rng.sample(range(_A0, _A6), rng.randrange(1, 5)):
            words += _li(register, self.value(rng))
        if number == SERVICES.index("module_call") or rng.random() < 0.2:
            odd = (0, 5, 15, 255, 0x102, 0xFFFF_FFFF)
            words += _li(_A6, rng.choice(self.targets) if rng.random() < 0.9 else rng.choice(odd))
            if rng.random() < 0.4:  # lend something small that is nearly its own
                place = rng.choice((self.address(rng), self.target.slot, self.target.symbols["lent"]))
                words += [*_li(10, place), _i("addi", 11, 0, rng.choice((1, 4, 16, 64)))]
        if number == SERVICES.index("kfree") and rng.random() < 0.5:
            # Its heap begins with a block, in use or not.
            words += _li(10, self.target.symbols["hostile.arena.heap"] + 16 * rng.choice((0, rng.randrange(66))))
        if number == SERVICES.index("console_write"):
            if rng.random() < 0.2:  # all that it may read: does that have an end?
                words += [*_li(10, self.target.slot), _i("addi", 11, 0, 1000)]
            elif rng.random() < 0.8:
                words.append(_i("addi", 11, 0, rng.choice((0, 1, 3, 8, 60))))
        words += _li(_A7, number)
        words.append(_i("addi", _T0, _SP, 0) if rng.random() < 0.7 else _i("addi", _T0, rng.randrange(32), 0))
        words.append(_r("pd.enter", _SP, 0, _SP))
        if rng.random() < 0.3:  # use what came back
            words.append(_s("sw", _A0, 0, rng.choice((0, 4, -4, 12, 16))))
        if number == SERVICES.index("kmalloc") and rng.random() < 0.5:
            words += [*_li(_A7, SERVICES.index("kfree")), _r("pd.enter", _SP, 0, _SP)]
        return words

    def timer(self, rng: random.Random) -> list[int]:
        """Ask to be called back, or cancel a timer; perhaps leave in good order, as a fault forgets the timers."""
        words = []
        for _ in range(rng.randrange(1, 4)):
            if rng.random() < 0.6:
                words += _li(10, self.target.slot + 4 * rng.randrange(40) if rng.random() < 0.9 else self.value(rng))
                words += [*_li(12, rng.choice((0, 0, 1, 3000))), *_li(13, rng.choice((0, 0, 1, 5000)))]
                words += _li(_A7, SERVICES.index("timer_set"))
            else:
                words += [*_li(10, rng.randrange(6)), *_li(_A7, SERVICES.index("timer_cancel"))]
            words.append(_r("pd.enter", _SP, 0, _SP))
        if rng.random() < 0.7:
            words.append(BY_NAME["pd.leave"].match | _SP << 7)
        return words

    def relay(self, rng: random.Random) -> list[int]:
        """Touch what may be lent to this call, and call the hostile modules: the same code without a loan.

        Perhaps they begin at the end of this piece, if the code's first word is `DISPATCH`, where a register is
        changed that C keeps.
        """
        words = [*_li(4, self.target.symbols["lent"] + rng.randrange(64))]
        if rng.random() < 0.5:
            words.append(_i("lbu", 12, 4, 0))
        else:
            words.append(_s("sb", 4, 0, 0))
        calls = []
        for module in rng.sample(("hostile", "driver"), 2):
            calls += _li(_A6, self.target.number(module, f"{module}_run"))
            calls += [*_li(_A7, SERVICES.index("module_call")), _i("addi", _T0, _SP, 0), _r("pd.enter", _SP, 0, _SP)]
        if rng.random() < 0.5:
            return words + calls
        # auipc is at 0 here, and what they begin with behind it, the calls and the jump over it.
        begin = [BY_NAME["auipc"].match | _A5 << 7, _i("addi", _A5, _A5, 4 * (2 + len(calls) + 1))]
        end = [_i("addi", rng.choice(_KEPT), 0, 1), BY_NAME["pd.leave"].match | _SP << 7]
        return [*words, *begin, *calls, jump(4 * (1 + len(end))), *end]

    def library(self, rng: random.Random) -> list[int]:
        """Call something in the public window as a function, or jump behind its start."""
        words = []
        for register in (10, 11, 12):
            words += _li(register, self.value(rng))
        words += _li(6, rng.choice(self.code[9:]) + rng.choice((0, 0, 0, 4, 8, 16)))
        return [*words, _i("jalr", 1, 6, 0)]

    def jump(self, rng: random.Random) -> list[int]:
        """Go anywhere."""
        return [*_li(6, self.address(rng)), _i("jalr", rng.choice((0, 1)), 6, rng.choice((0, 0, 0, 1, 2, 4)))]

    def loop(self, rng: random.Random) -> list[int]:
        """Something again and again; sometimes without end."""
        if rng.random() < 0.1:
            return [jump(0)]
        body = rng.choice((self.access, self.service, self.words, self.relay))(rng)[:24]
        count = rng.choice((2, 5, 20, 200))
        back = -4 * (len(body) + 1)
        turns = [_i("addi", 9, 9, -1), _b("bne", 9, 0, back)]
        return [_i("addi", 9, 0, count), *body, *turns] if rng.random() < 0.8 else [*body, jump(-4 * len(body))]

    def patch(self, rng: random.Random) -> list[int]:
        """Try to change its own code, or execute its data."""
        place = self.target.slot + 4 * rng.randrange(64) if rng.random() < 0.5 else self.address(rng) & ~3
        words = [*_li(6, place), *_li(7, hostile_word(rng)), _s("sw", 6, 7, 0), BY_NAME["fence.i"].match]
        return [*words, _i("jalr", 1, 6, 0)] if rng.random() < 0.5 else words

    def leave(self, rng: random.Random) -> list[int]:
        """End the call in the proper way, or nearly."""
        return [rng.choice((BY_NAME["pd.leave"].match | _SP << 7, _i("jalr", 0, 1, 0)))]
