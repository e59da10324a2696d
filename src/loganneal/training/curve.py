"""The curve of a run while it grows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from loganneal.runs.record import MetricsRow
from loganneal.runs.spec import RunSpec
from loganneal.training.tasks import Evaluation


class Curve:
    """Collects the values of each update, and makes a row of them at the points that the specification asks for.

    Args:
        spec: The run.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.rows: list[MetricsRow] = []
        self._batch_size = spec.batch_size
        self._evaluated = evenly_spaced(spec.steps, spec.evaluations)
        self._logged = evenly_spaced(spec.steps, spec.curve_points) | self._evaluated
        self._losses: list[float] = []
        self._norms: list[float] = []
        self._before, self._training = 0.0, 0.0
        self._started = self._resumed = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds of training so far, including those of earlier processes."""
        return self._before + time.perf_counter() - self._started

    def add(self, loss: float, grad_norm: float) -> None:
        """Add the values of an update."""
        self._losses.append(loss)
        self._norms.append(grad_norm)

    def is_due(self, step: int) -> bool:
        """Whether there is a row at this step."""
        return step in self._logged

    def wants_evaluation(self, step: int) -> bool:
        """Whether the row at this step has the validation score."""
        return step in self._evaluated

    def close(self, step: int, lr: float, evaluation: Evaluation | None) -> MetricsRow:
        """Make the row of a step, from the updates since the previous row."""
        score, validation_loss = (None, None) if evaluation is None else (evaluation.score, evaluation.loss)
        speed = len(self._losses) * self._batch_size / self._training if self._training > 0 else None
        values = (_mean(self._losses), _mean(self._norms), score, validation_loss, self.seconds, speed)
        row = MetricsRow(step, lr, *values)
        self.rows.append(row)
        self._losses.clear()
        self._norms.clear()
        self._training = 0.0
        return row

    def start_clock(self) -> None:
        """Start or resume the clock by which the speed of training is measured."""
        self._resumed = time.perf_counter()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude something other than training, such as an evaluation or a checkpoint, from the speed."""
        self._training += time.perf_counter() - self._resumed
        yield
        self.start_clock()

    def state_dict(self) -> dict[str, Any]:
        """The state from which `load_state_dict` continues."""
        return {
            "rows": [tuple(row) for row in self.rows],
            "losses": list(self._losses),
            "norms": list(self._norms),
            "seconds": self.seconds,
            "training": self._training,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a saved state; the clock starts again."""
        self.rows = [MetricsRow(*row) for row in state["rows"]]
        self._losses, self._norms = list(state["losses"]), list(state["norms"])
        self._before, self._training = state["seconds"], state["training"]
        self._started = time.perf_counter()


def evenly_spaced(steps: int, count: int) -> frozenset[int]:
    """At most `count` evenly spaced numbers of updates, the last of them `steps`.

    Example:
        >>> sorted(evenly_spaced(10, 4))
        [2, 5, 7, 10]
    """
    return frozenset(steps * point // count for point in range(1, count + 1)) - {0}


def _mean(values: list[float]) -> float:
    return torch.tensor(values, dtype=torch.float32).mean().item()  # in the precision of the losses themselves
