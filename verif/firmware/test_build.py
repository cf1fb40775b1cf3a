"""Modules are written without a thought of each other: what the build step does for that, and what it refuses."""

import re
import struct

import pytest
from elftools.elf.elffile import ELFFile

from paddock.fw.build import build_image
from paddock.fw.demo import build_demo
from paddock.fw.manifest import ManifestError
from paddock.toolchain import ToolError

MAIN = "int image_main(void);\nint image_main(void) { return 0; }\n"


def image(folder, main=MAIN, **modules):
    (folder / "image.toml").write_text(f"modules = {list(modules)!r}\n")
    (folder / "main.c").write_text(main)
    for name, (manifest, source) in modules.items():
        place = folder / "modules" / name
        place.mkdir(parents=True)
        (place / "module.toml").write_text(manifest)
        (place / f"{name}.c").write_text(source)
    return build_image(folder)


def run_function(name, body="return 0;"):
    return f"int {name}(void);\nint {name}(void) {{ {body} }}\n"


def symbols_of(path):
    with path.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        return {symbol.name: symbol["st_value"] for symbol in table.iter_symbols()}


def test_same_names_in_two_modules(tmp_path):
    shared = "int init(void); int shared = 1; int init(void) { return shared; }\n"
    built = image(
        tmp_path,
        a=("[operations.a_run]", shared + run_function("a_run", "return init();")),
        b=("[operations.b_run]", shared + run_function("b_run", "return init();")),
    )
    symbols = symbols_of(built.elf)
    assert symbols["a.init"] != symbols["b.init"]
    assert "init" not in symbols


def test_data_lies_in_the_own_arena(tmp_path):
    source = "int counter = 5; int zero[10];" + run_function("a_run", "return counter++ + zero[3]++;")
    symbols = symbols_of(image(tmp_path, a=("heap=33\n[operations.a_run]", source)).elf)
    assert symbols["a.arena.stack_top"] - symbols["a.arena.lower"] >= 512
    assert symbols["a.arena.data"] == symbols["a.arena.stack_top"]
    assert symbols["a.arena.data"] <= symbols["a.counter"] < symbols["a.zero"] < symbols["a.arena.heap"]
    assert symbols["a.arena.upper"] == symbols["a.arena.heap"] + 33


def test_arenas_lie_side_by_side(tmp_path):
    symbols = symbols_of(
        image(
            tmp_path,
            a=("heap=33\n[operations.a_run]", run_function("a_run")),
            b=("[operations.b_run]", run_function("b_run")),
        ).elf
    )
    assert symbols["b.arena.lower"] == symbols["a.arena.upper"]
    assert symbols["b.arena.stack_top"] % 16 == 0


def test_code_lies_in_the_public_window(tmp_path):
    text = 'const char *a_text(void); const char *a_text(void) { return "text"; }'
    symbols = symbols_of(image(tmp_path, a=("[operations.a_text]", text)).elf)
    assert symbols["__public_start"] <= symbols["a.a_text"] < symbols["__public_end"]
    assert symbols["__kernel_text_start"] <= symbols["a_text"] < symbols["__kernel_text_end"]
    assert symbols["__kernel_text_end"] <= symbols["__public_start"]
    assert symbols["__kernel_text_start"] <= symbols["module_call"] < symbols["__kernel_text_end"]


def registers(word):
    """Registers that an instruction of RV32IM or of the extension names."""
    opcode, fields = word & 0x7F, {"rd": word >> 7 & 31, "rs1": word >> 15 & 31, "rs2": word >> 20 & 31}
    immediate_csr = opcode == 0x73 and word >> 14 & 1
    names = {0x37: ["rd"], 0x17: ["rd"], 0x6F: ["rd"], 0x63: ["rs1", "rs2"], 0x23: ["rs1", "rs2"], 0x0F: []}.get(
        opcode, ["rd", "rs1", "rs2"] if opcode in (0x33, 0x0B) else ["rd"] if immediate_csr else ["rd", "rs1"]
    )
    return {fields[name] for name in names}


def test_kernel_leaves_registers_to_modules():
    # What the gate relies on, which saves neither s2-s11 nor gp and tp for the kernel.
    elf = build_demo().elf
    with elf.open("rb") as file:
        program = ELFFile(file)
        text = program.get_section_by_name(".kernel.text")
        start, code = text["sh_addr"], text.data()
        functions = [
            (symbol["st_value"] - start, symbol["st_size"], symbol.name)
            for symbol in program.get_section_by_name(".symtab").iter_symbols()
            if symbol["st_info"]["type"] == "STT_FUNC" and start <= symbol["st_value"] < start + len(code)
        ]
    assert len(functions) > 30
    mine = {3, *range(18, 28)}
    for at, size, name in functions:
        for (word,) in struct.iter_unpack("<I", code[at : at + size]):
            assert not registers(word) & mine, f"{name} uses {registers(word) & mine}"


@pytest.mark.parametrize("wanted", ["module_call", "heap_allocate", "console_print", "b_run", "fopen"])
def test_undefined_import_is_named(tmp_path, wanted):
    body = f"extern int {wanted}(void); return {wanted}();"
    with pytest.raises(ManifestError) as error:
        image(
            tmp_path,
            a=("[operations.a_run]", run_function("a_run", body)),
            b=("[operations.b_run]", run_function("b_run")),
        )
    assert f"module a: a.c wants '{wanted}'" in str(error.value)


def test_named_caller_may_import(tmp_path):
    body = "extern int b_run(void); return b_run();"
    symbols = symbols_of(
        image(
            tmp_path,
            a=("[operations.a_run]", run_function("a_run", body)),
            b=("callers=['a']\n[operations.b_run]", run_function("b_run")),
        ).elf
    )
    assert symbols["__public_start"] <= symbols["public.b_run"] < symbols["__public_end"]


def test_operation_must_exist(tmp_path):
    with pytest.raises(ManifestError, match=r"operations\.a_run is defined by none of a\.c"):
        image(tmp_path, a=("[operations.a_run]", run_function("other")))


def test_interrupt_handler_must_exist(tmp_path):
    manifest = "device='timer'\ninterrupts.timer='on_time'\n[operations.a_run]"
    with pytest.raises(ManifestError, match=r"interrupts\.timer: 'on_time' is defined nowhere"):
        image(tmp_path, a=(manifest, run_function("a_run")))


def test_timer_that_the_manifest_does_not_allow(tmp_path):
    source = "#include <kernel.h>\nint a_run(void) { return timer_set(0, 0, 0, 0); }\n"
    image(tmp_path, a=("timers = 1\n[operations.a_run]", source))
    with pytest.raises(ManifestError, match="asks for the service timer_set, and its manifest allows it none"):
        image(tmp_path, b=("[operations.a_run]", source))


def test_too_many_timers_together(tmp_path):
    both = {name: (f"timers = 200\n[operations.{name}_run]", run_function(f"{name}_run")) for name in "ab"}
    with pytest.raises(ManifestError, match="the modules' manifests ask for 400 timers; there can be 256"):
        image(tmp_path, **both)


def test_error_of_the_compiler_is_shown(tmp_path):
    with pytest.raises(ToolError, match=r"a\.c"):
        image(tmp_path, a=("[operations.a_run]", "this is no C\n"))


def test_module_that_does_not_fit(tmp_path):
    with pytest.raises(ManifestError) as error:
        image(tmp_path, a=("heap=1000000\n[operations.a_run]", run_function("a_run")))
    assert re.search(
        r"does not fit into 262144 bytes of RAM, by 8\d{5}; stack and heap .* are: a 1000512$", str(error.value)
    )


def test_object_that_is_none(tmp_path):
    image(tmp_path, a=("[operations.a_run]", run_function("a_run")))
    (tmp_path / "modules" / "a" / "b.o").write_text("text")
    with pytest.raises(ManifestError, match=r"b\.o is no RV32 object file"):
        build_image(tmp_path)
