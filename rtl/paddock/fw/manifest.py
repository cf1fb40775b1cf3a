"""Reads what stands beside a module's source: ``module.toml``; and what an image is made of: ``image.toml``."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import CommandError
from ..isa.memmap import DEVICES, Device
from .services import SERVICES

__all__ = [
    "ARGUMENTS",
    "KERNEL_DEVICES",
    "Lend",
    "ManifestError",
    "Module",
    "Operation",
    "Recovery",
    "read_image",
    "read_module",
]

#: Word arguments of an operation.
ARGUMENTS = 6
#: Ids that `callers` can name: a bit each in one word.
MAX_ID = 31
#: Timers of all modules of an image together: their numbers are bytes.
MOST_TIMERS = 256
#: Devices that belong to the kernel, and why nobody else gets them.
KERNEL_DEVICES = {
    "finisher": "it ends the simulation",
    "clint": "its timer gives the kernel the processor back",
    "plic": "it says which interrupts are taken",
    "uart": "it is the kernel's console",
    "monitor": "it is the kernel's witness",
}
#: What a manifest can ask for after a fault; ``enum policy`` of the kernel.
POLICIES = ("keep", "restart", "quarantine", "panic")
#: Permission bits as in ``pd_gperm``.
_ACCESS = {"read": 1, "write": 2, "both": 3}
_SOURCES = (".c", ".S", ".o", ".a")
_DEVICE_BY_NAME = {device.name: device for device in DEVICES}


class ManifestError(CommandError):
    """A manifest that cannot be built; the message names the file, the key and the value."""


@dataclass(frozen=True)
class Lend:
    """Which arguments of an operation are a buffer that the caller lends."""

    pointer: int
    length: int
    #: 1 read, 2 write, 3 both.
    access: int


@dataclass(frozen=True)
class Operation:
    """A function that a module exports; its C prototype stands in the module's header."""

    name: str
    lend: Lend | None = None


@dataclass(frozen=True)
class Recovery:
    """What becomes of a module after a fault."""

    #: ``keep``, ``restart``, ``quarantine`` or ``panic``.
    on_fault: str
    #: Restarts before it is left alone.
    retries: int
    #: Operation that sets the module up, at the start and after a restart.
    init: str
    #: Operation that is told of the restart of a module that this one may call.
    notify: str


@dataclass(frozen=True)
class Module:
    """A module as its manifest describes it."""

    name: str
    folder: Path
    stack: int
    heap: int
    #: Bytes that the heap may grow to.
    heap_max: int
    quota: int
    budget: int
    device: Device | None
    device_access: int
    callers: tuple[str, ...]
    #: Services that it may ask for; None: those that its objects import.
    services: tuple[str, ...] | None
    operations: tuple[Operation, ...]
    #: Include paths and definitions that its C wants, in the compiler's form.
    flags: tuple[str, ...] = field(repr=False)
    #: C, assembler, objects and archives.
    sources: tuple[Path, ...] = field(repr=False)
    recovery: Recovery
    #: Handler, a function of the module, by device whose interrupts it handles.
    interrupts: dict[str, str] = field(default_factory=dict)
    #: Cycles that a handler or the call-back of a timer may take.
    interrupt_budget: int = 0
    #: Timers that it may have at the same time.
    timers: int = 0


class _Table:
    """A TOML table that must be used up: every key is taken once, what is left is an error."""

    def __init__(self, where: str, values: dict):
        self.where = where
        self.values = dict(values)

    def fail(self, message: str):
        raise ManifestError(f"{self.where}: {message}")

    def take(self, key: str, kind: type, default):
        value = self.values.pop(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(f"{key} must be {_KINDS[kind]}, not {value!r}")
        return value

    def take_bytes(self, key: str, default: int, low: int, high: int) -> int:
        value = self.take(key, int, default)
        if not low <= value <= high:
            self.fail(f"{key} must be from {low} to {high}, not {value}")
        return value

    def done(self):
        for key in self.values:
            self.fail(f"unknown key {key!r}")


_KINDS = {bool: "true or false", int: "a whole number", str: "a string", list: "a list", dict: "a table"}


def _load(path: Path) -> _Table:
    try:
        with path.open("rb") as file:
            return _Table(str(path), tomllib.load(file))
    except FileNotFoundError:
        raise ManifestError(f"{path} does not exist") from None
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{path}: {error}") from None


def _names(table: _Table, key: str) -> tuple[str, ...]:
    values = table.take(key, list, [])
    for value in values:
        if not isinstance(value, str):
            table.fail(f"{key} must be a list of strings, not {value!r}")
    for value in values:
        if values.count(value) > 1:
            table.fail(f"{key} has {value!r} twice")
    return tuple(values)


def _operation(where: str, name: str, values) -> Operation:
    if not name.isidentifier():
        raise ManifestError(f"{where}: {name!r} is no name of a C function")
    if not isinstance(values, dict):
        raise ManifestError(f"{where}: operations.{name} must be a table, not {values!r}")
    table = _Table(f"{where}: operations.{name}", values)
    lend = table.take("lend", dict, {})
    table.done()
    if not lend:
        return Operation(name)
    table = _Table(f"{where}: operations.{name}.lend", lend)
    pointer = table.take_bytes("pointer", -1, 0, ARGUMENTS - 1)
    length = table.take_bytes("length", -1, 0, ARGUMENTS - 1)
    access = table.take("access", str, "")
    table.done()
    if pointer == length:
        table.fail(f"pointer and length are both argument {pointer}")
    if access not in _ACCESS:
        table.fail(f"access must be one of {', '.join(_ACCESS)}, not {access!r}")
    return Operation(name, Lend(pointer, length, _ACCESS[access]))


def _device(table: _Table) -> tuple[Device | None, int]:
    name = table.take("device", str, "")
    access = table.take("device_access", str, "both")
    if access not in _ACCESS:
        table.fail(f"device_access must be one of {', '.join(_ACCESS)}, not {access!r}")
    console = table.take("console", bool, False)
    if console and name != "uart":
        table.fail("console = true goes with device = 'uart' only")
    if not name:
        return None, 0
    if name in KERNEL_DEVICES and not console:
        table.fail(f"device {name!r} belongs to the kernel: {KERNEL_DEVICES[name]}")
    if name not in _DEVICE_BY_NAME:
        free = ", ".join(name for name in _DEVICE_BY_NAME if name not in KERNEL_DEVICES)
        table.fail(f"there is no device {name!r}; those for modules are: {free}")
    return _DEVICE_BY_NAME[name], _ACCESS[access]


def _services(table: _Table) -> tuple[str, ...] | None:
    if "services" not in table.values:
        return None
    names = _names(table, "services")
    for name in names:
        if name not in SERVICES:
            table.fail(f"services has {name!r}, which is no service of the kernel; those are: {', '.join(SERVICES)}")
    return names


def _flags(table: _Table, folder: Path) -> tuple[str, ...]:
    """What the module's C is compiled with, beside what all is compiled with."""
    flags = []
    for place in _names(table, "include"):
        if not (folder / place).resolve().is_relative_to(folder.resolve()):
            table.fail(f"include has {place!r}, which lies outside the module's folder")
        if not (folder / place).is_dir():
            table.fail(f"include has {place!r}, and there is no such folder in {folder}")
        flags.append(f"-I{folder / place}")
    for name, value in table.take("define", dict, {}).items():
        if not name.isidentifier():
            table.fail(f"define has {name!r}, which is no name of a C macro")
        if isinstance(value, bool) or not isinstance(value, int | str):
            table.fail(f"define.{name} must be a whole number or a string, not {value!r}")
        flags.append(f"-D{name}={value}")
    return tuple(flags)


def _recovery(table: _Table) -> Recovery:
    on_fault = table.take("on_fault", str, "keep")
    if on_fault not in POLICIES:
        table.fail(f"on_fault must be one of {', '.join(POLICIES)}, not {on_fault!r}")
    retries = table.take_bytes("retries", 3 if on_fault == "restart" else 0, 0, 255)
    return Recovery(on_fault, retries, table.take("init", str, ""), table.take("notify", str, ""))


def _interrupts(table: _Table, device: Device | None) -> dict[str, str]:
    handlers = table.take("interrupts", dict, {})
    for name, handler in handlers.items():
        if not isinstance(handler, str) or not handler.isidentifier():
            table.fail(f"interrupts.{name} must be the name of a function, not {handler!r}")
        if device is None or name != device.name:
            table.fail(f"interrupts.{name}: the module has no device {name!r}")
        if device.irq is None:
            table.fail(f"interrupts.{name}: device {name!r} has no interrupt line")
    return handlers


def read_module(folder: Path) -> Module:
    """The module in ``folder``. ManifestError if its manifest or its sources cannot be used."""
    table = _load(folder / "module.toml")
    if not folder.name.isidentifier():
        table.fail(f"the folder's name {folder.name!r} is the module's name and must be a C identifier")
    stack = table.take_bytes("stack", 512, 64, 1 << 20)
    heap = table.take_bytes("heap", 0, 0, 1 << 24)
    heap_max = table.take_bytes("heap_max", heap, heap, 1 << 24)
    quota = table.take_bytes("quota", heap_max, 0, heap_max)
    budget = table.take_bytes("budget", 20_000, 1, (1 << 31) - 1)
    device, device_access = _device(table)
    callers = _names(table, "callers")
    services = _services(table)
    flags = _flags(table, folder)
    operations = tuple(
        _operation(table.where, name, values) for name, values in table.take("operations", dict, {}).items()
    )
    recovery = _recovery(table)
    interrupts = _interrupts(table, device)
    interrupt_budget = table.take_bytes("interrupt_budget", 2000, 1, (1 << 31) - 1)
    timers = table.take_bytes("timers", 0, 0, MOST_TIMERS)
    table.done()
    for key in ("init", "notify"):
        name = getattr(recovery, key)
        if name and name not in [operation.name for operation in operations]:
            table.fail(f"{key} must be one of the operations, not {name!r}")
    if stack % 16:
        table.fail(f"stack must be a multiple of 16, not {stack}: the calling convention aligns stacks so")
    if not operations:
        table.fail("no [operations.NAME]: nothing could ever be called")
    sources = tuple(sorted(path for path in folder.iterdir() if path.suffix in _SOURCES))
    if not sources:
        table.fail("there is no .c, .S, .o or .a beside it")
    return Module(
        name=folder.name,
        folder=folder,
        stack=stack,
        heap=heap,
        heap_max=heap_max,
        quota=quota,
        budget=budget,
        device=device,
        device_access=device_access,
        callers=callers,
        services=services,
        operations=operations,
        flags=flags,
        sources=sources,
        recovery=recovery,
        interrupts=interrupts,
        interrupt_budget=interrupt_budget,
        timers=timers,
    )


def read_image(folder: Path, *, library: Path, ids: int) -> tuple[Module, ...]:
    """The modules of the image in ``folder``, in the order of their ids, which start at 1.

    A module is looked for in the image's own folder ``modules`` first, then in ``library``. ManifestError if one of
    them, or all of them together, cannot be built for a core with ``ids`` module ids.
    """
    table = _load(folder / "image.toml")
    names = _names(table, "modules")
    table.done()
    highest = min(ids - 1, MAX_ID)
    if len(names) > highest:
        table.fail(f"{len(names)} modules, but there are ids for {highest}")
    modules = []
    for name in names:
        places = [place / name for place in (folder / "modules", library)]
        found = next((place for place in places if place.is_dir()), None)
        if found is None:
            table.fail(f"there is no module {name!r} in {' or '.join(str(place.parent) for place in places)}")
        modules.append(read_module(found))
    _check_together(table, modules)
    return tuple(modules)


def _check_together(table: _Table, modules: list[Module]) -> None:
    owners: dict[str, str] = {}
    exporters: dict[str, str] = {}
    names = {module.name for module in modules}
    if (timers := sum(module.timers for module in modules)) > MOST_TIMERS:
        table.fail(f"the modules' manifests ask for {timers} timers; there can be {MOST_TIMERS}")
    for module in modules:
        if module.device is not None:
            owner = owners.setdefault(module.device.name, module.name)
            if owner != module.name:
                table.fail(f"device {module.device.name!r} of module {module.name} is taken by module {owner}")
        for operation in module.operations:
            owner = exporters.setdefault(operation.name, module.name)
            if owner != module.name:
                table.fail(f"modules {owner} and {module.name} both export {operation.name!r}")
        for caller in module.callers:
            if caller not in names:
                table.fail(f"module {module.name}: callers has {caller!r}, which is not in this image")
            if caller == module.name:
                table.fail(f"module {module.name}: callers has the module itself, which needs no gate")
