"""A study in the terminal: what it is, its progress, and what it found."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from loganneal._checks import printable
from loganneal.reports.caveats import warnings
from loganneal.reports.headline import headline, sentences, study_headline
from loganneal.reports.tables import to_rich
from loganneal.reports.terminal.console import cell, print_lines
from loganneal.reports.terminal.progress import Report, progress
from loganneal.reports.terminal.scoreboard import Scoreboard, duration
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import Engine, Inventory
from loganneal.studies.judge.conclude import power
from loganneal.studies.result import StudyResult
from loganneal.studies.run import Event


class StudyDisplay:
    """Shows the events of `run_study`: what is to be done, then the progress, until the context ends.

    Args:
        console: Where to.
        study: What is run.
        engine: Where; it says how many runs are trained at a time.
    """

    def __init__(self, console: Console, study: Study, engine: Engine | None = None) -> None:
        self._console, self._study, self._engine = console, study, engine
        self._stack = ExitStack()
        self._report: Report | None = None

    def __call__(self, event: Event) -> None:
        """An event of `run_study` or `judge_study`."""
        if isinstance(event, Inventory):
            introduce(self._console, self._study, event)
            if event.missing and self._engine is not None:
                scoreboard = Scoreboard(self._study, event.finished, self._engine.at_once)
                self._report = self._stack.enter_context(progress(self._console, scoreboard))
        elif self._report is not None:
            self._report(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def introduce(console: Console, study: Study, inventory: Inventory) -> None:
    """Say what a study is, what it can detect, and how far it is."""
    first = study.comparisons[0]
    done, total = len(inventory.finished), study.total
    lines = [
        *(f"{comparison.title}: {comparison.total} runs." for comparison in study.comparisons),
        f"Arms: {', '.join(first.arms)}; replicates: {first.replicates}, trials in each: {first.trials}, "
        f"in all {total} runs.",
        *_shared(inventory),
        *_power(study, inventory),
        *(f"{problem} Its run is missing." for problem in inventory.corrupt),
    ]
    if done:
        lines.append(f"{done} runs are done; {total - done} are left.")
    print_lines(console, lines)


def show_status(console: Console, study: Study, inventory: Inventory) -> None:
    """What of a study is done, and how well each arm does so far."""
    scoreboard = Scoreboard(study, inventory.finished)
    introduce(console, study, inventory)
    console.print(_status_table(scoreboard))
    if inventory.finished and inventory.missing:
        left = duration(scoreboard.training_left())
        print_lines(console, [f"About {left} of training left, if the rest is like what is done."])


def show_result(console: Console, result: StudyResult, page: Path) -> None:
    """The table and the verdicts of each comparison, and where the page is."""
    several = len(result.comparisons) > 1
    for one in result.comparisons:
        console.print()
        if several:
            console.print(printable(one.label), style="bold", highlight=False, markup=False)
        console.print(to_rich(one))
        console.print()
        print_lines(console, [headline(one), *warnings(one), *sentences(one)])
    console.print()
    if several:
        print_lines(console, [study_headline(result), ""])
    print_lines(console, [f"{duration(result.seconds_of_training)} of training. The page: {page}"])


def _shared(inventory: Inventory) -> list[str]:
    """How many runs are there to train, where an arm and its average share theirs."""
    keys = {run.spec.key for run in (*(run.planned for run in inventory.finished), *inventory.missing)}
    total = len(inventory.finished) + len(inventory.missing)
    return [f"{len(keys)} of them are different; an arm and its average share theirs."] if len(keys) < total else []


def _power(study: Study, inventory: Inventory) -> list[str]:
    """What each comparison can detect; those that say the same say it once."""
    parts = zip(study.comparisons, study.parts(inventory.finished), strict=True)
    return list(dict.fromkeys(power(comparison, finished).sentence for comparison, finished in parts))


def _status_table(scoreboard: Scoreboard) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("Comparison", "Arm", "Runs", "Best validation so far"):
        table.add_column(name, justify="left" if name in ("Comparison", "Arm") else "right")
    for number, comparison in enumerate(scoreboard.study.comparisons):
        each = comparison.total // len(comparison.arms)
        for place, arm in enumerate(comparison.arms):
            title = "" if place else comparison.title
            best = f"{scoreboard.label(number)} {scoreboard.shown(number, arm)}"
            table.add_row(*map(cell, (title, arm, f"{scoreboard.runs(number, arm)}/{each}", best)))
    return table
