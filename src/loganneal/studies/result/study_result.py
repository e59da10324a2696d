"""What a study found, and its file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from loganneal import _checks, _limits
from loganneal._disk import replace_file
from loganneal._reading import parse_json, read_text
from loganneal._value import Value
from loganneal.studies.result.comparison_result import ComparisonResult

FORMAT = "loganneal-study/2"


class CorruptResultError(RuntimeError):
    """A file does not hold a result; the message names it."""


@dataclass(frozen=True, kw_only=True)
class StudyResult(Value):
    """What a study found: each comparison by itself, never pooled.

    Args:
        name: Its name on disk.
        title: Its name for a reader.
        comparisons: In the declared order.
        command: What repeats it.
        seconds_of_training: Of all its runs.
        environment: Each fact of its runs' environments, with its values.
    """

    name: str
    title: str
    comparisons: tuple[ComparisonResult, ...]
    command: str
    seconds_of_training: float
    environment: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def is_complete(self) -> bool:
        """Whether every declared replicate of every comparison counts."""
        return all(one.is_complete for one in self.comparisons)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON values, with the name of their layout."""
        return {"format": FORMAT, **super().to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The result that `to_dict` wrote.

        Raises:
            ValueError: It is of another layout, or a field is missing, unknown or of another type.
        """
        fields = dict(values) if isinstance(values, Mapping) else {}
        if fields.pop("format", None) != FORMAT:
            _checks.fail("StudyResult", "format", repr(FORMAT), dict(values).get("format") if fields else values)
        return super().from_dict(fields)

    def to_json(self) -> str:
        """The text of ``result.json``, on one line: spaces would be a quarter of it.

        Raises:
            ValueError: A number is not finite.
        """
        return json.dumps(self.to_dict(), allow_nan=False) + "\n"


def write_result(result: StudyResult, file: Path) -> StudyResult:
    """Write ``result.json``, whole or not at all; a file that says the same already is left alone.

    Returns:
        What the file holds: the result, or the same one as another command had asked for it.
    """
    kept = _kept(file)
    if kept is not None and replace(kept, command=result.command) == result:
        return kept
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, result.to_json().encode())
    return result


def _kept(file: Path) -> StudyResult | None:
    """What a file holds; None where it holds no result, and is to be written again."""
    try:
        return read_result(file)
    except (OSError, CorruptResultError):
        return None


def read_result(file: str | Path, *, follow: bool = True) -> StudyResult:
    """The result in a file.

    Args:
        file: The file, of at most 64 MiB.
        follow: Whether a symbolic link may stand in its place.

    Raises:
        CorruptResultError: It holds none.
        OSError: It cannot be read.
    """
    try:
        return StudyResult.from_dict(parse_json(read_text(Path(file), _limits.JSON_BYTES, follow=follow)))
    except (ValueError, TypeError) as error:
        raise CorruptResultError(f"{file} holds no result of a study: {error}") from error
