"""Logs of other tools are read as those tools write them, and what they lack is reported."""

import importlib.util
import json

import numpy as np
import pytest

import loganneal as la
from loganneal.diagnosis import diagnose
from loganneal.diagnosis.logs import LogError, read_log
from loganneal.runs.as_log import log_of
from loganneal.training import train

NEEDS = {name: importlib.util.find_spec(name) is not None for name in ("tensorboard", "transformers", "lightning")}


def needs(name):
    return pytest.mark.skipif(not NEEDS[name], reason=f"{name} is not installed")


def write(folder, text, name="log.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_run_folder(small_run, tmp_path):
    """The metrics of a run, with the steps of its epoch; the same as from its record."""
    record = train(small_run(), folder=tmp_path / "run")
    reading = read_log(tmp_path / "run")
    log, taken = reading.log, reading.taken
    for name, values in vars(log_of(record)).items():
        assert np.array_equal(values, getattr(log, name))
    assert log.step.tolist() == list(range(1, 11))
    assert log.lr == pytest.approx(small_run().schedule.curve(10))
    assert np.isfinite(log.grad_norm).all()
    assert log.steps_per_epoch == 320 // 64
    assert log.validation_step[-1] == 10
    assert (taken["lr"], log.diverged) == ("lr", False)


def test_a_run_folder_of_a_diverged_run(small_run, tmp_path):
    """Its metrics stop while the loss is finite; that it diverged is taken from its result, so it is unstable."""
    train(small_run(schedule=la.Constant(1e30), steps=60), folder=tmp_path / "run")
    log = read_log(tmp_path / "run").log
    assert (log.diverged, diagnose(log).name) == (True, "unstable")


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("step,lr,loss", {"step": "step", "lr": "lr", "loss": "loss"}),
        ("Global Step,Learning Rate,Train Loss", {"step": "Global Step", "lr": "Learning Rate", "loss": "Train Loss"}),
        ("iteration;learning_rate;train/loss", {"step": "iteration", "lr": "learning_rate", "loss": "train/loss"}),
        ("step\tlr-SGD\ttrain_loss_step", {"step": "step", "lr": "lr-SGD", "loss": "train_loss_step"}),
    ],
)
def test_common_names_and_separators(tmp_path, header, taken):
    """Names with capitals, spaces or slashes are recognized, and so are commas, semicolons and tabs."""
    mark = max(",;\t", key=header.count)
    rows = [header, *(mark.join(row) for row in (("1", "0.1", "2.0"), ("2", "0.05", "1.5")))]
    reading = read_log(write(tmp_path, "\n".join(rows)))
    assert reading.taken == taken
    assert (reading.log.step.tolist(), reading.log.lr.tolist(), reading.log.loss.tolist()) == (
        [1, 2],
        [0.1, 0.05],
        [2.0, 1.5],
    )


def test_rows_with_holes(tmp_path):
    """A rate that is logged apart from the loss holds until the next one; a validation loss keeps its own steps."""
    text = "step,lr,loss,val_loss,epoch\n10,0.1,,,0\n15,,2.0,,0\n20,0.05,,,0\n25,,1.5,,0\n25,,,1.7,0\n30,,1.4,nan,1\n"
    log = read_log(write(tmp_path, text)).log
    assert (log.step.tolist(), log.lr.tolist()) == ([15, 25, 30], [0.1, 0.05, 0.05])
    assert (log.validation_step.tolist(), log.validation_loss.tolist()) == ([25], [1.7])


def test_a_resumed_run_writes_steps_again(tmp_path):
    """The later row of a step counts, and the order of the rows does not matter."""
    log = read_log(write(tmp_path, "step,lr,loss\n1,0.1,2\n2,0.1,9\n3,0.1,9\n2,0.1,1.8\n3,0.1,1.7\n")).log
    assert log.loss.tolist() == [2, 1.8, 1.7]


@pytest.mark.parametrize(("epochs", "length"), [([0, 0, 1, 1, 2, 2], 20), ([0.5, 1.0, 1.5, 2.0, 2.5, 3.0], 20)])
def test_the_length_of_an_epoch(tmp_path, epochs, length):
    """It follows from whole or fractional epochs in the log; a length that is given takes precedence."""
    rows = [f"{10 * (row + 1)},0.1,2,{epoch}" for row, epoch in enumerate(epochs)]
    path = write(tmp_path, "\n".join(["step,lr,loss,epoch", *rows]))
    assert read_log(path).log.steps_per_epoch == length
    assert read_log(path, steps_per_epoch=7).log.steps_per_epoch == 7


def test_one_row_an_epoch(tmp_path):
    """Without a step the epoch serves as one, as in the logs of Keras, and an epoch is one step long."""
    reading = read_log(write(tmp_path, "epoch,learning_rate,loss,val_loss\n0,0.1,2,2.1\n1,0.05,1.5,1.8\n"))
    log, taken = reading.log, reading.taken
    assert (taken["step"], log.step.tolist(), log.steps_per_epoch) == ("epoch", [0, 1], 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lr,loss\n0.1,2\n",
            "no column that is recognized as the step: .*the columns are lr, loss. Name it with --column step=NAME",
        ),
        ("step,lr\n1,0.1\n", "no column that is recognized as the training loss"),
        ("step,lr,loss\n", "recognized as the training loss"),
        ("", "holds no rows"),
        ("step,lr,loss\n1,0.1,2\n2,high,2\n", "line 3 holds 'high' under 'lr', which is not a number"),
        ("step,lr,loss\n1,0.1,2\n2,-0.1,2\n", "line 3 has the learning rate -0.1"),
        ("step,lr,loss\ninf,0.1,2\n1,0.1,2\n", "line 2 has the step inf"),
        ("step,lr,loss\n1,0.1,2,3\n", "line 2 has 4 cells, but the header has 3"),
        ('step,lr,loss\n1,0.1,2\n2,"0.1,2\n3,0.1,2\n4,0.1,"2\n', "line 3 has a quote that is not closed"),
        ("step,lr,loss,loss\n1,0.1,2,3\n", "two columns named 'loss'"),
    ],
)
def test_what_a_csv_lacks_is_said(tmp_path, text, message):
    """With the names that were looked for, and those that are there."""
    with pytest.raises(LogError, match=message):
        read_log(write(tmp_path, text))


def test_what_is_no_log_is_said(tmp_path):
    """An empty folder, JSON of something else, a binary file, and no file at all."""
    with pytest.raises(LogError, match="contains no log: neither"):
        read_log(tmp_path)
    with pytest.raises(LogError, match="no list 'log_history'"):
        read_log(write(tmp_path, "{}", "other.json"))
    with pytest.raises(LogError, match="is not JSON: line 1"):
        read_log(write(tmp_path, '{"step": 1,', "cut.json"))
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(LogError, match="is not text in UTF-8"):
        read_log(tmp_path / "picture.csv")
    for name in ("none.csv", "none.json"):
        with pytest.raises(FileNotFoundError):
            read_log(tmp_path / name)


@needs("tensorboard")
def test_event_files(tmp_path):
    """Scalars that torch's writer wrote, from their folder or the file itself."""
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        for step in range(20):
            writer.add_scalar("train/loss", 2 - step / 20, step)
            writer.add_scalar("train/learning_rate", 0.1, step)
            if step % 5 == 4:
                writer.add_scalar("val/loss", 1.5, step)
    for path in (tmp_path, *tmp_path.glob("*tfevents*")):
        reading = read_log(path)
        log, taken = reading.log, reading.taken
        assert taken["lr"] == "train/learning_rate"
        assert log.loss == pytest.approx(2 - np.arange(20) / 20)
        assert log.validation_step.tolist() == [4, 9, 14, 19]


@needs("tensorboard")
def test_what_event_files_lack_is_said(tmp_path):
    """Existing tags are named."""
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("accuracy", 0.5, 1)
    with pytest.raises(LogError, match=r"no column that is recognized as the training loss: .*accuracy"):
        read_log(tmp_path)


@needs("transformers")
def test_transformers_trainer_state(tmp_path):
    """The state that Trainer saves: rates, losses, validation losses, and the length of an epoch."""
    import torch
    from torch import nn
    from transformers import Trainer, TrainingArguments

    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, x, labels):
            y = self.layer(x)
            return {"loss": (y - labels).square().mean(), "logits": y}

    data = [{"x": torch.tensor([float(number)]), "labels": torch.tensor([1.0])} for number in range(16)]
    arguments = TrainingArguments(
        output_dir=str(tmp_path),
        num_train_epochs=3,
        per_device_train_batch_size=4,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=2,
        save_steps=6,
        learning_rate=1e-3,
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    Trainer(Line(), arguments, train_dataset=data, eval_dataset=data).train()
    reading = read_log(tmp_path)  # the newest checkpoint
    log, taken = reading.log, reading.taken
    assert taken["lr"] == "learning_rate"
    assert log.step.tolist() == list(range(1, 13))
    assert log.steps_per_epoch == pytest.approx(4)
    assert log.validation_step.tolist() == [2, 4, 6, 8, 10, 12]
    assert read_log(next(tmp_path.glob("checkpoint-6/trainer_state.json"))).log.step[-1] == 6


@needs("lightning")
@pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")  # Lightning uses what torch 2.14 calls deprecated
@pytest.mark.filterwarnings("ignore:.*num_workers")  # a hint about speed
def test_lightning_csv_logger(tmp_path):
    """Rows of the rate's monitor and rows of losses, which Lightning keeps apart."""
    import torch
    from lightning.pytorch import LightningModule, Trainer
    from lightning.pytorch.callbacks import LearningRateMonitor
    from lightning.pytorch.loggers import CSVLogger

    class Line(LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch, index):
            loss = self.layer(batch).square().mean()
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self):
            optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
            scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, 12)
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    trainer = Trainer(
        max_epochs=3,
        accelerator="cpu",
        logger=CSVLogger(tmp_path, flush_logs_every_n_steps=1),
        callbacks=[LearningRateMonitor("step")],
        log_every_n_steps=1,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(Line(), torch.utils.data.DataLoader(torch.ones(16, 1), batch_size=4))
    reading = read_log(next(tmp_path.rglob("metrics.csv")))
    log, taken = reading.log, reading.taken
    assert (taken["lr"], taken["loss"]) == ("lr-SGD", "train_loss")
    assert log.step.tolist() == list(range(12))
    assert log.lr == pytest.approx([0.1 * (1 - 0.9 * step / 12) for step in range(12)])
    assert log.steps_per_epoch == 4


def test_json_with_numbers_that_are_not_finite(tmp_path):
    """Transformers writes NaN for a loss that does not exist; it is read as such."""
    rows = [{"step": 1, "learning_rate": 0.1, "loss": 2.0}, {"step": 2, "learning_rate": 0.1, "loss": float("nan")}]
    path = write(tmp_path, json.dumps({"log_history": rows}), "trainer_state.json")
    assert np.isnan(read_log(path).log.loss[1])
