"""What `loganneal train` does: say what is run, train with a live display, show what came out."""

import argparse
import math
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from loganneal import _checks
from loganneal.cli._arm import build_arm, read_values
from loganneal.cli._watch import Watch
from loganneal.data import Workload, find_workload
from loganneal.data.metric import metric_of
from loganneal.diagnosis import diagnose
from loganneal.reports.terminal.run_display import OnRow, run_display, shown
from loganneal.runs.as_log import log_of
from loganneal.runs.record import Record
from loganneal.runs.spec import PAPER, PAPER_MAX_LR, RunSpec
from loganneal.training.train import train

FAILED = 1
INTERRUPTED = 130
LOG_WIDTH = 120
CURVE_POINTS = 10_000
"""A row for each update, unless there are more."""

ADAPTIVE_MAX_LR = 1e-3
"""Peak rate of an optimizer that is not the workload's own: the default of Adam and its relatives."""


def train_and_show(args: argparse.Namespace) -> int:
    """Train one run in its folder, and show it.

    Args:
        args: The options of `loganneal train`.

    Returns:
        The exit code: 0 when completed or diverged, 1 when failed, 130 when interrupted.
    """
    if args.threads is not None:
        torch.set_num_threads(args.threads)
    workload = find_workload(args.workload)
    spec = specify(args, workload)
    quiet = int(os.environ.get("RANK", "0")) > 0  # of several processes the first one speaks
    console = Console(quiet=quiet) if sys.stdout.isatty() else Console(quiet=quiet, width=LOG_WIDTH)
    try:
        record = _train(args, spec, workload, console)
    except KeyboardInterrupt:
        console.print("Stopped. The same command continues from the last checkpoint.", highlight=False)
        return INTERRUPTED
    except (ValueError, OSError):
        raise  # what the user can mend is said by the program's own sentence
    except Exception as error:
        print(f"loganneal train: the run failed: {type(error).__name__}: {error}", file=sys.stderr)
        return FAILED
    _show(console, record, workload, args.out)
    return 0


def specify(args: argparse.Namespace, workload: Workload) -> RunSpec:
    """The run that the options say."""
    preset: dict[str, Any] = PAPER if args.preset == "paper" else {}
    changes = {**preset, **_given(args)}
    if changes.get("optimizer", workload.optimizer) != "sgd" and args.momentum is None:
        changes.pop("momentum", None)
    steps = workload.steps if args.steps is None else _checks.whole("loganneal train", "--steps", args.steps, 1)
    usual = PAPER_MAX_LR if preset else default_peak(workload, changes.get("optimizer"))
    peak = usual if args.max_lr is None else args.max_lr
    schedule = build_arm(args.schedule, peak, steps, read_values("loganneal train", "--set", args.set))
    split_seed = args.seed if args.split_seed is None else args.split_seed
    return workload.spec(schedule=schedule, seed=args.seed, split_seed=split_seed, curve_points=CURVE_POINTS, **changes)


_SAME = (
    "model", "steps", "train_examples", "validation_examples", "evaluations", "optimizer", "momentum", "weight_decay",
    "batch_size", "accumulation", "grad_clip", "label_smoothing", "ema_decay", "swa_share", "snapshots", "precision",
    "channels_last", "compile",
)  # fmt: skip


def _given(args: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(args, name) for name in _SAME if getattr(args, name) is not None}
    if args.average:
        given["averaging"] = tuple(name.strip() for name in args.average.split(","))
    if args.option:
        given["optimizer_options"] = read_values("loganneal train", "--option", args.option)
    return given


def default_peak(workload: Workload, optimizer: str | None) -> float:
    """The middle of the workload's range, on a logarithmic scale; for another optimizer than its own 0.001.

    >>> default_peak(find_workload("digits"), None)
    0.21
    """
    if optimizer not in (None, workload.optimizer):
        return ADAPTIVE_MAX_LR
    return float(f"{math.sqrt(math.prod(workload.peak_range)):.2g}")


def _doubt_of_peak(args: argparse.Namespace, spec: RunSpec, workload: Workload) -> str:
    """What to say of a peak rate that nobody gave, where the network is not the one that it is usual for."""
    if args.max_lr is not None or args.preset or spec.model == workload.model:
        return ""
    words = ["loganneal", "lr-range", "--workload", args.workload, "--model", spec.model]
    words += ["--optimizer", args.optimizer] if args.optimizer else []
    usual = f"The peak rate {spec.schedule.max_lr:g} is usual for {workload.model}, not for {spec.model}"
    return f"{usual}; {shlex.join(words)} finds one, for --max-lr."


def _train(args: argparse.Namespace, spec: RunSpec, workload: Workload, console: Console) -> Record:
    with run_display(console, spec, workload, args.out) as display, _tensorboard(args, console.quiet) as write:
        watch = Watch(spec, display.note)
        if doubt := _doubt_of_peak(args, spec, workload):
            display.note(doubt)

        def on_row(row: Any) -> None:
            display.row(row)
            write(row)
            watch.row(row)

        return train(
            spec,
            data_root=args.data_root,
            folder=args.out,
            checkpoint_steps=args.checkpoint_steps,
            on_step=display.step,
            on_row=on_row,
            on_note=display.note,
        )


@contextmanager
def _tensorboard(args: argparse.Namespace, quiet: bool) -> Iterator[OnRow]:
    """A function that writes a row of the curve as TensorBoard's events, or nothing when they are not wanted.

    The events are written anew at each start, since the rows from before an interruption come again.
    """
    if not args.tensorboard or quiet:
        yield lambda _: None
        return
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"--tensorboard needs {error.name}: python -m pip install tensorboard") from error
    folder: Path = args.out / "tensorboard"
    shutil.rmtree(folder, ignore_errors=True)
    with SummaryWriter(str(folder)) as writer:

        def write(row: Any) -> None:
            for name, value in row._asdict().items():
                if name != "step" and value is not None:
                    writer.add_scalar(name, value, row.step)

        yield write


def _show(console: Console, record: Record, workload: Workload, folder: Path) -> None:
    console.print(_sentence(record, workload), highlight=False, soft_wrap=True)
    if record.averages:
        console.print(_averages(record, workload))
    if record.metrics:
        console.print(f"Diagnosis: {diagnose(log_of(record)).sentence}", highlight=False, soft_wrap=True)
    console.print(f"{folder}: spec.json, metrics.csv, result.json, checkpoints/", highlight=False, soft_wrap=True)


def _sentence(record: Record, workload: Workload) -> str:
    if record.validation_score is None or record.test_score is None:
        return f"Diverged. {record.reason} What was learnt before is kept: a lower peak rate or warmup may help."
    scale = metric_of(workload)
    validation, test = (shown(scale, score) for score in (record.validation_score, record.test_score))
    metric = workload.metric.replace("_", " ")
    extras = "".join(f", test {name} {value:.4f}" for name, value in record.extras.items())
    return f"Completed: validation {metric} {validation}, test {test}{extras}; weights {record.weights}."


def _averages(record: Record, workload: Workload) -> Table:
    scale = metric_of(workload)
    metric = workload.metric.replace("_", " ")
    table = Table("weights", f"validation {metric}", f"test {metric}", "test loss", box=None)
    for name, scores in record.averages.items():
        found = [shown(scale, scores.get(f"{part}_score", math.nan)) for part in ("validation", "test")]
        table.add_row(name.replace("_", " "), *found, f"{scores.get('test_loss', math.nan):.4f}")
    return table
