"""Checkpoints of a run: each is one file, written whole or not at all, with a checksum in its name."""

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loganneal._disk import TEMPORARY, replace_file
from loganneal._limits import CHECKPOINT_BYTES
from loganneal._reading import read_bytes

KEPT = 2
_NAME = re.compile(r"(\d{10})-([0-9a-f]{16})\.pt")


class RunNotSavedError(OSError):
    """The disk could not store what a run has to write; the message says what is kept."""


class Checkpoints:
    """The newest two checkpoints of a run, files that `torch.load` reads.

    A file is named by its step and by the first 16 hexadecimal digits of the SHA-256 of what it holds.

    Args:
        folder: Folder of the checkpoints, created if missing. Files that an interrupted process left half written are
            removed.

    Example:
        >>> import tempfile, torch
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     checkpoints = Checkpoints(Path(folder))
        ...     checkpoints.save(7, {"weights": torch.ones(2)})
        ...     checkpoints.load()
        {'weights': tensor([1., 1.])}
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f"{TEMPORARY}*"):
            leftover.unlink()

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Write the checkpoint of a step, and then remove all but the newest two.

        Raises:
            RunNotSavedError: The disk is full, or fails otherwise; earlier checkpoints are unchanged.
        """
        import torch  # takes seconds to import, and only a run in training gets here

        buffer = io.BytesIO()
        torch.save(state, buffer)
        data = buffer.getvalue()
        try:
            replace_file(self.folder / f"{step:010d}-{_digest(data)}.pt", data)
        except OSError as error:
            raise RunNotSavedError(self._not_written(step, error)) from error
        for path in self._newest_first()[KEPT:]:
            path.unlink()

    def _not_written(self, step: int, error: OSError) -> str:
        kept = self._newest_first()
        last = f"the one of step {_step(kept[0])} is kept" if kept else "there is no earlier one"
        return (
            f"The checkpoint of step {step} could not be written to {self.folder} ({error.strerror}); {last}. "
            "Make room, and start the same run again to continue."
        )

    def load(self, on_damage: Callable[[str], None] | None = None) -> dict[str, Any] | None:
        """The newest state that is intact, or None if there is none.

        Args:
            on_damage: Called with a sentence about each newer checkpoint that is damaged; those are removed.
        """
        for path in self._newest_first():
            state = _read(path)
            if state is not None:
                return state
            if on_damage is not None:
                on_damage(f"The checkpoint {path} is damaged. It was removed, and the one before it is used.")
            path.unlink()
        return None

    def _newest_first(self) -> list[Path]:
        return sorted((path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def _step(path: Path) -> int:
    return int(path.name.split("-")[0])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _read(path: Path) -> dict[str, Any] | None:
    """The state in a checkpoint, or None if the file is not as it was written."""
    data = read_bytes(path, CHECKPOINT_BYTES, follow=False)
    if _digest(data) != path.stem.split("-")[1]:
        return None
    import torch

    try:
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception:  # bytes that are not a checkpoint may raise anything; no code in them is run
        return None
    return state if isinstance(state, dict) else None
