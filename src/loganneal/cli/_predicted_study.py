"""The study that tests a prediction, as TOML: the log's own schedule, the one predicted best, and linear decay."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from loganneal import _checks, _limits
from loganneal.prediction import Prediction, Run
from loganneal.prediction.own_schedule import own_schedule, point_shares
from loganneal.prediction.predict import setting_of
from loganneal.schedules import Schedule
from loganneal.studies.declare.arms import ARMS

STAND_IN = "digits"
"""The workload of a study if neither a workload nor a command is named."""

MARGIN = "0.5%"
"""Two arms tie within this share of the score of the log's own schedule."""


class Trained(NamedTuple):
    """What a study trains.

    Args:
        workload: The built-in workload that produced the logs; "" for none.
        command: The words of a training command; empty for none.
        metric: The value that the command reports, of which lower is better.
    """

    workload: str = ""
    command: Sequence[str] = ()
    metric: str = "validation"


def study_text(
    prediction: Prediction, runs: Sequence[Run], schedules: Mapping[str, Schedule], trained: Trained, folder: Path
) -> str:
    """The study as TOML.

    Args:
        prediction: The prediction, with at least one predicted schedule.
        runs: The logs, the first being the reference.
        schedules: The schedules by their names in the prediction.
        trained: What the study trains.
        folder: Folder that the file will be in; the command runs in the current folder.
    """
    best = prediction.best.name if prediction.best else "linear"
    arms = list(dict.fromkeys(["own", best if best in ARMS else "predicted", "linear"]))
    steps, own = prediction.total_steps, runs[0]
    warmup = setting_of(runs, steps).warmup / steps
    lines = [
        f"# To test a prediction: {_title(best)} against the schedule of the log and against linear decay.",
        f"title = {_toml(f'Is {_title(best)} as good as predicted?')}",
        f"arms = [{', '.join(map(_toml, arms))}]",
        'reference = "own"',
        *_trained(trained, steps, own.peak, folder),
        *_table("own", "Own schedule", own_schedule(own.log), own.steps),
    ]
    if "predicted" in arms:
        lines += _table("predicted", _title(best), schedules[best], steps)
    lines += [line for name in arms if name in ARMS for line in _warmed(name, warmup)]
    return "\n".join(lines) + "\n"


def _trained(trained: Trained, steps: int, peak: float, folder: Path) -> list[str]:
    if trained.command:
        return _of_command(trained, steps, peak, folder)
    if trained.workload:
        budget = [f"steps = {steps}", f"peak_lr = {peak:.6g}  # trials lie around the peak of the log"]
        return [f"workload = {_toml(trained.workload)}", *budget]
    return [
        f"# A stand-in: the shapes on {STAND_IN}, with its own budget. To train what produced the logs, give",
        "# loganneal predict --then a workload (--workload NAME), or your command (after --).",
        f"workload = {_toml(STAND_IN)}",
    ]


def _of_command(trained: Trained, steps: int, peak: float, folder: Path) -> list[str]:
    """The keys for a command; they come before the tables of arms, since they are for the whole file."""
    cwd = os.path.relpath(Path.cwd(), folder)
    return [
        "replicates = 8  # 3 arms x 8 replicates x 2 trials",
        "trials = 2  # peak rates in each tuning",
        f"command = [{', '.join(map(_toml, trained.command))}]",
        *([] if cwd == "." else [f"cwd = {_toml(cwd)}"]),
        f"steps = {steps}",
        f"peak_lr = {peak:.6g}  # trials lie around the peak of the log",
        f"metric = {_toml(trained.metric)}",
        "higher_is_better = false",
        f"margin = {_toml(MARGIN)}",
    ]


def _title(name: str) -> str:
    """A schedule's name as part of a title, for which JSON would be too long."""
    shown = _checks.printable(name)
    return shown if len(shown) <= _limits.TITLE_LETTERS // 2 else "the predicted schedule"


def _table(name: str, title: str, schedule: Schedule, steps: int) -> list[str]:
    """An arm as a table of its rates; any schedule can be declared that way."""
    points = ", ".join(f"[{share:g}, {height:g}]" for share, height in point_shares(schedule, steps))
    return ["", f"[arm.{name}]", 'schedule = "Piecewise"', f"title = {_toml(title)}", f"point_shares = [{points}]"]


def _warmed(name: str, warmup: float) -> list[str]:
    """A built-in arm with the warmup of the log, as it was predicted."""
    if not ARMS[name].has_usual_warmup:
        return []
    return ["", f"[arm.{name}]", f"warmup_share = {warmup:.6g}"]


def _toml(text: str) -> str:
    """Text as a TOML string, which has JSON's escapes but no surrogate pairs, and escapes DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
