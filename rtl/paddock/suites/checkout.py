"""The user's checkout of a public suite."""

import subprocess
from pathlib import Path

from ..errors import CommandError

__all__ = ["find_checkout", "revision"]


def find_checkout(path: Path, suite: str, needed: dict[str, str]) -> Path:
    """``path``, if it is a checkout of ``suite``; ``needed`` says what must be in it, and what to do if it is not."""
    if not path.is_dir():
        raise CommandError(f"{path} is no folder; it should be a checkout of {suite}")
    for name, remedy in needed.items():
        if not (path / name).exists():
            raise CommandError(f"{path} has no {name}: {remedy}")
    return path.resolve()


def revision(checkout: Path) -> str | None:
    """The commit that is checked out, with ``+`` if files were changed; None if Git does not know the folder."""
    if not (checkout / ".git").exists():
        return None

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", checkout, *words], capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
