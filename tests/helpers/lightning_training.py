"""A tiny training by Lightning, for the tests of Lightning itself and of the callback."""

from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import pytest
import torch
from tiny_training import SCHEDULE, inputs, linear, loss, scheduled

from loganneal.schedules import Schedule

QUIET = [
    # torch about itself, through the pytrees that Lightning uses
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning"),
    # advice about speed, irrelevant for seven batches
    pytest.mark.filterwarnings("ignore:.*does not have many workers.*:UserWarning"),
    # a checkpoint in the middle of an epoch, which is what is tested; all batches are alike
    pytest.mark.filterwarnings("ignore:.*resuming from a checkpoint that ended before the epoch.*:UserWarning"),
]


class Net(lightning.LightningModule):
    """Notes the rate of each update."""

    def __init__(self, schedule: Schedule | None = SCHEDULE, **config: Any) -> None:
        super().__init__()
        self.layer, self.rates = linear(), []
        self.norm = torch.nn.BatchNorm1d(4)
        self.schedule, self.config = schedule, config

    def forward(self, batch: torch.Tensor) -> Any:
        return self.layer(self.norm(batch))

    def training_step(self, batch: torch.Tensor, index: int) -> torch.Tensor:
        return loss(self, batch)

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        self.rates.append(optimizer.param_groups[0]["lr"])

    def configure_optimizers(self) -> Any:
        if self.schedule is None:
            return torch.optim.SGD(self.parameters(), lr=0.1)
        optimizer, scheduler = scheduled(self, self.schedule)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, **self.config}}


def fit(net: Net, resume: Path | None = None, batch_size: int = 4, **arguments: Any) -> lightning.Trainer:
    """Two epochs of seven batches, all alike, since Lightning begins an epoch that was interrupted with its first."""
    settings = {"max_epochs": 2, "logger": False, "enable_checkpointing": False, "log_every_n_steps": 1}
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    trainer = lightning.Trainer(**{**settings, **quiet, **arguments})
    trainer.fit(net, torch.utils.data.DataLoader(inputs(4).repeat(7, 1), batch_size), ckpt_path=resume)
    return trainer


class SaveAt(lightning.Callback):
    """Writes one checkpoint, after a number of updates."""

    def __init__(self, step: int, path: Path) -> None:
        self.step, self.path = step, path

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        if trainer.global_step == self.step:
            trainer.save_checkpoint(self.path)
