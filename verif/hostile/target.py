"""The program under test, read from its manifests and symbols: for the judge in ``bench``, and for who aims at it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paddock.fw.build import FIRMWARE, Image, build_image
from paddock.fw.manifest import Module
from paddock.fw.services import SERVICES
from paddock.fw.symbols import Symbols
from paddock.isa.csr import CSR_BY_NAME
from paddock.isa.memmap import DEVICE_BY_NAME, DEVICES, RAM_BASE
from paddock.paths import ROOT

__all__ = ["HOSTILE", "IMAGE", "MAX_CALLS", "SLOT_WORDS", "Target"]

IMAGE = ROOT / "verif" / "firmware" / "images" / "hostile"
#: The modules that execute the programs.
HOSTILE = ("hostile", "driver")
#: Words of machine code of one program: the slot in ``modules/hostile/slot.S``.
SLOT_WORDS = 512
#: Calls that one program makes: MAILBOX_CALLS in ``mailbox.h``.
MAX_CALLS = 4
#: How much longer than its budget and a tick a call may take: the longest that a service and a trap keep the processor.
SERVICE_CYCLES = 6000

_ERRNO = ("EPERM", "ENOENT", "EACCES", "EFAULT", "EAGAIN", "EINVAL", "ENOSYS", "ETIMEDOUT")


def _defines(path: Path) -> dict[str, int]:
    """Numbers that a header defines."""
    found = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] == "#define" and words[2].isdigit():
            found[words[1]] = int(words[2])
    return found


@dataclass(frozen=True)
class Target:
    """The image, and where everything in it is."""

    image: Image
    symbols: dict[str, int]
    sizes: dict[str, int]

    @classmethod
    def build(cls, firmware: Path = FIRMWARE) -> "Target":
        """The image, with the kernel in the folder ``firmware``."""
        image = build_image(IMAGE, firmware=firmware)
        symbols = Symbols(image.elf)
        return cls(image, symbols.addresses, symbols.sizes)

    @cached_property
    def modules(self) -> dict[int, Module]:
        """The modules by id."""
        return dict(enumerate(self.image.modules, 1))

    def identity(self, name: str) -> int:
        """Id of the module of this name."""
        return next(identity for identity, module in self.modules.items() if module.name == name)

    def number(self, module: str, operation: str) -> int:
        """What a6 and the mailbox call the operation: ``TARGET`` in module.h."""
        identity = self.identity(module)
        names = [each.name for each in self.modules[identity].operations]
        return names.index(operation) << 8 | identity

    def arena(self, module: str) -> tuple[int, int]:
        """Its bounds."""
        return self.symbols[f"{module}.arena.lower"], self.symbols[f"{module}.arena.upper"]

    @property
    def public(self) -> tuple[int, int]:
        """The public window."""
        return self.symbols["__public_start"], self.symbols["__public_end"]

    @property
    def slot(self) -> int:
        """Where the machine code goes."""
        return self.symbols["hostile.hostile_run"]

    def description(self) -> str:
        """For ``bench/target.h``; numbers are hexadecimal."""
        symbols = self.symbols
        tick = _defines(FIRMWARE / "kernel" / "timer.h")["TIMER_TICK_CYCLES"]
        errno = _defines(FIRMWARE / "include" / "errno.h")
        names = {
            "ram_base": RAM_BASE,
            **{name: symbols[name] for name in ("program_await", "program_done", "trap_entry", "thread_begin", "idle")},
            **{name: symbols[name] for name in ("service_entry", "module_entry", "gate_refused")},
            "uart_thr": DEVICE_BY_NAME["uart"].base,
            **{f"csr_{name}": CSR_BY_NAME[name].number for name in ("pd_top", "pd_slice")},
            "tick_cycles": tick,
            "service_cycles": SERVICE_CYCLES,
            **{f"service_{name}": number for number, name in enumerate(SERVICES)},
            **{name: errno[name] for name in _ERRNO},
        }
        ranges = {
            "public": self.public,
            "kernel_text": (symbols["__kernel_text_start"], symbols["__kernel_text_end"]),
            "kernel_data": (symbols["__kernel_data_start"], symbols["__kernel_data_end"]),
            **{device.name: (device.base, device.base + device.size) for device in DEVICES},
        }
        live = [
            (symbols["__live_start"], symbols["__bss_live_end"]),
            (symbols["__kernel_stack_start"], symbols["kernel_stack_top"]),
        ]
        lines = [f"name {name} {value:x}" for name, value in names.items()]
        lines += [f"range {name} {low:x} {high:x}" for name, (low, high) in ranges.items()]
        lines += [f"live {low:x} {high:x}" for low, high in live]
        for identity, module in self.modules.items():
            lines += self._module_lines(identity, module)
        return "\n".join([*lines, ""])

    def _module_lines(self, identity: int, module: Module) -> list[str]:
        symbols, name = self.symbols, module.name
        device = module.device
        window = (device.base, device.base + device.size, module.device_access) if device else (0, 0, 0)
        numbers = [*self.arena(name), *window, symbols[f"{name}.arena.heap"], symbols[f"{name}.arena.upper"]]
        callers = sum(1 << self.identity(caller) for caller in module.callers)
        numbers += [module.quota // 16 * 16, module.budget, callers, int(name in HOSTILE)]
        lines = [f"module {identity:x} {name} " + " ".join(f"{number:x}" for number in numbers)]
        for operation in module.operations:
            lend = operation.lend
            words = (lend.access, lend.pointer, lend.length) if lend else (0, 0, 0)
            words = (*words, symbols[f"{name}.{operation.name}"])
            lines.append(f"operation {identity:x} " + " ".join(f"{word:x}" for word in words))
        for symbol in (f"{name}_{part}" for part in ("row", "heads", "heap_state")):
            low = symbols[symbol]
            lines.append(f"bookkeeping {identity:x} {low:x} {low + self.sizes[symbol]:x}")
        return lines
