"""The folder of one run: its specification, its state so far, and its outcome. One process at a time uses it."""

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from loganneal._disk import TEMPORARY, replace_file
from loganneal._limits import JSON_BYTES
from loganneal._reading import UnfitFileError, parse_json, read_text, require_regular
from loganneal.runs.any_spec import Spec
from loganneal.runs.checkpoints import Checkpoints, RunNotSavedError
from loganneal.runs.lock import hold
from loganneal.runs.record import (
    FILES,
    CorruptRecordError,
    MetricsRow,
    Record,
    as_json,
    corrupt,
    metrics_csv,
    read_record,
    record_files,
)
from loganneal.runs.spec import RunSpec

CHECKPOINTS = "checkpoints"
REMEDY = "Name another folder, or remove this one."
Note = Callable[[str], None]


class FolderInUseError(OSError):
    """Another process trains in this folder."""


class OtherRunError(ValueError):
    """The folder holds a run with another specification; the message names the difference."""


class RunFolder:
    """A run on disk: `spec.json`, `metrics.csv`, `result.json` as in a record, and `checkpoints/`.

    Get one from `open_run_folder`, which holds its lock.

    Args:
        path: The folder.
        spec: The run.
        on_note: Called with a sentence about each damaged file.

    Raises:
        OtherRunError: The folder holds another run.
    """

    def __init__(self, path: Path, spec: RunSpec, on_note: Note) -> None:
        self.path, self.spec, self._on_note = path, spec, on_note
        for leftover in path.glob(f"{TEMPORARY}*"):
            leftover.unlink()
        self._claim()
        self.checkpoints = Checkpoints(path / CHECKPOINTS)

    def _claim(self) -> None:
        file = self.path / "spec.json"
        if not file.exists():
            self._write(file.name, as_json(self.spec.to_dict()))
        _require_same(self.path, _read_spec(file), self.spec)

    def record(self) -> Record | None:
        """The outcome, once the run has completed or diverged; a run that failed may be tried again."""
        if not (self.path / "result.json").exists():
            return None
        try:
            record = read_record(self.path)
        except CorruptRecordError as error:
            self._on_note(f"{error} It is rebuilt from the last checkpoint.")
            return None
        return None if record.status == "failed" else record

    def state(self) -> dict[str, Any] | None:
        """The newest intact checkpoint, or None."""
        return self.checkpoints.load(self._on_note)

    def save(self, step: int, state: dict[str, Any], rows: Sequence[MetricsRow]) -> None:
        """Write a checkpoint, and the curve so far beside it.

        Raises:
            RunNotSavedError: The disk is full, or fails otherwise.
        """
        self.checkpoints.save(step, state)
        self._write("metrics.csv", metrics_csv(rows))

    def finish(self, record: Record) -> None:
        """Write the outcome; `result.json` comes last, so that it is there only with the others.

        Raises:
            RunNotSavedError: The disk is full, or fails otherwise.
        """
        for name, text in record_files(record).items():
            self._write(name, text)

    def _write(self, name: str, text: str) -> None:
        try:
            replace_file(self.path / name, text.encode())
        except OSError as error:
            kept = "Checkpoints are kept. Make room, and start the same run again to continue."
            raise RunNotSavedError(f"{name} could not be written to {self.path} ({error.strerror}). {kept}") from error


@contextmanager
def open_run_folder(path: Path, spec: RunSpec, on_note: Note) -> Iterator[RunFolder]:
    """The folder of a run, created if missing, for this process alone.

    The lock is the operating system's: it is released when the process ends, however it ends.

    Raises:
        FolderInUseError: Another process uses the folder.
        LockUnsupportedError: Its file system has no locks.
        OtherRunError: The folder holds another run.
        UnfitFileError: One of its files is a symbolic link, or not a regular file.
    """
    path.mkdir(parents=True, exist_ok=True)
    _require_plain(path)
    with hold(path, partial(_refusal, path)):
        yield RunFolder(path, spec, on_note)


def finished_record(path: Path, spec: RunSpec) -> Record | None:
    """The outcome of a run that is over, or None if the run is not over, failed, or is damaged.

    No lock is needed, since `result.json` is written last and nothing after it. A run can therefore be shown even if
    this user cannot write to its folder.

    Raises:
        OtherRunError: The folder holds another run.
        UnfitFileError: One of its files is a symbolic link, or not a regular file.
    """
    _require_plain(path)
    if not (path / "result.json").exists():
        return None
    try:
        record = read_record(path)
    except CorruptRecordError:
        return None
    _require_same(path, record.spec, spec)
    return None if record.status == "failed" else record


def _require_plain(path: Path) -> None:
    """Reject links and other special files before they are read, and before a run fails to replace one at its end."""
    for file in (path / name for name in FILES if os.path.lexists(path / name)):
        require_regular(file, file.lstat())
    if (path / CHECKPOINTS).is_symlink():
        raise UnfitFileError(f"{path / CHECKPOINTS} is a symbolic link, and links are not followed here.")


def _require_same(path: Path, found: Spec, asked: RunSpec) -> None:
    if found != asked:
        difference = describe_difference(found, asked) if isinstance(found, RunSpec) else "a run of a command"
        raise OtherRunError(f"{path} holds another run: {difference}. {REMEDY}")


def _refusal(path: Path, owner: str) -> FolderInUseError:
    return FolderInUseError(f"{path} is in use by process {owner}. Wait until it ends, or name another folder.")


def _read_spec(file: Path) -> RunSpec:
    try:
        with corrupt(f"{file} cannot be read"):
            return RunSpec.from_dict(parse_json(read_text(file, JSON_BYTES, follow=False)))
    except CorruptRecordError as error:
        raise OtherRunError(f"{error} {REMEDY}") from error


def describe_difference(found: RunSpec, asked: RunSpec) -> str:
    """Which settings of two specifications differ, and how.

    Example:
        >>> import dataclasses, loganneal as la
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_examples=2500, validation_examples=1000)
        >>> describe_difference(spec, dataclasses.replace(spec, seed=1))
        "'seed' is 0 there and 1 here"
    """
    names = [one.name for one in dataclasses.fields(RunSpec)]
    pairs = [(name, getattr(found, name), getattr(asked, name)) for name in names]
    return ", ".join(f"{name!r} is {one!r} there and {other!r} here" for name, one, other in pairs if one != other)
