"""Failing programs as files in ``build/fuzz``: a listing to read, and a JSON file to run again."""

import json
import struct
from pathlib import Path

from core.lockstep import Conditions, Run, Verdict
from core.randprog import Program
from core.randprog_asm import Assembler
from core.randprog_layout import CODE
from model.execute import disassemble
from paddock.isa.memmap import RAM_BASE
from paddock.paths import BUILD

from .configs import CONFIGS

__all__ = ["instructions", "load", "save"]

_FOLDER = BUILD / "fuzz"


def instructions(program: Program) -> int:
    """How many words the program has, without what keeps the trap vectors aligned."""
    return len(program.removable)


def save(name: str, config: str, verdict: Verdict) -> Path:
    """Writes listing and JSON file of a failing program; the path of the latter."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    run = verdict.run
    (_FOLDER / f"{name}.S").write_text(_listing(config, verdict))
    path = _FOLDER / f"{name}.json"
    document = {
        "config": config,
        "seed": run.seed,
        "conditions": run.conditions._asdict(),
        "max_cycles": run.max_cycles,
        "signature": verdict.difference.signature,
        "code": run.program.code.hex(),
        "data": run.program.data.hex(),
    }
    path.write_text(json.dumps(document) + "\n")
    return path


def load(path: Path) -> tuple[str, Run, tuple[str, ...]]:
    """Configuration, run, and the difference's signature that `save` has written."""
    document = json.loads(path.read_text())
    code = bytes.fromhex(document["code"])
    asm = Assembler(RAM_BASE)
    asm.word(*struct.unpack(f"<{len(code) // 4}I", code))
    program = Program(document["seed"], CONFIGS[document["config"]], asm, bytes.fromhex(document["data"]))
    run = Run(program, Conditions(**document["conditions"]), document["seed"], document["max_cycles"])
    return document["config"], run, tuple(document["signature"])


def _listing(config: str, verdict: Verdict) -> str:
    run = verdict.run
    head = [
        f"core: {config}; wait states: {run.conditions.waits} %, interrupts: {run.conditions.interrupts} %",
        f"the core differs from: {verdict.difference.reference}",
        *verdict.difference.what.splitlines(),
    ]
    places = {address: name for name, address in run.program.asm.labels(run.program.without).items() if name[0] != "."}
    lines = [f"# {line.rstrip()}" for line in head]
    words = struct.unpack(f"<{len(run.program.code) // 4}I", run.program.code)
    first = (CODE - RAM_BASE) // 4
    for index, word in enumerate(words):
        address = RAM_BASE + 4 * index
        if address in places:
            lines.append(f"{places[address]}:")
        if index == 0 or index >= first:
            lines.append(f"    {disassemble(word):40} # {address:08x}: {word:08x}")
        elif index == 1:
            lines.append(f"    # nothing up to {CODE:08x}, where the trap vectors stand")
    return "\n".join(lines) + "\n"
