"""The record of a run, once its loop is over."""

import dataclasses
import itertools
import math
from collections.abc import Iterator
from functools import partial

from lightning_fabric import Fabric
from torch import nn

from loganneal.models import MixedPrecision
from loganneal.runs.record import Record
from loganneal.runs.spec import RunSpec
from loganneal.training.batches import Batches
from loganneal.training.environment import describe_environment
from loganneal.training.processes import precision_used
from loganneal.training.run_state import RunState, fingerprint
from loganneal.training.tasks import Inputs, Task

BATCH_NORM_BATCHES = 100


def outcome(state: RunState, task: Task, fabric: Fabric, source: str, reason: str) -> Record:
    """The record of a run whose loop is over.

    Args:
        state: The state as the loop left it.
        task: Its data.
        fabric: Where it computed.
        source: Where the data came from.
        reason: Why the loop ended before the last step; "" if it did not.
    """
    record = unfinished(state, fabric, source, "diverged", reason)
    if reason:
        return record
    last, test = state.curve.rows[-1], task.evaluate(state.network, "test")
    if last.validation_score is None or not math.isfinite(last.validation_score + test.score):
        return dataclasses.replace(record, reason="The scores of the last weights are not finite.")
    return dataclasses.replace(
        record,
        status="completed",
        validation_score=last.validation_score,
        test_score=test.score,
        extras=_finite(test.extras),
        averages=_averages(state, task, fabric),
        seconds=state.curve.seconds,
        weights=fingerprint(state.weights),
    )


def unfinished(state: RunState, fabric: Fabric, source: str, status: str, reason: str) -> Record:
    """The record of a run without its scores, with its curve so far."""
    precision = precision_used(state.spec, fabric.device)
    environment = describe_environment(fabric.device, precision, source)
    if fabric.world_size > 1:
        environment["processes"] = fabric.world_size
    return Record(
        spec=state.spec,
        status=status,
        validation_score=None,
        test_score=None,
        metrics=tuple(state.curve.rows),
        seconds=state.curve.seconds,
        environment=environment,
        reason=reason,
    )


def _averages(state: RunState, task: Task, fabric: Fabric) -> dict[str, dict[str, float]]:
    """The scores of every average of the weights, beside those of the last weights."""
    if not state.spec.averaging:
        return {}
    wrap = MixedPrecision if precision_used(state.spec, fabric.device) == "bfloat16" else nn.Sequential
    inputs = partial(_training_inputs, state.spec, task)
    averages = state.averages.networks(inputs, logits=task.workload.metric.of_logits)
    networks = {"last": state.weights, **dict(averages)}
    return {name: _scores(wrap(network), task) for name, network in networks.items()}


def _scores(network: nn.Module, task: Task) -> dict[str, float]:
    parts = {part: task.evaluate(network, part) for part in ("validation", "test")}
    scores = {f"{part}_score": found.score for part, found in parts.items()}
    return _finite({**scores, **{f"{part}_loss": found.loss for part, found in parts.items()}})


def _finite(scores: dict[str, float]) -> dict[str, float]:
    return {name: score for name, score in scores.items() if math.isfinite(score)}


def _training_inputs(spec: RunSpec, task: Task) -> Iterator[Inputs]:
    """Batches for BatchNorm's statistics, the same at each call: an epoch of them, or a hundred."""
    batches = Batches(task.train_size, spec.batch_size, spec.seed)
    for chosen in itertools.islice(batches, min(task.train_size // spec.batch_size, BATCH_NORM_BATCHES)):
        yield task.batch(chosen, batches.generator)[0]
