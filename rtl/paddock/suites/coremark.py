"""``paddock coremark``: EEMBC's CoreMark on the SoC, from the user's checkout; does the extension cost it a cycle?

The benchmark's files are compiled as they are, which its own checksums confirm; the port is ``firmware/coremark``.
Three runs of the same machine code: on the core without the extension, by the kernel of the one with it, and inside a
module's windows. Data and program are in RAM that answers in one cycle.
"""

import argparse
import hashlib
import os
import re
import shlex
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ..campaign import Failure, write_verdict
from ..config import DEFAULT, PLAIN, SocConfig
from ..errors import CommandError
from ..fw.symbols import Symbols
from ..paths import ROOT
from ..sim.run import simulate
from ..sim.stalls import stall_lines
from ..toolchain import check_flags, compile_elf, compile_object, compiler, compiler_version
from .checkout import find_checkout, revision

__all__ = ["RUNS", "Run", "add_arguments", "build", "parse_output", "run"]

PORT = ROOT / "firmware" / "coremark"
FILES = ("core_list_join.c", "core_main.c", "core_matrix.c", "core_state.c", "core_util.c")
_CHECKSUMS = "coremark.md5"
_NEEDED = {name: "it is not a checkout of eembc/coremark" for name in (*FILES, "coremark.h", _CHECKSUMS)}
#: What the peers' figures in the docs were measured with.
_FLAGS = "-O3 -funroll-loops -finline-functions"
#: The benchmark wants to run for this long.
_SECONDS = 10


@dataclass(frozen=True)
class Run:
    """One way to run the benchmark."""

    what: str
    soc: SocConfig
    #: It runs as a module.
    inside: bool = False
    #: The compiler inserts a call of ``checks.S`` before every access of the benchmark.
    checks: bool = False


RUNS = {
    "plain": Run("without the extension", SocConfig(core=PLAIN)),
    "unused": Run("with the extension, by the kernel", SocConfig(core=DEFAULT)),
    "inside": Run("with the extension, inside a module's windows", SocConfig(core=DEFAULT), inside=True),
}
#: What protection without hardware costs; only with ``--checks``, as it is other machine code.
CHECKS = {"checks": Run("without it, every access checked by the compiler", SocConfig(core=PLAIN), checks=True)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock coremark``."""
    parser.add_argument("checkout", type=Path, help="folder with eembc/coremark")
    parser.add_argument("--iterations", type=int, default=40, metavar="N", help="of the benchmark's loop (40)")
    parser.add_argument("--flags", default=_FLAGS, help=f"options of the compiler ({_FLAGS})")
    parser.add_argument("--checks", action="store_true", help="a run with checks that the compiler inserts, too")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/coremark.json")


def _check_unchanged(checkout: Path) -> None:
    """CommandError if a file of the benchmark is not what its list of checksums says."""
    for line in (checkout / _CHECKSUMS).read_text().split("\n"):
        if not line.strip():
            continue
        wanted, name = line.split()
        if hashlib.md5((checkout / name).read_bytes()).hexdigest() != wanted:
            raise CommandError(f"{checkout / name} was changed: its checksum is not the one in {_CHECKSUMS}")


def build(checkout: Path, run: Run, flags: list[str], iterations: int) -> Path:
    """The benchmark as a program for ``run``."""
    defines = {
        "ITERATIONS": iterations,
        "PERFORMANCE_RUN": 1,
        "CLOCK_HZ": run.soc.clock_hz,
        "MODULES": run.soc.core.modules,
        "INSIDE": int(run.inside),
        "COMPILER_FLAGS": f'"{" ".join(flags)}"',
    }
    folders = [PORT, checkout, ROOT / "firmware" / "include"]
    benchmark = [checkout / name for name in FILES]
    others = [PORT / "core_portme.c", PORT / "start.S", ROOT / "firmware" / "public" / "memory.c"]
    if run.checks:
        checked = [*flags, *check_flags()]
        benchmark = [compile_object(path, include_dirs=folders, defines=defines, flags=checked) for path in benchmark]
        others.append(PORT / "checks.S")
    script = PORT / "coremark.ld"
    sources = [*benchmark, *others]
    return compile_elf(sources, linker_script=script, include_dirs=folders, defines=defines, flags=flags)


def parse_output(text: str) -> dict:
    """What the benchmark has printed: cycles of the timed part, iterations, whether it finds itself correct."""
    found = {
        name: re.search(rf"^{label}\s*: (\w+)", text, re.MULTILINE)
        for name, label in (("ticks", "Total ticks"), ("iterations", "Iterations"), ("crc", r"\[0\]crcfinal"))
    }
    if missing := [name for name, match in found.items() if match is None]:
        raise CommandError(f"the benchmark did not print its {', '.join(missing)}; it printed:\n{text}", 1)
    errors = re.findall(r"^.*ERROR!.*$", text, re.MULTILINE)
    too_short = [line for line in errors if "at least 10 secs" in line]
    return {
        "cycles": int(found["ticks"][1]),
        "iterations": int(found["iterations"][1]),
        "crcfinal": found["crc"][1],
        "too_short": bool(too_short),
        "errors": [line for line in errors if line not in too_short],
        "validated": "Correct operation validated" in text,
    }


def _measure(elf: Path, name: str, run: Run, iterations: int) -> tuple[dict, str]:
    """What is reported of the run ``name``, and the text that the benchmark has printed."""
    places = Symbols(elf).addresses
    timed = (places["start_time"], places["stop_time"])
    with tempfile.TemporaryFile() as console:
        limit = 2_000_000 + 4_000_000 * iterations
        stalls = timed if run.inside else None
        result = simulate(elf, run.soc, max_cycles=limit, stdout=console, stalls=stalls)
        console.seek(0)
        text = console.read().decode(errors="replace").replace("\r", "")
    if result.status != 0:
        how = "did not end" if result.failure is None else f"ended with {result.failure} (a trap's cause)"
        raise CommandError(f"CoreMark, {run.what}, {how}, {result.escapes} escapes; it printed:\n{text}", 1)
    output = parse_output(text)
    each = output["cycles"] / output["iterations"]
    return {
        "name": name,
        "what": run.what,
        **output,
        "cycles_per_iteration": round(each),
        "coremark_per_mhz": round(1e6 / each, 3),
        **({"stalls": result.stalls} if stalls else {}),
    }, text


def _failures(runs: list[dict], replay: str) -> list[Failure]:
    bad = []
    for run in runs:
        if run["errors"] or not (run["validated"] or run["too_short"]):
            bad.append(Failure(run["name"], f"the benchmark finds itself wrong: {run['errors']}", replay))
        for what in ("cycles", "crcfinal") if run["name"] in RUNS else ("crcfinal",):
            if run[what] != runs[0][what]:
                text = f"{what}: {run[what]} {run['what']}, but {runs[0][what]} {runs[0]['what']}"
                bad.append(Failure(run["name"], text, replay))
    return bad


def run(args: argparse.Namespace) -> int:
    """Build and run the benchmark in the three ways; 1 if it is wrong or they differ in cycles."""
    checkout = find_checkout(args.checkout, "eembc/coremark", _NEEDED)
    _check_unchanged(checkout)
    if args.iterations < 1:
        raise CommandError(f"--iterations must be at least 1, not {args.iterations}")
    flags = shlex.split(args.flags)
    started = time.monotonic()
    print(f"CoreMark, {args.iterations} iterations, {compiler_version()}\nflags: {' '.join(flags)}", flush=True)
    runs = []
    for name, each in {**RUNS, **(CHECKS if args.checks else {})}.items():
        figures, text = _measure(build(checkout, each, flags, args.iterations), name, each, args.iterations)
        if not runs:
            print(f"\n{text}", flush=True)
        runs.append(figures)
        print(
            f"{each.what}: {figures['cycles_per_iteration']:,} cycles per iteration, "
            f"{figures['coremark_per_mhz']:.2f} CoreMark/MHz",
            flush=True,
        )
    print(f"\n{RUNS['inside'].what}, timed part:")
    print("\n".join(stall_lines(next(each["stalls"] for each in runs if "stalls" in each))))
    if runs[0]["too_short"]:
        print(f"no valid result by the benchmark's rules, which want {_SECONDS} s: raise --iterations")
    cross = os.environ.get("CROSS_COMPILE", "")
    command = (f"CROSS_COMPILE={cross} " if cross else "") + "make coremark COREMARK=<checkout>"
    command += " ARGS=--checks" if args.checks else ""
    return write_verdict(
        "coremark",
        {
            "revision": revision(checkout),
            "compiler": compiler_version(),
            "flags": " ".join(flags),
            "all_flags": " ".join(word for word in compiler()[1:] if word != "cc"),
            "clock_hz": RUNS["plain"].soc.clock_hz,
            "memory": "RAM that answers in one cycle, for program and data; data block static",
            "runs": runs,
        },
        _failures(runs, command.replace("<checkout>", shlex.quote(str(args.checkout)))),
        command=command,
        seconds=round(time.monotonic() - started, 1),
        publish=args.publish,
    )
