"""Builds an image: the kernel, the modules that ``image.toml`` names, and the image's own part of the kernel.

Every object is named after its owner (``x.kernel.o``, ``x.public.o``, ``x.led.module.o``), which is how the linker
script tells them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..cache import cached, content_key
from ..config import SocConfig
from ..paths import ROOT
from ..toolchain import GENERATED, compile_object, compiler, compiler_version, relaxed, run_tool
from . import glue
from .manifest import ManifestError, Module, read_image
from .objects import defined_symbols, rename_symbols
from .services import LIBRARY, MODULE_CALL, SERVICES

__all__ = ["FIRMWARE", "Image", "build_image"]

FIRMWARE = ROOT / "firmware"
#: s2-s11: the kernel leaves them to the modules, see kernel/gate.S.
_MODULES_REGISTERS = range(18, 28)
_FLAGS = ("-O2", "-g", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fomit-frame-pointer")


@dataclass(frozen=True)
class Image:
    """A program for the SoC, and what it was made of."""

    name: str
    elf: Path
    modules: tuple[Module, ...]

    @property
    def map(self) -> Path:
        """The linker's map."""
        return self.elf.with_name("prog.map")


def _compile(sources, include_dirs, flags=_FLAGS) -> dict[Path, Path]:
    """Object file of each source; objects are taken as they are."""
    return {
        source: source if source.suffix == ".o" else compile_object(source, include_dirs=include_dirs, flags=flags)
        for source in sources
    }


def _sources(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.c"), *folder.glob("*.S")])


def _module_objects(module: Module, modules: tuple[Module, ...], include_dirs) -> dict[str, bytes]:
    """The module's objects, in its own name space, by the names that the linker script expects."""
    objects = _compile(module.sources, [*include_dirs, module.folder.parent])
    own = defined_symbols(objects.values())
    for operation in module.operations:
        if operation.name not in own:
            raise ManifestError(
                f"{module.folder / 'module.toml'}: operations.{operation.name} is defined by none of "
                f"{', '.join(source.name for source in module.sources)}"
            )
    for device, handler in module.interrupts.items():
        if handler not in own:
            raise ManifestError(f"{module.folder / 'module.toml'}: interrupts.{device}: {handler!r} is defined nowhere")
    imports = {name: name for name in LIBRARY}
    imports |= {name: f"public.{name}" for name in SERVICES if name != MODULE_CALL}
    for other in modules:
        if module.name in other.callers:
            imports |= {operation.name: f"public.{operation.name}" for operation in other.operations}
    return {
        f"{source.stem}.{module.name}.module.o": rename_symbols(
            path, module=module.name, own=own, imports=imports, source=source.name
        )
        for source, path in objects.items()
    }


def build_image(
    folder: Path,
    *,
    headers: Mapping[str, str] | None = None,
    soc: SocConfig | None = None,
    firmware: Path = FIRMWARE,
) -> Image:
    """Build the image in ``folder``; ``headers`` are further generated headers, by name; ``firmware`` has the kernel.

    Results are kept by content. ManifestError and ToolError say what is wrong with the modules or the code.
    """
    soc = soc or SocConfig()
    modules = read_image(folder, library=firmware / "modules", ids=soc.core.modules)
    kernel_stubs, public_stubs = glue.stubs_source(modules)
    texts = {
        "include/services.h": glue.services_header(),
        "include/modules.h": glue.modules_header(modules),
        **{f"include/{name}": text for name, text in (headers or {}).items()},
        "stubs.S": kernel_stubs,
        "exports.S": public_stubs,
        "registry.c": glue.registry_source(modules),
        "public.ld": glue.public_script(modules),
        "arenas.ld": glue.arenas_script(modules),
    }
    generated = _generate(texts)
    open_headers = [firmware / "include", generated / "include"]
    kernel_headers = [*open_headers, firmware / "kernel", firmware / "modules", folder / "modules"]
    kernel_headers = [place for place in kernel_headers if place.is_dir()]
    kernel_sources = [
        *_sources(firmware / "kernel"),
        *_sources(folder),
        generated / "stubs.S",
        generated / "registry.c",
    ]
    public_sources = [*_sources(firmware / "public"), *_sources(folder / "public"), generated / "exports.S"]

    objects: dict[str, bytes] = {}
    for module in modules:
        objects |= _module_objects(module, modules, open_headers)
    for owner, sources, places, flags in (
        ("kernel", kernel_sources, kernel_headers, (*_FLAGS, "-Os", *relaxed(_MODULES_REGISTERS))),
        ("public", public_sources, open_headers, _FLAGS),
    ):
        for source, path in _compile(sources, places, flags).items():
            kind = "image." if source.parent == folder else ""
            objects[f"{source.stem}.{kind}{owner}.o"] = path.read_bytes()
    return Image(folder.name, _link(objects, texts, firmware), modules)


def _generate(texts: Mapping[str, str]) -> Path:
    """Folder with the generated files."""

    def build(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)

    return cached("firmware-gen", content_key(texts=[word for item in texts.items() for word in item]), build)


def _link(objects: Mapping[str, bytes], texts: Mapping[str, str], firmware: Path) -> Path:
    scripts = {
        "link.ld": (GENERATED / "link.ld").read_text(),
        "kernel.ld": (firmware / "kernel" / "kernel.ld").read_text(),
        "public.ld": texts["public.ld"],
        "arenas.ld": texts["arenas.ld"],
    }
    command = [*compiler(), "-Wl,--build-id=none", "-Wl,--print-map", "-T", "kernel.ld"]
    command += ["-o", "prog.elf", *sorted(objects)]

    def build(folder: Path) -> None:
        for name, text in scripts.items():
            (folder / name).write_text(text)
        for name, content in objects.items():
            (folder / name).write_bytes(content)
        (folder / "prog.map").write_text(run_tool(command, cwd=folder))
        for name in [*scripts, *objects]:
            (folder / name).unlink()

    files = sorted(objects.items())
    texts_of = [compiler_version(), *command, *scripts.values(), *(f"{name}:{body.hex()}" for name, body in files)]
    return cached("firmware", content_key(texts=texts_of), build) / "prog.elf"
