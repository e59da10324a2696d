"""Progress of a comparison: a live display on a terminal, lines of a log elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from loganneal.lab.workloads import WORKLOADS
from loganneal.studies.arms import ARMS
from loganneal.studies.comparison import Comparison, FinishedRun
from loganneal.studies.outcomes import as_trial

Report = Callable[[FinishedRun], None]


class Scoreboard:
    """What is known so far: runs done and left, time left, and how well each arm does.

    Args:
        comparison: What is compared.
        finished: The runs that have a record from before.
        clock: Seconds, for the time left.
    """

    def __init__(
        self,
        comparison: Comparison,
        finished: Sequence[FinishedRun],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.comparison = comparison
        self.total = comparison.replicates * len(comparison.arms) * comparison.trials
        self.found: dict[tuple[str, int], list[float]] = {}
        self._clock, self._start, self._before = clock, clock(), len(finished)
        for run in finished:
            self.add(run)

    def add(self, run: FinishedRun) -> None:
        """Count a finished run."""
        validation = 100 * as_trial(run, WORKLOADS[self.comparison.workload].floor).validation
        self.found.setdefault((run.planned.arm, run.planned.replicate), []).append(validation)

    @property
    def done(self) -> int:
        """Runs that have a record."""
        return sum(map(len, self.found.values()))

    def tuned(self, run: FinishedRun) -> bool:
        """Whether all trials of this run's arm and replicate are done."""
        return len(self.found[run.planned.arm, run.planned.replicate]) == self.comparison.trials

    def best(self, run: FinishedRun) -> float:
        """Best validation accuracy so far in this run's arm and replicate, in points."""
        return max(self.found[run.planned.arm, run.planned.replicate])

    def accuracy(self, arm: str) -> float | None:
        """Mean over replicates of the arm's best validation accuracy so far, in points."""
        bests = [max(values) for (name, _), values in self.found.items() if name == arm]
        return sum(bests) / len(bests) if bests else None

    def time_left(self) -> str:
        """Time left at the pace of this session, as text."""
        here = self.done - self._before
        if not here:
            return "time left not known yet"
        return f"about {duration((self._clock() - self._start) / here * (self.total - self.done))} left"


def duration(seconds: float) -> str:
    """Seconds as text.

    >>> duration(42.3), duration(100), duration(7260)
    ('42 s', '1 min 40 s', '2 h 1 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def progress(console: Console, scoreboard: Scoreboard) -> AbstractContextManager[Report]:
    """A context whose value is to be called with each finished run."""
    return _live(console, scoreboard) if console.is_terminal else _log(console, scoreboard)


def place(scoreboard: Scoreboard, run: FinishedRun) -> str:
    """Which replicate, arm and trial a run is, as text counted from 1."""
    comparison, planned = scoreboard.comparison, run.planned
    return (
        f"replicate {planned.replicate + 1}/{comparison.replicates} {planned.arm} "
        f"trial {planned.trial + 1}/{comparison.trials}"
    )


@contextmanager
def _log(console: Console, scoreboard: Scoreboard) -> Iterator[Report]:
    def report(run: FinishedRun) -> None:
        scoreboard.add(run)
        if scoreboard.tuned(run):
            left = scoreboard.total - scoreboard.done
            console.print(
                f"{place(scoreboard, run)}: best validation accuracy {scoreboard.best(run):.1f} %; "
                f"{scoreboard.done} runs done, {left} left, {scoreboard.time_left()}",
                highlight=False,
                soft_wrap=True,
            )

    yield report


@contextmanager
def _live(console: Console, scoreboard: Scoreboard) -> Iterator[Report]:
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
    )
    task = bar.add_task("starting", total=scoreboard.total, completed=scoreboard.done, left="")
    with Live(Group(bar, _accuracies(scoreboard)), console=console, transient=True) as live:

        def report(run: FinishedRun) -> None:
            scoreboard.add(run)
            where, left = place(scoreboard, run), scoreboard.time_left()
            bar.update(task, completed=scoreboard.done, description=where, left=left)
            live.update(Group(bar, _accuracies(scoreboard)))

        yield report


def _accuracies(scoreboard: Scoreboard) -> Text:
    text = Text("  validation accuracy so far, %: ", style="dim")
    for arm in scoreboard.comparison.arms:
        value = scoreboard.accuracy(arm)
        text.append(f"  {arm} ", style=ARMS[arm].colour)
        text.append("..." if value is None else f"{value:.1f}", style="bold")
    return text
