"""What a run shows while it trains: that it is unstable, the one failure that can be seen before the end."""

from collections.abc import Callable

from loganneal.diagnosis import diagnose_opening
from loganneal.diagnosis.thresholds import OPENING_ROWS, OPENING_SHARE
from loganneal.runs.as_log import log_of_rows
from loganneal.runs.record import MetricsRow
from loganneal.runs.spec import RunSpec


class Watch:
    """Looks at a growing curve once in each cycle, when its opening is over, and says that the run is unstable.

    Args:
        spec: The run.
        note: Called with the sentence.
    """

    def __init__(self, spec: RunSpec, note: Callable[[str], None]) -> None:
        self._spec, self._note = spec, note
        self._rows: list[MetricsRow] = []
        self._looked_at = -1

    def row(self, row: MetricsRow) -> None:
        """Take note of a new point of the curve."""
        self._rows.append(row)
        cycle = self._spec.schedule.locate(row.step - 1)
        if cycle is None or cycle.index <= self._looked_at or len(self._rows) < 2 * OPENING_ROWS:
            return
        if row.step - cycle.start >= OPENING_SHARE * (cycle.end - cycle.start):
            self._looked_at = cycle.index
            self._look(row.step)

    def _look(self, step: int) -> None:
        diagnosis = diagnose_opening(log_of_rows(self._spec, self._rows))
        if diagnosis is not None:
            words = (f"Step {step:,}:", diagnosis.sentence, *diagnosis.evidence, *diagnosis.advice[:1])
            self._note(" ".join(words))
