"""One run of a synthesis tool as data: it can be carried out here or on another machine, and is kept by content."""

import re
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from ..cache import cached, content_key
from ..toolchain import ToolError, run_tool, venv_tool

__all__ = [
    "NOT_ROUTED",
    "DoesNotFit",
    "Execute",
    "Job",
    "NotRouted",
    "Outcome",
    "outcome",
    "run_job",
    "tool_version",
]

#: What the tools say of a design that is too large for the device.
_TOO_LARGE = re.compile(
    r"(?:no BELs remaining|unable to find (?:legal placement|a placement location)|failed to expand region).*$",
    re.MULTILINE | re.IGNORECASE,
)
#: What the router says when it gives up on a placement.
NOT_ROUTED = re.compile(r"Failed to find a route for .*")
#: File beside the outputs.
_WHEN = "measured.txt"


class DoesNotFit(ToolError):
    """The design is too large for the device; the message is the tool's."""


class NotRouted(ToolError):
    """The router has given up on this placement, another seed may do; the message is the tool's."""


#: Failures that are outcomes: file that keeps the message, what the message is, what is raised.
_FAILURES = (("too_large.txt", _TOO_LARGE, DoesNotFit), ("not_routed.txt", NOT_ROUTED, NotRouted))


@dataclass(frozen=True)
class Job:
    """A tool's command line with all its input."""

    #: Folder in ``build`` that keeps the outcome, and what the progress line calls it.
    kind: str
    #: The tool, a program of the Python package of the same name, and the package's version.
    tool: str
    version: str
    arguments: tuple[str, ...]
    #: File name -> content.
    inputs: Mapping[str, bytes]
    #: Files that it makes.
    outputs: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same for the same outcome."""
        texts = [self.tool, self.version, *self.arguments, *self.outputs]
        return content_key(texts=[*texts, *(f"{name}:{body.hex()}" for name, body in sorted(self.inputs.items()))])


def tool_version(tool: str) -> str:
    """Version of the installed package ``tool``. ToolError if there is none."""
    try:
        return metadata.version(tool)
    except metadata.PackageNotFoundError:
        raise ToolError(f"{tool} is not installed; `make doctor` says what to do") from None


def run_job(job: Job) -> dict[str, bytes]:
    """Carry it out; returns the outputs by name. Needs nothing of the caller's machine but this package."""
    if (installed := tool_version(job.tool)) != job.version:
        raise ToolError(f"{job.tool} is {installed} where the job runs, but {job.version} where it comes from")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, body in job.inputs.items():
            (folder / file).write_bytes(body)
        try:
            run_tool([venv_tool(job.tool), *job.arguments], cwd=folder)
        except ToolError as error:
            messages = ((file, pattern.search(str(error))) for file, pattern, _ in _FAILURES)
            outputs = next(({file: found[0].strip().encode()} for file, found in messages if found), None)
            if outputs is None:
                raise
        else:
            outputs = {file: (folder / file).read_bytes() for file in job.outputs}
    seconds = time.monotonic() - started
    return outputs | {_WHEN: f"{seconds:.1f} {datetime.now(UTC):%Y-%m-%d}".encode()}


#: Carries a job out, here or elsewhere: job -> outputs by name.
Execute = Callable[[Job], Mapping[str, bytes]]


@dataclass(frozen=True)
class Outcome:
    """What a job has made."""

    folder: Path
    #: How long the tool took, and the day on which it did.
    seconds: float
    date: str


def outcome(job: Job, execute: Execute = run_job) -> Outcome:
    """What ``job`` makes; carried out by ``execute`` unless it is kept. DoesNotFit and NotRouted are kept, too."""

    def build(folder: Path) -> None:
        for file, body in execute(job).items():
            (folder / file).write_bytes(body)

    folder = cached(job.kind, job.key, build)
    for file, _, failure in _FAILURES:
        if (message := folder / file).exists():
            raise failure(message.read_text())
    seconds, date = (folder / _WHEN).read_text().split()
    return Outcome(folder, float(seconds), date)
