"""What `loganneal compare` does: declare, introduce, train what is missing, show."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from rich.console import Console

from loganneal import _checks
from loganneal.cli._progress import Scoreboard, duration, progress
from loganneal.lab.records import RecordStore
from loganneal.lab.workloads import WORKLOADS
from loganneal.reports.folder import PAGE, RECORDS, is_current, write_folder
from loganneal.reports.tables import to_rich
from loganneal.studies.comparison import Comparison, FinishedRun, declare
from loganneal.studies.conclude import conclude
from loganneal.studies.engines import RunFailedError, Stock, run_missing, take_stock
from loganneal.studies.power import power_sentence

FAILED = 1
INTERRUPTED = 130
LOG_WIDTH = 120
"""Columns of a table that is not printed on a terminal."""


def compare(args: argparse.Namespace) -> int:
    """Do what is missing of a comparison, and show it.

    Args:
        args: The options of `loganneal compare`.

    Returns:
        The exit code: 0 when complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
    """
    console = _console()
    try:
        return _compare(args, console)
    except KeyboardInterrupt:
        console.print("Stopped. What is finished is kept: the same command continues.", highlight=False)
        return INTERRUPTED


def _compare(args: argparse.Namespace, console: Console) -> int:
    comparison = _declared(args)
    folder: Path = args.out or Path("loganneal-compare") / comparison.workload
    store = RecordStore(folder / RECORDS)
    stock = take_stock(comparison.plan(), store)
    if stock.missing:
        _check_data(comparison, args.data_root)
    _introduce(console, comparison, stock)
    finished, failure = _train(console, comparison, stock, store, args)
    _show(console, comparison, finished, folder)
    if failure is None:
        return 0
    print(f"loganneal compare: {failure}", file=sys.stderr)
    return FAILED


def _declared(args: argparse.Namespace) -> Comparison:
    names = ("workload", "trials", "replicates", "steps", "train_images", "margin", "reference", "first_seed")
    return declare(
        arms=_names(args.arms),
        peak_range=_pair(args.peak_range) if args.peak_range else None,
        **{name: getattr(args, name) for name in names},
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _pair(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        _checks.fail("Comparison", "peak_range", "two numbers with a comma between them", text)
    return low, high


def _check_data(comparison: Comparison, data_root: Path | None) -> None:
    """Load the images once, so that what is wrong with them is said before the first run."""
    workload = WORKLOADS[comparison.workload]
    workload.load(comparison.first_seed, comparison.train_images, workload.validation_images, data_root)


def _introduce(console: Console, comparison: Comparison, stock: Stock) -> None:
    done, total = len(stock.finished), len(stock.finished) + len(stock.missing)
    lines = [
        f"{WORKLOADS[comparison.workload].title}: {', '.join(comparison.arms)}; replicates: {comparison.replicates}, "
        f"trials in each: {comparison.trials}, in all {total} runs of {comparison.steps} steps.",
        power_sentence(comparison.replicates, len(comparison.rivals)),
        *(f"{problem} It is removed and its run repeated." for problem in stock.corrupt),
    ]
    if done:
        lines.append(f"{done} runs are there from before; {total - done} are left.")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _train(
    console: Console, comparison: Comparison, stock: Stock, store: RecordStore, args: argparse.Namespace
) -> tuple[list[FinishedRun], RunFailedError | None]:
    """All finished runs, and the error if some failed."""
    finished = list(stock.finished)
    if not stock.missing:
        return finished, None
    runs = run_missing(stock.missing, store, workers=args.workers, data_root=args.data_root)
    with closing(runs), progress(console, Scoreboard(comparison, finished)) as report:
        try:
            for run in runs:
                finished.append(run)
                report(run)
        except RunFailedError as error:
            return finished, error
    return finished, None


def _show(console: Console, comparison: Comparison, finished: list[FinishedRun], folder: Path) -> None:
    summary = conclude(comparison, finished)
    if not is_current(summary, folder):
        write_folder(summary, finished, folder)
    console.print()
    console.print(to_rich(summary))
    console.print()
    sentences = [arm["sentence"] for arm in summary["arms"] if arm["sentence"]]
    for line in (summary["headline"], *summary["warnings"], *sentences):
        console.print(line, highlight=False, soft_wrap=True)
    trained = duration(summary["seconds_of_training"])
    console.print(f"\n{trained} of training. The page: {folder / PAGE}", highlight=False, soft_wrap=True)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=LOG_WIDTH)
