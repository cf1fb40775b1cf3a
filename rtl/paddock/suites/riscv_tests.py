"""``paddock riscv-tests``: riscv-software-src/riscv-tests on the SoC, from the user's checkout."""

import argparse
import re
import shlex
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..cache import cached, content_key
from ..campaign import Failure, write_verdict
from ..config import DEFAULT, PLAIN, PMP16, SocConfig
from ..errors import CommandError
from ..sim.run import simulate
from ..toolchain import compile_elf, compiler, compiler_version, run_tool
from .checkout import find_checkout, revision

__all__ = ["DOES_NOT_APPLY", "add_arguments", "run"]

SUITES = ("rv32ui", "rv32um", "rv32mi")
CORES = {"paddock": SocConfig(core=DEFAULT), "plain": SocConfig(core=PLAIN), "pmp16": SocConfig(core=PMP16)}

#: Tests of what the core does not have -> why they cannot pass. They are run all the same: one that passes is an error.
DOES_NOT_APPLY = {
    "rv32ui-ma_data": "wants misaligned loads and stores to be carried out; they trap, as rv32mi-ma_addr expects",
    "rv32mi-breakpoint": "writes tselect unconditionally; there are no triggers, so that is an illegal instruction",
}
#: The same for cores without physical memory protection.
DOES_NOT_APPLY_WITHOUT_PMP = {
    "rv32mi-pmpaddr": "assumes physical memory protection, as it says itself; paddock and plain have no pmp CSRs",
}

_NEEDED = {
    "isa/rv32ui/Makefrag": "it is not a checkout of riscv-tests",
    "isa/macros/scalar/test_macros.h": "it is not a checkout of riscv-tests",
    "env/p/riscv_test.h": "its submodule is missing; there, run `git submodule update --init env`",
}
#: Where an ELF file of 32 bits has its flags, and the one for compressed instructions.
_E_FLAGS, _RVC = 0x24, 0x1
_MAX_CYCLES = 2_000_000
_LINKER_SCRIPT = Path(__file__).with_name("riscv_tests.ld")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock riscv-tests``."""
    parser.add_argument("checkout", type=Path, help="folder with riscv-tests, its submodule env included")
    parser.add_argument("--only", default="", metavar="REGEX", help="tests whose name matches, such as rv32um-div")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="tests at a time (2)")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/riscv_tests.json")


def _names(checkout: Path) -> list[str]:
    """Names of all tests of `SUITES`, from the suite's own lists."""
    names = []
    for suite in SUITES:
        text = (checkout / "isa" / suite / "Makefrag").read_text().replace("\\\n", " ")
        listed = re.search(rf"^{suite}_sc_tests\s*=(.*)$", text, re.MULTILINE)
        if listed is None:
            raise CommandError(f"{checkout}/isa/{suite}/Makefrag has no list {suite}_sc_tests")
        names += [f"{suite}-{test}" for test in listed[1].split()]
    return names


def _without_rebinding(assembly: str) -> str:
    """Without ``.weak`` for symbols that the same file makes global: GNU as lets the last word count, clang none."""
    made_global = set(re.findall(r"\.globa?l\s+(\w+)", assembly))
    return re.sub(r"\.weak\s+(\w+)\s*;", lambda found: "" if found[1] in made_global else found[0], assembly)


def _compile(checkout: Path, name: str) -> Path:
    suite, test = name.split("-", 1)
    source = checkout / "isa" / suite / f"{test}.S"
    folders = (checkout / "env" / "p", checkout / "isa" / "macros" / "scalar")
    text = _without_rebinding(run_tool([*compiler(), *(f"-I{folder}" for folder in folders), "-E", source]))
    file = f"{name}.s"
    folder = cached("riscv_tests", content_key(texts=[file, text]), lambda work: (work / file).write_text(text))
    return _without_flag(compile_elf([folder / file], linker_script=_LINKER_SCRIPT, flags=[]))


def _without_flag(program: Path) -> Path:
    """Without the mark for compressed instructions: rv32mi-ma_fetch has some that it executes only if misa has C."""
    content = bytearray(program.read_bytes())
    content[_E_FLAGS] &= ~_RVC
    key = content_key(texts=[content.hex()])
    return cached("riscv_tests", key, lambda work: (work / "prog.elf").write_bytes(content)) / "prog.elf"


def _run_test(checkout: Path, name: str, core: str) -> dict:
    """One test on one core: what is reported of it."""
    result = simulate(_compile(checkout, name), CORES[core], max_cycles=_MAX_CYCLES)
    applies = _why_not(name, core) is None
    return {
        "name": name,
        "core": core,
        "status": ("pass" if result.status == 0 else "fail") if applies else _status_if_not(result.status),
        "failure": result.failure,
        "escapes": result.escapes,
        "cycles": result.cycles,
        "instructions": result.instructions,
    }


def _why_not(name: str, core: str) -> str | None:
    """Why a test does not apply to a core; None if it does."""
    without_pmp = {} if CORES[core].core.pmp else DOES_NOT_APPLY_WITHOUT_PMP
    return (DOES_NOT_APPLY | without_pmp).get(name)


def _status_if_not(status: int) -> str:
    """Of a test that does not apply."""
    return "does not apply" if status else "passes although it should not apply"


def _figures(checkout: Path, tests: list[dict]) -> dict:
    return {
        "suite": "riscv-tests",
        "revision": revision(checkout),
        "env_revision": revision(checkout / "env"),
        "compiler": compiler_version(),
        "does_not_apply": DOES_NOT_APPLY | DOES_NOT_APPLY_WITHOUT_PMP,
        "tests": tests,
    }


def _report(tests: Iterable[dict], checkout: Path) -> list[Failure]:
    """Print every result that is not plainly a pass; returns the bad ones."""
    bad = []
    for test in tests:
        if test["status"] == "pass":
            continue
        why = _why_not(test["name"], test["core"]) or f"its case {test['failure']}"
        if test["failure"] is None:
            why = f"no end within {_MAX_CYCLES} cycles"
        print(f"  {test['name']} on {test['core']}: {test['status']}: {why}", flush=True)
        if test["status"] != "does not apply":
            replay = f"make riscv-tests RISCV_TESTS={shlex.quote(str(checkout))} ONLY='^{test['name']}$'"
            bad.append(Failure(f"{test['name']} on {test['core']}", f"{test['status']}: {why}", replay))
    return bad


def run(args: argparse.Namespace) -> int:
    """Run the tests on the core with the extension, without it, and with PMP; 1 if one fails."""
    checkout = find_checkout(args.checkout, "riscv-tests", _NEEDED)
    names = [name for name in _names(checkout) if re.search(args.only, name)]
    if not names:
        raise CommandError(f"no test of {', '.join(SUITES)} matches {args.only!r}")
    if args.publish and args.only:
        raise CommandError("--publish wants all tests; leave --only out")
    print(f"{len(names)} tests on {len(CORES)} cores, {compiler_version()}", flush=True)
    started = time.monotonic()
    with ThreadPoolExecutor(args.jobs) as pool:
        futures = [pool.submit(_run_test, checkout, name, core) for name in names for core in CORES]
        tests = [future.result() for future in futures]
    bad = _report(tests, args.checkout)
    passed = sum(test["status"] == "pass" for test in tests)
    print(f"{passed} of {len(tests)} pass, {len(tests) - passed - len(bad)} do not apply, {len(bad)} are wrong")
    return write_verdict(
        "riscv_tests",
        _figures(checkout, tests),
        bad,
        command="make riscv-tests RISCV_TESTS=<checkout>",
        seconds=round(time.monotonic() - started, 1),
        publish=args.publish,
    )
