"""Objects and archives of others: what is taken, what is refused and in which words."""

import shutil
import subprocess
from pathlib import Path

import pytest

from paddock.fw.archive import read_archive, select
from paddock.fw.build import build_image
from paddock.fw.elf import ObjectFile, parse_arch
from paddock.fw.manifest import ManifestError
from paddock.fw.symbols import Symbols
from paddock.toolchain import binutil, compile_object, environment, package_folder

MAIN = "int image_main(void) { return 0; }\n"
RUN = "int a_run(void) { return 0; }\n"
MANIFEST = "[operations.a_run]\n"


def compiled(folder: Path, source: str, *flags: str, name: str = "a") -> Path:
    """Object of this C."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.c"
    path.write_text(source)
    return compile_object(path, folder / f"{name}.o", flags=("-O1", *flags))


def section(name: str) -> str:
    """As compilers write the tables of functions that run before and after everything else."""
    return f'__asm__(".section {name}, \\"aw\\"\\n.word a_run\\n.text");'


def archive(path: Path, *members: Path) -> Path:
    subprocess.run([*binutil("ar"), "rcs", path, *members], check=True, env=environment())
    return path


def build(folder: Path, *files: Path, manifest: str = MANIFEST):
    """An image with the module ``a`` made of these files."""
    place = folder / "modules" / "a"
    place.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(file, place)
    (place / "module.toml").write_text(manifest)
    (folder / "image.toml").write_text('modules = ["a"]')
    (folder / "main.c").write_text(MAIN)
    return build_image(folder)


def addresses(image) -> dict[str, int]:
    return Symbols(image.elf).addresses


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (section(".init_array"), r"a\.o has constructors or destructors \(\.init_array\)"),
        (section(".fini_array.5"), r"a\.o has constructors or destructors \(\.fini_array\.5\)"),
        (section(".ctors"), r"a\.o has constructors or destructors \(\.ctors\)"),
        ("__thread int mine = 1; int *where(void) { return &mine; }", r"a\.o has variables by thread \(\.tdata"),
        ('__asm__(".section .fast, \\"awx\\"\\nnop\\n.text");', r"a\.o has code that is written to \(\.fast\)"),
        ("extern int __global_pointer$; int *g(void) { return &__global_pointer$; }", "uses gp for its small data"),
        ("extern int missing(void); int b(void) { return missing(); }", r"module a: a\.o wants 'missing', which is no"),
        (
            "double half(double x) { return x / 2; }",
            r"a\.o wants '__muldf3'.*put the compiler's libgcc\.a or compiler-rt",
        ),
    ],
)
def test_refused(tmp_path, source, message):
    with pytest.raises(ManifestError, match=message):
        build(tmp_path, compiled(tmp_path / "o", RUN + source))


def foreign_object(tmp_path: Path, *options: str) -> Path:
    (tmp_path / "f.c").write_text(RUN)
    zig = [package_folder("ziglang") / "zig", "cc", "-c", tmp_path / "f.c", "-o", tmp_path / "f.o", *options]
    subprocess.run(zig, check=True, env=environment())
    return tmp_path / "f.o"


@pytest.mark.parametrize(
    ("cpu", "message"),
    [
        ("generic_rv32+m+c", "is compiled with compressed instructions; this core has rv32im"),
        (
            "generic_rv32+m+a",
            r"is compiled for rv32i2p1_m2p0_a2p1\S*; this core has rv32im\S* and not a, zaamo, zalrsc",
        ),
        ("generic_rv32+m+zbb", r"is compiled for rv32\S*zbb\S*; this core has rv32im\S* and not zbb"),
    ],
)
def test_refused_for_what_the_core_has_not(tmp_path, cpu, message):
    path = foreign_object(tmp_path, "-target", "riscv32-freestanding-none", f"-mcpu={cpu}")
    with pytest.raises(ManifestError, match=rf"f\.o {message}"):
        build(tmp_path, path)


def test_refused_for_another_machine(tmp_path):
    path = foreign_object(tmp_path, "-target", "riscv64-freestanding-none")
    with pytest.raises(ManifestError, match=r"f\.o is no RV32 object file"):
        build(tmp_path, path)


def test_refused_bitcode(tmp_path):
    path = foreign_object(tmp_path, "-target", "riscv32-freestanding-none", "-flto")
    with pytest.raises(ManifestError, match=r"f\.o is LLVM bitcode \(-flto\)"):
        build(tmp_path, path)


def test_refused_stripped(tmp_path):
    content = bytearray(compiled(tmp_path / "o", RUN).read_bytes())
    elf = ObjectFile("x", bytes(content))
    at = elf.elf["e_shoff"] + elf.sections.index(elf._table) * elf.elf["e_shentsize"]
    content[at + 4 : at + 8] = bytes(4)
    with pytest.raises(ManifestError, match=r"x has no symbol table: was it stripped\?"):
        ObjectFile("x", bytes(content))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rv32i2p1_m2p0_zicsr2p0_zmmul1p0", {"i", "m", "zicsr", "zmmul"}),
        ("rv32imac_zicsr_zifencei", {"i", "m", "a", "c", "zicsr", "zifencei"}),
    ],
)
def test_parse_arch(text, found):
    assert parse_arch(text) == found


def test_sections_of_their_own_names(tmp_path):
    source = """
        __attribute__((section(".fastcode"))) int quick(void) { return 1; }
        __attribute__((section(".config"))) int setting = 3;
        __attribute__((section(".tables"))) const int table[] = {1, 2};
        __asm__(".section .buffers, \\"aw\\", @nobits\\n.globl buffer\\nbuffer: .zero 16\\n.text");
        extern int buffer[];
        int a_run(void) { return quick() + setting + table[1] + buffer[1]; }
    """
    at = addresses(build(tmp_path, compiled(tmp_path / "o", source)))
    assert at["__public_start"] <= at["a.quick"] < at["__public_end"]
    assert at["__public_start"] <= at["a.table"] < at["__public_end"]
    assert at["a.arena.data"] <= at["a.setting"] < at["a.arena.bss"] <= at["a.buffer"] < at["a.arena.heap"]


def test_weak_names_get_nobodys(tmp_path):
    source = "__attribute__((weak)) extern int panic(void); int a_run(void) { return panic ? panic() : 5; }"
    at = addresses(build(tmp_path, compiled(tmp_path / "o", source)))
    assert at.get("a.panic", 0) == 0 and at["panic"] != 0


def test_own_function_before_the_librarys(tmp_path):
    source = 'unsigned strlen(const char *s) { return s[0]; } int a_run(void) { return strlen("xy"); }'
    image = build(tmp_path, compiled(tmp_path / "o", source, "-fno-builtin"))
    assert "a.strlen" in addresses(image) and "strlen" not in image.linked[0].imports


# Archives


def test_archive_gives_what_is_wanted(tmp_path):
    out = tmp_path / "o"
    members = [
        compiled(out, "int helper(void); int a_run(void) { return helper(); }", name="run"),
        compiled(out, "extern int nowhere(void); int unused(void) { return nowhere(); }", name="unused"),
        compiled(out, "static int calls; int helper(void) { return ++calls; }", name="a_rather_long_name_of_a_member"),
    ]
    image = build(tmp_path, archive(tmp_path / "libx.a", *members))
    names = [each.short for each in image.linked[0].origins.values()]
    assert names == ["libx.a(run.o)", "libx.a(a_rather_long_name_of_a_member.o)"]
    assert "a.helper" in addresses(image) and "a.unused" not in addresses(image)


def test_wish_of_a_member_is_named(tmp_path):
    member = compiled(tmp_path / "o", "extern int nowhere(void); int a_run(void) { return nowhere(); }", name="x")
    with pytest.raises(ManifestError, match=r"module a: libx\.a\(x\.o\) wants 'nowhere'"):
        build(tmp_path, archive(tmp_path / "libx.a", member))


def test_two_objects_of_one_name(tmp_path):
    one = compiled(tmp_path / "1", "int other(void); int a_run(void) { return other(); }", name="x")
    two = compiled(tmp_path / "2", "int other(void) { return 2; }", name="x")
    image = build(tmp_path, one, archive(tmp_path / "libx.a", two))
    assert len(image.linked[0].objects) == 2


def test_names_as_bsd_writes_them(tmp_path):
    body = compiled(tmp_path / "o", RUN).read_bytes()
    name = b"name of its own.o\0\0\0"
    header = b"#1/%-13d%-12s%-6s%-6s%-8s%-10d`\n" % (len(name), b"0", b"0", b"0", b"644", len(name) + len(body))
    (tmp_path / "bsd.a").write_bytes(b"!<arch>\n" + header + name + body)
    (found,) = read_archive(tmp_path / "bsd.a")
    assert found.short == "bsd.a(name of its own.o)" and found.defined == {"a_run"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text", "is no archive"),
        (b"!<thin>\n", "is a thin archive"),
        (b"!<arch>\n" + b"x" * 60, "is damaged at byte 8"),
        (b"!<arch>\n%-48s%-10d`\nabc" % (b"x.o/", 99), "is damaged at byte 8"),
    ],
)
def test_refused_archive(tmp_path, content, message):
    (tmp_path / "x.a").write_bytes(content)
    with pytest.raises(ManifestError, match=message):
        read_archive(tmp_path / "x.a")


def test_members_are_taken_once(tmp_path):
    each = ObjectFile("x", compiled(tmp_path / "o", RUN).read_bytes())
    assert select(["a_run"], [], [each, each]) == [each]


# Services


def test_services_are_those_that_it_imports(tmp_path):
    source = '#include <stdio.h>\nvoid *kmalloc(unsigned);\nint a_run(void) { return printf("%p", kmalloc(3)); }\n'
    include = f"-I{Path(__file__).parents[2] / 'firmware' / 'include'}"
    image = build(tmp_path, compiled(tmp_path / "o", source, include))
    assert image.services == {"a": ("kmalloc", "console_write")}


def test_stated_services_are_kept_to(tmp_path):
    source = compiled(tmp_path / "o", "void *kmalloc(unsigned); int a_run(void) { return kmalloc(3) != 0; }")
    with pytest.raises(ManifestError, match="module a asks for the service kmalloc, which its manifest leaves out of"):
        build(tmp_path, source, manifest='services = ["kfree"]\n' + MANIFEST)
    image = build(tmp_path, source, manifest='services = ["kmalloc", "time_cycles"]\n' + MANIFEST)
    assert image.services == {"a": ("kmalloc", "time_cycles")}


@pytest.mark.parametrize("name", ["printf", "kmalloc"])
def test_operation_cannot_have_the_name_of_what_all_may_use(tmp_path, name):
    with pytest.raises(
        ManifestError, match=rf"operations\.{name} has the name of a function that every module may call"
    ):
        build(
            tmp_path, compiled(tmp_path / "o", f"int {name}(void) {{ return 0; }}"), manifest=f"[operations.{name}]\n"
        )
