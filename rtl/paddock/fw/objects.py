"""Gives each module a name space of its own, in its compiled objects.

Modules are linked with the kernel and with each other, yet are written without a thought of that: two of them may
have a global ``init``, and none may reach a function of the kernel by its name. So before linking, every global that
a module defines becomes ``module.name``, and every name that it wants from outside must be one that it may have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .elf import ObjectFile
from .manifest import ManifestError, Module

__all__ = ["LinkedModule", "link_module", "public_names"]

#: Helpers that compilers call for arithmetic on floating point numbers, which the core has no instructions for.
_FLOAT = re.compile(r"__\w*(?:[sdt]f[23]|[sdt]f[sdt]i|unord[sdt]f2|[sd]i[sdt]f)$")

_UNUSUAL = re.compile(r"[^\w.]")


@dataclass(frozen=True)
class LinkedModule:
    """A module's objects as the linker gets them, and what they have from outside."""

    module: Module
    #: By the name that the linker script expects.
    objects: dict[str, bytes] = field(repr=False)
    #: What each of them was, by the same names.
    origins: dict[str, ObjectFile] = field(repr=False)
    #: Names from outside, and the objects that want them.
    imports: dict[str, tuple[str, ...]]


def _refuse(module: Module, wanted_by: str, name: str):
    hint = ""
    if _FLOAT.match(name):
        hint = "; it is floating point in software: put the compiler's libgcc.a or compiler-rt into the module's folder"
    raise ManifestError(
        f"module {module.name}: {wanted_by} wants {name!r}, which is no function of the module itself or of the "
        "library, no service of the kernel that it may ask for, and no operation of a module that names it as a "
        f"caller{hint}"
    )


def link_module(
    module: Module,
    objects: list[ObjectFile],
    imports: Mapping[str, str],
    bodies: Mapping[str, str] = MappingProxyType({}),
) -> LinkedModule:
    """The module's ``objects`` in its own name space; ``imports`` are the names that it may have from outside, and
    what these are called in the program. ``bodies``: other names for some of its own. ManifestError if it wants
    anything else.
    """
    own = set().union(*(each.defined for each in objects))
    names = {name: bodies.get(name, f"{module.name}.{name}") for name in own}
    linked, origins, wants = {}, {}, {}
    for number, each in enumerate(objects):
        # Objects of one name can come from several archives; the number keeps them apart.
        file = f"{number}.{_UNUSUAL.sub('.', each.short)}.{module.name}.module.o"
        new = dict(names)
        for symbol in each.symbols:
            if symbol.defined or symbol.name in own:
                continue
            if symbol.name in imports:
                new[symbol.name] = imports[symbol.name]
                wants.setdefault(symbol.name, []).append(each.short)
            elif symbol.weak:
                # It can do without; what must not happen is that it gets somebody else's.
                new[symbol.name] = f"{module.name}.{symbol.name}"
            else:
                _refuse(module, each.short, symbol.name)
        linked[file] = each.renamed(new)
        origins[file] = each
    return LinkedModule(module, linked, origins, {name: tuple(by) for name, by in sorted(wants.items())})


def public_names(objects: list[ObjectFile], services: Mapping[str, str]) -> dict[str, bytes]:
    """The library's objects; a service that one of them asks for is asked for as a module does, through the gate."""
    return {f"{each.short}.public.o": each.renamed(services) for each in objects}
