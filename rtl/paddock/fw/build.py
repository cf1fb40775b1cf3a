"""Builds an image: the kernel, the modules that ``image.toml`` names, and the image's own part of the kernel.

Every object is named after its owner (``x.kernel.o``, ``x.public.o``, ``x.led.module.o``), which is how the linker
script tells them apart.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..cache import cached, content_key
from ..config import SocConfig
from ..isa.memmap import memory_command
from ..paths import ROOT
from ..toolchain import ToolError, check_flags, compile_object, compiler, compiler_version, run_tool, small
from . import checks, glue
from .archive import read_archive, select
from .elf import ObjectFile
from .manifest import ManifestError, Module, read_image
from .objects import LinkedModule, link_module, public_names
from .ports import PADDOCK, Port
from .services import MODULE_CALL, SERVICES, TIMER_SET

__all__ = ["FIRMWARE", "Image", "build_image"]

FIRMWARE = ROOT / "firmware"
#: What somebody else's C is compiled with: a warning in it is not ours to put right.
_MODULE_FLAGS = ("-O2", "-g", "-std=gnu11", "-fomit-frame-pointer")
_FLAGS = (*_MODULE_FLAGS, "-Wall", "-Wextra", "-Werror")
#: s2-s11: the kernel leaves them to the modules, see kernel/gate.S.
_MODULES_REGISTERS = range(18, 28)
#: What every module enters and leaves by; all else in its folder is a library.
_ENTRY = "entry.S"


@dataclass(frozen=True)
class Image:
    """A program for the SoC, and what it was made of."""

    name: str
    elf: Path
    modules: tuple[Module, ...]
    #: The modules' objects and imports, in the same order.
    linked: tuple[LinkedModule, ...] = field(repr=False)
    #: Services that each module may ask for, by the module's name.
    services: dict[str, tuple[str, ...]] = field(repr=False)
    #: Functions of the public library that are in the program.
    library: tuple[str, ...] = field(repr=False)
    #: All that was linked, by name.
    objects: dict[str, bytes] = field(repr=False)

    @property
    def map(self) -> Path:
        """The linker's map."""
        return self.elf.with_name("prog.map")


def _compile(sources: Iterable[Path], include_dirs, flags=_FLAGS) -> list[ObjectFile]:
    """Object of each source; objects are taken as they are."""
    return [
        ObjectFile(
            str(source),
            (
                source if source.suffix == ".o" else compile_object(source, include_dirs=include_dirs, flags=flags)
            ).read_bytes(),
        )
        for source in sources
    ]


def _sources(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.c"), *folder.glob("*.S")])


def _module_objects(module: Module, include_dirs, flags: Iterable[str]) -> list[ObjectFile]:
    """The module's objects, and those members of its archives that are needed."""
    sources = [source for source in module.sources if source.suffix != ".a"]
    archives = [source for source in module.sources if source.suffix == ".a"]
    objects = _compile(sources, [*include_dirs, module.folder.parent], (*_MODULE_FLAGS, *module.flags, *flags))
    operations = [operation.name for operation in module.operations]
    objects += select(operations, objects, [member for path in archives for member in read_archive(path)])
    own = set().union(*(each.defined for each in objects))
    for each in objects:
        each.check()
    for operation in operations:
        if operation not in own:
            raise ManifestError(
                f"{module.folder / 'module.toml'}: operations.{operation} is defined by none of "
                f"{', '.join(source.name for source in module.sources)}"
            )
    for device, handler in module.interrupts.items():
        if handler not in own:
            raise ManifestError(f"{module.folder / 'module.toml'}: interrupts.{device}: {handler!r} is defined nowhere")
    return objects


def _services_of(linked: LinkedModule, library: list[ObjectFile], operations: set[str]) -> tuple[str, ...]:
    """The services that a module's objects ask for: by name, through the library, or by calling other modules."""
    wanted = set(linked.imports)
    for each in select(wanted, [], library):
        wanted |= each.wanted
    return tuple(name for name in SERVICES if name in wanted or (name == MODULE_CALL and wanted & operations))


def _may_ask(module: Module, asked: tuple[str, ...]) -> tuple[str, ...]:
    if TIMER_SET in asked and not module.timers:
        raise ManifestError(
            f"module {module.name} asks for the service {TIMER_SET}, and its manifest allows it none: timers = 0"
        )
    if module.services is None:
        return asked
    for name in asked:
        if name not in module.services:
            raise ManifestError(
                f"module {module.name} asks for the service {name}, which its manifest leaves out of services: "
                f"{', '.join(module.services) or 'none'}"
            )
    return module.services


def build_image(
    folder: Path,
    *,
    headers: Mapping[str, str] | None = None,
    soc: SocConfig | None = None,
    firmware: Path = FIRMWARE,
    port: Port = PADDOCK,
) -> Image:
    """Build the image in ``folder``; ``headers`` are further generated headers, by name; ``firmware`` has the kernel,
    which is built for ``port``.

    Results are kept by content. ManifestError and ToolError say what is wrong with the modules or the code.
    """
    soc = soc or SocConfig(core=port.core)
    modules = read_image(folder, library=firmware / "modules", ids=soc.core.modules)
    texts = {
        "services.h": glue.services_header(),
        "modules.h": glue.modules_header(modules),
        **(headers or {}),
    }
    open_headers = [firmware / "include", _generate(texts)]
    kernel_folder = firmware / "kernel"
    entry = port.public(firmware / "public" / _ENTRY, kernel_folder)
    public = _compile([*_sources(folder / "public"), entry], open_headers, (*_FLAGS, *port.flags))
    library = _compile([path for path in _sources(firmware / "public") if path.name != _ENTRY], open_headers)
    public_stubs = {name: f"public.{name}" for name in SERVICES if name != MODULE_CALL}

    for_all = {name: name for each in library for name in each.defined} | public_stubs
    linked, services = [], {}
    for module in modules:
        imports = dict(for_all)
        for operation in module.operations:
            if operation.name in for_all:
                raise ManifestError(
                    f"{module.folder / 'module.toml'}: operations.{operation.name} has the name of a function that "
                    "every module may call"
                )
        for other in modules:
            if module.name in other.callers:
                imports |= {operation.name: f"public.{operation.name}" for operation in other.operations}
        bodies = {}
        if port.direct:
            imports |= glue.direct_names(module)
        if port.checked:
            imports |= checks.check_names(module)
            bodies = {name: checks.body(module, name) for name in checks.entries(module)}
        objects = _module_objects(module, open_headers, check_flags() if port.checked else ())
        linked.append(link_module(module, objects, imports, bodies))
        foreign = {operation.name for other in modules for operation in other.operations}
        services[module.name] = _may_ask(module, _services_of(linked[-1], library, foreign))

    kernel_stubs, exports = (glue.direct_source(modules), "") if port.direct else glue.stubs_source(modules)
    made = _generate(
        {"stubs.S": kernel_stubs, "exports.S": exports, "registry.c": glue.registry_source(modules, services)}
    )
    kernel_headers = [*open_headers, kernel_folder, firmware / "modules", folder / "modules"]
    kernel_headers += port.headers(kernel_folder)
    made_sources = [made / "stubs.S", made / "registry.c"]
    aliases = glue.aliases_script(modules) if port.direct else ""
    if port.checked:
        made_sources.append(_generate({"checks.S": checks.checks_source(modules)}) / "checks.S")
        aliases += checks.rooms_script(modules)
    kernel_headers = [place for place in kernel_headers if place.is_dir()]
    flags = (*_FLAGS, *port.flags, *small(_MODULES_REGISTERS))
    sources = [*port.sources(_sources(kernel_folder), kernel_folder), *_sources(folder), *made_sources]
    kernel = [_own_prologues(each) for each in _compile(sources, kernel_headers, flags)]
    words = [_own_prologues(each) for each in _compile(_sources(firmware / "words"), kernel_headers, flags)]
    kernel += select((), kernel, words)
    public += _compile([made / "exports.S"], open_headers)
    imported = {name for each in linked for name in each.imports}
    needed = select(imported, [*kernel, *public], library)

    objects = public_names([*public, *needed], public_stubs)
    for each in kernel:
        kind = {folder: "image.", firmware / "words": "words."}.get(Path(each.name).parent, "")
        objects[f"{each.short}.{kind}kernel.o"] = each.content
    for each in linked:
        objects |= each.objects
    scripts = {
        "link.ld": memory_command(soc.ram_bytes),
        "kernel.ld": (kernel_folder / "kernel.ld").read_text(),
        "public.ld": glue.public_script(modules),
        "arenas.ld": glue.arenas_script(modules) + aliases,
    }
    return Image(
        name=folder.name,
        elf=_link(folder, objects, scripts, modules, soc),
        modules=modules,
        linked=tuple(linked),
        services=services,
        library=tuple(sorted(name for each in needed for name in each.defined)),
        objects=objects,
    )


def _own_prologues(each: ObjectFile) -> ObjectFile:
    """An object of the kernel that shares the kernel's prologues; those of the library are the modules'."""
    shared = {name: f"kernel.{name}" for symbol in each.symbols if (name := symbol.name).startswith("__riscv_")}
    return ObjectFile(each.name, each.renamed(shared, sections=False))


def _generate(texts: Mapping[str, str]) -> Path:
    """Folder with the generated files."""

    def build(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_text(text)

    return cached("firmware-gen", content_key(texts=[word for item in texts.items() for word in item]), build)


def _link(folder: Path, objects: Mapping[str, bytes], scripts: Mapping[str, str], modules, soc: SocConfig) -> Path:
    command = [*compiler(), "-Wl,--build-id=none", "-Wl,--gc-sections", "-Wl,--print-map", "-T", "kernel.ld"]
    command += ["-o", "prog.elf", *sorted(objects)]

    def build(work: Path) -> None:
        for name, text in scripts.items():
            (work / name).write_text(text)
        for name, content in objects.items():
            (work / name).write_bytes(content)
        (work / "prog.map").write_text(run_tool(command, cwd=work))
        for name in [*scripts, *objects]:
            (work / name).unlink()

    files = sorted(objects.items())
    texts = [compiler_version(), *command, *scripts.values(), *(f"{name}:{body.hex()}" for name, body in files)]
    try:
        return cached("firmware", content_key(texts=texts), build) / "prog.elf"
    except ToolError as error:
        # lld and GNU ld both say "overflowed by N bytes".
        over = [int(number) for number in re.findall(r"overflowed by (\d+) bytes", str(error))]
        if not over:
            raise
        sizes = ", ".join(f"{module.name} {module.stack + module.heap_max}" for module in modules)
        raise ManifestError(
            f"{folder / 'image.toml'}: does not fit into {soc.ram_bytes} bytes of RAM, by {max(over)}; stack and heap "
            f"of the modules are: {sizes or 'none'}"
        ) from None
