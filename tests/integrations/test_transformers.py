"""The Trainer of Transformers with a scheduler of loganneal: no adapter is needed, and what goes wrong without care."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tiny_training import inputs, linear, loss, rates, scheduled

import loganneal as la
from loganneal.torch import ScheduleLR

pytestmark = pytest.mark.slow


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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Model]:
    """A training that was never interrupted, and its folder of checkpoints."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, train(folder)[0]


@pytest.mark.parametrize("cut", [3, 6, 9, 12])
def test_resuming_from_a_checkpoint(whole: tuple[Path, Model], tmp_path: Path, cut: int) -> None:
    """A training that continues from a checkpoint has the rates and the weights of one that was never interrupted."""
    folder, uninterrupted = whole
    resumed, logged = train(tmp_path, folder / f"checkpoint-{cut}")
    assert logged == rates(14)  # the log of the checkpoint, and what came after it
    assert torch.equal(resumed.layer.weight, uninterrupted.layer.weight)


def test_an_optimizer_alone_is_trained_linearly(tmp_path: Path) -> None:
    """The trap: without a scheduler beside it, the Trainer makes its own, and the rate falls linearly to 0."""
    optimizers = lambda model: (scheduled(model)[0], None)  # noqa: E731 - named for the argument that it is
    logged = train(tmp_path, optimizers=optimizers, save_strategy="no")[1]
    assert logged != rates(14)
    assert logged[1:] == pytest.approx([logged[0] * (14 - step) / 14 for step in range(1, 14)])


# Continuing under another schedule


def falling(steps: int, on_mismatch: str = "error") -> Any:
    """An optimizer with a linear schedule over a number of steps."""

    def optimizers(model: torch.nn.Module) -> tuple[torch.optim.Optimizer, ScheduleLR]:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        return optimizer, ScheduleLR(optimizer, la.Linear(0.1, steps), on_mismatch=on_mismatch)

    return optimizers


def test_a_finished_run_is_made_longer(tmp_path: Path) -> None:
    """With ``keep_position`` under the longer schedule; without, the error says so."""
    train(tmp_path, optimizers=falling(14), save_steps=14)
    again = {"resume": tmp_path / "checkpoint-14", "num_train_epochs": 4, "save_strategy": "no"}
    with pytest.raises(ValueError, match=r"schedule\.total_steps.*on_mismatch='keep_position'"):
        train(tmp_path, optimizers=falling(28), **again)
    logged = train(tmp_path, optimizers=falling(28, "keep_position"), **again)[1]
    assert logged[14:] == [la.Linear(0.1, 28)(step) for step in range(14, 28)]


def test_the_trainer_ends_by_its_own_counter(tmp_path: Path) -> None:
    """The trap of another batch size: it continues counting, and ends early, though the schedule keeps its share."""
    train(tmp_path, optimizers=falling(14), save_steps=7)
    half = {"resume": tmp_path / "checkpoint-7", "per_device_train_batch_size": 8, "save_strategy": "no"}
    logged = train(tmp_path, optimizers=falling(8, "keep_share"), **half)[1]
    assert logged[7:] == [la.Linear(0.1, 8)(4)]  # the eighth update of both runs; the schedule has three more
    with pytest.raises(ValueError, match=r"must be below 7, where the new schedule ends.*keep_share"):
        train(tmp_path, optimizers=falling(7, "keep_position"), **half)


# The Trainer's own optimizer


class Scheduled(transformers.Trainer):
    """A Trainer that makes its own optimizer, with its groups, and gets our scheduler once the total is known."""

    def create_scheduler(self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None) -> ScheduleLR:
        peak = self.args.learning_rate
        self.fall = la.CyclicalLogAnnealing.fit(total_steps=num_training_steps, cycles=2, max_lr=peak)
        self.lr_scheduler = ScheduleLR(optimizer or self.optimizer, self.fall)
        return self.lr_scheduler


class Normed(Model):
    """With a bias and a norm, which the Trainer does not decay."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.head = torch.nn.LayerNorm(4), torch.nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return super().forward(self.head(self.norm(x)))


@pytest.mark.parametrize("max_steps", [-1, 10])
def test_the_trainers_own_optimizer_keeps_its_groups(tmp_path: Path, max_steps: int) -> None:
    """By ``create_scheduler`` weights are decayed, biases and norms are not, and the schedule ends with the run."""
    arguments = {"max_steps": max_steps, "num_train_epochs": 2, "logging_steps": 1, "report_to": [], "use_cpu": True}
    quiet = {"disable_tqdm": True, "dataloader_pin_memory": False, "save_strategy": "no"}
    settings = transformers.TrainingArguments(
        str(tmp_path), weight_decay=0.01, learning_rate=3e-4, **arguments, **quiet
    )
    trainer = Scheduled(Normed(), settings, train_dataset=[{"x": row} for row in inputs()])
    trainer.train()
    steps = trainer.state.max_steps
    logged = [entry["learning_rate"] for entry in trainer.state.log_history if "learning_rate" in entry]
    assert logged == trainer.fall.curve(steps).tolist()
    assert (len(logged), trainer.fall.cycle_ends(steps)[-1]) == (steps, steps - 1)
    groups = trainer.optimizer.param_groups
    assert [(group["weight_decay"], len(group["params"])) for group in groups] == [(0.01, 2), (0.0, 3)]
