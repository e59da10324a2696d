"""Small logs of each kind that trainers write: what is taken, what is passed over, and what is asked."""

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from loganneal.cli import main
from loganneal.diagnosis import diagnose
from loganneal.diagnosis.logs import LogError, Reading, read_log


def table(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


def read(folder: Path, text: str | bytes, name: str = "log.csv", **options: object) -> Reading:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_log(path, **options)


@pytest.mark.parametrize(
    ("header", "step", "lr", "loss", "validation"),
    [
        ("global_step,loss/current,loss/average,lr/d*lr/unet,lr/unet", "global_step", "lr/unet", "loss/current", None),
        ("step,loss_metrics/global_avg_loss,loss_metrics/global_max_loss,lr", "step", "lr", "global_avg_loss", None),
        ("trainer/global_step,reduced_train_loss,lr,val_loss", "trainer/global_step", "lr", "reduced", "val_loss"),
        ("iteration,lm loss,learning-rate,loss-scale,iteration-time", "iteration", "learning-rate", "lm loss", None),
        (
            "iter,train/loss,train/loss_ctc,train/optim0_lr0,valid/loss",
            "iter",
            "optim0_lr0",
            "train/loss",
            "valid/loss",
        ),
        ("step,train/tot_loss,train/current_loss,train/learning_rate", "step", "learning_rate", "current_loss", None),
        ("time/batch,loss/train/total,lr-Adam/group0,metrics/eval/loss", "time/batch", "group0", "total", "eval/loss"),
        ("epoch,n_parameters,train_lr,train_loss,test_loss", "epoch", "train_lr", "train_loss", "test_loss"),
        ("step,train_loss_epoch,train_loss_step,lr-SGD-momentum,lr-SGD", "step", "lr-SGD", "train_loss_step", None),
        ("num_updates,update,loss,nll_loss,lr,gnorm", "num_updates", "lr", "loss", None),
        ("iter,base_lr,lr,loss,loss_cls,loss_bbox", "iter", "lr", "loss", None),
        ("Step,run-1 - trainLoss,run-1 - learningRate", "Step", "learningRate", "trainLoss", None),
    ],
)
def test_names_are_understood(tmp_path, header, step, lr, loss, validation):
    """By their words: groups, averages, parts of a loss and optimizer settings are told apart from what is meant."""
    width = header.count(",") + 1
    rows = (
        ",".join(
            f"{row + 1 if not place or name == 'step' else 1 / (row + place + 2):.4f}"
            for place, name in enumerate([""] * width)
        )
        for row in range(8)
    )
    taken = read(tmp_path, table(header, *rows)).taken
    assert taken["step"] == step
    assert taken["lr"].endswith(lr)
    assert loss in taken["loss"]
    assert taken.get("validation_loss", "").endswith(validation or "")
    assert (validation is None) == ("validation_loss" not in taken)


def test_a_frozen_group_has_no_rate_of_the_run(tmp_path):
    """A rate that is 0 throughout is passed over, which is reported; alone, it is not a rate."""
    reading = read(tmp_path, table("step,lr/pg0,lr/pg1,loss", "1,0,0.1,2", "2,0,0.05,1"))
    assert reading.taken["lr"] == "lr/pg1"
    assert "lr/pg0 is 0 throughout" in reading.why["lr"]
    alone = read(tmp_path, table("step,lr,loss", "1,0,2", "2,0,1"))
    assert not alone.log.has_rate
    assert "0 throughout" in alone.why["lr"]


def test_losses_of_rivals_are_not_summed(tmp_path, capsys):
    """A generator and a discriminator: the user is asked, by a sentence and exit status 2."""
    text = table("step,lr,loss_G,loss_D", "1,0.1,2,1", "2,0.1,1,2")
    with pytest.raises(
        LogError, match=r"loss_G, loss_D, whose sum is meaningless\. Choose one with --column loss=NAME"
    ):
        read(tmp_path, text)
    assert read(tmp_path, text, columns={"loss": "loss_G"}).log.loss.tolist() == [2, 1]
    assert main(["diagnose", str(tmp_path / "log.csv")]) == 2
    assert capsys.readouterr().out == ""
    assert main(["diagnose", str(tmp_path / "log.csv"), "--column", "loss=loss_D", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["taken"]["loss"] == "loss_D"


def test_columns_that_are_named(tmp_path):
    """Names that no rule knows, a sum, and a name that is not there."""
    text = table("n,eta,objective,extra", "1,0.1,2,1", "2,0.05,1,1")
    named = {"step": "n", "lr": "eta", "loss": "objective + extra"}
    reading = read(tmp_path, text, columns=named)
    assert reading.log.loss.tolist() == [3, 2]
    with pytest.raises(LogError, match=r"no column 'objektive'; .* Did you mean 'objective'\?"):
        read(tmp_path, text, columns=named | {"loss": "objektive"})
    with pytest.raises(ValueError, match="'columns' parameter of read_log must be one of 'step', 'lr'"):
        read(tmp_path, text, columns={"rate": "eta"})


def test_a_counter_of_log_calls_is_the_last_resort(tmp_path):
    """Without another counter it is taken, with its reason, and an epoch in updates is not compared with it."""
    text = table("_step,lr,loss", *(f"{row},{0.1 / (1 + row)},{2 - row / 50}" for row in range(20)))
    reading = read(tmp_path, text, steps_per_epoch=500)
    assert "counts log calls" in reading.why["step"]
    assert reading.log.steps_per_epoch is None
    assert any("count updates, but '_step' does not" in note for note in reading.notes)


def test_an_epoch_is_no_update(tmp_path):
    """A log by epochs has epochs of one step, whatever is said about updates: cycles of ten epochs are not short."""
    rates = [0.5 * (1 + np.cos(np.pi * (row % 10) / 10)) for row in range(40)]
    text = table("epoch,lr,loss", *(f"{row},{rate},{2 - row / 50}" for row, rate in enumerate(rates)))
    reading = read(tmp_path, text, steps_per_epoch=391)
    assert reading.log.steps_per_epoch == 1
    assert diagnose(reading.log).name == "healthy"


def test_a_counter_that_begins_anew_in_each_fit(tmp_path):
    """Keras appends a second fit: its rows follow those of the first."""
    text = table("epoch,learning_rate,loss", "0,0.1,2", "1,0.05,1.5", "2,0.01,1.2", "0,0.1,1.3", "1,0.05,1.1")
    reading = read(tmp_path, text)
    assert reading.log.step.tolist() == [0, 1, 2, 3, 4]
    assert reading.counter_restarts == ("line 5",)


def test_several_rows_an_epoch_without_another_counter(tmp_path):
    """Rows are the steps, and an epoch has as many."""
    reading = read(tmp_path, table("epoch,lr,loss", *(f"{row // 5},0.1,{2 - row / 20}" for row in range(20))))
    assert (len(reading.log.step), reading.log.steps_per_epoch) == (20, 5)


def test_small_batches_of_one_update(tmp_path):
    """Losses at the same step are averaged, which is reported."""
    reading = read(tmp_path, table("global_step,lr,loss", "1,0.1,2", "1,0.1,4", "2,0.1,1", "2,0.1,3"))
    assert reading.log.loss.tolist() == [3, 2]
    assert reading.rows_used == 4
    assert any("averaged" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("rows", "unstable"),
    [
        (["1,0.1,2,nan", "2,0.1,nan,1.5", "3,0.1,1.8,nan", "4,0.1,nan,1.4"], False),  # rows of validation
        (["1,0.1,2,", "2,0.1,1.9,", "3,0.1,nan,", "4,0.1,nan,"], True),  # a run that has failed
        (["1,0.1,2,", "2,0.1,NA,", "3,,nan,", "4,0.1,1.7,"], False),  # no value, and a row without a rate
        (["1,0.1,2,2.1", "2,0.1,1.5,1.9", "3,0.1,nan,1.8"], True),  # validation in every row tells nothing
    ],
)
def test_holes_are_not_values(tmp_path, rows, unstable):
    """NaN is a failure where a loss belongs, and a hole where the row has another value."""
    found = diagnose(read(tmp_path, table("step,lr,loss,val_loss", *rows)).log)
    assert (found.name == "unstable") == unstable


def test_a_failure_that_transformers_hides(tmp_path):
    """A loss of exactly 0 beside a gradient that is not a number."""
    rows = [{"step": row, "learning_rate": 0.1, "loss": 2.0, "grad_norm": 1.0} for row in range(1, 6)]
    rows += [{"step": 6, "learning_rate": 0.1, "loss": 0.0, "grad_norm": float("nan")}]
    reading = read(tmp_path, json.dumps({"log_history": rows}), "trainer_state.json")
    assert diagnose(reading.log).name == "unstable"
    assert any("gradient that is not a number" in note for note in reading.notes)


@pytest.mark.parametrize(
    "text",
    [
        "step,lr,loss\n1,0.1,2\n2,0.05,1.5\n".encode("utf-16"),
        "\ufeffstep,lr,loss\r\n1,0.1,2\r\n2,0.05,1.5\r\n",
        "# by me\n\nstep;lr;loss\n1;0,1;2\nstep;lr;loss\n2;0,05;1,5\n",
        "# step lr loss\n1 0.1 2\n2 0.05 1.5\n",
        "step,lr,loss\n1,[0.1],tensor(2.)\n2,[0.05],\"tensor(1.5, device='cuda:0')\"\n",
        '{"step": 1, "lr": 0.1, "loss": 2}\n{"step": "2", "lr": "0.05", "loss": "1.5"}\n',
        '[{"step": 1, "train": {"lr": 0.1, "loss": 2}}, {"step": 2, "train": {"lr": 0.05, "loss": 1.5}}]',
        '{"step": [1, 2], "lr": [0.1, 0.05], "loss": [2, 1.5]}',
        '12:00 | INFO | {"step": 1, "lr": 0.1, "loss": 2}\n12:01 | INFO | {"step": 2, "lr": 0.05, "loss": 1.5}\n',
    ],
)
def test_the_same_run_in_many_forms(tmp_path, text):
    """Encodings, comments, separators, decimal commas, wrapped numbers, and four forms of JSON."""
    log = read(tmp_path, text).log
    assert (log.step.tolist(), log.lr.tolist(), log.loss.tolist()) == ([1, 2], [0.1, 0.05], [2, 1.5])


def test_what_is_passed_over_is_said(tmp_path):
    """A line that is cut, cells that are not there, a header again: each with its line."""
    reading = read(tmp_path, "# by me\nstep,lr,loss,note\n1,0.1,2\nstep,lr,loss,note\n2,0.05,1.5,x\n3,0.0")
    assert len(reading.log.step) == 2
    for words in (
        "Lines that are comments were ignored: 1",
        "Line 4 repeats the header",
        "Line 6, the last, is cut",
        "in 1 lines",
    ):
        assert any(words in note for note in reading.notes)
    assert reading.passed_over == ("note",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("key,value,step\nloss,2,1\nlr,0.1,1\n", "columns key, value, step: one row for each value, .*pivot_table"),
        ("Wall time,Step,Value\n1.5,1,2\n", "Wall time, Step, Value: TensorBoard's download .* join"),
        ("1,0.1,2\n2,0.05,1.5\n", "has no header: its first line holds numbers only"),
        ("iter 1: loss 2.3, time 5ms\niter 2: loss 2.2, time 5ms\n", "its lines are sentences"),
        (" iteration 10/ 100 | lm loss: 2.3 |\n iteration 20/ 100 | lm loss: 2.2 |\n", "its lines are sentences"),
        ("Epoch one\nEpoch two\n", "its lines are sentences"),
    ],
)
def test_what_is_no_table_is_refused_with_the_remedy(tmp_path, text, message):
    """Long forms, a single scalar, no header, and logs of sentences."""
    with pytest.raises(LogError, match=message):
        read(tmp_path, text)


def test_runs_in_rows(tmp_path):
    """A column that names the run: one must be chosen."""
    text = table("run,step,lr,loss", "a,1,0.1,2", "a,2,0.1,1", "b,1,0.1,4", "b,2,0.1,3")
    with pytest.raises(LogError, match="2 runs: a, b"):
        read(tmp_path, text)
    assert read(tmp_path, text, run="b").log.loss.tolist() == [4, 3]


def test_names_that_steer_a_terminal(tmp_path, capsys):
    """Control characters in names and in cells are shown as escapes."""
    (tmp_path / "log.csv").write_text("step,lr\x1b[2J,loss,bad\x1b]0;x\x07\n1,0.1,2,1\n2,0.05,1,1\n")
    assert main(["diagnose", str(tmp_path / "log.csv")]) == 0
    assert main(["diagnose", str(tmp_path / "no\x1b[31m.csv")]) == 2
    assert main(["diagnose", str(tmp_path / "log.csv"), "--column", "lr=\x1b[2J"]) == 2
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\\x1b" in shown.out


def test_pipes_and_devices_are_refused(tmp_path):
    """What is not a regular file is not opened, and nothing hangs."""
    os.mkfifo(tmp_path / "log.csv")
    os.mkfifo(tmp_path / "events.out.tfevents.1")
    for path in (tmp_path / "log.csv", tmp_path / "events.out.tfevents.1", Path("/dev/zero")):
        with pytest.raises(OSError, match=r"must be a regular file\. It is a"):
            read_log(path)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("[" * 100_000, "nested more than 200 levels deep"),
        ('{"train_images": [], "batch_size": 5}', "a whole number above 0 under 'train_images'"),
        ('{"train_images": "320", "batch_size": 5}', "a whole number above 0 under 'train_images'"),
        ('{"train_images": 320, "batch_size": 0}', "under 'batch_size'"),
        ("{", "is not JSON"),
    ],
)
def test_damage_beside_the_metrics(tmp_path, spec, message):
    """A run folder whose specification is damaged."""
    (tmp_path / "spec.json").write_text(spec)
    with pytest.raises(LogError, match=message):
        read(tmp_path, "step,lr,loss\n1,0.1,2\n", "metrics.csv")


def test_json_that_is_nested_too_deep(tmp_path):
    """A log, and a line of one."""
    for text in ("[" * 100_000, '{"a": 1}\n' + '{"a":' * 100_000):
        with pytest.raises(LogError, match="nested more than 200 levels deep"):
            read(tmp_path, text, "log.json")


def events(folder: Path) -> Path:
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder) as writer:
        for step in range(20):
            writer.add_scalar("train/loss", 2 - step / 20, step)
            writer.add_scalar("lr", 0.1, step)
    return next(folder.glob("*tfevents*"))


def test_event_files_that_are_damaged(tmp_path):
    """A wrong checksum and a length beyond the file's are found before anything is parsed; nothing is diagnosed."""
    path = events(tmp_path)
    whole = path.read_bytes()
    for place in (0, 8, len(whole) // 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with pytest.raises(LogError, match=r"is damaged: the record at byte \d+ does not match its checksum"):
            read_log(path)


def test_event_files_that_end_within_a_record(tmp_path):
    """A run that is still going: what precedes is read, and the end is reported."""
    path = events(tmp_path)
    path.write_bytes(path.read_bytes()[:-7])
    reading = read_log(path)
    assert 18 <= len(reading.log.step) <= 20
    assert any("ends within a record" in note for note in reading.notes)


def test_event_files_with_absurd_lengths(tmp_path):
    """A length of 2^62 whose own checksum is right is an end within a record."""
    from loganneal.diagnosis.logs.checksum import masked_crc32c

    path = events(tmp_path)
    length = struct.pack("<Q", 2**62)
    path.write_bytes(path.read_bytes() + length + struct.pack("<I", masked_crc32c(length)) + b"x" * 100)
    assert len(read_log(path).log.step) == 20


def test_events_of_epochs(tmp_path):
    """Keras writes losses with the epoch as their step: an epoch has one step, whatever is said about updates."""
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    for part in ("train", "validation"):
        with SummaryWriter(tmp_path / part) as writer:
            for epoch in range(5):
                writer.add_scalar("epoch_loss", 2 - epoch / 5, epoch)
                writer.add_scalar("epoch_learning_rate", 0.1, epoch)
    reading = read_log(tmp_path, steps_per_epoch=391)
    assert reading.taken["loss"] == "train/epoch_loss"
    assert reading.taken["validation_loss"] == "validation/epoch_loss"
    assert (reading.log.steps_per_epoch, len(reading.log.validation_step)) == (1, 5)


def test_the_axis_of_a_chart_counts_log_calls(tmp_path):
    """An epoch of 391 updates is not compared with the Step of a W&B export, with bounds beside each metric."""
    header = "Step,a - lr,a - lr__MIN,a - lr__MAX,a - train/loss"
    reading = read(tmp_path, table(header, "1,0.1,0.1,0.1,2", "2,0.05,0.05,0.05,1"), steps_per_epoch=391)
    assert reading.taken["step"] == "Step"
    assert "log calls" in reading.why["step"]
    assert reading.log.steps_per_epoch is None


def test_runs_in_folders_of_events(tmp_path):
    """Each folder is a run; the parts of one run are not."""
    for name in ("first", "second"):
        events(tmp_path / name)
    with pytest.raises(LogError, match="2 runs: first, second"):
        read_log(tmp_path)
    assert read_log(tmp_path, run="second").taken["loss"] == "train/loss"


@pytest.mark.parametrize(
    "text",
    [
        table("epoch,phase,loss,lr", *(f"{row // 2},{'val' if row % 2 else 'train'},{row},0.1" for row in range(6))),
        "".join(
            f"{json.dumps({'Split': 'valid' if row % 2 else 'train', 'epoch': row // 2, 'loss': row, 'lr': 0.1})}\n"
            for row in range(6)
        ),
    ],
)
def test_rows_that_say_their_phase(tmp_path, text):
    """A column tells rows of training from those of validation, in CSV as in JSON."""
    log = read(tmp_path, text).log
    assert (log.loss.tolist(), log.validation_loss.tolist()) == ([0, 2, 4], [1, 3, 5])


@pytest.mark.parametrize(
    ("header", "rows", "losses", "validation"),
    [
        ("mode,step,lr,loss", ["test,1,0.1,2", "test,2,0.1,1"], [2, 1], []),  # the name of an experiment
        ("stage,split,step,lr,loss", ["sft,train,1,0.1,2", "sft,val,1,0.1,3"], [2], [3]),
        ("stage,step,lr,loss", ["train,1,0.1,2", "validate,1,0.1,3"], [2], [3]),
    ],
)
def test_which_column_says_the_phase(tmp_path, header, rows, losses, validation):
    """The one in which some rows are of validation and some are not."""
    log = read(tmp_path, table(header, *rows)).log
    assert (log.loss.tolist(), log.validation_loss.tolist()) == (losses, validation)


def test_phases_of_several_folds(tmp_path):
    """The fold of a row of validation stays its run."""
    rows = [
        f"{fold},{phase},{epoch},0.1,{epoch + fold}"
        for fold in (1, 2)
        for epoch in (0, 1)
        for phase in ("train", "val")
    ]
    log = read(tmp_path, table("fold,phase,epoch,lr,loss", *rows), run="2").log
    assert (log.loss.tolist(), log.validation_loss.tolist()) == ([2, 3], [2, 3])


def test_a_seed_that_changes_names_no_runs(tmp_path):
    """The counter goes on where a seed is drawn anew in each epoch."""
    text = table("seed,step,lr,loss", *(f"{row // 2},{row},0.1,{9 - row}" for row in range(6)))
    assert len(read(tmp_path, text).log.step) == 6


def test_the_rate_that_most_groups_have(tmp_path):
    """YOLO warms the biases up from a higher rate, in a group of their own."""
    rows = ["1,0.07,0.003,0.003,2", "2,0.04,0.006,0.006,1.5", "3,0.01,0.01,0.01,1.2"]
    reading = read(tmp_path, table("epoch,lr/pg0,lr/pg1,lr/pg2,train/loss", *rows))
    assert reading.taken["lr"] == "lr/pg1"
    assert reading.why["lr"] == "the one shared by the most groups, rather than lr/pg0, lr/pg2"


def test_a_colon_in_the_name_of_a_metric(tmp_path):
    """Thresholds are part of a name in YOLOv5's results, whose header is no sentence."""
    text = table("epoch, train/loss, metrics/mAP_0.5:0.95, x/lr0", "0, 2, 0.1, 0.1", "1, 1.5, 0.2, 0.05")
    assert read(tmp_path, text).log.loss.tolist() == [2, 1.5]


@pytest.mark.parametrize(
    "text",
    [
        "{'loss': 2.0, 'learning_rate': 0.1, 'step': 1}\n{'loss': nan, 'learning_rate': '0.05', 'step': 2}\n",
        "Loading the model\n 50%|#    | 1/2 [00:01]{'loss': '2.0', 'learning_rate': 0.1, 'step': 1}\n"
        "{'loss': nan, 'learning_rate': 5e-2, 'step': 2, 'best': None}\n",
    ],
)
def test_dictionaries_as_python_prints_them(tmp_path, text):
    """The output of Transformers' Trainer, also beside its progress bar."""
    log = read(tmp_path, text, "train.log").log
    assert (log.step.tolist(), log.lr.tolist()) == ([1, 2], [0.1, 0.05])
    assert (log.loss[0], np.isnan(log.loss[1])) == (2.0, True)


def test_lines_that_begin_with_a_time_in_brackets_are_sentences(tmp_path):
    """They are not mistaken for JSON, so that the remedy is shown."""
    with pytest.raises(LogError, match="its lines are sentences"):
        read(
            tmp_path,
            "".join(f"[2026-05-01 12:00:0{row},000][INFO] - step {row} loss 2.{row}\n" for row in range(3)),
            "t.log",
        )


@pytest.mark.parametrize(
    "history",
    [
        {"history": {"loss": [2, 1.5], "lr": [0.1, 0.05]}, "epochs": 2},
        {"loss": [2, 1.5], "lr": [0.1, 0.05], "best_epoch": 1, "classes": ["cat", "dog", "bird"]},
        {"loss": [2, 1.5], "lr": [0.1, 0.05], "val_loss": [], "test_loss": [1.2]},
        {"train_loss": [2, 1.5], "lr": [0.1, 0.05], "batch_loss": [4, 3, 2, 1]},
    ],
)
def test_a_history_with_other_entries(tmp_path, history):
    """Lists below another name, and values and lists that are no part of the curve."""
    log = read(tmp_path, json.dumps(history), "history.json").log
    assert (log.step.tolist(), log.lr.tolist(), log.loss.tolist()) == ([0, 1], [0.1, 0.05], [2, 1.5])


def test_lists_of_different_lengths(tmp_path):
    """Losses of epochs beside rates of steps: which belong together is not known."""
    text = json.dumps({"train_loss": [2, 1], "lr": [0.1, 0.08, 0.05, 0.0]})
    with pytest.raises(LogError, match=r"'train_loss' has 2, 'lr' has 4\..*Write one dictionary for each step"):
        read(tmp_path, text, "history.json")


def test_runs_whose_names_have_dashes(tmp_path):
    """The metric follows the last dash, unless it says training or validation before it."""
    header = "Step,net - cosine - lr,net - cosine - train - loss,net - wsd - lr,net - wsd - train - loss"
    text = table(header, "1,0.1,2,0.1,4", "2,0.05,1,0.1,3")
    with pytest.raises(LogError, match="2 runs: net - cosine, net - wsd"):
        read(tmp_path, text)
    assert read(tmp_path, text, run="net - wsd").log.loss.tolist() == [4, 3]


def test_folds_are_runs_and_one_seed_is_none(tmp_path):
    """Several folds or seeds have to be chosen from; a single seed in each row names no run."""
    rows = [f"{fold},{epoch},0.1,{2 - epoch}" for fold in (1, 2) for epoch in (0, 1)]
    with pytest.raises(LogError, match="2 runs: 1, 2"):
        read(tmp_path, table("fold,epoch,lr,loss", *rows))
    assert read(tmp_path, table("seed,epoch,lr,loss", *rows[:2])).log.loss.tolist() == [2, 1]


def test_commas_elsewhere_leave_decimals_alone(tmp_path):
    """A list of devices has no decimal commas, and thousands never begin with 0."""
    text = "step\tlr\tloss\tgpus\n1\t0.001\t2.345\t0,1\n2\t0.001\t1.234\t0,1\n"
    assert read(tmp_path, text).log.loss.tolist() == [2.345, 1.234]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table("step;lr;loss", "999;0,1;2,5", "1.000;0,1;2,4"), "line 3 holds '1.000', which could be"),
        (table("step,lr,loss", *(f'"{row},000",0.1,2' for row in range(1, 5))), "'1,000' .*separator of thousands"),
    ],
)
def test_separators_of_thousands_are_refused(tmp_path, text, message):
    """They are never read as decimals, and the message names the cell."""
    with pytest.raises(LogError, match=message):
        read(tmp_path, text)
