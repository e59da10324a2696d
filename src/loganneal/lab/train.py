"""One training run: a specification goes in, a record comes out."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from loganneal import _checks
from loganneal.lab.augmentation import augment
from loganneal.lab.environment import computes_bfloat16, describe_environment
from loganneal.lab.models import MixedPrecision, Normalize, build_model
from loganneal.lab.records import MetricsRow, Record, pack_bitmap
from loganneal.lab.spec import RunSpec
from loganneal.lab.workloads import WORKLOADS, Images, Workload
from loganneal.torch import ScheduleLR

LOGGED_POINTS = 50
EVALUATED_POINTS = 10
EVALUATION_BATCH = 500

Data = tuple[Tensor, Tensor]
OnStep = Callable[[int], None]


def train(spec: RunSpec, *, data_root: str | Path | None = None, on_step: OnStep | None = None) -> Record:
    """Train one network as `spec` says and measure it at the last step.

    The same specification on the same machine, with the same number of torch threads, gives the same record
    to the bit, save for `seconds`. Training uses the GPU where there is one.

    Args:
        spec: The run.
        data_root: Folder with the workload's data; see its `load`.
        on_step: Called after each update with the number of updates done.

    Returns:
        The record. Its curve has at most 50 points, a fifth of them with the validation accuracy. When the
        loss is no longer finite the run stops, its status is "diverged" and it has no accuracies.

    Raises:
        DataNotFoundError: The data set is not there.
        ValueError: A name is unknown, or the splits need more images than there are.

    Example:
        >>> import loganneal as la
        >>> from loganneal.lab import WORKLOADS
        >>> spec = WORKLOADS["digits"].spec(schedule=la.Cosine(0.3, 10), seed=0, split_seed=0, steps=10)
        >>> record = train(spec)
        >>> record.status, record.metrics[-1].step
        ('completed', 10)
    """
    workload = WORKLOADS[_checks.one_of("RunSpec", "workload", spec.workload, WORKLOADS)]
    splits = workload.load(spec.split_seed, spec.train_images, spec.validation_images, data_root)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    parts = (splits.train, splits.validation, splits.test)
    training, validation, test = (_on(device, part) for part in parts)
    precision = spec.precision if computes_bfloat16(device) else "float32"
    network = _network(spec, workload, precision).to(device)
    started = time.perf_counter()
    with _repeatable():
        rows = _fit(network, spec, _batches(training, spec, workload), validation, on_step)
        completed = bool(rows) and rows[-1].step == spec.steps
        correct = _correct(network, test) if completed else None
    return Record(
        spec=spec,
        status="completed" if completed else "diverged",
        validation_accuracy=rows[-1].validation_accuracy if completed else None,
        test_accuracy=None if correct is None else _share(correct),
        test_correct="" if correct is None else pack_bitmap(correct.cpu().numpy()),
        metrics=tuple(rows),
        seconds=time.perf_counter() - started,
        environment=describe_environment(device, precision, splits.source),
    )


def _fit(
    network: nn.Module, spec: RunSpec, batches: Iterator[Data], validation: Data, on_step: OnStep | None
) -> list[MetricsRow]:
    """The training loop; it ends early, without a row, where the loss is no longer finite."""
    optimizer = _optimizer(network, spec)
    scheduler = ScheduleLR(optimizer, spec.schedule)
    logged, evaluated = _points(spec.steps, LOGGED_POINTS), _points(spec.steps, EVALUATED_POINTS)
    rows: list[MetricsRow] = []
    losses: list[Tensor] = []
    for step in range(1, spec.steps + 1):
        rate = optimizer.param_groups[0]["lr"]
        losses.append(_update(network, optimizer, *next(batches)))
        scheduler.step()
        if step in logged:
            loss = torch.stack(losses).mean().item()
            if not math.isfinite(loss):
                break
            accuracy = _share(_correct(network, validation)) if step in evaluated else None
            rows.append(MetricsRow(step, rate, loss, accuracy))
            losses.clear()
        if on_step is not None:
            on_step(step)
    return rows


def _update(network: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor) -> Tensor:
    network.train()
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
    optimizer.step()
    return loss.detach()


@torch.no_grad()
def _correct(network: nn.Module, data: Data) -> Tensor:
    """Which images the network gets right, as booleans of shape (n,)."""
    network.eval()
    batches = zip(*(torch.split(part, EVALUATION_BATCH) for part in data), strict=True)
    return torch.cat([network(images).argmax(dim=1) == labels for images, labels in batches])


def _share(correct: Tensor) -> float:
    return correct.double().mean().item()


def _batches(training: Data, spec: RunSpec, workload: Workload) -> Iterator[Data]:
    """Augmented batches without end: every epoch in a new order, its incomplete last batch left out."""
    images, labels = training
    generator = torch.Generator().manual_seed(spec.seed)
    while True:
        order = torch.randperm(len(labels), generator=generator).to(labels.device)
        for chosen in torch.split(order, spec.batch_size):
            if len(chosen) == spec.batch_size:
                yield augment(images[chosen], workload.crop, workload.flip, generator), labels[chosen]


def _points(steps: int, count: int) -> frozenset[int]:
    """At most `count` evenly spaced numbers of updates, the last of them `steps`."""
    return frozenset(steps * point // count for point in range(1, count + 1))


def _optimizer(network: nn.Module, spec: RunSpec) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        network.parameters(),
        lr=spec.schedule.max_lr,
        momentum=spec.momentum,
        weight_decay=spec.weight_decay,
        nesterov=spec.momentum > 0,
    )


def _network(spec: RunSpec, workload: Workload, precision: str) -> nn.Module:
    model = build_model(spec.model, workload.channels, workload.classes, spec.seed)
    network = nn.Sequential(Normalize(workload.mean, workload.std), model)
    return MixedPrecision(network) if precision == "bfloat16" else network


def _on(device: torch.device, part: Images) -> Data:
    return torch.tensor(part.images, device=device), torch.tensor(part.labels, device=device)


def _repeatable() -> AbstractContextManager[None]:
    """No algorithm of cuDNN whose sums depend on timing, and no 19-bit floats under the name float32."""
    return torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
