"""Progress of a study: a live display on a terminal, lines of a log elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from loganneal._checks import printable
from loganneal.reports.terminal.console import print_lines
from loganneal.reports.terminal.scoreboard import Scoreboard, duration
from loganneal.studies.declare.comparison import FinishedRun

__all__ = ["Report", "Scoreboard", "duration", "place", "progress"]

Report = Callable[[FinishedRun], None]


def progress(console: Console, scoreboard: Scoreboard) -> AbstractContextManager[Report]:
    """A context whose value is to be called with each finished run."""
    return _live(console, scoreboard) if console.is_terminal else _log(console, scoreboard)


def place(scoreboard: Scoreboard, run: FinishedRun) -> str:
    """Which comparison, replicate, arm and trial a run is, as text counted from 1."""
    study, planned = scoreboard.study, run.planned
    comparison, count = study.comparisons[planned.comparison], len(study.comparisons)
    which = f"comparison {planned.comparison + 1}/{count} " if count > 1 else ""
    return (
        f"{which}replicate {planned.replicate + 1}/{comparison.replicates} {planned.arm} "
        f"trial {planned.trial + 1}/{comparison.trials}"
    )


@contextmanager
def _log(console: Console, scoreboard: Scoreboard) -> Iterator[Report]:
    def report(run: FinishedRun) -> None:
        scoreboard.add(run)
        if scoreboard.tuned(run):
            label, best = scoreboard.label(run.planned.comparison), scoreboard.best(run)
            line = (
                f"{place(scoreboard, run)}: best validation {label} {best}; "
                f"{scoreboard.done} runs done, {scoreboard.running} running, {scoreboard.left} left, "
                f"{scoreboard.time_left()}"
            )
            print_lines(console, [line])

    yield report


@contextmanager
def _live(console: Console, scoreboard: Scoreboard) -> Iterator[Report]:
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[running]} running"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
    )
    task = bar.add_task("starting", total=scoreboard.total, completed=scoreboard.done, running=0, left="")
    with Live(bar, console=console, transient=True) as live:

        def report(run: FinishedRun) -> None:
            scoreboard.add(run)
            where, running, left = place(scoreboard, run), scoreboard.running, scoreboard.time_left()
            bar.update(task, completed=scoreboard.done, description=where, running=running, left=left)
            live.update(Group(bar, _bests(scoreboard, run.planned.comparison)))

        yield report


def _bests(scoreboard: Scoreboard, number: int) -> Text:
    """The best so far of every arm in the comparison that the last run belongs to."""
    comparison = scoreboard.study.comparisons[number]
    text = Text(f"  best validation {printable(scoreboard.label(number))} so far: ", style="dim")
    for name in comparison.arms:
        text.append(f"  {name} ", style=comparison.arm(name).colour)
        text.append(scoreboard.shown(number, name), style="bold")
    return text
