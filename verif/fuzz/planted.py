"""A core with deliberate faults, for the tests of the fuzzer, and our model with one of them as well."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.lockstep_build import build_bench
from model import execute
from model.hart import Hart
from paddock.config import DEFAULT
from paddock.paths import ROOT
from paddock.toolchain import environment

__all__ = ["FAULTS", "model_shares_the_fault", "planted_bench"]


@dataclass(frozen=True)
class Fault:
    """In ``file``, ``old`` becomes ``new``."""

    file: str
    old: str
    new: str


FAULTS = (
    # A negative number by 0 gives 1 instead of -1.
    Fault("units/muldiv.py", "(negative1 ^ negative2) & self.x_op2.any()", "negative1 ^ negative2"),
    # A division that a trap has killed goes on, and the next one gets its result.
    Fault(
        "units/muldiv.py", "m.If(self.x_abort | (self.x_done & self.x_advance))", "m.If(self.x_done & self.x_advance)"
    ),
    # A module enters what no module may call.
    Fault("module_state.py", "m.Elif((active != 0) & ~table.x_flags.callable)", "m.Elif(C(0))"),
)


def planted_bench(folder: Path) -> Path:
    """The bench of the default core with all `FAULTS`; ``folder`` is for the changed sources."""
    rtl = folder / "rtl"
    shutil.copytree(ROOT / "rtl" / "paddock", rtl / "paddock", ignore=shutil.ignore_patterns("__pycache__"))
    for fault in FAULTS:
        path = rtl / "paddock" / fault.file
        text = path.read_text()
        if text.count(fault.old) != 1:
            raise ValueError(
                f"{fault.file} has {fault.old!r} {text.count(fault.old)} times, not once: change the fault"
            )
        path.write_text(text.replace(fault.old, fault.new))
    source = folder / "core.v"
    command = [sys.executable, "-m", "paddock.cli", "verilog", "--rvfi", "-o", source]
    subprocess.run(command, check=True, env=environment(PYTHONPATH=str(rtl)), cwd=folder)
    return build_bench(DEFAULT, source)


@contextmanager
def model_shares_the_fault() -> Iterator[None]:
    """Our model divides by 0 as the core with `FAULTS` does: now only Unicorn knows better."""
    right = execute._OPERATIONS["div"]

    def wrong(a: int, b: int) -> int:
        return 1 if b == 0 and execute.signed(a) < 0 else right(a, b)

    execute._OPERATIONS["div"] = wrong
    Hart._decoded.clear()
    try:
        yield
    finally:
        execute._OPERATIONS["div"] = right
        Hart._decoded.clear()
