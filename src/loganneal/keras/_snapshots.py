"""Snapshots of the weights at the ends of cycles, and their average."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from loganneal import _checks
from loganneal._disk import replacing
from loganneal.keras._learning_rate import ScheduleLR
from loganneal.schedules import Schedule, advise

Weights = list[npt.NDArray[Any]]


class CycleSnapshots(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Keeps the weights at the end of each cycle, before the rate jumps, and their average.

    A cycle ends with the update of its last step. The snapshots of a training run that restarts are the members of an
    ensemble, and their average is one network: ``model.set_weights(callback.average)``. Statistics of batch
    normalisation are averaged like weights; pass the training data through the model once with ``training=True`` to
    recompute them. When ``fit`` begins, a warning says if its length does not suit the schedule, see
    `loganneal.advise`.

    Cycles are counted as Keras counts the schedule: in updates, and in batches with ``gradient_accumulation_steps``.
    Mixed precision (``"mixed_float16"``, ``LossScaleOptimizer``) skips batches whose gradients overflow; these do not
    count. A cycle that ends between two updates of accumulated gradients is kept with the weights of the earlier one.

    Args:
        directory: Where each snapshot is also written, as ``cycle-000.npz``. A run that is resumed with the same folder
            continues with the snapshots of the cycles before. None keeps them in memory only.

    Attributes:
        snapshots: For each cycle that has ended, its weights, as returned by ``model.get_weights()``.

    Raises:
        ValueError: When ``fit`` begins and the optimizer has no `ScheduleLR`, or several steps are executed at once.

    >>> import keras, numpy as np, loganneal as la
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(ScheduleLR(la.CyclicalLogAnnealing(0.1, cycle_steps=5))), "mse")
    >>> callback = CycleSnapshots()
    >>> _ = model.fit(np.ones((20, 1)), np.ones((20, 1)), batch_size=2, verbose=0, callbacks=[callback])
    >>> list(callback.snapshots)
    [0, 1]

    Source: Huang et al., "Snapshot Ensembles", arXiv:1704.00109; the average, Izmailov et al., arXiv:1803.05407.
    """

    _schedule: Schedule

    def __init__(self, directory: str | Path | None = None) -> None:
        super().__init__()
        self.directory = None if directory is None else Path(directory)
        self.snapshots: dict[int, Weights] = {}

    @property
    def average(self) -> Weights:
        """The mean of the snapshots, weight by weight, in the order of ``model.get_weights()``.

        Raises:
            ValueError: If no cycle has ended.
        """
        if not self.snapshots:
            _checks.fail("CycleSnapshots", "average", "asked for after the end of a cycle", "no snapshot")
        together = zip(*self.snapshots.values(), strict=True)
        return [np.mean(each, axis=0, dtype=np.float64).astype(each[0].dtype) for each in together]

    def on_train_begin(self, logs: Any = None) -> None:
        """Find the schedule, and warn if the length of the training does not suit it."""
        rate = getattr(_counting(self.model.optimizer), "_learning_rate", None)
        if not isinstance(rate, ScheduleLR):
            _checks.fail("CycleSnapshots", "learning_rate", "a ScheduleLR of loganneal, in the optimizer", rate)
        if self.model.steps_per_execution != 1:
            _checks.fail("CycleSnapshots", "steps_per_execution", "1 in compile()", self.model.steps_per_execution)
        self._schedule = rate.schedule
        steps = self.params.get("steps")
        for advice in advise(rate.schedule, steps * self.params["epochs"], steps) if steps else ():
            warnings.warn(f"{type(rate.schedule).__name__}: {advice}", stacklevel=2)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Load the snapshots of a run that was interrupted, once its state has been restored."""
        for index in range(self._cycles_ended() if self.directory is not None else 0):
            if index not in self.snapshots and self._path(index).exists():
                self.snapshots[index] = _read(self._path(index))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Keep the weights if this step of the schedule was the last of a cycle."""
        done = self._steps_done()
        cycle = self._schedule.locate(done - 1) if done else None  # none done while mixed precision finds its scale
        if cycle is not None and cycle.end == done:
            self._keep(cycle.index)

    def _steps_done(self) -> int:
        """The count with which Keras calls the schedule; its ``iterations`` are fewer if gradients are accumulated."""
        return int(_counting(self.model.optimizer)._iterations)

    def _cycles_ended(self) -> int:
        done = self._steps_done()
        last = self._schedule.last_cycle(done - 1) if done else None
        return 0 if last is None else last.index + (last.end <= done)

    def _keep(self, index: int) -> None:
        self.snapshots[index] = self.model.get_weights()
        if self.directory is not None:
            _write(self._path(index), self.snapshots[index])

    def _path(self, index: int) -> Path:
        return Path(self.directory or "") / f"cycle-{index:03d}.npz"


def _counting(optimizer: Any) -> Any:
    """The optimizer that has the schedule and its count; for a ``LossScaleOptimizer``, the inner one."""
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    return optimizer


def _write(path: Path, weights: Weights) -> None:
    """Write a file completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        np.savez(file, *weights)


def _read(path: Path) -> Weights:
    with np.load(path) as arrays:
        return [arrays[name] for name in arrays.files]
