"""Checks that the compiler inserts, as a rival to bounds in hardware: what it calls before every load and store.

Each module has checks of its own, so that its arena, its device and the public code and constants are numbers in them;
what is lent to a call, and where the stack was when it began, is in memory. Checks change only t0 to t3. What is
refused is the end (``ebreak`` in the kernel): nothing brings such a call back.
"""

from collections.abc import Iterable, Sequence

from .manifest import Lend, Module

__all__ = ["body", "check_names", "checks_source", "entries", "rooms_script"]

#: Bytes of the accesses that have a check of their own.
_SIZES = (1, 2, 4, 8)
#: Library functions that read and write on behalf of the module. To check here is to check once.
_COPIES = {"memcpy": True, "memmove": True, "memset": False}
#: Permission bits, as in the manifest.
_READ, _WRITE = 1, 2
_HEAD = "Made by the build step from the modules' manifests."


def entries(module: Module) -> dict[str, Lend | None]:
    """Functions by which others enter the module, and what is lent to them."""
    lends = {operation.name: operation.lend for operation in module.operations}
    return lends | dict.fromkeys(module.interrupts.values())


def body(module: Module, name: str) -> str:
    """What the function ``name`` of `entries` is called, its own name being what opens and closes the windows."""
    return f"{module.name}.{name}.body"


def check_names(module: Module) -> dict[str, str]:
    """What the compiler calls, and what stands in for it in the module."""
    kinds = [f"{kind}{size}" for kind in ("load", "store") for size in (*_SIZES, "N")]
    names = {f"__asan_{kind}_noabort": f"{module.name}.check.{kind}" for kind in kinds}
    names["__asan_handle_no_return"] = f"{module.name}.check.nothing"
    return names | {name: f"{module.name}.check.{name}" for name in _COPIES}


def rooms_script(modules: Iterable[Module]) -> str:
    """Part of a linker script: how far from a window's lower end an access of each size may begin."""
    lines = [f"/* {_HEAD} */"]
    for size in (0, *_SIZES):
        lines.append(f"public.check.room{size} = __public_end - __public_start - {size};")
        for module in modules:
            arena = f"{module.name}.arena"
            lines.append(f"{module.name}.check.room{size} = {arena}.limit - {arena}.lower - {size};")
    return "\n".join([*lines, ""])


def checks_source(modules: Sequence[Module]) -> str:
    """The checks, and the ways into the modules, as assembler."""
    lines = [f"# {_HEAD}", "\t.text", "check.refused:", "\tebreak"]
    for module in modules:
        for kind in ("load", "store"):
            for size in (*_SIZES, 0):
                lines += _check(module, kind, size)
        for name, reads in _COPIES.items():
            lines += _copy(module, name, reads)
        lines += [f"\t.globl {module.name}.check.nothing", f"{module.name}.check.nothing:", "\tret"]
        for name, lend in entries(module).items():
            lines += _entry(module, name, lend)
        # Nothing is lent: no address is so high.
        words = ("0", "0", "-1", "-1")
        lines += ['\t.section .data.checks, "aw"', "\t.balign 16", f"{module.name}.check.windows:"]
        lines += [f"\t.word {word}" for word in words] + ["\t.text"]
    return "\n".join([*lines, ""])


#: Offsets of what is in memory: upper end of the stack, of the buffer, its lower end for loads, for stores.
_STACK, _UPPER, _LOWER = 0, 4, {"load": 8, "store": 12}


def _number(register: str, value: str) -> list[str]:
    """Load a number or the value of a symbol."""
    if value[0].isdigit():
        return [f"\tli\t{register}, {value}"]
    return [f"\tlui\t{register}, %hi({value})", f"\taddi\t{register}, {register}, %lo({value})"]


def _window(base: str, room: str, size: int, other: str) -> list[str]:
    """Return if an access is in a window that is known; ``room`` is its size less that of the access."""
    lines = [*_number("t0", base), "\tsub\tt0, a0, t0", *_number("t1", room), f"\tbltu\tt1, t0, {other}"]
    if size == 0:
        lines += ["\tsub\tt1, t1, t0", f"\tbltu\tt1, a1, {other}"]
    return [*lines, "\tret"]


def _upper(size: int, other: str) -> list[str]:
    """t3: end of the access; on to ``other`` if it is beyond t2."""
    end = f"\taddi\tt3, a0, {size}" if size else "\tadd\tt3, a0, a1"
    return [end, f"\tbltu\tt2, t3, {other}", f"\tbltu\tt3, a0, {other}", "\tret"]


def _check(module: Module, kind: str, size: int) -> list[str]:
    """The arena comes first, as that is where most accesses go."""
    name = f"{module.name}.check.{kind}{size or 'N'}"
    windows = f"{module.name}.check.windows"
    lines = [f"\t.globl {name}", f"{name}:"]
    if size == 0:
        lines += ["\tbnez\ta1, 1f", "\tret", "1:"]
    lines += _window(f"{module.name}.arena.lower", f"{module.name}.check.room{size}", size, "2f")
    lines += ["2:", f"\tlui\tt0, %hi({windows})"]
    if any(entries(module).values()):
        lines += [f"\tlw\tt1, %lo({windows} + {_LOWER[kind]})(t0)", f"\tlw\tt2, %lo({windows} + {_UPPER})(t0)"]
        lines += ["\tbltu\ta0, t1, 3f", *_upper(size, "3f")]
    # Its own frames are between sp and what sp was when the module was entered.
    lines += ["3:", f"\tlw\tt2, %lo({windows} + {_STACK})(t0)", "\tbltu\ta0, sp, 4f", *_upper(size, "4f"), "4:"]
    device = module.device
    if device and module.device_access & (_READ if kind == "load" else _WRITE):
        lines += [*_window(f"{device.base:#x}", str(device.size - size), size, "5f"), "5:"]
    if kind == "load":
        lines += [*_window("__public_start", f"public.check.room{size}", size, "6f"), "6:"]
    return [*lines, "\tj\tcheck.refused"]


def _copy(module: Module, name: str, reads: bool) -> list[str]:
    own = f"{module.name}.check"
    lines = [f"\t.globl {own}.{name}", f"{own}.{name}:", "\taddi\tsp, sp, -16", "\tsw\tra, 12(sp)", "\tmv\tt5, a1"]
    lines += ["\tmv\ta1, a2", f"\tcall\t{own}.storeN"]
    if reads:
        lines += ["\tmv\tt4, a0", "\tmv\ta0, t5", f"\tcall\t{own}.loadN", "\tmv\ta0, t4"]
    return [*lines, "\tmv\ta1, t5", "\tlw\tra, 12(sp)", "\taddi\tsp, sp, 16", f"\ttail\t{name}"]


def _entry(module: Module, name: str, lend: Lend | None) -> list[str]:
    """Open the windows of a call, call, and let them be what they were: the call may be one within another."""
    windows = f"{module.name}.check.windows"
    places = (_STACK, *((_UPPER, *_LOWER.values()) if any(entries(module).values()) else ()))
    lines = [f"\t.globl {module.name}.{name}", f"{module.name}.{name}:", "\taddi\tsp, sp, -32", "\tsw\tra, 28(sp)"]
    lines += [f"\tlui\tt0, %hi({windows})"]
    lines += [f"\tlw\tt{1 + index}, %lo({windows} + {place})(t0)" for index, place in enumerate(places)]
    lines += [f"\tsw\tt{1 + index}, {4 * index}(sp)" for index, _place in enumerate(places)]
    lines += [f"\tsw\tsp, %lo({windows} + {_STACK})(t0)"]
    if len(places) > 1:
        lines += ["\tli\tt1, -1"]
        if lend:
            lines += [f"\tadd\tt2, a{lend.pointer}, a{lend.length}", f"\tsw\tt2, %lo({windows} + {_UPPER})(t0)"]
        for kind, access in (("load", _READ), ("store", _WRITE)):
            value = f"a{lend.pointer}" if lend and lend.access & access else "t1"
            lines += [f"\tsw\t{value}, %lo({windows} + {_LOWER[kind]})(t0)"]
    lines += [f"\tcall\t{body(module, name)}", f"\tlui\tt0, %hi({windows})"]
    lines += [f"\tlw\tt{1 + index}, {4 * index}(sp)" for index, _place in enumerate(places)]
    lines += [f"\tsw\tt{1 + index}, %lo({windows} + {place})(t0)" for index, place in enumerate(places)]
    return [*lines, "\tlw\tra, 28(sp)", "\taddi\tsp, sp, 32", "\tret"]
