"""The Trainer of Transformers with a scheduler of loganneal: no adapter, and what goes wrong without care."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tiny_training import inputs, linear, loss, rates, scheduled


class Model(torch.nn.Module):
    """What the Trainer wants: a loss in a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = linear()

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"loss": loss(self.layer, x)}


def train(
    folder: Path, resume: Path | None = None, optimizers: Any = None, **arguments: Any
) -> tuple[Model, list[Any]]:
    """Two epochs of seven updates; the trained model, and the rates that the Trainer logged."""
    settings = {
        "num_train_epochs": 2,
        "per_device_train_batch_size": 4,
        "save_steps": 3,
        "logging_steps": 1,
        "report_to": [],
        "disable_tqdm": True,
        "use_cpu": True,
        "dataloader_pin_memory": False,
    }
    model = Model()
    trainer = transformers.Trainer(
        model,
        transformers.TrainingArguments(output_dir=str(folder), **{**settings, **arguments}),
        train_dataset=[{"x": row} for row in inputs()],
        optimizers=(optimizers or scheduled)(model),
    )
    trainer.train(resume_from_checkpoint=None if resume is None else str(resume))
    return model, [entry["learning_rate"] for entry in trainer.state.log_history if "learning_rate" in entry]


def test_the_rate_follows_the_update(tmp_path: Path) -> None:
    """The Trainer logs the schedule's rate for each update, to the bit."""
    assert train(tmp_path, save_strategy="no")[1] == rates(14)


def test_accumulated_batches_are_one_update(tmp_path: Path) -> None:
    """With gradient accumulation the rate follows the updates, not the batches."""
    arguments = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "save_strategy": "no"}
    assert train(tmp_path, **arguments)[1] == rates(14)


@pytest.mark.parametrize("cut", [3, 6, 9, 12])
def test_resuming_from_a_checkpoint(tmp_path: Path, cut: int) -> None:
    """A training that goes on from a checkpoint has the rates and the weights of one that was never interrupted."""
    whole, _ = train(tmp_path / "whole")
    resumed, logged = train(tmp_path / "resumed", tmp_path / "whole" / f"checkpoint-{cut}")
    assert logged == rates(14)  # the log of the checkpoint, and what came after it
    assert torch.equal(resumed.layer.weight, whole.layer.weight)


def test_an_optimizer_alone_is_trained_linearly(tmp_path: Path) -> None:
    """The trap: without a scheduler beside it, the Trainer makes its own, and the rate falls along a line to 0."""
    optimizers = lambda model: (scheduled(model)[0], None)  # noqa: E731 - named for the argument that it is
    logged = train(tmp_path, optimizers=optimizers, save_strategy="no")[1]
    assert logged != rates(14)
    assert logged[1:] == pytest.approx([logged[0] * (14 - step) / 14 for step in range(1, 14)])
