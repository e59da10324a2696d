"""Which studies the page may show: those in the folders that it was started with, and no others."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loganneal import _checks, _limits
from loganneal._checks import printable
from loganneal.studies.declare.kept_study import NAME
from loganneal.studies.run import RESULT

OWNER = "loganneal studio"

DEFAULTS = (Path("loganneal-study"), Path("loganneal-compare"))
"""Where ``loganneal study run`` and ``loganneal compare`` write unless told otherwise."""


@dataclass(frozen=True)
class Place:
    """Where a study is.

    Args:
        name: The name in the list, the only thing that a request can name it by.
        folder: Its own folder.
        file: The TOML file that declares it; None if its folder does.
    """

    name: str
    folder: Path
    file: Path | None = None


class Places:
    """The studies under the given folders and files, looked up again each time.

    A folder is a study's own, or contains such folders. Links inside it are not followed.

    Args:
        given: Folders, and study files in TOML; by default `DEFAULTS`, as far as they exist.

    Raises:
        ValueError: One of them is neither.
    """

    def __init__(self, given: Sequence[str | Path] = ()) -> None:
        self._given = [Path(one) for one in given]
        for path in self._given:
            if not path.is_dir() and not _is_declaration(path):
                _checks.fail(OWNER, "FOLDER", "a folder, or a study in TOML", str(path))

    def all(self) -> dict[str, Place]:
        """The studies by their names, at most `loganneal._limits.STUDIES`."""
        found: dict[str, Place] = {}
        for path in self._given or DEFAULTS:
            for place in _under(path):
                if len(found) < _limits.STUDIES:
                    found.setdefault(place.name, place)
        return found


def _under(path: Path) -> list[Place]:
    if _is_declaration(path):
        return [Place(_name(path), DEFAULTS[0] / path.stem, path)]
    if _is_study(path):
        return [Place(_name(path), path)]
    return [Place(_name(one), one) for one in _folders(path) if _is_study(one)]


def _name(path: Path) -> str:
    return printable(path)


def _folders(path: Path) -> list[Path]:
    """The folders in a folder, sorted by name; none if it is gone."""
    try:
        with os.scandir(path) as entries:
            return [path / name for name in sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))]
    except OSError:
        return []


def _is_declaration(path: Path) -> bool:
    return path.suffix == ".toml" and path.is_file()


def _is_study(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in (NAME, RESULT))
