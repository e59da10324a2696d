"""What a workload means to a training loop: batches, loss and score, alike for images, text and users' own tasks."""

import math
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from loganneal import _checks
from loganneal.data import CustomTask, Examples, Splits, Workload
from loganneal.data._base import each
from loganneal.models import Normalize, build_model, build_text_model
from loganneal.training.augmentation import augment
from loganneal.training.metrics import area_under_curve, balanced_accuracy

EVALUATION_BATCH = 500
EVALUATION_VALUES = 500 * 3 * 32 * 32  # larger images come in smaller batches, so that memory stays the same

Inputs = Tensor | dict[str, Tensor]
Data = tuple[Inputs, Tensor]


class Evaluation(NamedTuple):
    """How good a network is on one part of the data.

    Args:
        score: The workload's metric.
        loss: Mean loss, without label smoothing.
        extras: Further scores, by name.
    """

    score: float
    loss: float
    extras: dict[str, float]


class Task:
    """A workload's data on a device, and what the loop asks of them.

    Args:
        workload: The workload to learn.
        splits: Its data, as `workload.load` returns them.
        device: Where the data are kept; networks must be moved there.

    Example:
        >>> from loganneal.data import WORKLOADS
        >>> digits = WORKLOADS["digits"]
        >>> task = Task(digits, digits.load(0, 320, 100), torch.device("cpu"))
        >>> network = task.network("resnet-tiny", seed=0)
        >>> inputs, targets = task.batch(torch.arange(32), torch.Generator().manual_seed(0))
        >>> task.loss(network, inputs, targets).item() < 5
        True
        >>> 0 <= task.evaluate(network, "validation").score <= 1
        True
    """

    def __init__(self, workload: Workload, splits: Splits, device: torch.device) -> None:
        self.workload = workload
        self.device = device
        self._train = _on(device, splits.train)
        self._parts = {"validation": _on(device, splits.validation), "test": _on(device, splits.test)}

    @property
    def train_size(self) -> int:
        """Number of examples to train on."""
        return len(self._train[1])

    def network(self, model: str, seed: int) -> nn.Module:
        """The network `model` with the initial weights of `seed`, in float32 on the CPU.

        It accepts the batches of this task as they are: pixels are normalised by its first layer.

        Raises:
            ValueError: There is no network of that name for this kind of data.
        """
        workload = self.workload
        if workload.own is not None:
            return _own_network(workload.own, model, seed)
        if workload.kind == "text":
            return build_text_model(model, workload.classes, workload.length, seed)
        body = build_model(model, workload.channels, workload.classes, seed, workload.image_size)
        return nn.Sequential(Normalize(workload.mean, workload.std), body)

    def batch(self, chosen: Tensor, generator: torch.Generator) -> Data:
        """Inputs, augmented if the workload says so, and targets.

        Args:
            chosen: Indices of the training examples, whole numbers below `train_size`.
            generator: Source of the augmentation's draws, on the CPU.
        """
        places = chosen.to(self.device)
        inputs = each(self._train[0], lambda one: one.index_select(0, places))
        if self.workload.kind == "images" and isinstance(inputs, Tensor):
            inputs = augment(inputs, self.workload.crop, self.workload.flip, generator)
        return inputs, self._train[1].index_select(0, places)

    def loss(self, network: nn.Module, inputs: Inputs, targets: Tensor, label_smoothing: float = 0.0) -> Tensor:
        """The loss to be minimised, a mean over the batch.

        Args:
            network: Called on the inputs, in its current mode.
            inputs: The inputs as `batch` returns them.
            targets: The targets as `batch` returns them.
            label_smoothing: Share of the target that is spread over all classes, in [0, 1).
        """
        return self._criterion(network(inputs), targets, label_smoothing)

    def _criterion(self, outputs: Tensor, targets: Tensor, label_smoothing: float = 0.0) -> Tensor:
        if self.workload.own is not None:
            return _own_loss(self.workload.own, outputs, targets, label_smoothing)
        answers = outputs.flatten(0, -2)  # one row for each character of each text
        return functional.cross_entropy(answers, targets.flatten(), label_smoothing=label_smoothing)

    @torch.no_grad()
    def evaluate(self, network: nn.Module, part: str) -> Evaluation:
        """How good the network is on one part, without augmentation; it is left in evaluation mode.

        Args:
            network: A network that `network` made.
            part: "validation" or "test".

        Raises:
            ValueError: There is no such part.
        """
        inputs, targets = self._parts[_checks.one_of("Task.evaluate", "part", part, self._parts)]
        network.eval()
        rows = _rows(inputs)
        parts = [slice(start, start + rows) for start in range(0, len(targets), rows)]
        outputs = torch.cat([network(each(inputs, itemgetter(part))) for part in parts])
        return self._evaluation(outputs, targets)

    def _evaluation(self, outputs: Tensor, targets: Tensor) -> Evaluation:
        own, metric = self.workload.own, self.workload.metric.name
        loss = self._criterion(outputs, targets).item()
        if own is not None and own.metric is not None:
            return Evaluation(float(own.metric(outputs, targets)), loss, {})
        if metric in ("loss", "bits_per_character"):
            return Evaluation(loss if metric == "loss" else loss / math.log(2), loss, {})
        return _classification(outputs, targets, loss, metric)


def _classification(outputs: Tensor, targets: Tensor, loss: float, metric: str) -> Evaluation:
    correct = (outputs.argmax(dim=1) == targets).cpu().numpy()
    accuracy = float(correct.mean(dtype=np.float64))
    if metric == "accuracy":
        return Evaluation(accuracy, loss, {})
    classes = targets.cpu().numpy()
    area = area_under_curve(functional.softmax(outputs.double(), dim=1).cpu().numpy(), classes)
    scores = {"accuracy": accuracy, "balanced_accuracy": balanced_accuracy(correct, classes)}
    if area is not None:
        scores["auc"] = area
    elif metric == "auc":
        raise ValueError("The AUC needs examples of at least two classes; use more examples or another split seed.")
    return Evaluation(scores.pop(metric), loss, scores)


def _own_network(own: CustomTask, model: str, seed: int) -> nn.Module:
    _checks.one_of("RunSpec", "model", model, ["own"])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = own.model()
        return network


def _own_loss(own: CustomTask, outputs: Tensor, targets: Tensor, label_smoothing: float) -> Tensor:
    if label_smoothing:
        _checks.fail("RunSpec", "label_smoothing", "0 if the loss is your own function", label_smoothing)
    loss: Tensor = own.loss(outputs, targets)
    return loss


def _rows(inputs: Inputs) -> int:
    """Number of examples that are evaluated at once."""
    tensors = inputs.values() if isinstance(inputs, dict) else [inputs]
    values = max(1, sum(one[:1].numel() for one in tensors))
    return max(1, min(EVALUATION_BATCH, EVALUATION_VALUES // values))


def _on(device: torch.device, part: Examples) -> Data:
    inputs = each(part.inputs, lambda array: torch.tensor(array, device=device))
    return inputs, torch.tensor(part.targets, device=device)
