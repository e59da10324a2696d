"""What was read from a log, and everything that was decided on the way."""

from dataclasses import dataclass, field
from typing import Any

from loganneal.diagnosis.log import Log


@dataclass(frozen=True)
class Reading:
    """A log, and what was taken for what.

    Args:
        log: The run.
        taken: The column taken for each quantity; several that were summed are joined by plus signs.
        why: The reason, for quantities for which another column could have been meant.
        rows_read: Rows of the file.
        rows_used: Rows of which a value is in the log.
        passed_over: Columns that were not used.
        holes: Rows without a value, by column, where others have one.
        counter_restarts: Where a counter began anew, such as "line 82".
        notes: What else was done or passed over, a sentence each.
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

    def to_dict(self) -> dict[str, Any]:
        """What was read, as JSON values, without the log."""
        return {
            "taken": self.taken,
            "why": self.why,
            "rows": {"read": self.rows_read, "used": self.rows_used},
            "passed_over": list(self.passed_over),
            "holes": self.holes,
            "counter_restarts": list(self.counter_restarts),
            "reading_notes": list(self.notes),
        }
