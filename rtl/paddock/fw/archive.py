"""Static libraries: their members, and which of them are needed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from .elf import ObjectFile
from .manifest import ManifestError

__all__ = ["read_archive", "select"]

_HEADER = 60


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of everything in an ``ar`` file, as GNU and BSD write them."""
    content = path.read_bytes()
    if content.startswith(b"!<thin>\n"):
        raise ManifestError(f"{path} is a thin archive, which has names and no objects; make it without -T")
    if not content.startswith(b"!<arch>\n"):
        raise ManifestError(f"{path} is no archive")
    at, long_names = 8, b""
    while at + _HEADER <= len(content):
        header = content[at : at + _HEADER]
        name, size = header[:16].decode(errors="replace").rstrip(), header[48:58].decode(errors="replace").strip()
        if header[58:] != b"`\n" or not size.isdigit() or at + _HEADER + int(size) > len(content):
            raise ManifestError(f"{path} is damaged at byte {at}")
        body = content[at + _HEADER : at + _HEADER + int(size)]
        at += _HEADER + int(size) + int(size) % 2
        if name == "//":
            long_names = body
        elif name.startswith("#1/"):
            length = int(name[3:])
            yield body[:length].rstrip(b"\0").decode(), body[length:]
        elif name.startswith("/") and name[1:].isdigit():
            yield long_names[int(name[1:]) :].split(b"/\n")[0].decode(), body
        elif name not in ("/", "/SYM64/"):
            yield name.rstrip("/"), body


def read_archive(path: Path) -> list[ObjectFile]:
    """The objects in a static library."""
    return [ObjectFile(f"{path}({name})", body) for name, body in _members(path) if not name.startswith("__.SYMDEF")]


def select(wanted: Iterable[str], have: Iterable[ObjectFile], library: Iterable[ObjectFile]) -> list[ObjectFile]:
    """The members of ``library`` that a linker would take: those that define something ``wanted`` or wanted by an
    object that is there, and what these want in turn.
    """
    defined: set[str] = set()
    missing = set(wanted)
    taken: list[ObjectFile] = []
    left = list(library)

    def add(each: ObjectFile):
        nonlocal missing
        defined.update(each.defined)
        missing = (missing | each.wanted) - defined

    for each in have:
        add(each)
    while found := next((each for each in left if each.defined & missing), None):
        left.remove(found)
        taken.append(found)
        add(found)
    return taken
