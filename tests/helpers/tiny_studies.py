"""Plans of a few short runs on real images, for tests of engines and commands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loganneal.runs import Journal, Record
from loganneal.studies.declare.comparison import PlannedRun, declare

FILE = """\
title = "Tiny"
workload = "digits"
arms = ["cosine", "linear", "late"]
trials = 2
replicates = {replicates}
train_examples = 128
validation_examples = 100

[arm.late]
title = "Late fall"
schedule = "CyclicalLogAnnealing"
base = 0.1

[[comparison]]
steps = 5

[[comparison]]
steps = 3
"""


def plan(replicates: int = 2, steps: int = 3, trials: int = 1) -> list[PlannedRun]:
    """Two arms."""
    arms = ("cosine", "linear")
    return declare("digits", arms=arms, trials=trials, replicates=replicates, steps=steps, train_examples=128).plan()


def write_file(folder: Path, replicates: int = 2) -> Path:
    """A study of two comparisons with three arms: 12 runs a replicate."""
    path = folder / "tiny.toml"
    path.write_text(FILE.format(replicates=replicates))
    return path


def outcomes(store: Journal) -> Mapping[str, tuple[object, ...]]:
    """What the records of a folder say, by key, apart from times."""
    return {record.spec.key: outcome(record) for record in store}


def outcome(record: Record) -> tuple[object, ...]:
    """What a record says, apart from times."""
    curve = [(row.step, row.lr, row.loss, row.grad_norm, row.validation_score) for row in record.metrics]
    return (record.status, record.validation_score, record.test_score, record.weights, curve)


def timeless(value: Any) -> Any:
    """A summary without its times."""
    if isinstance(value, dict):
        return {name: timeless(one) for name, one in value.items() if "seconds" not in name}
    return [timeless(one) for one in value] if isinstance(value, list) else value
