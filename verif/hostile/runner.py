"""A bench that runs, and what it says of a program."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from paddock.config import SocConfig
from paddock.errors import CommandError
from paddock.sim.program import load_program

from .program import Program, encode
from .target import Target

__all__ = ["Bench", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What a program has done."""

    #: What must never happen and has; None if all is well.
    escape: str | None
    cycles: int
    #: Retired or ended by an exception, in the hostile modules; and in the honest ones.
    instructions: int
    honest_instructions: int
    #: Of hostile modules, by the kernel.
    calls: int
    #: Asked for by modules.
    services: int
    interrupts: int
    #: Exceptions in modules, by cause.
    traps: dict[int, int]
    #: Coverage; the upper byte is the kind, see ``Point`` in ``bench/coverage.h``.
    points: frozenset[int]


class Bench:
    """The simulator with the image booted, ready for programs. A context manager.

    ``trace``: a line on stderr for every instruction.
    """

    def __init__(self, binary: Path, target: Target, *, trace: bool = False):
        self._target = target
        self._folder = tempfile.TemporaryDirectory(prefix="hostile.")
        folder = Path(self._folder.name)
        (folder / "image").write_bytes(load_program(target.image.elf, SocConfig()).image)
        (folder / "target").write_text(target.description())
        command = [binary, folder / "image", folder / "target", *(["--trace"] if trace else [])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_exception):
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def run(self, program: Program) -> Outcome:
        """Run one program; each starts from the same state, right after the boot."""
        self._process.stdin.write(encode(program, self._target))
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise CommandError(f"the bench ended with status {self._process.wait()}", 1)
        fields = json.loads(line)
        fields["traps"] = {int(cause): count for cause, count in fields["traps"].items()}
        return Outcome(**{**fields, "points": frozenset(fields["points"])})
