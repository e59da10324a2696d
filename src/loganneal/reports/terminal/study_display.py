"""A study in the terminal: what it is, its progress, and what it found."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from loganneal._checks import printable
from loganneal.reports.caveats import warnings
from loganneal.reports.headline import headline, sentences, study_headline
from loganneal.reports.study_status import (
    STATUS_HEADER,
    cost,
    cost_sentences,
    introduction,
    look_sentences,
    stage_sentence,
    status_rows,
    trouble_sentences,
)
from loganneal.reports.tables import to_rich
from loganneal.reports.terminal.console import cell, print_lines
from loganneal.reports.terminal.progress import Report, progress
from loganneal.reports.terminal.scoreboard import Scoreboard, duration
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import Engine
from loganneal.studies.result import StudyResult
from loganneal.studies.run import Event, Stage


class StudyDisplay:
    """Shows the events of `run_study`: what is to be done, then the progress, until the context ends.

    Args:
        console: Where to print.
        study: What is run.
        engine: Where it is run; it says how many runs are trained at a time.
    """

    def __init__(self, console: Console, study: Study, engine: Engine | None = None) -> None:
        self._console, self._study, self._engine = console, study, engine
        self._stack = ExitStack()
        self._report: Report | None = None
        self._introduced = False

    def __call__(self, event: Event) -> None:
        """Show an event of `run_study` or `judge_study`."""
        if isinstance(event, Stage):
            self._begin(event)
        elif self._report is not None:
            self._report(event)

    def _begin(self, stage: Stage) -> None:
        self._stack.close()
        if not self._introduced:
            introduce(self._console, self._study, stage)
        else:
            print_lines(self._console, [stage_sentence(stage)])
        self._introduced = True
        if stage.inventory.missing and self._engine is not None:
            at_once = partial(self._engine.at_once, stage.inventory.missing[0].spec)
            scoreboard = Scoreboard(stage.study, stage.inventory.finished, at_once, planned=stage.planned)
            self._report = self._stack.enter_context(progress(self._console, scoreboard))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def introduce(console: Console, study: Study, stage: Stage) -> None:
    """Say what a study is, what it can detect, and how far it is."""
    print_lines(console, introduction(study, stage))


def show_status(console: Console, study: Study, stage: Stage) -> None:
    """Print what is done of a study, and how well each arm does so far; not a verdict."""
    introduce(console, study, stage)
    print_lines(console, [*look_sentences(stage), *trouble_sentences(stage.inventory)])
    console.print(_status_table(stage))
    if stage.inventory.finished:
        print_lines(console, cost_sentences(cost(study, stage), stage))


def show_result(console: Console, result: StudyResult, page: Path) -> None:
    """Print the table and the verdicts of each comparison, and where the page is."""
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
    print_lines(console, [f"{duration(result.seconds_of_training)} of training. Report: {page}"])


def _status_table(stage: Stage) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in STATUS_HEADER:
        table.add_column(name, justify="left" if name in ("Comparison", "Arm") else "right")
    for row in status_rows(stage):
        table.add_row(*map(cell, row))
    return table
