"""``paddock verilog``: the core as one plain Verilog file, for people without Python."""

import argparse
import dataclasses
from importlib import metadata
from pathlib import Path

from amaranth.back import verilog
from amaranth.lib import wiring

from .config import DEFAULT, MINIMAL, PLAIN, PMP4, PMP8, PMP16, ConfigError, CoreConfig
from .errors import CommandError
from .paths import ROOT
from .toolchain import use_yosys

__all__ = ["add_arguments", "add_config_arguments", "core_config", "emit_verilog", "generator_sources", "run"]

PRESETS = {"default": DEFAULT, "minimal": MINIMAL, "plain": PLAIN, "pmp4": PMP4, "pmp8": PMP8, "pmp16": PMP16}


def emit_verilog(component: wiring.Component, name: str) -> str:
    """Verilog of ``component`` as module ``name``. Ports are called by their path, ``ibus__addr`` for ``ibus.addr``.

    Without source locations, so that the text changes only when the hardware does.
    """
    use_yosys()
    return verilog.convert(component, name=name, emit_src=False)


def generator_sources() -> list[Path]:
    """What emitted Verilog depends on: for those who keep it by content, as emitting takes seconds."""
    package = ROOT / "rtl" / "paddock"
    return sorted(path for path in package.rglob("*.py") if not path.is_relative_to(package / "fw"))


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that `core_config` reads: a preset, and an option for every field that is a size or a switch."""
    parser.add_argument("--config", choices=PRESETS, default="default", help="preset to start from (default)")
    for field in dataclasses.fields(CoreConfig):
        option = "--" + field.name.replace("_", "-")
        if field.type is bool:
            parser.add_argument(option, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(option, type=lambda text: int(text, 0), metavar="N")


def core_config(args: argparse.Namespace) -> CoreConfig:
    """The configuration that the options ask for; CommandError if there is no such core."""
    names = (field.name for field in dataclasses.fields(CoreConfig))
    changes = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    try:
        return dataclasses.replace(PRESETS[args.config], **changes)
    except ConfigError as error:
        raise CommandError(str(error)) from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock verilog``."""
    add_config_arguments(parser)
    parser.add_argument("--name", default="paddock_core", help="name of the top module (paddock_core)")
    parser.add_argument("-o", "--output", type=Path, help="file to write; stdout if not given")


def _heading(config: CoreConfig) -> str:
    fields = (
        f"//   {f.name} = {_shown(f.name, getattr(config, f.name))}"
        for f in dataclasses.fields(config)
        if getattr(config, f.name) != f.default or not f.metadata.get("only_if_set")
    )
    version = metadata.version("amaranth")
    return (
        f"// Paddock core, made from rtl/paddock by `paddock verilog` with Amaranth {version}.\n"
        + "\n".join(fields)
        + "\n"
    )


def _shown(name: str, value: object) -> str:
    return f"{value:#010x}" if name.endswith("_address") else str(value)


def run(args: argparse.Namespace) -> int:
    """Emit the core."""
    from .core import Core

    config = core_config(args)
    text = _heading(config) + "\n" + emit_verilog(Core(config), args.name)
    if args.output is None:
        print(text, end="")
    else:
        args.output.parent.mkdir(parents=True, exist_ok=True)
        args.output.write_text(text)
        print(f"wrote {args.output}")
    return 0
