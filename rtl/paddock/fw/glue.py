"""What the build step writes for an image: stubs, tables and linker script parts, from the modules' manifests."""

from collections.abc import Mapping, Sequence

from ..isa.memmap import DEVICE_BY_NAME
from .manifest import Module, Operation
from .services import MODULE_CALL, SERVICES

__all__ = [
    "aliases_script",
    "arenas_script",
    "direct_names",
    "direct_source",
    "granule_shift",
    "modules_header",
    "public_script",
    "registry_source",
    "services_header",
    "stubs_source",
]

_HEAD = "Made by the build step from the modules' manifests."
#: As in ``kernel/alloc.h``, which the compiler checks it against.
_MAX_GRANULES = 16382


def _constant(name: str) -> str:
    return name.upper()


def _target(identity: int, number: int) -> str:
    return f"{number} << 8 | {identity}"


def services_header() -> str:
    """``services.h``: the services' numbers."""
    lines = [f"#define SERVICE_{_constant(name)} {number}" for number, name in enumerate(SERVICES)]
    return "\n".join([f"/* {_HEAD} */", *lines, f"#define SERVICE_COUNT {len(SERVICES)}", ""])


def modules_header(modules: Sequence[Module]) -> str:
    """``modules.h``: the modules' ids and their operations' numbers."""
    lines = [f"/* {_HEAD} */"]
    for identity, module in enumerate(modules, 1):
        lines.append(f"#define MODULE_{_constant(module.name)} {identity}")
        lines += [
            f"#define TARGET_{_constant(operation.name)} ({_target(identity, number)})"
            for number, operation in enumerate(module.operations)
        ]
    return "\n".join([*lines, ""])


def stubs_source(modules: Sequence[Module]) -> tuple[str, str]:
    """(kernel part, public part), both assembler.

    Kernel part: a function per operation, with the operation's own name and prototype, that calls into the module.
    Public part: the same for modules that may call it, a stub per service, and the table of the operations' addresses.
    """
    kernel = [f"# {_HEAD}", '#include "module.h"', "\t.text"]
    public = [f"# {_HEAD}", "\t.text"]
    for number, name in enumerate(SERVICES):
        if name != MODULE_CALL:
            public += [f"\t.globl public.{name}", f"public.{name}:", f"\tli\ta7, {number}", "\tj\tpublic.service"]
    for identity, module in enumerate(modules, 1):
        for number, operation in enumerate(module.operations):
            target = _target(identity, number)
            kernel += _kernel_stub(module, operation, target)
            if module.callers:
                call = [f"\tli\ta6, {target}", f"\tli\ta7, {SERVICES.index(MODULE_CALL)}", "\tj\tpublic.service"]
                public += [f"\t.globl public.{operation.name}", f"public.{operation.name}:", *call]
    return "\n".join([*kernel, ""]), "\n".join([*public, ""])


#: Functions that depend on who asks: the kernel's for them, and the register that it wants the module's id in.
_BY_MODULE = {
    "kmalloc": ("arena_allocate", "a1"),
    "kfree": ("arena_free", "a1"),
    "malloc": ("arena_allocate", "a1"),
    "free": ("arena_free", "a1"),
    "timer_set": ("timers_set", "a4"),
    "timer_cancel": ("timers_cancel", "a1"),
}


def direct_names(module: Module) -> dict[str, str]:
    """For a kernel without gates: what the module has functions of its own for, and what these are called."""
    return {name: f"{module.name}.by.{name}" for name in _BY_MODULE}


def direct_source(modules: Sequence[Module]) -> str:
    """Those functions, as assembler. Without a gate the kernel cannot tell who calls, so each module says so itself."""
    lines = [f"# {_HEAD}", "\t.text"]
    for identity, module in enumerate(modules, 1):
        for name, own in direct_names(module).items():
            function, register = _BY_MODULE[name]
            lines += [f"\t.globl {own}", f"{own}:", f"\tli\t{register}, {identity}", f"\ttail\t{function}"]
    return "\n".join([*lines, ""])


def _kernel_stub(module: Module, operation: Operation, target: str) -> list[str]:
    """Room for the activation, then all that is known of the call before it is made; the rest is in gate.S."""
    lend = operation.lend
    lines = [f"\t.globl {operation.name}", f"{operation.name}:", "\taddi\tsp, sp, -activation_size"]
    if lend:
        pointer, length = f"a{lend.pointer}", f"a{lend.length}"
        lines += [f"\tmv\tt2, {pointer}", f"\tadd\tt3, {pointer}, {length}", f"\tli\tt4, {lend.access}"]
    lines += [f"\tla\tt0, {module.name}.{operation.name}", f"\tli\tt1, {target}"]
    return [*lines, f"\tj\t{'gate_call_lend' if lend else 'gate_call'}"]


def _operation_row(operation: Operation) -> str:
    name, lend = operation.name, operation.lend
    values = f"{lend.access}, {lend.pointer}, {lend.length}" if lend else "ACCESS_NONE, 0, 0"
    return f'\t{{"{name}", call_{name}, function_{name}, {values}}},'


def granule_shift(module: Module) -> int:
    """Bits of the heap's granule: 16 bytes, or as much more as a large heap needs."""
    shift = 4
    while module.heap_max >> shift > _MAX_GRANULES:
        shift += 1
    return shift


def _heap(module: Module) -> list[str]:
    """The bookkeeping of a module's heap."""
    name, shift = module.name, granule_shift(module)
    fields = {
        "base": f"(uintptr_t){name}_heap",
        **{field: f"{name}_{field}" for field in ("row", "heads")},
        "classes": f"HEAP_CLASSES({module.heap_max >> shift})",
        "shift": shift,
        "initial": module.heap >> shift,
        "limit": module.heap_max >> shift,
        "quota": module.quota >> shift,
    }
    values = ", ".join(f".{field} = {value}" for field, value in fields.items())
    return [
        f"HEAP_ROOM({name}, {module.heap_max >> shift});",
        f'_Static_assert({module.heap_max >> shift} <= HEAP_MAX_GRANULES, "granules of {name}");',
        f"static struct heap {name}_heap_state = {{{values}}};",
    ]


def registry_source(modules: Sequence[Module], services: Mapping[str, Sequence[str]]) -> str:
    """``registry.c``: the constant table of modules, and their heaps' bookkeeping. ``services`` are those that each
    module may ask for.
    """
    ids = {module.name: identity for identity, module in enumerate(modules, 1)}
    lines = [f"/* {_HEAD} */", *(f'#include "{name}.h"' for name in ("arena", "irq", "module", "section", "timers"))]
    lines += ["#include <isa.h>", ""]
    for module in modules:
        name = module.name
        symbols = [f"{name}_{part}" for part in _SYMBOLS]
        lines += [f'extern char {symbol}[] __asm__("{_symbol(symbol, name)}");' for symbol in symbols]
        for operation in module.operations:
            lines += [
                f'extern long call_{operation.name}(long, long, long, long, long, long) __asm__("{operation.name}");',
                f'extern const char function_{operation.name}[] __asm__("{name}.{operation.name}");',
            ]
        lines += [
            f'extern const char handler_{name}_{handler}[] __asm__("{name}.{handler}");'
            for handler in module.interrupts.values()
        ]
        lines += [f"static const struct operation {name}_operations[] = {{"]
        lines += [_operation_row(operation) for operation in module.operations]
        lines += ["};"]
        lines += [*_heap(module), ""]
    lines += ["const struct module_info module_table[] = {", "\t[0] = {.heap = &kernel_heap},"]
    for identity, module in enumerate(modules, 1):
        lines += [f"\t[{identity}] = {{", *_registry_fields(module, ids, services[module.name]), "\t},"]
    lines += [
        "};",
        "const uint32_t module_count = sizeof module_table / sizeof module_table[0];",
        *_timers(modules),
        "_Alignas(8) const struct irq irq_table[IRQ_LINES] = {",
    ]
    for identity, module in enumerate(modules, 1):
        for device, handler in module.interrupts.items():
            line = DEVICE_BY_NAME[device].irq
            target = f"TARGET_INTERRUPT | {line} << 8 | {identity}"
            lines += [f"\t[{line}] = {{handler_{module.name}_{handler}, {target}}},"]
    lines += ["};", ""]
    return "\n".join(lines)


def _timers(modules: Sequence[Module]) -> list[str]:
    """Each module's timers. One more, as C has no empty arrays."""
    owners = [str(identity) for identity, module in enumerate(modules, 1) for _ in range(module.timers)]
    return [
        f"const uint32_t timer_count = {len(owners)};",
        # A restart takes a call and a service in it; what is called back may call another module, which asks for one.
        f"const uint32_t worker_frames = {4 if owners else 2};",
        f"LIVE_DATA struct timer timers[{len(owners) + 1}];",
        f"const uint8_t timer_owners[] = {{{', '.join([*owners, '0'])}}};",
    ]


def _policy(module: Module) -> str:
    """``enum policy`` of the kernel; one that is kept may still have something that must fall silent."""
    keep = "SILENCE" if module.interrupts or module.timers else "KEEP"
    return f"POLICY_{keep if module.recovery.on_fault == 'keep' else _constant(module.recovery.on_fault)}"


_SYMBOLS = ("lower", "stack_top", "data", "heap", "upper", "image", "image_end")


def _number(module: Module, name: str) -> int | str:
    """Number of the operation."""
    names = [operation.name for operation in module.operations]
    return names.index(name) if name else "NO_OPERATION"


def _symbol(symbol: str, name: str) -> str:
    """The linker's name for a part of an arena; the dot keeps it apart from every C name."""
    return f"{name}.arena.{symbol.removeprefix(name + '_')}"


def _registry_fields(module: Module, ids: dict[str, int], services: Sequence[str]) -> list[str]:
    name = module.name

    def span(low: str, high: str) -> str:
        return f"{{(uintptr_t){name}_{low}, (uintptr_t){name}_{high}}}"

    device = module.device
    window = f"{{{device.base:#x}, {device.base + device.size:#x}}}" if device else "{0, 0}"
    flags = [f"PD_FLAGS_{flag}_MASK" for flag, bit in (("DREAD", 1), ("DWRITE", 2)) if module.device_access & bit]
    callers = sum(1 << ids[caller] for caller in module.callers)
    return [
        f'\t\t.name = "{name}",',
        f"\t\t.arena = {span('lower', 'upper')},",
        f"\t\t.device = {window},",
        f"\t\t.flags = {' | '.join(flags) or 0},",
        f"\t\t.stack_top = (uintptr_t){name}_stack_top,",
        f"\t\t.stack = {span('lower', 'stack_top')},",
        f"\t\t.data = {span('data', 'heap')},",
        f"\t\t.image = {span('image', 'image_end')},",
        f"\t\t.heap = &{name}_heap_state,",
        f"\t\t.budget = {module.budget},",
        f"\t\t.interrupt_budget = {module.interrupt_budget},",
        f"\t\t.lines = {sum(1 << DEVICE_BY_NAME[device].irq for device in module.interrupts):#x},",
        f"\t\t.policy = {_policy(module)},",
        f"\t\t.retries = {module.recovery.retries},",
        f"\t\t.init = {_number(module, module.recovery.init)},",
        f"\t\t.notify = {_number(module, module.recovery.notify)},",
        f"\t\t.callers = {callers:#x},",
        f"\t\t.services = {sum(1 << SERVICES.index(service) for service in services):#x},",
        f"\t\t.operation_count = {len(module.operations)},",
        f"\t\t.operations = {name}_operations,",
    ]


def _sections(name: str, *patterns: str) -> str:
    # Modules are taken as they are, with what nothing refers to.
    return f"KEEP(*.{name}.module.o({' '.join(patterns)}))"


def public_script(modules: Sequence[Module]) -> str:
    """``public.ld``: code and constants of the modules."""
    lines = [f"/* {_HEAD} */"]
    for module in modules:
        lines.append(_sections(module.name, ".text", ".text.*"))
        lines.append(_sections(module.name, ".rodata", ".rodata.*", ".srodata", ".srodata.*"))
    return "\n".join([*lines, ""])


def aliases_script(modules: Sequence[Module]) -> str:
    """Part of a linker script for a kernel without gates: who calls an operation or a service calls the function."""
    lines = [f"public.{name} = {name};" for name in ("kmalloc", "kfree", "ksize", "console_write", "time_cycles")]
    for module in modules:
        for operation in module.operations:
            lines.append(f"{operation.name} = {module.name}.{operation.name};")
            if module.callers:
                lines.append(f"public.{operation.name} = {module.name}.{operation.name};")
    return "\n".join([f"/* {_HEAD} */", *lines, ""])


def arenas_script(modules: Sequence[Module]) -> str:
    """``arenas.ld``: each module's arena, side by side, and after them the space for the images of their data."""
    lines = [f"/* {_HEAD} */"]
    images = [".kernel.images (NOLOAD) : ALIGN(16) {", "\t__images_start = .;"]
    for module in modules:
        name = module.name
        prefix = f"{name}.arena"
        lines += [
            f".{prefix}.stack (NOLOAD) : {{",
            f"\t{prefix}.lower = .;",
            f"\t. = . + {module.stack};",
            "\t. = ALIGN(16);",
            f"\t{prefix}.stack_top = .;",
            "} > RAM",
            f".{prefix}.data : {{",
            f"\t{prefix}.data = .;",
            f"\t{_sections(name, '.data', '.data.*', '.sdata', '.sdata.*')}",
            "\t. = ALIGN(16);",
            "} > RAM",
            f".{prefix}.bss (NOLOAD) : {{",
            f"\t{prefix}.bss = .;",
            f"\t{_sections(name, '.bss', '.bss.*', '.sbss', '.sbss.*', 'COMMON')}",
            "\t. = ALIGN(16);",
            f"\t{prefix}.heap = .;",
            f"\t. = . + {module.heap};",
            f"\t{prefix}.upper = .;",
            # The arena may grow up to here; until then these bytes are nobody's.
            f"\t. = . + {module.heap_max - module.heap};",
            f"\t{prefix}.limit = .;",
            "} > RAM",
        ]
        images += [f"\t{prefix}.image = .;", f"\t. = . + SIZEOF(.{prefix}.data);", f"\t{prefix}.image_end = .;"]
    checks = [
        f'ASSERT({module.name}.arena.stack_top % 16 == 0, "{module.name}: stack is not aligned")' for module in modules
    ]
    return "\n".join([*lines, *images, "\t__images_end = .;", "} > RAM", *checks, ""])
