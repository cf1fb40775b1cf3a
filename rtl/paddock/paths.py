"""Where things are. The package is used from its source tree (an editable install), next to firmware and tests."""

from pathlib import Path

__all__ = ["BUILD", "ROOT"]

#: The repository.
ROOT = Path(__file__).resolve().parents[2]
#: Everything that is built; may be deleted at any time.
BUILD = ROOT / "build"
