"""The outcome of one run, in the terminal."""

import math
from pathlib import Path

from rich.console import Console
from rich.table import Table

from loganneal.data import Workload
from loganneal.diagnosis import diagnose
from loganneal.reports.terminal.console import cell, print_lines
from loganneal.runs import Record
from loganneal.runs.as_log import log_of


def show_run(console: Console, record: Record, workload: Workload, folder: Path) -> None:
    """Print the outcome of a run in sentences.

    Args:
        console: Where to print.
        record: The outcome.
        workload: What was learned.
        folder: The run's folder.
    """
    print_lines(console, [_sentence(record, workload)])
    if record.averages:
        console.print(_averages(record, workload))
    if record.metrics:
        print_lines(console, [f"Diagnosis: {diagnose(log_of(record)).sentence}"])
    print_lines(console, [f"{folder}: spec.json, metrics.csv, result.json, checkpoints/"])


def _sentence(record: Record, workload: Workload) -> str:
    if record.validation_score is None or record.test_score is None:
        return f"Diverged. {record.reason} The curve up to there is kept. A lower peak rate or a warmup may help."
    metric = workload.metric
    validation, test = metric.shown(record.validation_score), metric.shown(record.test_score)
    extras = "".join(f", test {name} {value:.4f}" for name, value in record.extras.items())
    return f"Completed: validation {metric.title} {validation}, test {test}{extras}; weights {record.weights}."


def _averages(record: Record, workload: Workload) -> Table:
    metric = workload.metric
    table = Table(box=None)
    for name in ("weights", f"validation {metric.title}", f"test {metric.title}", "test loss"):
        table.add_column(cell(name))
    for name, scores in record.averages.items():
        found = [metric.shown(scores.get(f"{part}_score", math.nan)) for part in ("validation", "test")]
        table.add_row(cell(name.replace("_", " ")), *found, f"{scores.get('test_loss', math.nan):.4f}")
    return table
