"""One training run: a specification goes in, a record comes out."""

import dataclasses
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from loganneal import _checks
from loganneal.data import find_workload
from loganneal.data._base import each
from loganneal.runs.checkpoints import RunNotSavedError
from loganneal.runs.record import MetricsRow, Record
from loganneal.runs.run_folder import RunFolder, finished_record, open_run_folder
from loganneal.runs.spec import MAX_SEED, RunSpec
from loganneal.training.check import check_names, check_trainable
from loganneal.training.make_record import outcome, unfinished
from loganneal.training.processes import start_fabric
from loganneal.training.run_state import RunState
from loganneal.training.tasks import Data, Evaluation, Task

CHECKPOINTS = 50
CHECKPOINT_STEPS = 1000

OnStep = Callable[[int], None]
OnRow = Callable[[MetricsRow], None]
OnNote = Callable[[str], None]


def train(
    spec: RunSpec,
    *,
    data_root: str | Path | None = None,
    folder: str | Path | None = None,
    checkpoint_steps: int | None = None,
    on_step: OnStep | None = None,
    on_row: OnRow | None = None,
    on_note: OnNote | None = None,
) -> Record:
    """Train one network according to a specification, and score it at the last step.

    The same specification on the same machine, with the same number of torch threads, gives the same record to the
    bit, except for times. On a CPU and with a folder, this also holds for a run that was killed and started again.
    Training uses the GPU if there is one. Under ``torchrun`` the processes share each batch; several CPU processes
    can only train networks without BatchNorm.

    Args:
        spec: The specification of the run.
        data_root: Folder with data sets, as in `loganneal.data.find_workload`.
        folder: Folder in which the run is kept while it trains; None keeps nothing. The same call continues a run that
            was interrupted, and returns the record of one that has ended.
        checkpoint_steps: Updates between two checkpoints in the folder, at least 1; None for a fiftieth of the run, at
            most 1,000.
        on_step: Called after each update with the number of updates done.
        on_row: Called with each point of the curve, including those from before an interruption.
        on_note: Called with a sentence about each damaged file; None for a warning instead.

    Returns:
        The record. If the loss or the gradient stops being finite, the run ends there, its status is "diverged", and
        it has no scores.

    Raises:
        DataNotFoundError: The data set is not there.
        OSError: Another process trains in the folder, or the disk is full; the last checkpoint is kept.
        ValueError: The folder holds another run, a name is unknown, or the splits need more examples than there are.

    Example:
        >>> import loganneal as la
        >>> from loganneal.data import WORKLOADS
        >>> spec = WORKLOADS["digits"].spec(schedule=la.Cosine(0.3, 10), seed=0, split_seed=0, steps=10)
        >>> record = train(spec)
        >>> record.status, record.metrics[-1].step
        ('completed', 10)
    """
    usual = min(max(1, spec.steps // CHECKPOINTS), CHECKPOINT_STEPS)
    every = usual if checkpoint_steps is None else _checks.whole("train", "checkpoint_steps", checkpoint_steps, 1)
    fabric = start_fabric(spec)
    if folder is not None:
        over = fabric.broadcast(finished_record(Path(folder), spec) if fabric.is_global_zero else None)
        if over is not None:
            return over
        check_trainable(spec, find_workload(spec.workload))  # before the folder is claimed
    task, source = _task(spec, fabric, data_root)
    with _opened(folder, spec, fabric, on_note or _warn) as place, _repeatable(fabric, spec):
        finished, saved = fabric.broadcast((place.record(), place.state()) if place else (None, None))
        if finished is not None:
            return finished
        state = RunState(spec, task, fabric)
        if saved is not None:
            state.load_state_dict(saved)
        keep = partial(_keep, state, place, every) if folder is not None else _nothing
        with _failure_noted(place, state, fabric, source):
            reason = _fit(state, task, fabric, keep, on_step or _nothing, on_row or _nothing)
            record = outcome(state, task, fabric, source, reason)
        if place is not None:
            place.finish(record)
        return record


def _fit(state: RunState, task: Task, fabric: Fabric, keep: OnStep, on_step: OnStep, on_row: OnRow) -> str:
    """The training loop; it returns why it ended early, or ""."""
    spec, curve = state.spec, state.curve
    for row in curve.rows:
        on_row(row)
    state.network.train()
    curve.start_clock()
    for step in range(state.step + 1, spec.steps + 1):
        rate = state.rate
        loss, grad_norm = _gradient(state, task, fabric)
        if not math.isfinite(loss) or not math.isfinite(grad_norm):
            return f"At step {step} the loss was {loss:g} and the norm of the gradient {grad_norm:g}."
        state.optimizer.step()
        state.scheduler.step()
        state.averages.update(step)
        state.step = step
        curve.add(loss, grad_norm)
        on_step(step)
        with curve.paused():
            if curve.is_due(step):
                on_row(curve.close(step, rate, _validation(state, task)))
            keep(step)
    return ""


def _validation(state: RunState, task: Task) -> Evaluation | None:
    """The validation scores, if this step has them; the network is left in training mode."""
    if not state.curve.wants_evaluation(state.step):
        return None
    evaluation = task.evaluate(state.network, "validation")
    state.network.train()
    return evaluation


def _gradient(state: RunState, task: Task, fabric: Fabric) -> tuple[float, float]:
    """Compute the gradient of one batch, part by part; return its loss, and the gradient's norm before clipping."""
    spec, losses = state.spec, []
    batch = task.batch(next(state.batches), state.batches.generator)
    state.optimizer.zero_grad()
    for last, (inputs, targets) in _parts(batch, spec, fabric):
        with fabric.no_backward_sync(state.network, enabled=not last):
            loss = task.loss(state.network, inputs, targets, spec.label_smoothing) / spec.accumulation
            fabric.backward(loss)
        losses.append(loss.detach())
    norm = _clip(state.weights, spec.grad_clip)
    measured: Any = fabric.all_reduce(torch.stack([torch.stack(losses).sum(), norm]), reduce_op="mean")
    return tuple(measured.tolist())


def _parts(batch: Data, spec: RunSpec, fabric: Fabric) -> Iterator[tuple[bool, Data]]:
    """This process's share of a batch in its parts, each with whether it is the last.

    Every process draws the whole batch, so that its augmentation does not depend on how many there are.
    """
    own_share = itemgetter(slice(fabric.global_rank, None, fabric.world_size))
    inputs, targets = each(batch[0], own_share), own_share(batch[1])
    if spec.channels_last and isinstance(inputs, Tensor):
        inputs = inputs.to(memory_format=torch.channels_last)
    start = 0
    for number, own in enumerate(targets.chunk(spec.accumulation), 1):
        part = slice(start, start + len(own))
        start = part.stop
        yield number == spec.accumulation, (each(inputs, itemgetter(part)), own)


def _clip(network: nn.Module, largest: float | None) -> Tensor:
    """Clip the gradient to the largest norm that is allowed; return its norm before clipping."""
    parameters = [parameter for parameter in network.parameters() if parameter.grad is not None]
    norm = get_total_norm([parameter.grad for parameter in parameters if parameter.grad is not None])
    if largest is not None:
        clip_grads_with_norm_(parameters, largest, norm)
    return norm


def _keep(state: RunState, place: RunFolder | None, every: int, step: int) -> None:
    """Write a checkpoint if this step has one; all processes take part, and the first has the folder."""
    if step % every and step != state.spec.steps:
        return
    saved = state.state_dict()
    if place is not None:
        place.save(state.step, saved, state.curve.rows)


def _task(spec: RunSpec, fabric: Fabric, data_root: str | Path | None) -> tuple[Task, str]:
    workload = find_workload(spec.workload, data_root)
    check_names(spec, workload)  # for a run without a folder, too
    wanted: dict[str, Any] = {"crop": spec.crop, "flip": spec.flip}
    workload = dataclasses.replace(workload, **{name: value for name, value in wanted.items() if value is not None})
    splits = workload.load(spec.split_seed, spec.train_examples, spec.validation_examples, spec.test_examples)
    return Task(workload, splits, fabric.device), splits.source


@contextmanager
def _opened(folder: str | Path | None, spec: RunSpec, fabric: Fabric, note: OnNote) -> Iterator[RunFolder | None]:
    """The run's folder in the first process; None in the others, and without a folder."""
    if folder is None or not fabric.is_global_zero:
        yield None
        return
    with open_run_folder(Path(folder), spec, note) as place:
        yield place


@contextmanager
def _failure_noted(place: RunFolder | None, state: RunState, fabric: Fabric, source: str) -> Iterator[None]:
    try:
        yield
    except RunNotSavedError:
        raise
    except Exception as error:
        if place is not None:
            with suppress(OSError):  # the original error is the one to report
                reason = f"{type(error).__name__}: {error}"
                place.finish(unfinished(state, fabric, source, "failed", reason))
        raise


@contextmanager
def _repeatable(fabric: Fabric, spec: RunSpec) -> Iterator[None]:
    """Seed the draws of dropout, and exclude cuDNN algorithms whose sums depend on timing and TF32 for float32."""
    devices = [fabric.device] if fabric.device.type == "cuda" else []
    strict = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
    with torch.random.fork_rng(devices=devices), strict:
        torch.manual_seed((spec.seed + fabric.global_rank) % MAX_SEED)
        yield


def _warn(note: str) -> None:
    warnings.warn(note, stacklevel=2)


def _nothing(_: Any) -> None:
    pass
