"""What a comparison found of how the user's command was run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loganneal._value import Value


@dataclass(frozen=True)
class RateSample(Value):
    """A learning rate that was asked for and the one that was seen, at an update counted from 0."""

    update: int
    asked: float
    seen: float


@dataclass(frozen=True, kw_only=True)
class Launched(Value):
    """How the runs of a command went.

    Args:
        command: Its words, with macros.
        argv: Those of the first run.
        code: Digest of the script's files.
        metric: Name of the value that trials were chosen by.
        test_metric: Name of the value that they were scored by.
        runs: How many there are.
        attempts: How often the command was started for them.
        sources: Where the rates were seen: "optimizer", "report" or a log.
        factor: Seen over asked, alike in all runs; None before the first.
        offsets: Updates by which the seen curves are late.
        largest_error: Largest difference between seen and asked, over the peak; None before the first.
        samples: Of the first run, some rates asked and seen.
        failed: How many runs of each arm failed, and are left out with their replicates.
        reasons: For each arm with such runs, the reason of the last.
    """

    command: tuple[str, ...]
    argv: tuple[str, ...]
    code: str
    metric: str
    test_metric: str
    runs: int
    attempts: int
    sources: tuple[str, ...]
    factor: float | None
    offsets: tuple[int, ...]
    largest_error: float | None
    samples: tuple[RateSample, ...]
    failed: Mapping[str, int] = field(default_factory=dict, hash=False)
    reasons: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def one_held_out(self) -> bool:
        """Whether runs are scored by the same value that chose them."""
        return self.metric == self.test_metric
