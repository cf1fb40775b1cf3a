"""Runs a program in the simulator; what ``paddock sim``, the demo and the tests have in common."""

import dataclasses
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..config import SocConfig
from ..errors import CommandError
from .build import build_simulator
from .program import load_program

__all__ = ["DEFAULT_MAX_CYCLES", "SimResult", "simulate"]

DEFAULT_MAX_CYCLES = 100_000_000


@dataclass(frozen=True)
class SimResult:
    """How a simulation ended."""

    #: ``finisher``, ``tohost``, ``max_cycles`` or ``interrupted``.
    end: str
    #: By the finisher: 0 or the failure's code. By ``tohost``: the word that was written.
    code: int
    cycles: int
    #: Retired, or ended by an exception.
    instructions: int
    #: Time that the simulation took.
    seconds: float
    #: The monitor's count of what must never happen.
    escapes: int
    #: Cycles by what they were spent on and the instruction that they are charged to, if they were to be counted.
    stalls: dict[str, dict[str, int]] | None = None

    @property
    def failure(self) -> int | None:
        """0: the program says that it passed; else its code; None if it did not end by itself."""
        if self.end == "finisher":
            return self.code
        return self.code >> 1 if self.end == "tohost" else None

    @property
    def status(self) -> int:
        """Exit status: 0 passed, 3 no end, 4 passed with escapes, else the program's code (1 if it is above 255)."""
        if self.failure is None:
            return 3
        if self.failure == 0:
            return 4 if self.escapes else 0
        return self.failure if self.failure < 256 else 1


def simulate(
    elf: Path,
    config: SocConfig | None = None,
    *,
    max_cycles: int = DEFAULT_MAX_CYCLES,
    stdin: IO | int | None = subprocess.DEVNULL,
    stdout: IO | int | None = None,
    wave: Path | None = None,
    trace: Path | str | None = None,
    rvfi_bin: Path | None = None,
    pty: bool = False,
    stalls: tuple[int, int] | None = None,
) -> SimResult:
    """Run ``elf`` on the SoC ``config`` until it ends.

    ``stdin`` and ``stdout``, as for `subprocess`, are the serial line. ``trace``: text for every instruction, ``-``
    for stderr. ``rvfi_bin``: for `records.read_records`. ``pty``: the serial line is a pseudo-terminal, whose name is
    printed. ``stalls``: count what the pipeline waits for, from the instruction at the first address to that at the
    second; (0, 0): all the time. CommandError if the program cannot run.
    """
    config = config or SocConfig()
    config = dataclasses.replace(config, core=dataclasses.replace(config.core, rvfi=True))
    program = load_program(elf, config)
    simulator = build_simulator(config, wave=wave is not None, stalls=stalls is not None)
    with tempfile.TemporaryDirectory() as folder:
        image, result = Path(folder, "image"), Path(folder, "result")
        image.write_bytes(program.image)
        options = {
            "image": image,
            "result": result,
            "max-cycles": max_cycles,
            "bit-cycles": 16 * round(config.clock_hz / (16 * config.baud)),
            "tohost": program.tohost,
            "wave": wave,
            "trace": trace,
            "rvfi-bin": rvfi_bin,
            "stalls-from": stalls and stalls[0],
            "stalls-to": stalls and stalls[1],
        }
        for path in (wave, rvfi_bin):
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
        command = [str(simulator), *(f"--{name}={value}" for name, value in options.items() if value is not None)]
        done = _run([*command, *(["--pty"] if pty else [])], stdin, stdout)
        if done != 0:
            raise CommandError(f"the simulator ended with status {done}", 1)
        return SimResult(**json.loads(result.read_text()))


def _run(command: list[str], stdin, stdout) -> int:
    """Run the simulator; Ctrl-C goes to it, and it still says how far it got."""
    with subprocess.Popen(command, stdin=stdin, stdout=stdout) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
