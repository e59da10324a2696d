"""What a comparison found about the runs of your command."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loganneal._value import Value


@dataclass(frozen=True)
class RateSample(Value):
    """A scheduled learning rate and the one that was recorded.

    Args:
        update: The update, counted from 0.
        asked: The rate of the schedule.
        seen: The rate that was recorded.

    Example:
        >>> sample = RateSample(update=10, asked=0.1, seen=0.1)
        >>> sample.seen - sample.asked
        0.0
    """

    update: int
    asked: float
    seen: float


@dataclass(frozen=True, kw_only=True)
class Launched(Value):
    """How the runs of a command went.

    Args:
        command: The words of the command, with macros.
        argv: The words of the first run, with its macros replaced.
        code: Digest of the script's files.
        metric: Name of the value by which trials were chosen.
        test_metric: Name of the value by which the chosen trials were scored.
        runs: Number of runs.
        attempts: Number of times the command was started for these runs.
        sources: Where the learning rates were recorded: "optimizer", "report" or the name of a log.
        factor: Recorded rate over scheduled rate, the same in all runs; None before the first run.
        offsets: Numbers of updates by which the recorded curves are late.
        largest_error: Largest difference between recorded and scheduled rate, as a share of the peak; None before the
            first run.
        samples: Some scheduled and recorded rates of the first run.
        failed: Number of runs of each arm that failed; their replicates are left out.
        reasons: For each arm with failed runs, the reason of the last failure.
        invalid: Why a run did not train as asked, so that nothing can be concluded; "" if all runs did.
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
    invalid: str = ""

    @property
    def one_held_out(self) -> bool:
        """Whether runs are scored by the value that chose them."""
        return self.metric == self.test_metric
