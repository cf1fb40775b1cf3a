"""Build results kept by content: a rerun with the same inputs starts at once, a change is never overlooked."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from .paths import BUILD

__all__ = ["cached", "content_key", "replace_file"]


def content_key(*, files: Iterable[Path] = (), texts: Iterable[str] = ()) -> str:
    """Name for what these inputs produce: contents of ``files``, and ``texts`` (commands, versions, options).

    The files' names below their folder count, as error messages and debug information have them; the folder does not.
    """
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{len(text)}:{text}".encode())
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.name}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:20]


def cached(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """The folder ``build/<kind>/<key>``, filled by ``build(folder)`` if it is not there.

    The folder appears all at once, so it is complete if it exists. Processes that want the same one wait for the
    first to finish. A ``build`` that raises leaves nothing behind.
    """
    parent = BUILD / kind
    final = parent / key
    if final.is_dir():
        return final
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / f"{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not final.is_dir():
            work = Path(tempfile.mkdtemp(prefix=f"{key}.", dir=parent))
            try:
                build(work)
                work.chmod(0o755)
                work.rename(final)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return final


def replace_file(source: Path, target: Path) -> None:
    """Copy ``source`` to ``target`` such that a reader of ``target`` sees the old or the new file, nothing between."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    shutil.copy(source, temporary)
    os.replace(temporary, target)
