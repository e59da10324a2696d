"""Callbacks for Lightning: snapshots of the weights at the ends of cycles, and a trial of a study.

`loganneal.torch.ScheduleLR` itself needs no adapter there.
"""

import math
import warnings
from pathlib import Path
from typing import Any

from loganneal import _checks
from loganneal._disk import replacing
from loganneal._trial import REPORTED, Trial
from loganneal.schedules import MAX_STEP, Schedule, advise

try:
    import torch
    from lightning.pytorch import Callback, LightningModule, Trainer
    from lightning.pytorch.utilities.types import LRSchedulerConfig
except ModuleNotFoundError as error:
    message = "loganneal.lightning needs PyTorch and Lightning: pip install 'loganneal[lightning]'"
    raise ModuleNotFoundError(message) from error

from torch.optim.swa_utils import get_swa_avg_fn

__all__ = ["CycleSnapshots", "TrialCallback"]

Weights = dict[str, Any]


class CycleSnapshots(Callback):
    """Keeps the weights at the end of each cycle, before the rate jumps, and their average.

    The snapshots of a training run that restarts are the members of an ensemble, and their average is one network:
    ``model.load_state_dict(callback.average)``. It averages the statistics of batch normalisation like weights;
    ``torch.optim.swa_utils.update_bn(loader, model)`` recomputes them. When training begins, a warning says if its
    length does not suit the schedule, see `loganneal.advise`.

    The first scheduler of loganneal that ``configure_optimizers`` returns determines where cycles end. A checkpoint
    contains the snapshots, so that a resumed run continues with them. Each process keeps what its
    ``LightningModule.state_dict()`` returns: the whole model with one device and with DDP, a part of it if a strategy
    shards the model.

    Args:
        dirpath: Where each snapshot is also written, as ``cycle-000.pt`` for ``torch.load``. A checkpoint then contains
            only their numbers, and a resumed run reads them from there. None keeps them in memory only.

    Attributes:
        snapshots: For each cycle that has ended, its weights, as returned by ``LightningModule.state_dict()``, on the
            CPU.

    Raises:
        ValueError: When training begins and there is no scheduler of loganneal, its schedule has no cycles, or it is
            stepped once an epoch and no cycle ends in the epochs of the run.

    >>> from lightning.pytorch import Trainer
    >>> callback = CycleSnapshots("snapshots")
    >>> trainer = Trainer(callbacks=[callback], max_steps=700, logger=False, accelerator="cpu")

    Source: Huang et al., "Snapshot Ensembles", arXiv:1704.00109; the average, Izmailov et al., arXiv:1803.05407.
    """

    def __init__(self, dirpath: str | Path | None = None) -> None:
        self.dirpath = None if dirpath is None else Path(dirpath)
        self.snapshots: dict[int, Weights] = {}

    @property
    def average(self) -> Weights:
        """The mean of the snapshots, entry by entry; entries of whole numbers are those of the last.

        Raises:
            ValueError: If no cycle has ended.
        """
        if not self.snapshots:
            _checks.fail("CycleSnapshots", "average", "asked for after the end of a cycle", "no snapshot")
        first, *others = self.snapshots.values()
        mean = dict(first)
        for count, weights in enumerate(others, 1):
            mean = {name: _averaged(mean[name], value, count) for name, value in weights.items()}
        return mean

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Find the scheduler, warn of what does not suit its schedule, and wait for the ends of its cycles."""
        config = _config_of_loganneal(trainer)
        scheduler: Any = config.scheduler
        by_hand = not pl_module.automatic_optimization
        total, epoch = (_shared_budget(trainer), None) if by_hand else _budget(trainer, config)
        schedule = scheduler.cycle_schedule
        _check_cycles(schedule, config.interval, None if by_hand else total)
        sharing = len(trainer.optimizers) if by_hand else 1
        for advice in advise(schedule, total, epoch, sharing) if total else ():
            warnings.warn(f"{type(schedule).__name__}: {advice}", stacklevel=2)
        self._handle = scheduler.register_cycle_end_hook(lambda cycle: self._keep(cycle, trainer, pl_module))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Remove the hook."""
        self._handle.remove()

    def _keep(self, cycle: int, trainer: Trainer, pl_module: LightningModule) -> None:
        self.snapshots[cycle] = {name: _copied(value) for name, value in pl_module.state_dict().items()}
        if self.dirpath is not None and trainer.is_global_zero:
            _write(_path(self.dirpath, cycle), self.snapshots[cycle])

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint contains: the numbers of cycles that ended, and the snapshots unless files have them."""
        return {"cycles": list(self.snapshots), "snapshots": self.snapshots if self.dirpath is None else {}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue with the snapshots of a checkpoint.

        Raises:
            ValueError: If a snapshot is neither in the checkpoint nor in its file.
        """
        held = state_dict["snapshots"]
        self.snapshots = {cycle: held[cycle] if cycle in held else self._read(cycle) for cycle in state_dict["cycles"]}

    def _read(self, cycle: int) -> Weights:
        path = None if self.dirpath is None else _path(self.dirpath, cycle)
        if path is None or not path.is_file():
            allowed = f"the folder of {_path(Path(), cycle)}, from which the checkpoint continues"
            _checks.fail("CycleSnapshots", "dirpath", allowed, self.dirpath and str(self.dirpath))
        weights: Weights = torch.load(path, weights_only=True)
        return weights


class TrialCallback(Callback):
    """Watches the optimizers of a trial of a study, and reports what Lightning logs at the end of each validation.

    Each logged value is reported under its own name, and the one that ``validation`` names as ``validation`` too.

    Args:
        trial: What `loganneal.trial` returned.
        validation: The name of the logged value that trials are chosen by.

    >>> import loganneal as la
    >>> callback = TrialCallback(la.trial(la.Cosine(0.1, 700)), validation="val_acc")
    """

    def __init__(self, trial: Trial, validation: str = "val_loss") -> None:
        self.trial, self.validation = trial, validation

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Watch the optimizers."""
        for optimizer in trainer.optimizers:
            self.trial.watch(optimizer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report what has been logged."""
        if trainer.sanity_checking:
            return
        logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
        more = {name: value for name, value in logged.items() if name not in REPORTED}
        loss = logged.get("train_loss", logged.get("loss"))
        self.trial.report(trainer.global_step, loss=loss, validation=logged.get(self.validation), **more)


def _config_of_loganneal(trainer: Trainer) -> LRSchedulerConfig:
    """How Lightning steps the first scheduler of loganneal."""
    configs = trainer.lr_scheduler_configs
    ours = [config for config in configs if hasattr(config.scheduler, "register_cycle_end_hook")]
    if not ours:
        given = [type(config.scheduler).__name__ for config in configs]
        _checks.fail("CycleSnapshots", "lr_scheduler", "a scheduler of loganneal, from configure_optimizers", given)
    return ours[0]


def _budget(trainer: Trainer, config: LRSchedulerConfig) -> tuple[int | None, int | None]:
    """How often the scheduler is stepped, in all and in an epoch; None if that is not known."""
    total, batches = trainer.estimated_stepping_batches, trainer.num_training_batches
    if not 0 < total < math.inf or not 0 < batches < math.inf or config.frequency != 1:
        return None, None
    epoch = math.ceil(batches / trainer.accumulate_grad_batches)
    return (int(total), epoch) if config.interval == "step" else (math.ceil(total / epoch), None)


def _shared_budget(trainer: Trainer) -> int | None:
    """The updates that ``max_steps`` allows several optimizers together; None if they share none."""
    return trainer.max_steps if trainer.max_steps > 0 and len(trainer.optimizers) > 1 else None


def _check_cycles(schedule: Schedule, interval: str, total: int | None) -> None:
    if schedule.last_cycle(MAX_STEP - 1) is None:
        _checks.fail("CycleSnapshots", "schedule", "one with cycles", schedule)
    if interval == "epoch" and total is not None and not schedule.cycle_ends(total).size:
        allowed = f"'step' in configure_optimizers, since no cycle ends in {total} epochs"
        remedy = 'Return {"scheduler": scheduler, "interval": "step"} for the lr_scheduler.'
        _checks.fail("CycleSnapshots", "interval", allowed, interval, remedy)


def _averaged(mean: Any, value: Any, count: int) -> Any:
    """The mean of ``count`` values and one more."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return value
    return get_swa_avg_fn()(mean, value, count)  # type: ignore[no-untyped-call] # torch leaves this one untyped


def _copied(value: Any) -> Any:
    return value.detach().cpu().clone() if isinstance(value, torch.Tensor) else value


def _path(folder: Path, cycle: int) -> Path:
    return folder / f"cycle-{cycle:03d}.pt"


def _write(path: Path, weights: Weights) -> None:
    """Write a file completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        torch.save(weights, file)
