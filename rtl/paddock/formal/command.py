"""``paddock formal``: prove the isolation properties on the core, without a depth bound."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from pathlib import Path

from ..errors import CommandError
from ..paths import BUILD, ROOT
from ..toolchain import ToolError, environment, package_folder

__all__ = ["PLANTS", "add_arguments", "run"]

#: Property -> planted bug of verif/plants that must break it.
PLANTS = {
    "g1_store": "store_not_gated",
    "g1_device": "device_request_not_gated",
    "g1_load": "permission_ignored",
    "g1_windows_alower": "bounds_late_on_return",
    "g2_rights": "machine_csrs_open_to_modules",
    "g2_trap": "id_not_cleared_on_trap",
    "g2_grant": "grant_passed_on",
    "g3_callable": "callable_ignored",
    "g3_leave": "id_not_restored_on_return",
    "g4_execute": "fetch_unchecked",
    "g5_next": "interrupts_masked_in_modules",
}
_FRAMES = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock formal``."""
    parser.add_argument("--only", default="", metavar="REGEX", help="properties whose name matches, such as g1_")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="proofs at a time (2)")
    parser.add_argument("--seconds", type=int, default=300, metavar="N", help="limit for each solver call (300)")
    parser.add_argument("--modules", type=int, default=4, metavar="N", help="module ids of the core (4)")
    parser.add_argument("--frames", type=int, default=4, metavar="N", help="frames of the core (4)")
    parser.add_argument("--publish", action="store_true", help="also write docs/results/formal.json")


def _emit(args: argparse.Namespace, folder: Path, rtl: Path) -> list[dict]:
    """The bench in ``folder``, from the RTL below ``rtl``; returns its properties in order."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "paddock.formal.emit", str(args.modules), str(args.frames), str(folder)]
    done = subprocess.run(command, env=environment(PYTHONPATH=str(rtl)), capture_output=True, text=True)
    if done.returncode:
        raise ToolError(f"emitting the bench failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads((folder / "properties.json").read_text())


def _abc(folder: Path, output: int, commands: str) -> tuple[str, float]:
    """What ABC prints when it runs ``commands`` on one output of the bench, and the seconds it took."""
    script = f"read_aiger {folder / 'bench.aig'}; cone -O {output}; scleanup; fraig; {commands}"
    started = time.monotonic()
    done = subprocess.run([package_folder("pyosys") / "yosys-abc", "-c", script], capture_output=True, text=True)
    return done.stdout, round(time.monotonic() - started, 1)


def _reached(text: str) -> int | None:
    """The cycle in which the output was high, if it was."""
    found = re.search(r"was asserted in frame (\d+)", text)
    return int(found[1]) if found else None


def _prove(folder: Path, index: int, listed: dict, limit: int) -> dict:
    """One property: its proof, and its cover."""
    text, seconds = _abc(folder, 2 * index, f"pdr -T {limit}")
    cover, _ = _abc(folder, 2 * index + 1, f"bmc3 -F {_FRAMES} -T {limit}")
    violated, covered = _reached(text), _reached(cover)
    if "Property proved" in text:
        status = "proved" if covered is not None else "vacuous"
    else:
        status = "violated" if violated is not None else "undecided"
    return {**listed, "method": "pdr", "depth": None, "seconds": seconds, "status": status, "cover_cycle": covered}


def _planted(args: argparse.Namespace, name: str) -> dict:
    """The planted bug that belongs to a property: the cycle in which the property falls."""
    spec = util.spec_from_file_location("plants", ROOT / "verif" / "plants" / "plants.py")
    plants = util.module_from_spec(spec)
    sys.modules["plants"] = plants
    spec.loader.exec_module(plants)
    fault = next(each for each in plants.PLANTS if each.name == PLANTS[name])
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "bench"
        listed = _emit(args, folder, plants.plant(fault, Path(work)))
        index = [each["name"] for each in listed].index(name)
        text, _ = _abc(folder, 2 * index, f"bmc3 -F {_FRAMES} -T {args.seconds}")
    return {"plant": fault.name, "broken_in_cycle": _reached(text)}


def run(args: argparse.Namespace) -> int:
    """Prove everything that ``--only`` asks for; 1 if something is not proved, is vacuous, or survives its bug."""
    folder = BUILD / "formal"
    properties = _emit(args, folder, ROOT / "rtl")
    chosen = [(i, each) for i, each in enumerate(properties) if re.search(args.only, each["name"])]
    if not chosen:
        raise CommandError(f"no property matches {args.only!r}; there are {', '.join(e['name'] for e in properties)}")
    if args.publish and args.only:
        raise CommandError("--publish wants all properties; leave --only out")

    def one(index: int, listed: dict) -> dict:
        result = _prove(folder, index, listed, args.seconds)
        if result["name"] in PLANTS:
            result |= _planted(args, result["name"])
        return result

    results, bad = [], 0
    with ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(lambda each: one(*each), chosen):
            blind = "plant" in result and result["broken_in_cycle"] is None
            bad += result["status"] != "proved" or blind
            note = f", {result['plant']} breaks it: {'no' if blind else 'yes'}" if "plant" in result else ""
            print(f"  {result['name']}: {result['status']} ({result['seconds']} s){note}", flush=True)
            results.append(result)
    document = {"modules": args.modules, "frames": args.frames, "properties": results}
    targets = [BUILD / "results" / "formal.json"] + ([ROOT / "docs/results/formal.json"] if args.publish else [])
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(document, indent=1) + "\n")
        print(f"wrote {target.relative_to(ROOT)}")
    print(f"{len(results) - bad} of {len(results)} proved without a depth bound, {bad} not")
    return 1 if bad else 0
