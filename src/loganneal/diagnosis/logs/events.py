"""TensorBoard event files, read record by record: lengths and checksums are checked before anything is parsed."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from loganneal import _limits
from loganneal._checks import printable
from loganneal._reading import require_regular, size
from loganneal.diagnosis.logs.checksum import masked_crc32c
from loganneal.diagnosis.logs.names import EVENTS_STEP
from loganneal.diagnosis.logs.table import Table, table_of
from loganneal.diagnosis.logs.text import LogError

EVENTS = "*tfevents*"
PARTS = frozenset({"train", "training", "validation", "val", "valid", "eval", "evaluation", "test"})
"""Folders inside a run that Keras and others use for parts of it; any other folder is a run."""

_KINDS = {1: ("<f", "float_val"), 2: ("<d", "double_val"), 3: ("<i", "int_val"), 9: ("<q", "int64_val")}
"""Kinds of tensors that can be a scalar, by TensorFlow's number: their bytes, and the field that may hold them."""


def events_table(path: Path) -> Table:
    """Every scalar of an event file, or of the event files in a folder, prefixed with the name of its inner folder.

    Raises:
        LogError: A file is damaged, too large, or not a regular file.
        ModuleNotFoundError: The package tensorboard is missing.
    """
    files = sorted(path.rglob(EVENTS)) if path.is_dir() else [path]
    if len(files) > _limits.EVENT_FILES:
        raise LogError(
            f"{printable(path)} contains more than {_limits.EVENT_FILES:,} event files: name the folder of one run."
        )
    notes: list[str] = []
    rows = [row for file in files for row in _rows(file, _lead(path, file), notes)]
    return replace(table_of(path, rows, notes), in_order=False)


def _lead(path: Path, file: Path) -> str:
    """The prefix that a folder inside `path` gives the names of its scalars."""
    inside = file.parent.relative_to(path).parts if path.is_dir() else ()
    run = "/".join(part for part in inside if part not in PARTS)
    part = "".join(f"{part}/" for part in inside if part in PARTS)
    return f"{run} - {part}" if run else part


def _rows(file: Path, lead: str, notes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Consecutive scalars at the same step are a row."""
    row: dict[str, Any] = {}
    for step, tag, value in _scalars(file, notes):
        name = lead + tag
        if row and (row[EVENTS_STEP] != step or name in row):
            yield f"step {row[EVENTS_STEP]}", row
            row = {}
        row |= {EVENTS_STEP: step, name: value}
    if row:
        yield f"step {row[EVENTS_STEP]}", row


def _scalars(file: Path, notes: list[str]) -> Iterator[tuple[int, str, float]]:
    try:
        from google.protobuf.message import DecodeError
        from tensorboard.compat.proto.event_pb2 import Event
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"Event files need {error.name}. Run: python -m pip install tensorboard.") from error
    for place, data in _records(file, notes):
        try:
            event = Event.FromString(data)
        except (DecodeError, RecursionError) as error:
            raise LogError(f"{printable(file)}: the record at byte {place} is not a TensorBoard event.") from error
        for value in event.summary.value:
            scalar = value.simple_value if value.HasField("simple_value") else _scalar(value.tensor)
            if scalar is not None:
                yield event.step, value.tag, float(scalar)


def _scalar(tensor: Any) -> float | None:
    """The number that a tensor holds, as Keras and TensorFlow 2 write scalars; None for anything else."""
    if tensor.dtype not in _KINDS or any(side.size != 1 for side in tensor.tensor_shape.dim):
        return None
    form, field = _KINDS[tensor.dtype]
    if len(tensor.tensor_content) == struct.calcsize(form):
        return float(struct.unpack(form, tensor.tensor_content)[0])
    values = getattr(tensor, field)
    return float(values[0]) if len(values) == 1 else None


def _records(file: Path, notes: list[str]) -> Iterator[tuple[int, bytes]]:
    """The records of a file with their places; an end within a record, as in a run that is still going, is noted."""
    require_regular(file, file.stat())
    if file.stat().st_size > _limits.EVENT_FILE_BYTES:
        raise LogError(
            f"{printable(file)} is larger than {size(_limits.EVENT_FILE_BYTES)}, the largest size that is read."
        )
    with file.open("rb") as opened:
        while head := opened.read(12):
            place = opened.tell() - len(head)
            record = _record(opened, head, file, place)
            if record is None:
                notes.append(
                    f"{printable(file.name)} ends within a record, at byte {place}: everything before it was read."
                )
                return
            if len(record) <= _limits.EVENT_BYTES:
                yield place, record


def _record(opened: BinaryIO, head: bytes, file: Path, place: int) -> bytes | None:
    """The record that begins with `head`; None if the file ends within it; empty if it is too large for a scalar."""
    if len(head) < 12:
        return None
    length, checksum = struct.unpack("<QI", head)
    if masked_crc32c(head[:8]) != checksum:
        raise _damaged(file, place)
    left = file.stat().st_size - opened.tell()
    if length + 4 > left:
        return None
    if length > _limits.EVENT_BYTES:
        opened.seek(length + 4, 1)
        return b""
    data, tail = opened.read(length), opened.read(4)
    if masked_crc32c(data) != struct.unpack("<I", tail)[0]:
        raise _damaged(file, place)
    return data


def _damaged(file: Path, place: int) -> LogError:
    return LogError(
        f"{printable(file)} is damaged: the record at byte {place} does not match its checksum, or this is not "
        "a TensorBoard event file. The rest cannot be read, and part of a log is not enough for a diagnosis."
    )
