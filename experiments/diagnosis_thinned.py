"""What the diagnosis makes of the same runs when less is logged: a table of hits and false alarms, as Markdown.

python experiments/diagnosis_thinned.py

The logs are those of `diagnosis_runs.py`, with a row for every step. They are thinned to every n-th row, as when a
trainer reports every n steps; to means over n rows; and to one row an epoch, with its mean loss, and its last learning
rate and validation loss. What counts as a failure is decided as in `diagnosis.py`, on the whole logs.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from diagnosis import Judged, control, counts, judge_all, table
from diagnosis_runs import log_path
from diagnosis_tasks import FRESH, TASKS
from planted_logs import unpack_logs

from loganneal.diagnosis import RULES, Log, diagnose
from loganneal.diagnosis.logs import read_log

THINNED = (2, 5, 10, 20, 50)
NAMES = [rule.name for rule in RULES]

Thin = Callable[[Log], Log]


class Seen(NamedTuple):
    """A run whose log is thinned, what was planted in it, and what was found."""

    task: str
    planted: str
    found: str


def every(log: Log, rows: int) -> Log:
    """Every n-th row, and the validation losses at these rows."""
    kept = slice(rows - 1, None, rows)
    validated = np.isin(log.validation_step, log.step[kept])
    measured = log.validation_step[validated], log.validation_loss[validated]
    return Log(log.step[kept], log.lr[kept], log.loss[kept], *measured, steps_per_epoch=log.steps_per_epoch)


def means(log: Log, rows: int) -> Log:
    """Means over n rows, at the step of the last of them."""
    groups = np.arange(len(log.step)) // rows
    ends = np.append(np.flatnonzero(np.diff(groups)), len(groups) - 1)
    measured = list(_validated(log, log.step[ends]))
    return Log(
        log.step[ends],
        _means(groups, log.lr),
        _means(groups, log.loss),
        [step for step, _ in measured],
        [loss for _, loss in measured],
        steps_per_epoch=log.steps_per_epoch,
    )


def epochs(log: Log) -> Log:
    """One row an epoch, counted from 1."""
    size = max(round(log.steps_per_epoch or 1), 1)
    groups = np.arange(len(log.step)) // size
    ends = np.append(np.flatnonzero(np.diff(groups)), len(groups) - 1)
    by_step = dict(_validated(log, log.step[ends]))
    counted = [(row, by_step[step]) for row, step in enumerate(log.step[ends].tolist(), 1) if step in by_step]
    measured = [row for row, _ in counted], [loss for _, loss in counted]
    steps = np.arange(1, len(ends) + 1)
    return Log(steps, log.lr[ends], _means(groups, log.loss), *measured, steps_per_epoch=1)


def _means(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(groups, weights=values) / np.bincount(groups)


def _validated(log: Log, ends: np.ndarray) -> Iterator[tuple[float, float]]:
    """The last validation loss of each group of rows, at the step where the group ends."""
    start = -np.inf
    for end in ends.tolist():
        inside = (log.validation_step > start) & (log.validation_step <= end)
        if inside.any():
            yield end, float(log.validation_loss[inside][-1])
        start = end


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        unpack_logs(Path(folder))
        runs = judge_all(Path(folder))
        controls = {task: control(runs, task) for task in {run.task for run in runs}}
        kept = [(run, _whole(Path(folder), run)) for run in runs if counts(run, controls)]
    thinnings: dict[str, Thin] = {"every row": lambda log: log}
    thinnings |= {f"every {rows}th row" if rows > 2 else "every 2nd row": partial(every, rows=rows) for rows in THINNED}
    thinnings |= {f"means over {rows} rows": partial(means, rows=rows) for rows in THINNED}
    thinnings["one row an epoch"] = epochs
    header = ["log", "false alarms", "found of 46", "found of 106", *NAMES, "wrong name", "healthy, but cannot be told"]
    print(
        table(header, [_line(name, [_seen(run, log, thin) for run, log in kept]) for name, thin in thinnings.items()])
    )


def _whole(folder: Path, run: Judged) -> Log:
    setting = TASKS[run.task]
    epoch = max(1, setting.tiny // setting.batch_size) if run.case.tiny else setting.steps_per_epoch
    return read_log(log_path(folder, run.task, run.case, run.seed), steps_per_epoch=epoch).log


def _seen(run: Judged, log: Log, thin: Thin) -> Seen:
    try:
        return Seen(run.task, run.planted, diagnose(thin(log)).name)
    except ValueError:  # too few rows to keep a single one
        return Seen(run.task, run.planted, "no row")


def _line(name: str, seen: list[Seen]) -> list[object]:
    sick, well = [run for run in seen if run.planted != "healthy"], [run for run in seen if run.planted == "healthy"]
    hits, planted = (
        Counter(run.planted for run in sick if run.found == run.planted),
        Counter(run.planted for run in sick),
    )
    wrong = sum(run.found in NAMES and run.found != run.planted for run in sick)
    tested = sum(run.found == run.planted for run in sick if run.task in FRESH)
    return [
        name,
        f"{sum(run.found in NAMES for run in well)} of {len(well)}",
        tested,
        sum(hits.values()),
        *(f"{hits[rule]} of {planted[rule]}" for rule in NAMES),
        wrong,
        sum(run.found not in {*NAMES, "healthy"} for run in well),
    ]


if __name__ == "__main__":
    main()
