"""What was read from a log, and everything that was decided on the way."""

from dataclasses import dataclass, field
from typing import Any

from loganneal.diagnosis.log import Log

MOST_RESTARTS = 10
"""How many restarts of a counter are named."""


@dataclass(frozen=True)
class Reading:
    """A log, and how it was read. `loganneal.diagnosis.logs.read_log` makes one.

    Args:
        log: The log.
        taken: The column that was taken for each quantity; columns that were summed are joined by plus signs.
        why: The reason for the choice, for quantities for which another column could have been meant.
        rows_read: Number of rows in the file.
        rows_used: Number of rows with a value that is in the log.
        passed_over: Columns that were not used.
        holes: Number of rows without a value, by column, if other rows have one.
        counter_restarts: Places where a counter began again, such as "line 82".
        notes: What else was changed or ignored, as sentences.

    Example:
        >>> Reading(Log([1, 2], [0.1, 0.0], [2.3, 2.0]), {"loss": "train_loss"}, rows_read=2, rows_used=2).taken
        {'loss': 'train_loss'}
    """

    log: Log
    taken: dict[str, str]
    why: dict[str, str] = field(default_factory=dict)
    rows_read: int = 0
    rows_used: int = 0
    passed_over: tuple[str, ...] = ()
    holes: dict[str, int] = field(default_factory=dict)
    counter_restarts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What was read, in words.

        Returns:
            One line for each column, and for everything that was decided about it.
        """
        lines = [f"{self.rows_used:,} of {self.rows_read:,} rows."]
        for quantity, column in self.taken.items():
            reason = self.why.get(quantity)
            lines.append(f"{quantity} from {column}{f' ({reason})' if reason else ''}")
        lines += [f"{quantity}: {reason}" for quantity, reason in self.why.items() if quantity not in self.taken]
        if self.passed_over:
            lines.append(f"Columns passed over: {', '.join(self.passed_over)}.")
        if self.holes:
            holes = ", ".join(f"{count} of {name}" for name, count in self.holes.items())
            lines.append(f"Rows without a value: {holes}.")
        if self.counter_restarts:
            more = len(self.counter_restarts) - MOST_RESTARTS
            others = f" and {more} more" if more > 0 else ""
            lines.append(f"The counter restarts at {', '.join(self.counter_restarts[:MOST_RESTARTS])}{others}.")
        return [*lines, *self.notes]

    def to_dict(self) -> dict[str, Any]:
        """What was read, as JSON values, without the log itself.

        Returns:
            The fields by name; the numbers of rows are under "rows", and the notes under "reading_notes".
        """
        return {
            "taken": self.taken,
            "why": self.why,
            "rows": {"read": self.rows_read, "used": self.rows_used},
            "passed_over": list(self.passed_over),
            "holes": self.holes,
            "counter_restarts": list(self.counter_restarts),
            "reading_notes": list(self.notes),
        }
