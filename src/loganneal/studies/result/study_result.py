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
    """A file does not hold the result of a study; the message names it."""


@dataclass(frozen=True, kw_only=True)
class StudyResult(Value):
    r"""What a study found: each comparison by itself, never pooled.

    Args:
        name: Name of the study on disk.
        title: Name of the study for a reader.
        comparisons: The results of its comparisons, in the declared order.
        command: The command that repeats the study.
        seconds_of_training: Seconds of training over all runs.
        environment: The values of each fact about the runs' environments, by the name of the fact.

    Example:
        >>> import tempfile
        >>> from loganneal.studies.imported import judge_scores
        >>> runs = [f"{arm},{number},1,0.1,{score + number / 100}" for arm, score in (("now", 0.8), ("new", 0.9))
        ...         for number in range(6)]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "scores.csv")
        ...     _ = file.write_text("\n".join(["arm,replicate,trial,peak,validation", *runs]))
        ...     result = judge_scores(file, reference="now", higher_is_better=True, margin=1.0)
        >>> comparison = result.comparisons[0]
        >>> comparison.declaration.replicates, comparison.is_complete
        (6, True)
        >>> new = comparison.arm("new")
        >>> round(new.scores.mean, 3), new.judged.paired.p, new.verdict
        (0.925, 0.03125, 'win')
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
        """The result as JSON values, with the name of their layout.

        Returns:
            A dictionary that `from_dict` reads.
        """
        return {"format": FORMAT, **super().to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The result that `to_dict` wrote.

        Args:
            values: The dictionary, unchanged or after a round trip through JSON.

        Returns:
            A result that equals the one that was written.

        Raises:
            ValueError: The layout is a different one, or a field is missing, unknown or of the wrong type.
        """
        fields = dict(values) if isinstance(values, Mapping) else {}
        if fields.pop("format", None) != FORMAT:
            _checks.fail("StudyResult", "format", repr(FORMAT), dict(values).get("format") if fields else values)
        return super().from_dict(fields)

    def to_json(self) -> str:
        """The text of ``result.json``, on one line: with indentation a quarter of it would be spaces.

        Returns:
            The JSON text.

        Raises:
            ValueError: A number is not finite.
        """
        return json.dumps(self.to_dict(), allow_nan=False) + "\n"


def write_result(result: StudyResult, file: Path) -> StudyResult:
    """Write ``result.json``, whole or not at all. A file that holds the same result already is left unchanged.

    Args:
        result: The result.
        file: The file; its folder is created if missing.

    Returns:
        The result that the file holds; it may name an earlier command that asked for the same result.

    Raises:
        ValueError: A number in the result is not finite.
        OSError: The file cannot be written.

    Example:
        >>> import tempfile
        >>> result = StudyResult(name="empty", title="Empty", comparisons=(), command="", seconds_of_training=0.0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_result(result, Path(folder, "result.json")) == read_result(Path(folder, "result.json"))
        True
    """
    kept = _kept(file)
    if kept is not None and replace(kept, command=result.command) == result:
        return kept
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, result.to_json().encode())
    return result


def _kept(file: Path) -> StudyResult | None:
    """The result that a file holds; None if it holds none, and has to be written again."""
    try:
        return read_result(file)
    except (OSError, CorruptResultError):
        return None


def read_result(file: str | Path, *, follow: bool = True) -> StudyResult:
    """Read the result of a study.

    Args:
        file: The file, ``result.json`` in the folder of a study, of at most 64 MiB.
        follow: Whether a symbolic link is followed.

    Returns:
        The result.

    Raises:
        CorruptResultError: The file does not hold the result of a study.
        OSError: The file cannot be read.

    Example:
        >>> import tempfile
        >>> from loganneal.studies import judge_study, study_of
        >>> from loganneal.studies.declare.comparison import declare
        >>> study = study_of(declare("digits", arms=("cosine", "linear")))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     result = judge_study(study, folder, records=f"{folder}/runs")
        ...     read_result(f"{folder}/result.json") == result
        True
    """
    try:
        return StudyResult.from_dict(parse_json(read_text(Path(file), _limits.JSON_BYTES, follow=follow)))
    except (ValueError, TypeError) as error:
        raise CorruptResultError(f"{file} does not hold the result of a study: {error}") from error
