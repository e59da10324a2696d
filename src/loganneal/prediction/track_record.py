"""How often such predictions were right, from the declared test alone; see docs/prediction.md.

The numbers are in track_record.json, which experiments/prediction_judge.py writes from the records of runs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from loganneal._value import Value


@dataclass(frozen=True)
class Counts(Value):
    """What the test found for one class of logs.

    Args:
        pairs: Stored comparisons.
        verdicts: Those with a verdict.
        right: Verdicts that were right.
        right_beyond_two_errors: Verdicts that were right by more than two standard errors of the truth.
        fixed_ranking_right: The same pairs that a fixed ranking, which reads no log, gets right.
    """

    pairs: int
    verdicts: int
    right: int
    right_beyond_two_errors: int = 0
    fixed_ranking_right: int = 0


@dataclass(frozen=True)
class TrackRecord(Value):
    """The test.

    Args:
        complete: Whether all declared runs were made.
        passed: Whether its bar was met.
        classes: Counts by class of logs.
    """

    complete: bool
    passed: bool
    classes: Mapping[str, Counts] = field(default_factory=dict, hash=False)

    @property
    def experimental(self) -> str:
        """Why the command is experimental, in a sentence; "" if the test was passed."""
        if self.passed and self.complete:
            return ""
        why = "did not meet its bar" if self.classes else "is not complete"
        return f"Experimental: the declared test of these predictions {why} (docs/prediction.md)."

    def sentence(self, log_class: str) -> str:
        """How often such statements were right.

        Args:
            log_class: As in `Prediction`.
        """
        counts = self.classes.get(log_class)
        if counts is None:
            return (
                f"No stored comparison has logs of this class ({log_class}): it is not known how often they are right."
            )
        told = f"Of {counts.pairs} stored comparisons with logs of this class ({log_class})"
        if not counts.verdicts:
            return f"{told}, none had a verdict."
        share = 100 * counts.right / counts.verdicts
        return f"{told}, {counts.verdicts} had a verdict, and {share:.0f}% of these were right."


@cache
def track_record() -> TrackRecord:
    """What the test found.

    Example:
        >>> type(track_record().passed).__name__
        'bool'
    """
    text = files("loganneal.prediction").joinpath("track_record.json").read_text(encoding="utf-8")
    values: dict[str, Any] = json.loads(text)
    return TrackRecord.from_dict(values)
