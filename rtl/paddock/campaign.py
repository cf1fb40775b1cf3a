"""What the long commands share: a line of progress, and results that say what failed and how to replay it."""

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from .paths import BUILD, ROOT

__all__ = ["Failure", "Progress", "write_results", "write_verdict"]


@dataclass(frozen=True)
class Failure:
    """Something that a campaign has found."""

    #: Short and unique within the campaign: a seed, a property, a test.
    name: str
    #: What was expected and what was seen, in one line.
    what: str
    #: The shell command, from the repository's root, that shows it again.
    replay: str


class Progress:
    """A line on stderr: how much is done, how fast, what was found.

    On a terminal it is rewritten in place twice a second; elsewhere a line comes every ``interval`` seconds.
    """

    def __init__(self, total: int | None, unit: str, *, interval: float = 20.0):
        self._total = total
        self._unit = unit
        self._terminal = sys.stderr.isatty()
        self._interval = 0.5 if self._terminal else interval
        self.started = self._shown = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return round(time.monotonic() - self.started, 1)

    def update(self, done: int, note: str = "") -> None:
        """Show that ``done`` units are finished; ``note`` is appended. Cheap to call often."""
        now = time.monotonic()
        if now - self._shown >= self._interval:
            self._shown = now
            self._line(done, note)

    def _line(self, done: int, note: str) -> None:
        of = f" of {self._total:,}" if self._total else ""
        rate = done / max(time.monotonic() - self.started, 1e-3)
        text = f"{done:,}{of} {self._unit}, {rate:,.{0 if rate >= 100 else 1}f}/s, {self.seconds:.0f} s"
        text += f", {note}" if note else ""
        print(f"\r\x1b[K{text}" if self._terminal else text, end="" if self._terminal else "\n", file=sys.stderr)
        sys.stderr.flush()

    def close(self) -> None:
        """Clear the line."""
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def write_results(name: str, document: dict, *, publish: bool = False) -> list[Path]:
    """Write ``build/results/<name>.json``; with ``publish`` also the copy that the docs are rendered from."""
    paths = [BUILD / "results" / f"{name}.json", *([ROOT / "docs" / "results" / f"{name}.json"] if publish else [])]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=2) + "\n")
    return paths


def write_verdict(
    name: str, figures: dict, failures: Iterable[Failure], *, command: str, seconds: float, publish: bool = False
) -> int:
    """Write the results of the campaign ``name`` and print what it has found; the command's exit status.

    The document has ``command``, ``status`` (``pass`` or ``fail``), ``seconds``, all of ``figures``, and ``failures``.
    """
    failures = list(failures)
    document = {"command": command, "status": "fail" if failures else "pass", "seconds": seconds, **figures}
    document["failures"] = [asdict(failure) for failure in failures]
    for failure in failures:
        print(f"FAILED {failure.name}: {failure.what}\n  replay: {failure.replay}")
    for path in write_results(name, document, publish=publish):
        print(f"wrote {path.relative_to(ROOT)}")
    return 1 if failures else 0
