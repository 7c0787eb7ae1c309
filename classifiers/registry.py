"""Model versions on disk: which there are, which is current, and the way back.

A registry is a folder with one folder per version and a file `current` that names the
promoted versions, oldest first; the last line is the current one. The file is replaced
as a whole, so a reader sees the old or the new version and nothing between.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from classifiers.errors import BadModel, UnknownVersion
from classifiers.serving.model import CARD

CURRENT = "current"


def versions(registry: Path) -> list[str]:
    """Return the names of all versions, the current one or not."""
    return sorted(card.parent.name for card in registry.glob(f"[!.]*/{CARD}"))


def promoted(registry: Path) -> list[str]:
    """Return the promoted versions, oldest first; the last is current."""
    try:
        return (registry / CURRENT).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise BadModel(f"{registry / CURRENT} does not name versions") from error


def stamp(registry: Path) -> tuple[int, int] | None:
    """Return what changes whenever a version is promoted; one stat call."""
    try:
        status = (registry / CURRENT).stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_ino


def promote(registry: Path, version: str, verify: Callable[[Path], None]) -> None:
    """Make a version current after checking that it is whole.

    `verify` raises BadModel where it is not: `artefacts.verify`, which needs scikit-learn,
    so that who scores need not load it. Raises UnknownVersion too; the current version
    then stays.
    """
    if version not in versions(registry):
        raise UnknownVersion(f"{registry} has no version {version!r}")
    verify(registry / version)
    history = promoted(registry)
    if history[-1:] != [version]:
        _replace(registry, [*history, version])


def roll_back(registry: Path) -> str:
    """Make the version promoted before the current one current again; return its name."""
    history = promoted(registry)
    if len(history) < 2:
        raise UnknownVersion(f"{registry} has no earlier version to go back to")
    _replace(registry, history[:-1])
    return history[-2]


def _replace(registry: Path, history: list[str]) -> None:
    handle, name = tempfile.mkstemp(prefix=".current-", dir=registry)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(f"{version}\n" for version in history))
        file.flush()
        os.fsync(file.fileno())
    os.chmod(name, 0o644)
    os.replace(name, registry / CURRENT)
