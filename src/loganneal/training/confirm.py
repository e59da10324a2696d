"""The advice of a diagnosis, followed: the same run with one thing changed, beside the original."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from loganneal import CyclicalLogAnnealing, Schedule, from_dict
from loganneal.diagnosis import Diagnosis
from loganneal.runs.record import Record, read_record
from loganneal.runs.spec import RunSpec
from loganneal.schedules._cyclical import Cyclical

LOWER = 0.3
"""A peak that is too high, and the later peaks, are multiplied by this."""

EPOCHS = 2.0
"""Cycles that are too short become about so many epochs long, where the run holds so many."""


class Change(NamedTuple):
    """A changed run, and the change in words."""

    spec: RunSpec
    words: str


class NoChangeError(ValueError):
    """No change follows from the diagnosis for this run; the message says why."""


def confirm(folder: str | Path, diagnosis: Diagnosis, data_root: str | Path | None = None) -> str:
    """Train a run again as its diagnosis advises, and say how both came out.

    Args:
        folder: A run folder that holds a finished run.
        diagnosis: Of this run.
        data_root: Folder with the workload's data.

    Raises:
        NoChangeError: The run is healthy, or its schedule lacks the parameter to change.
        CorruptRecordError: The folder holds no finished run.
    """
    from loganneal.training.train import train  # what follows from a diagnosis is known without torch

    _check_found(diagnosis)
    original = read_record(Path(folder))
    change = advised(original.spec, diagnosis)
    changed = train(change.spec, data_root=data_root)
    return "\n".join(
        [
            f"Confirmed by one run with the same seed, {change.words}:",
            f"  as it was  {_outcome(original)}",
            f"  changed    {_outcome(changed)}",
            "One pair of runs is a hint and no proof: loganneal compare tunes and repeats.",
        ]
    )


def advised(spec: RunSpec, diagnosis: Diagnosis) -> Change:
    """The run with the first piece of advice followed that can be.

    Raises:
        NoChangeError: The run is healthy, or its schedule lacks the parameter to change.

    Example:
        >>> import numpy as np, loganneal as la
        >>> from loganneal.diagnosis import Log, diagnose
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.CyclicalLogAnnealing(0.3, 80), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_examples=2500, validation_examples=1000)
        >>> log = Log(np.arange(100), spec.schedule.curve(100), np.linspace(2.3, 1.0, 100))
        >>> advised(spec, diagnose(log)).words
        'fit(total_steps=100, cycles=2)'
    """
    _check_found(diagnosis)
    return _CHANGES[diagnosis.name](spec, diagnosis)


def _check_found(diagnosis: Diagnosis) -> None:
    if diagnosis.name not in _CHANGES:
        raise NoChangeError("Nothing was found that a changed run could confirm.")


def _steadier(spec: RunSpec, diagnosis: Diagnosis) -> Change:
    if diagnosis.cycle > 1 and isinstance(spec.schedule, Cyclical):
        decay = LOWER * spec.schedule.peak_decay
        return _with(spec, spec.schedule.replace(peak_decay=decay), f"peak_decay={decay:g}")
    lower = _changed(spec.schedule.to_dict(), lambda name, value: LOWER * value if name.endswith("_lr") else value)
    return _with(spec, lower, f"max_lr={lower.max_lr:g}")


def _slower(spec: RunSpec, diagnosis: Diagnosis) -> Change:
    base = getattr(spec.schedule, "base", None)
    if not base or base <= 1:
        raise NoChangeError("The schedule has no base above 1 that could be lowered.")
    return _with(spec, spec.schedule.replace(base=1.0), "base=1")


def _longer(spec: RunSpec, diagnosis: Diagnosis) -> Change:
    return _refit(spec, max(1, round(spec.steps / (EPOCHS * diagnosis.numbers["steps_per_epoch"]))))


def _to_the_end(spec: RunSpec, diagnosis: Diagnosis) -> Change:
    return _refit(spec, max(1, len(spec.schedule.restarts(spec.steps))))


def _shorter(spec: RunSpec, diagnosis: Diagnosis) -> Change:
    halved = _changed(spec.schedule.to_dict(), _half)
    steps = max(1, spec.steps // 2)
    return Change(dataclasses.replace(spec, steps=steps, schedule=halved), f"with half of the steps, {steps}")


def _half(name: str, value: float) -> float:
    if not name.endswith("_steps"):
        return value
    return max(1, value // 2) if isinstance(value, int) and value else value / 2


def _refit(spec: RunSpec, cycles: int) -> Change:
    """Equal cycles of the schedule's own shape, or of Cyclical Log Annealing, that end with the run."""
    schedule = spec.schedule
    if not isinstance(schedule, Cyclical):
        whole = CyclicalLogAnnealing.fit(max_lr=schedule.max_lr, total_steps=spec.steps, cycles=cycles)
        return _with(spec, whole, f"CyclicalLogAnnealing.fit(total_steps={spec.steps}, cycles={cycles})")
    own = {name: value for name, value in schedule.to_dict().items() if name not in ("version", "type", "cycle_steps")}
    fitted = type(schedule).fit(**{**own, "cycle_mult": 1, "cycles": cycles, "total_steps": spec.steps})
    return _with(spec, fitted, f"fit(total_steps={spec.steps}, cycles={cycles})")


def _with(spec: RunSpec, schedule: Schedule, words: str) -> Change:
    return Change(dataclasses.replace(spec, schedule=schedule), words)


def _changed(values: dict[str, Any], change: Callable[[str, float], float]) -> Schedule:
    return from_dict(_each(values, change))


def _each(values: dict[str, Any], change: Callable[[str, float], float]) -> dict[str, Any]:
    """A schedule's dictionary with its numbers changed, those of the schedules inside too."""

    def one(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _each(value, change)
        if isinstance(value, list):
            return [one(name, item) for item in value]
        return value if isinstance(value, str) or value is None or name == "version" else change(name, value)

    return {name: one(name, value) for name, value in values.items()}


def _outcome(record: Record) -> str:
    if record.validation_score is None:
        return f"{record.status} after step {record.metrics[-1].step if record.metrics else 0}"
    return f"validation score {record.validation_score:.4f}, training loss {record.metrics[-1].loss:.4f}"


_CHANGES: dict[str, Callable[[RunSpec, Diagnosis], Change]] = {
    "unstable": _steadier,
    "decay too fast": _slower,
    "cycles too short": _longer,
    "ends at a high rate": _to_the_end,
    "overfitting": _shorter,
}
