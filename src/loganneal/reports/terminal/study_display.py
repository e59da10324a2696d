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
from loganneal.studies.declare.comparison import Comparison
from loganneal.studies.declare.sequential import DUEL
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import Engine, Inventory
from loganneal.studies.judge.conclude import power
from loganneal.studies.result import StudyResult
from loganneal.studies.run import Event, Stage


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
        self._introduced = False

    def __call__(self, event: Event) -> None:
        """An event of `run_study` or `judge_study`."""
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
            scoreboard = Scoreboard(stage.study, stage.inventory.finished, self._engine.at_once, planned=stage.planned)
            self._report = self._stack.enter_context(progress(self._console, scoreboard))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def introduce(console: Console, study: Study, stage: Stage) -> None:
    """Say what a study is, what it can detect, and how far it is."""
    first, inventory = study.comparisons[0], stage.inventory
    done, due = len(inventory.finished), len(stage.planned)
    lines = [
        *(f"{comparison.title}: {runs_text(comparison)}." for comparison in study.comparisons),
        f"Arms: {', '.join(first.arms)}; {_plan_text(first)}, trials in each: {first.trials}.",
        *_shared(inventory),
        *_power(study, stage),
        *(f"{problem} Its run will be trained again." for problem in inventory.corrupt),
    ]
    if done:
        lines.append(f"{done} runs are done, and {due - done} are left{_until(stage)}.")
    print_lines(console, lines)


def stage_sentence(stage: Stage) -> str:
    """What comes next under a plan that may end early."""
    comparison = stage.study.comparisons[-1]
    left = len(stage.planned) - len(stage.inventory.finished)
    if comparison.stage == DUEL and not any(run.planned.comparison for run in stage.inventory.finished):
        rival = f"The screening picked {comparison.tested}."
        return f"{rival} It is now compared with {comparison.reference} on fresh seeds: {left} runs."
    return f"No decision yet: {left} more runs{_until(stage)}."


def runs_text(comparison: Comparison) -> str:
    """How many runs a comparison has, from the fewest to the most."""
    most = f"{comparison.total} runs"
    return most if comparison.fewest == comparison.total else f"{comparison.fewest} to {most}"


def _plan_text(comparison: Comparison) -> str:
    if not comparison.looks:
        return f"replicates: {comparison.replicates}"
    screened = f"replicates: {comparison.screen} to pick the rival, then " if comparison.screen else "replicates: "
    return f"{screened}looks after {', '.join(map(str, comparison.looks))}"


def _until(stage: Stage) -> str:
    return " until the next look" if any(comparison.looks for comparison in stage.study.comparisons) else ""


def show_status(console: Console, study: Study, stage: Stage) -> None:
    """What of a study is done, and how well each arm does so far; no verdict."""
    inventory = stage.inventory
    scoreboard = Scoreboard(stage.study, inventory.finished, planned=stage.planned)
    introduce(console, study, stage)
    console.print(_status_table(scoreboard))
    if inventory.finished and inventory.missing:
        left = duration(scoreboard.training_left())
        print_lines(console, [f"About {left} of training left{_until(stage)}, at the pace of the finished runs."])


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
    print_lines(console, [f"{duration(result.seconds_of_training)} of training. Report: {page}"])


def _shared(inventory: Inventory) -> list[str]:
    """How many runs are there to train, where an arm and its average share theirs."""
    keys = {run.spec.key for run in (*(run.planned for run in inventory.finished), *inventory.missing)}
    total = len(inventory.finished) + len(inventory.missing)
    return (
        [f"{len(keys)} of these runs are different; an arm and its average share their runs."]
        if len(keys) < total
        else []
    )


def _power(study: Study, stage: Stage) -> list[str]:
    """What each comparison can detect; those that say the same say it once."""
    finished = study.parts(stage.inventory.finished) if stage.study is study else [[] for _ in study.comparisons]
    parts = zip(study.comparisons, finished, strict=True)
    return list(dict.fromkeys(power(comparison, own).sentence for comparison, own in parts))


def _status_table(scoreboard: Scoreboard) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("Comparison", "Arm", "Runs", "Best validation so far"):
        table.add_column(name, justify="left" if name in ("Comparison", "Arm") else "right")
    for number, comparison in enumerate(scoreboard.study.comparisons):
        each = scoreboard.due(number) // len(comparison.arms)
        for place, arm in enumerate(comparison.arms):
            title = "" if place else comparison.title
            best = f"{scoreboard.label(number)} {scoreboard.shown(number, arm)}"
            table.add_row(*map(cell, (title, arm, f"{scoreboard.runs(number, arm)}/{each}", best)))
    return table
