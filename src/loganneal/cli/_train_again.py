"""The command that trains a diagnosed run again, with the one change that the diagnosis advises."""

import json
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from loganneal import Schedule
from loganneal.cli._arm import build_arm
from loganneal.data import find_workload
from loganneal.diagnosis import Diagnosis
from loganneal.runs.spec import PAPER, RunSpec
from loganneal.studies.declare.arms import ARMS

LOWER = 0.3
"""A peak that is too high, or the decay of the later peaks, is multiplied by this."""

EPOCHS = 2.0
"""Cycles that are too short become about this many epochs long, if the run is that long."""

_CYCLICAL = ("base", "cycle_mult", "peak_decay", "restart_warmup_share")
_SETTINGS = (
    "model", "train_examples", "validation_examples", "test_examples", "optimizer", "momentum", "weight_decay",
    "batch_size", "accumulation", "grad_clip", "label_smoothing", "ema_decay", "swa_share", "snapshots", "precision",
)  # fmt: skip


class NoChangeError(ValueError):
    """No changed command follows from the diagnosis for this run; the message says why."""


class _Options(NamedTuple):
    """A schedule as options of the command line: `--schedule`, `--max-lr`, `--set` and `--steps`."""

    arm: str
    peak: float
    parameters: Mapping[str, Any]
    steps: int


def read_spec(folder: Path) -> RunSpec:
    """The specification of the run in a folder of `loganneal train`.

    Raises:
        NoChangeError: The folder has none that can be read.
    """
    file = folder / "spec.json"
    try:
        return RunSpec.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoChangeError(
            f"{file} cannot be read ({error}): only runs of loganneal train can be repeated."
        ) from error


def changed_command(spec: RunSpec, diagnosis: Diagnosis) -> str:
    """The command that trains a run again, following the first piece of advice that can be followed.

    Args:
        spec: The run.
        diagnosis: The diagnosis of its log.

    Raises:
        NoChangeError: The run is healthy, its schedule lacks the parameter to change, or no options describe its
            schedule.

    Example:
        >>> import loganneal as la
        >>> from loganneal.diagnosis import Log, diagnose
        >>> digits = find_workload("digits")
        >>> spec = digits.spec(schedule=la.Linear(0.3, 200), seed=0, split_seed=0, evaluations=20)
        >>> log = Log(np.arange(100), spec.schedule.curve(100), np.linspace(2.3, 1.0, 100))
        >>> changed_command(spec, diagnose(log))
        'loganneal train --workload digits --steps 100 --schedule cla --max-lr 0.3 --set cycles=1 --out again'
    """
    change = _CHANGES.get(diagnosis.name)
    if change is None:
        raise NoChangeError("Nothing was found that a changed run could test.")
    return shlex.join(_words(spec, change(spec, diagnosis)))


def _words(spec: RunSpec, options: _Options) -> list[str]:
    words = ["loganneal", "train", "--workload", spec.workload, "--steps", str(options.steps)]
    words += ["--schedule", options.arm, "--max-lr", repr(options.peak)]
    for name, value in options.parameters.items():
        words += ["--set", f"{name}={json.dumps(value)}"]
    return [*words, *_settings(spec), "--out", "again"]


def _settings(spec: RunSpec) -> list[str]:
    """The options that differ from the workload's defaults, or from the paper's setting."""
    paper = all(getattr(spec, name) == value for name, value in PAPER.items())
    if not paper and (spec.crop, spec.flip) != (None, None):
        raise NoChangeError("loganneal train has no options for the 'crop' and 'flip' of this run.")
    preset: dict[str, Any] = dict(PAPER) if paper else {}
    workload = find_workload(spec.workload)
    usual = workload.spec(schedule=spec.schedule, seed=0, split_seed=spec.seed, evaluations=20, **preset)
    names = [name for name in (*_SETTINGS, "seed", "split_seed", "evaluations") if _differ(spec, usual, name)]
    words = [word for name in names for word in (_option(name), str(getattr(spec, name)))]
    words += ["--average", ",".join(spec.averaging)] if spec.averaging else []
    words += [_option(name) for name in ("channels_last", "compile") if getattr(spec, name)]
    for name, value in spec.optimizer_options.items():
        words += [] if paper else ["--option", f"{name}={json.dumps(value)}"]
    return ["--preset", "paper", *words] if paper else words


def _differ(spec: RunSpec, usual: RunSpec, name: str) -> bool:
    return bool(getattr(spec, name) != getattr(usual, name))


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _named(spec: RunSpec) -> _Options:
    """The options that describe the schedule of this run.

    Raises:
        NoChangeError: There are none.
    """
    for options in _candidates(spec):
        try:
            built = build_arm(*options[:2], options.steps, options.parameters)
        except ValueError:
            continue
        if np.allclose(built.curve(spec.steps), spec.schedule.curve(spec.steps), rtol=1e-9, atol=0):
            return options
    raise NoChangeError("loganneal train has no options for the schedule of this run: change it where it was made.")


def _candidates(spec: RunSpec) -> list[_Options]:
    schedule = spec.schedule
    cyclical = _cyclical(schedule, spec.steps)
    plain = [_Options(name, schedule.max_lr, {}, spec.steps) for name in ARMS]
    return plain if cyclical is None else [*plain, cyclical]


def _cyclical(schedule: Schedule, steps: int, cycles: int | None = None) -> _Options | None:
    """The options of a schedule with cycles, fitted to the run; None for one without cycles."""
    arm = next((name for name, one in ARMS.items() if one.schedule == type(schedule).__name__), None)
    if arm is None or not hasattr(schedule, "cycles"):
        return None
    values = {name: getattr(schedule, name) for name in _CYCLICAL if hasattr(schedule, name)}
    values["cycles"] = cycles or len(schedule.restarts(steps))
    values["warmup_share"] = getattr(schedule, "warmup_steps", 0) / steps
    values["min_share"] = getattr(schedule, "min_lr", 0.0) / schedule.max_lr
    return _Options(arm, schedule.max_lr, values, steps)


def _refitted(spec: RunSpec, cycles: int) -> _Options:
    """Equal cycles of the schedule's own shape, or of Cyclical Log Annealing, that end with the run."""
    options = _cyclical(spec.schedule, spec.steps, cycles)
    if options is None:
        return _Options("cla", spec.schedule.max_lr, {"cycles": cycles}, spec.steps)
    return _with(options, cycle_mult=1)


def _with(options: _Options, **parameters: Any) -> _Options:
    return options._replace(parameters={**options.parameters, **parameters})


def _steadier(spec: RunSpec, diagnosis: Diagnosis) -> _Options:
    options = _named(spec)
    if diagnosis.cycle > 1 and hasattr(spec.schedule, "peak_decay"):
        return _with(options, peak_decay=_rounded(LOWER * spec.schedule.peak_decay))
    return options._replace(peak=_rounded(LOWER * options.peak))


def _rounded(value: float) -> float:
    """The value without the rounding error of a product, since it goes into a command."""
    return float(f"{value:.12g}")


def _slower(spec: RunSpec, diagnosis: Diagnosis) -> _Options:
    base = getattr(spec.schedule, "base", None)
    if not base or base <= 1:
        raise NoChangeError("The schedule has no base above 1 that could be lowered.")
    return _with(_named(spec), base=1.0)


def _longer(spec: RunSpec, diagnosis: Diagnosis) -> _Options:
    epoch = max(1, spec.train_examples // spec.batch_size)
    return _refitted(spec, max(1, round(spec.steps / (EPOCHS * epoch))))


def _to_the_end(spec: RunSpec, diagnosis: Diagnosis) -> _Options:
    return _refitted(spec, max(1, len(spec.schedule.restarts(spec.steps))))


def _shorter(spec: RunSpec, diagnosis: Diagnosis) -> _Options:
    return _named(spec)._replace(steps=max(1, spec.steps // 2))


_CHANGES: dict[str, Callable[[RunSpec, Diagnosis], _Options]] = {
    "unstable": _steadier,
    "decay too fast": _slower,
    "cycles too short": _longer,
    "ends at a high rate": _to_the_end,
    "overfitting": _shorter,
}
