"""What `loganneal study` and `loganneal compare` do: introduce, train what is missing, show."""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from loganneal.reports.folder import PAGE, RECORDS, is_current, write_folder
from loganneal.reports.tables import to_rich
from loganneal.reports.terminal.progress import progress
from loganneal.reports.terminal.scoreboard import Scoreboard, duration
from loganneal.runs.journal import Journal
from loganneal.studies.declare.comparison import FinishedRun
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import (
    Engine,
    Inventory,
    OnRay,
    RunFailedError,
    hold_study_folder,
    run_missing,
    take_inventory,
)
from loganneal.studies.result.conclude import power

FAILED = 1
INTERRUPTED = 130
LOG_WIDTH = 120
"""Columns of a table that is not printed on a terminal."""

Summary = dict[str, Any]
Conclude = Callable[[Sequence[FinishedRun]], Summary]


@dataclass(frozen=True)
class Work:
    """A study with its folder.

    Args:
        command: The words that the user typed, for messages.
        study: What is run.
        folder: Where its records and its report lie.
        conclude: From the finished runs to the summary that is shown.
    """

    command: str
    study: Study
    folder: Path
    conclude: Conclude

    @property
    def store(self) -> Journal:
        """Its records."""
        return Journal(self.folder / RECORDS)


def run_study(work: Work, engine: Engine) -> int:
    """Do what is missing of a study, and show it.

    Returns:
        The exit code: 0 when complete, 1 when runs failed, 130 when interrupted.

    Raises:
        DataNotFoundError: A data set is not there.
    """
    console = build_console()
    try:
        return _run(work, engine, console)
    except KeyboardInterrupt:
        console.print("Stopped. What is finished is kept: the same command continues.", highlight=False)
        return INTERRUPTED


def show_status(work: Work) -> int:
    """Say what of a study is done, and how well each arm does so far; nothing is written."""
    console = build_console()
    stock = take_inventory(work.study.plan(), work.store)
    scoreboard = Scoreboard(work.study, stock.finished)
    _introduce(console, work.study, stock)
    console.print(_status_table(scoreboard))
    if stock.finished and stock.missing:
        left = duration(scoreboard.training_left())
        console.print(f"About {left} of training left, if the rest is like what is done.", highlight=False)
    return 0


def show_report(work: Work) -> int:
    """Write the report of what is done, and show it; nothing is trained."""
    console = build_console()
    stock = take_inventory(work.study.plan(), work.store)
    _introduce(console, work.study, stock)
    _show(console, work, stock.finished)
    return 0


def build_console() -> Console:
    """The terminal, or a log of fixed width."""
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH)


def _run(work: Work, engine: Engine, console: Console) -> int:
    stock = take_inventory(work.study.plan(), work.store)
    if stock.missing and not isinstance(engine, OnRay):  # on a cluster the data lie on its nodes
        _check_data(work.study, engine.data_root)
    _introduce(console, work.study, stock)
    finished, failure = _train(console, work, stock, engine)
    _show(console, work, finished)
    if failure is None:
        return 0
    print(f"loganneal {work.command}: {failure}", file=sys.stderr)
    return FAILED


def _check_data(study: Study, data_root: Path | None) -> None:
    """Load the examples once, so that what is wrong with them is said before the first run."""
    checked = set()
    for comparison in study.comparisons:
        spec = next(comparison.replicate(0)).spec
        wanted = (spec.workload, spec.train_examples, spec.validation_examples)
        if wanted not in checked:
            comparison.data.load(spec.split_seed, *wanted[1:], data_root)
        checked.add(wanted)


def _introduce(console: Console, study: Study, stock: Inventory) -> None:
    first = study.comparisons[0]
    done, total = len(stock.finished), study.total
    lines = [
        *(f"{comparison.title}: {comparison.total} runs." for comparison in study.comparisons),
        f"Arms: {', '.join(first.arms)}; replicates: {first.replicates}, trials in each: {first.trials}, "
        f"in all {total} runs.",
        *_shared(stock),
        *_power(study, stock),
        *(f"{problem} Its run is missing." for problem in stock.corrupt),
    ]
    if done:
        lines.append(f"{done} runs are done; {total - done} are left.")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _shared(stock: Inventory) -> list[str]:
    """How many runs are there to train, where an arm and its average share theirs."""
    keys = {run.spec.key for run in (*(run.planned for run in stock.finished), *stock.missing)}
    total = len(stock.finished) + len(stock.missing)
    return [f"{len(keys)} of them are different; an arm and its average share theirs."] if len(keys) < total else []


def _power(study: Study, stock: Inventory) -> list[str]:
    """What each comparison can detect; those that say the same say it once."""
    parts = zip(study.comparisons, study.parts(stock.finished), strict=True)
    return list(dict.fromkeys(power(comparison, finished)["sentence"] for comparison, finished in parts))


def _train(
    console: Console, work: Work, stock: Inventory, engine: Engine
) -> tuple[list[FinishedRun], RunFailedError | None]:
    """All finished runs, and the error if some failed."""
    finished = list(stock.finished)
    if not stock.missing:
        return finished, None
    scoreboard = Scoreboard(work.study, finished, engine.at_once)
    with (
        hold_study_folder(work.folder),
        closing(run_missing(stock.missing, work.store, engine)) as runs,
        progress(console, scoreboard) as report,
    ):
        try:
            for run in runs:
                finished.append(run)
                report(run)
        except RunFailedError as error:
            return finished, error
    return finished, None


def _show(console: Console, work: Work, finished: Sequence[FinishedRun]) -> None:
    summary = work.conclude(finished)
    if not is_current(summary, work.folder):
        write_folder(summary, finished, work.folder)
    for part in summary.get("comparisons", [summary]):
        console.print()
        if "label" in part:
            console.print(part["label"], style="bold", highlight=False, markup=False)
        console.print(to_rich(part))
        sentences = [arm["sentence"] for arm in part["arms"] if arm["sentence"]]
        _print_lines(console, [part["headline"], *part["warnings"], *sentences])
    if "comparisons" in summary:
        _print_lines(console, [summary["headline"]])
    trained = duration(summary["seconds_of_training"])
    _print_lines(console, [f"{trained} of training. The page: {work.folder / PAGE}"])


def _print_lines(console: Console, lines: Sequence[str]) -> None:
    console.print()
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _status_table(scoreboard: Scoreboard) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("Comparison", "Arm", "Runs", "Best validation so far"):
        table.add_column(name, justify="left" if name in ("Comparison", "Arm") else "right")
    for number, comparison in enumerate(scoreboard.study.comparisons):
        each = comparison.total // len(comparison.arms)
        for place, arm in enumerate(comparison.arms):
            title = "" if place else comparison.title
            best = f"{scoreboard.label(number)} {scoreboard.shown(number, arm)}"
            table.add_row(title, arm, f"{scoreboard.runs(number, arm)}/{each}", best)
    return table
