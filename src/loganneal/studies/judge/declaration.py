"""A comparison's declaration as a self-contained value, and the labels that tell comparisons apart."""

import json
import math
from collections.abc import Callable, Sequence

from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.comparison import Comparison
from loganneal.studies.result import Declaration


def declaration(comparison: Comparison) -> Declaration:
    """Everything that was fixed before the first run, with the margin on the scale on which the metric is shown."""
    workload = comparison.data
    spec = next(comparison.replicate(0)).spec
    own = spec if isinstance(spec, RunSpec) else None  # a command has its own choices
    return Declaration(
        workload=comparison.workload,
        workload_title=workload.title,
        metric=workload.metric,
        floor=workload.floor if math.isfinite(workload.floor) else None,
        margin=workload.metric.margin(comparison.margin),
        model=comparison.model,
        optimizer=comparison.optimizer,
        steps=comparison.steps,
        batch_size=own.batch_size if own else None,
        momentum=own.momentum if own else None,
        weight_decay=own.weight_decay if own else None,
        precision=own.precision if own else None,
        train_examples=comparison.train_examples if own else None,
        validation_examples=own.validation_examples if own else None,
        trials=comparison.trials,
        replicates=comparison.replicates,
        reference=comparison.reference,
        first_seed=comparison.first_seed,
        peak_range=comparison.peak_range,
        tuned=("peak_lr", *_tuned(comparison)),
        settings=json.loads(json.dumps(dict(comparison.settings))),  # as it is read back from its file
        looks=comparison.looks,
        primary=comparison.tested,
        stage=comparison.stage,
    )


def _tuned(comparison: Comparison) -> tuple[str, ...]:
    own = [tuned.name for name in comparison.arms for tuned in comparison.arm(name).tuned]
    return tuple(dict.fromkeys([*(tuned.name for tuned in comparison.tuned), *own]))


def labels(declarations: Sequence[Declaration]) -> list[str]:
    """The fewest words that tell the comparisons of a study apart, one label for each."""
    words = [{name: form(one) for name, form in _LABELS.items()} for one in declarations]
    varying = [name for name in _LABELS if len({one[name] for one in words}) > 1] or ["workload"]
    longer = [[", ".join(one[name] for name in varying[: count + 1]) for one in words] for count in range(len(varying))]
    return next((found for found in longer if len(set(found)) == len(found)), longer[-1])


_LABELS: dict[str, Callable[[Declaration], str]] = {
    "stage": lambda declared: declared.stage.capitalize(),
    "workload": lambda declared: declared.workload_title,
    "model": lambda declared: declared.model,
    "optimizer": lambda declared: declared.optimizer,
    "steps": lambda declared: f"{declared.steps:,} steps",
    "train_examples": lambda declared: f"{declared.train_examples or 0:,} training examples",
    "settings": lambda declared: ", ".join(f"{name} {value}" for name, value in declared.settings.items()),
}
