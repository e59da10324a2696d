"""What a run shows while it trains: that it is unstable, the one failure that is seen before the end."""

from collections.abc import Callable

from loganneal.lab.dynamics import diagnose
from loganneal.lab.logs import log_of_rows
from loganneal.lab.records import MetricsRow
from loganneal.lab.spec import RunSpec

LOOKS = 50
"""How often a curve is looked at."""

FEWEST_ROWS = 20
"""Rows of a curve below which nothing is said about it."""


class Watch:
    """Looks at a growing curve now and then, and says once that the run is unstable.

    Args:
        spec: The run.
        note: Told the sentence.
    """

    def __init__(self, spec: RunSpec, note: Callable[[str], None]) -> None:
        self._spec, self._note = spec, note
        self._rows: list[MetricsRow] = []
        self._every = max(1, min(spec.steps, spec.curve_points) // LOOKS)
        self._said = False

    def row(self, row: MetricsRow) -> None:
        """The curve has a new point."""
        self._rows.append(row)
        if self._said or len(self._rows) < FEWEST_ROWS or len(self._rows) % self._every:
            return
        diagnosis = diagnose(log_of_rows(self._spec, self._rows))
        if diagnosis.name == "unstable":
            self._said = True
            self._note(
                " ".join([f"Step {row.step:,}:", diagnosis.sentence, *diagnosis.evidence, *diagnosis.advice[:1]])
            )
