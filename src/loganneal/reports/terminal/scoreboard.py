"""What is known of a study while it runs."""

import datetime
import time
from collections import Counter
from collections.abc import Callable, Sequence

from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.declare.study import Study
from loganneal.studies.judge.selected_runs import as_trial


class Scoreboard:
    """Runs done, running and left, the time left, and how well each arm does.

    Args:
        study: What is run.
        finished: The runs that already have a record.
        at_once: How many runs train at a time.
        clock: A clock in seconds, for the time left.
        planned: The runs that are due; all of the study's by default.
    """

    def __init__(
        self,
        study: Study,
        finished: Sequence[FinishedRun],
        at_once: Callable[[], int] = lambda: 1,
        clock: Callable[[], float] = time.monotonic,
        *,
        planned: Sequence[PlannedRun] | None = None,
    ) -> None:
        self.study = study
        self._due = Counter(run.comparison for run in (study.plan() if planned is None else planned))
        self.metrics = [comparison.data.metric for comparison in study.comparisons]
        self._bests: dict[tuple[int, str, int], float] = {}
        self._tried: Counter[tuple[int, str, int]] = Counter()
        self._done: Counter[int] = Counter()
        self._seconds = [0.0] * len(study.comparisons)
        self._at_once, self._clock, self._start = at_once, clock, 0.0
        for run in finished:
            self._count(run)
        self._before = sum(self._seconds)

    def add(self, run: FinishedRun) -> None:
        """Count a run that has just finished."""
        if sum(self._seconds) == self._before:  # training began with this run, and probes of a command were before
            self._start = self._clock() - run.record.seconds
        self._count(run)

    def _count(self, run: FinishedRun) -> None:
        number, arm = run.planned.comparison, run.planned.arm
        comparison, metric = self.study.comparisons[number], self.metrics[number]
        place = self._place(run)
        score = as_trial(run, comparison.data.floor, comparison.arm(arm).averaging).validation
        known = self._bests.get(place, score)
        self._bests[place] = max(known, score) if metric.higher_is_better else min(known, score)
        self._tried[place] += 1
        self._done[number] += 1
        self._seconds[number] += run.record.seconds

    @property
    def total(self) -> int:
        """Runs that are due, including those that are done."""
        return self._due.total()

    def due(self, number: int) -> int:
        """The same for one comparison."""
        return self._due[number]

    @property
    def done(self) -> int:
        """Runs that have a record."""
        return self._done.total()

    @property
    def running(self) -> int:
        """Runs that are being trained."""
        return min(self._at_once(), self.total - self.done)

    @property
    def left(self) -> int:
        """Runs that wait."""
        return self.total - self.done - self.running

    def tuned(self, run: FinishedRun) -> bool:
        """Whether all trials of this run's arm and replicate are done."""
        return self._tried[self._place(run)] == self.study.comparisons[run.planned.comparison].trials

    def best(self, run: FinishedRun) -> str:
        """Best validation score so far in this run's arm and replicate, as text."""
        return self._number(run.planned.comparison, self._bests[self._place(run)])

    def shown(self, number: int, arm: str) -> str:
        """Mean over replicates of the arm's best validation score so far, as text."""
        bests = [score for (one, name, _), score in self._bests.items() if (one, name) == (number, arm)]
        return self._number(number, sum(bests) / len(bests)) if bests else "..."

    def label(self, number: int) -> str:
        """The metric of a comparison."""
        return self.metrics[number].title

    def time_left(self) -> str:
        """Time left at the pace of this session, and the time at which it is over, as text."""
        trained = sum(self._seconds) - self._before
        if trained <= 0:
            return "time left not known yet"
        seconds = (self._clock() - self._start) / trained * self.training_left()
        return f"about {duration(seconds)} left, until {clock_time(seconds)}"

    def training_left(self) -> float:
        """Seconds of training left."""
        places = range(len(self._seconds))
        done = [self._done[number] for number in places]
        return expected_seconds(self._seconds, done, [self._due[number] - self._done[number] for number in places])

    def runs(self, number: int, arm: str) -> int:
        """Runs of an arm that have a record, in one comparison."""
        return sum(count for (one, name, _), count in self._tried.items() if (one, name) == (number, arm))

    def _place(self, run: FinishedRun) -> tuple[int, str, int]:
        return run.planned.comparison, run.planned.arm, run.planned.replicate

    def _number(self, number: int, score: float) -> str:
        return self.metrics[number].shown(score)


def expected_seconds(seconds: Sequence[float], done: Sequence[int], left: Sequence[int]) -> float:
    """Seconds of training expected for the runs that are left, taken to be as long as those done in their comparison.

    If none is done in a comparison, its runs are taken to be as long as the mean of all that are done.

    Args:
        seconds: Seconds of training so far, for each comparison.
        done: How many runs that was, for each comparison.
        left: How many runs are left, for each comparison.

    Example:
        >>> expected_seconds([2.0, 9.0], [2, 1], [2, 3])
        29.0
    """
    overall = sum(seconds) / max(1, sum(done))
    each = [spent / count if count else overall for spent, count in zip(seconds, done, strict=True)]
    return sum(one * count for one, count in zip(each, left, strict=True))


def duration(seconds: float) -> str:
    """Seconds as text.

    >>> duration(42.3), duration(100), duration(7260)
    ('42 s', '1 min 40 s', '2 h 1 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def clock_time(seconds: float) -> str:
    """The time of day in a number of seconds from now, with the date if it is not today."""
    now = datetime.datetime.now()
    then = now + datetime.timedelta(seconds=seconds)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"
