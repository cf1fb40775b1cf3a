"""Code of others, compiled by others: linked as it is, it works, and its bugs are contained."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from paddock.fw.build import build_image
from paddock.fw.symbols import Symbols
from paddock.sim.run import simulate
from paddock.toolchain import binutil, environment, package_folder

FOREIGN = Path(__file__).parent / "images" / "foreign"
INCLUDE = Path(__file__).parents[2] / "firmware" / "include"
GNU = "riscv64-unknown-elf-"
HAVE_GNU = shutil.which(f"{GNU}gcc") is not None


def zig(*options: str) -> list[str]:
    target = ["-target", "riscv32-freestanding-none", "-mcpu=generic_rv32+m", "-fno-sanitize=all", "-fno-pic"]
    return [str(package_folder("ziglang") / "zig"), "cc", *target, *options]


def gnu(*options: str) -> list[str]:
    return [f"{GNU}gcc", "-march=rv32im", "-mabi=ilp32", "-ffreestanding", *options]


#: Command lines that know nothing of this project, with their defaults: small data, common symbols, jump tables,
#: code for any address.
COMPILERS = {"clang_O2": zig("-O2"), "clang_Os_pic": zig("-Os", "-fPIC")}
if HAVE_GNU:
    COMPILERS |= {
        "gcc_O0": gnu("-O0"),
        "gcc_O2": gnu("-O2"),
        "gcc_Os_pic": gnu("-Os", "-fPIC", "-msave-restore"),
        "gcc_common": gnu("-O2", "-fcommon", "-ffunction-sections", "-fdata-sections"),
    }
LINKERS = {"lld": "", **({"gnu_ld": GNU} if HAVE_GNU else {})}


def compile_all(folder: Path, command: list[str], archive: bool) -> None:
    """Put objects, or one archive of them, in the place of each module's sources."""
    for place in (folder / "modules").iterdir():
        objects = []
        for source in sorted(place.glob("*.c")):
            target = source.with_suffix(".o")
            subprocess.run(
                [*command, "-I", INCLUDE, "-c", source, "-o", target], check=True, env=environment(), cwd=folder
            )
            source.unlink()
            objects.append(target)
        if archive:
            subprocess.run([*binutil("ar"), "rcs", place / "all.a", *objects], check=True, env=environment())
            for each in objects:
                each.unlink()


def run(folder: Path) -> tuple[str, Path]:
    image = build_image(folder)
    with (folder / "log").open("wb") as log:
        result = simulate(image.elf, max_cycles=5_000_000, stdout=log)
    assert (result.failure, result.escapes) == (0, 0)
    text = (folder / "log").read_text().replace("\r", "")
    # Where a compiler has put the code, and which member of a structure that is not there it reads first.
    text = re.sub(r"pc 8[0-9a-f]{7}", "pc XXXXXXXX", text)
    return re.sub(r"address 0000000[048]: null page", "null page", text), image.elf


def expected() -> str:
    return (FOREIGN / "expected.txt").read_text()


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(FOREIGN, tmp_path / "foreign"))


def test_from_its_sources(copy):
    assert run(copy)[0] == expected()


@pytest.mark.parametrize("linker", LINKERS)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_from_objects(copy, compiler, linker, monkeypatch):
    compile_all(copy, COMPILERS[compiler], archive=False)
    monkeypatch.setenv("CROSS_COMPILE", LINKERS[linker])
    log, _ = run(copy)
    assert log == expected()


@pytest.mark.parametrize("compiler", COMPILERS)
def test_from_archives(copy, compiler):
    compile_all(copy, COMPILERS[compiler], archive=True)
    log, _ = run(copy)
    assert log == expected()


@pytest.mark.parametrize("compiler", COMPILERS)
def test_everything_lies_where_it_may_be_used(copy, compiler):
    compile_all(copy, COMPILERS[compiler], archive=False)
    addresses = Symbols(run(copy)[1]).addresses
    public = range(addresses["__public_start"], addresses["__public_end"])
    arena = range(addresses["adc.arena.data"], addresses["adc.arena.upper"])
    assert addresses["adc.adc_read"] in public and addresses["trace.trace_event"] in public
    assert addresses["settings.settings_list"] in public and addresses["printf"] in public
    assert addresses["adc.arena.data"] in arena
    assert not any(name in addresses for name in ("adc_init", "pool_copy", "trace_printf", "__global_pointer$"))


def test_sources_are_of_others():
    for path in [*FOREIGN.glob("modules/*/*.c"), *FOREIGN.glob("modules/*/*.h")]:
        includes = set(re.findall(r"#include\s*<(\S+)>", path.read_text()))
        assert includes <= {"ctype.h", "stdarg.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h"}
        assert "paddock" not in path.read_text().lower()


def floating_point_with_the_compilers_library(tmp_path):
    place = tmp_path / "modules" / "mean"
    place.mkdir(parents=True)
    (place / "mean.c").write_text("int mean_of(int a, int b) { return (int)((a + b) / 2.0 * 1000.0 + 0.25f); }\n")
    (place / "module.toml").write_text("[operations.mean_of]\n")
    library = subprocess.run([*gnu("-print-libgcc-file-name")], check=True, capture_output=True, text=True).stdout
    shutil.copy(library.strip(), place)
    (tmp_path / "image.toml").write_text('modules = ["mean"]')
    (tmp_path / "main.c").write_text(
        '#include "console.h"\nint mean_of(int a, int b);\n'
        'int image_main(void) { console_print("%d\\n", mean_of(3, 4)); return 0; }\n'
    )
    assert run(tmp_path)[0] == "3500\n"


# The library comes with a GNU toolchain; where there is none, there is no such test.
if HAVE_GNU:
    test_floating_point_with_the_compilers_library = floating_point_with_the_compilers_library
