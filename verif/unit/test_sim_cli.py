"""``paddock sim``: what it refuses, and how a program's end becomes an exit status."""

import json
import os
import re
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paddock.cli import main
from paddock.fw.symbols import Symbols
from paddock.isa.memmap import RAM_BASE
from paddock.paths import ROOT
from paddock.sim.build import STALLS
from paddock.sim.records import read_records
from paddock.sim.run import simulate
from paddock.toolchain import compile_elf, compile_object

LINKER_SCRIPT = (
    "INCLUDE link.ld\nENTRY(_start)\nSECTIONS {{ . = {origin:#x}; .text : {{ KEEP(*(.text)) *(.data) }} }}\n"
)

FINISH = "li t0, {code}\n li t1, FINISHER_FINISH\n sw t0, 0(t1)\n1: j 1b\n"
PASS, FAIL_7 = FINISH.format(code="0x5555"), FINISH.format(code="7 << 16 | 0x3333")

UART = """
    li s0, UART_BASE
    li t0, 0x83                        # 8 bits, divisor latch
    sb t0, UART_LCR - UART_BASE(s0)
    li t0, 1                           # one bit is 16 cycles
    sb t0, UART_RBR_THR - UART_BASE(s0)
    sb zero, UART_IER - UART_BASE(s0)
    li t0, 3
    sb t0, UART_LCR - UART_BASE(s0)
"""
PRINT_HI = (
    UART
    + """
    la s1, text
1:  lbu t0, 0(s1)
    beqz t0, 3f
2:  lbu t1, UART_LSR - UART_BASE(s0)
    andi t1, t1, 0x40                  # all sent
    beqz t1, 2b
    sb t0, UART_RBR_THR - UART_BASE(s0)
    addi s1, s1, 1
    j 1b
3:  lbu t1, UART_LSR - UART_BASE(s0)
    andi t1, t1, 0x40
    beqz t1, 3b
"""
    + PASS
    + '\ntext: .asciz "Hi!\\n"\n'
)
ECHO_ONE = (
    UART
    + """
1:  lbu t1, UART_LSR - UART_BASE(s0)
    andi t1, t1, 1                     # data ready
    beqz t1, 1b
    lbu t0, UART_RBR_THR - UART_BASE(s0)
    addi t0, t0, 1
    sb t0, UART_RBR_THR - UART_BASE(s0)
3:  lbu t1, UART_LSR - UART_BASE(s0)
    andi t1, t1, 0x40
    beqz t1, 3b
"""
    + PASS
)
TOHOST = "la t1, tohost\n li t0, {value}\n sw t0, 0(t1)\n1: j 1b\n .balign 64\n .globl tohost\ntohost: .word 0\n"
ENDLESS = "1: j 1b\n"


def build(folder: Path, body: str, *, origin: int = RAM_BASE) -> Path:
    """An ELF file of assembler text that starts at ``origin``."""
    source, script = folder / "prog.S", folder / "prog.ld"
    source.write_text(f'.include "isa.inc"\n.globl _start\n_start:\n{body}')
    script.write_text(LINKER_SCRIPT.format(origin=origin))
    return compile_elf([source], folder / "prog.elf", linker_script=script)


def patched(elf: Path, offset: int, form: str, value: int) -> Path:
    """``elf`` with one field of its header changed."""
    content = bytearray(elf.read_bytes())
    struct.pack_into(form, content, offset, value)
    elf.write_bytes(content)
    return elf


def test_missing_file(tmp_path, capfd):
    assert main(["sim", str(tmp_path / "absent.elf")]) == 2
    assert "absent.elf: No such file" in capfd.readouterr().err


def test_not_an_elf(tmp_path, capfd):
    (tmp_path / "text").write_text("hello")
    assert main(["sim", str(tmp_path / "text")]) == 2
    assert "not an ELF file" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("offset", "form", "value", "message"),
    [
        (18, "<H", 62, "is for x64, not for RISC-V"),
        (18, "<H", 40, "is for ARM, not for RISC-V"),
        (16, "<H", 3, "is not a linked program"),
        (36, "<I", 1, "has compressed instructions"),
        (36, "<I", 2, "needs floating-point registers"),
        (24, "<I", 0, "has no entry point; the core starts at 0x80000000"),
        (24, "<I", RAM_BASE + 4, "starts at 0x80000004, but the core starts at 0x80000000"),
        (44, "<H", 0, "has nothing to load"),
    ],
)
def test_wrong_header(tmp_path, capfd, offset, form, value, message):
    elf = patched(build(tmp_path, PASS), offset, form, value)
    assert main(["sim", str(elf)]) == 2
    assert message in capfd.readouterr().err


def test_truncated(tmp_path, capfd):
    elf = build(tmp_path, PASS)
    elf.write_bytes(elf.read_bytes()[:60])
    assert main(["sim", str(elf)]) == 2
    assert str(elf) in capfd.readouterr().err


def test_64_bit_program(tmp_path, capfd):
    header = (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + struct.pack("<HHIQQQIHHHHHH", 2, 243, 1, RAM_BASE, 0, 0, 0, 64, 56, 0, 64, 0, 0)
    )
    (tmp_path / "prog.elf").write_bytes(header)
    assert main(["sim", str(tmp_path / "prog.elf")]) == 2
    assert "64-bit little-endian machine; the core is 32-bit" in capfd.readouterr().err


def test_object_file(tmp_path, capfd):
    (tmp_path / "part.S").write_text("nop\n")
    assert main(["sim", str(compile_object(tmp_path / "part.S"))]) == 2
    assert "is not a linked program" in capfd.readouterr().err


def test_outside_ram(tmp_path, capfd):
    elf = build(tmp_path, PASS + "\n.skip 8192\n")
    assert main(["sim", str(elf), "--ram-bytes", "4096"]) == 2
    assert re.search(
        r"wants memory at 0x80000000 \.\. 0x80002\S+, but the RAM is at 0x80000000 \.\. 0x80001000",
        capfd.readouterr().err,
    )


def test_bad_configuration(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, PASS)), "--modules", "3"]) == 2
    assert "modules must be a power of two from 2 to 256, not 3" in capfd.readouterr().err


def test_pass_and_output(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, PRINT_HI)), "--json", str(tmp_path / "result.json")]) == 0
    streams = capfd.readouterr()
    assert streams.out == "Hi!\n"
    assert re.search(r"\d+ cycles, \d+ instructions .* MHz simulated", streams.err)
    result = json.loads((tmp_path / "result.json").read_text())
    assert (result["end"], result["status"], result["escapes"]) == ("finisher", 0, 0)


def test_quiet(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, PASS)), "--quiet"]) == 0
    assert capfd.readouterr().err == ""


def test_fail_code(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, FAIL_7))]) == 7
    assert "reports failure 7" in capfd.readouterr().err


@pytest.mark.parametrize(("value", "status"), [(1, 0), (5 << 1 | 1, 5), (1000 << 1 | 1, 1)])
def test_tohost(tmp_path, value, status):
    assert main(["sim", str(build(tmp_path, TOHOST.format(value=value)))]) == status


def test_no_exit(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, ENDLESS)), "--max-cycles", "1_000"]) == 3
    assert "no exit within 1000 cycles" in capfd.readouterr().err


def test_other_core(tmp_path):
    """A core without the extension refuses its CSRs, one with it does not."""
    elf = build(tmp_path, f"la t0, 2f\n csrw CSR_MTVEC, t0\n csrr t0, CSR_PD_ID\n{PASS}\n.balign 4\n2: {FAIL_7}")
    assert main(["sim", str(elf)]) == 0
    assert main(["sim", str(elf), "--no-paddock"]) == 7


def test_input(tmp_path):
    command = [sys.executable, "-m", "paddock.cli", "sim", "--quiet", str(build(tmp_path, ECHO_ONE))]
    done = subprocess.run(command, input=b"a", capture_output=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, b"b")


def test_pty(tmp_path):
    command = [sys.executable, "-m", "paddock.cli", "sim", "--pty", str(build(tmp_path, ECHO_ONE))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        name = process.stderr.readline().removeprefix("serial line: ").strip()
        line = os.open(name, os.O_RDWR | os.O_NOCTTY)
        os.write(line, b"x")
        time.sleep(1)  # the program has ended, what it has sent is still there
        assert os.read(line, 1) == b"y"
        os.close(line)
        assert process.wait(timeout=120) == 0


def test_traces(tmp_path):
    text, records = tmp_path / "trace.txt", tmp_path / "trace.bin"
    elf = build(tmp_path, "li a0, 5\n" + PASS)
    assert main(["sim", str(elf), "--trace", str(text), "--rvfi-bin", str(records)]) == 0
    lines, first = text.read_text().splitlines(), list(read_records(records))
    assert len(lines) == len(first)
    assert (first[0].pc_rdata, first[0].insn, first[0].rd_addr, first[0].rd_wdata) == (RAM_BASE, 0x00500513, 10, 5)
    assert re.search(r"id 0 +80000000  00500513 addi +x10=00000005$", lines[0])


def test_wave(tmp_path):
    wave = tmp_path / "out.fst"
    assert main(["sim", str(build(tmp_path, PASS)), "--wave", str(wave)]) == 0
    kind, length = struct.unpack(">BQ", wave.read_bytes()[:9])
    assert (kind, length) == (0, 329)  # an FST file begins with its header block


#: Between the two labels every cycle is known: docs/reference/pipeline.md.
STALLING = """
    la a0, _start
    li a1, 10
    .globl first, last
first: nop
1:  lw a2, 0(a0)
    add a3, a2, a2                     # waits for the load
    addi a1, a1, -1
    bnez a1, 1b
    div a4, a3, a2
    csrw mscratch, a4
last: nop                              # waits for the write
"""


def test_stalls_are_charged_to_their_causes(tmp_path):
    elf = build(tmp_path, STALLING + PASS)
    places = Symbols(elf).addresses
    assert simulate(elf, stalls=(places["first"], places["last"])).stalls == {
        "issued": {"lw": 10, "add": 10, "addi": 11, "bne": 10, "div": 1, "csrrw": 1},
        "d_wait_operand": {"lw": 10, "div": 1},
        "jump": {"bne": 9},
        "x_divide_busy": {"div": 33},
        "d_wait_csr": {"csrrw": 1},
    }


def test_stalls_are_complete(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, PRINT_HI)), "--stalls"]) == 0
    shown = capfd.readouterr().err
    cycles, instructions = re.search(r"(\d+) cycles, (\d+) instructions", shown).groups()
    rows = {name: int(count.replace(",", "")) for name, count in re.findall(r"^(\w+) +([\d,]+) +[\d.]+ %", shown, re.M)}
    assert rows.pop("all") == int(cycles) == sum(rows.values())
    # What is in M and in front of it when the program ends has left X, but has not retired.
    assert 0 <= rows["issued"] - int(instructions) <= 3
    assert rows["m_wait_device"] > rows["jump"] > 0


def test_every_reason_to_wait_is_counted():
    reasons = re.findall(r"^\| `([dxm]_\w+)` \|", (ROOT / "docs" / "reference" / "pipeline.md").read_text(), re.M)
    assert {*STALLS, "d_pmp_busy"} == set(reasons)  # of PMP, with which nothing is counted


def test_stalls_of_pmp_are_refused(tmp_path, capfd):
    assert main(["sim", str(build(tmp_path, PASS)), "--stalls", "--config", "pmp4"]) == 2
    assert "--stalls does not know what PMP waits for" in capfd.readouterr().err
