"""The second reference: Unicorn, somebody else's RV32, judges the records of the core (`lockstep_judge.h`)."""

import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from paddock.cache import cached, content_key
from paddock.toolchain import package_folder, run_tool

from .lockstep_build import RECORDS, bench_constants, insn_names

__all__ = ["Judgement", "judge"]

_FOLDER = Path(__file__).parent
_UNITS = [_FOLDER / f"lockstep_{name}.cpp" for name in ("unicorn", "machine", "traps")]
_HEADERS = [_FOLDER / f"lockstep_{name}.h" for name in ("judge", "words")]
_CXX = ("g++", "-std=c++17", "-O2", "-Wall")


@dataclass(frozen=True)
class Judgement:
    """What Unicorn says of a program's records."""

    #: Records that agree, from the first on.
    judged: int
    #: The first difference, None if there is none.
    difference: str | None
    #: Who judged how much, and what the instructions met.
    counters: Counter


def judge(jobs: Iterable[tuple[Path, Path, bool]]) -> list[Judgement]:
    """Judges jobs of image, records, and whether the core has the extension."""
    lines = [f"{image} {trace} {int(paddock)}\n" for image, trace, paddock in jobs]
    done = subprocess.run([_build()], input="".join(lines), capture_output=True, text=True)
    judgements = [_parse(line) for line in done.stdout.splitlines()]
    if done.returncode or len(judgements) != len(lines):
        raise RuntimeError(f"the judge failed ({done.returncode}) in job {len(judgements)}:\n{done.stderr}")
    return judgements


def _parse(line: str) -> Judgement:
    head, _, difference = line.partition("\t")
    _, judged, *counters = head.split()
    pairs = (counter.split("=") for counter in counters)
    return Judgement(int(judged), difference or None, Counter({name: int(count) for name, count in pairs}))


def _build() -> Path:
    unicorn = package_folder("unicorn")
    (library,) = [path for path in (unicorn / "lib").iterdir() if ".so" in path.suffixes or path.suffix == ".dylib"]
    flags = [f"-D{name}={value}u" for name, value in bench_constants().items()]

    def build(folder: Path) -> None:
        (folder / "insn_names.h").write_text(insn_names())
        include = [f"-I{path}" for path in (".", _FOLDER, RECORDS.parent, unicorn / "include")]
        link = [library, f"-Wl,-rpath,{library.parent}", "-o", "judge"]
        run_tool([*_CXX, *flags, *include, *_UNITS, *link], cwd=folder)

    texts = [*_CXX, *flags, insn_names(), metadata.version("unicorn"), str(library), run_tool([_CXX[0], "--version"])]
    return cached("unicorn", content_key(files=[*_UNITS, *_HEADERS, RECORDS], texts=texts), build) / "judge"
