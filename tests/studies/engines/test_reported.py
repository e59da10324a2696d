"""What a script reported, read from each kind of log, as the frameworks themselves write them."""

import json

import pytest

from loganneal._trial import REPORTS
from loganneal.studies.engines.reported import is_lost, loss_of, rate_of, read_rows
from loganneal.studies.engines.seen_rates import seen_rates


@pytest.fixture
def out(tmp_path):
    """The folder for what the script writes."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def read(out, log):
    return read_rows(out.parent, out, log)


def last(rows, name):
    return next(row[name] for row in reversed(rows) if name in row)


def test_the_state_of_a_trainer_of_transformers(out):
    """The newest checkpoint is read; validation rows keep their names, and the summary at the end is a row too."""
    from transformers.trainer_callback import TrainerState

    history = [
        {"epoch": 0.5, "step": 5, "loss": 2.0, "learning_rate": 1e-3, "grad_norm": 0.5},
        {"epoch": 1.0, "step": 10, "loss": 1.5, "learning_rate": 5e-4, "grad_norm": 0.4},
        {"epoch": 1.0, "step": 10, "eval_loss": 1.7, "eval_accuracy": 0.6, "eval_runtime": 0.1},
        {"epoch": 1.0, "step": 10, "train_loss": 1.75, "total_flos": 12.0},
    ]
    for step, rows in ((5, history[:1]), (10, history)):
        folder = out / f"checkpoint-{step}"
        folder.mkdir()
        TrainerState(log_history=rows, global_step=step).save_to_json(str(folder / "trainer_state.json"))
    rows = read(out, "trainer_state.json")
    assert [(row["step"], rate_of(row), loss_of(row)) for row in rows[:2]] == [(5, 1e-3, 2.0), (10, 5e-4, 1.5)]
    assert (last(rows, "eval_accuracy"), last(rows, "eval_loss")) == (0.6, 1.7)
    assert seen_rates(out / "none", rows, "trainer_state.json").rate == (1e-3, 5e-4)


def test_the_metrics_of_lightning(out):
    """Rows of training, of the rate and of validation are separate; blank cells are not values."""
    from lightning.pytorch.loggers import CSVLogger

    logger = CSVLogger(out)
    for step in (9, 19):
        logger.log_metrics({"lr-SGD": 0.1 / step}, step)
        logger.log_metrics({"train_loss_step": 1.0 / step, "epoch": 0}, step)
        logger.log_metrics({"val_loss": 2.0 / step, "test_accuracy": step / 20, "epoch": 0}, step)
    logger.save()
    rows = read(out, "metrics.csv")
    assert (last(rows, "val_loss"), last(rows, "test_accuracy")) == (2.0 / 19, 0.95)
    assert [loss for row in rows if (loss := loss_of(row))] == [1.0 / 9, 1.0 / 19]
    assert seen_rates(out / "none", rows, "metrics.csv").step == (8, 18)


def test_the_event_files_of_tensorboard(out):
    """The newest run is read; a folder for validation becomes a prefix of the names inside."""
    from torch.utils.tensorboard import SummaryWriter

    for run in ("first", "second"):
        for part, tags in (("", ("lr", "loss")), ("validation", ("accuracy",))):
            with SummaryWriter(out / "runs" / run / part) as writer:
                for step in (1, 2):
                    for tag in tags:
                        writer.add_scalar(tag, step / 4 if run == "second" else 9.0, step)
    rows = read(out, "tfevents")
    assert last(rows, "validation/accuracy") == 0.5
    assert [(row["step"], rate_of(row), loss_of(row)) for row in rows[:2]] == [(1, 0.25, 0.25), (2, 0.5, 0.5)]


def test_the_epochs_of_keras(out):
    """Training and validation have tags of the same names; the rate of an epoch belongs to no known update."""
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    x = np.ones((4, 1))
    csv = keras.callbacks.CSVLogger(str(out / "metrics.csv"))
    history = model.fit(x, x, epochs=2, verbose=0, validation_data=(x, x), callbacks=[csv])
    (out / "history.json").write_text(json.dumps(history.history))
    for log in ("metrics.csv", "history.json"):
        rows = read(out, log)
        assert [row["step"] for row in rows] == [0, 1]
        assert last(rows, "val_mae") == pytest.approx(history.history["val_mae"][-1])
        assert loss_of(rows[-1]) == pytest.approx(history.history["loss"][-1])


def test_rates_beside_a_counter_of_epochs_are_of_no_known_update(out):
    """Ten epochs are not ten updates: nothing is concluded about the schedule, rather than something wrong."""
    (out / "metrics.csv").write_text("epoch,lr,val_acc\n0,0.1,0.5\n1,0.05,0.75\n")
    rows = read(out, "metrics.csv")
    assert last(rows, "val_acc") == 0.75
    assert seen_rates(out / "none", rows, "metrics.csv") is None


def test_lines_of_json(out):
    """Updates are the counter if there are several; nested names are joined, and text is not a value."""
    rows = [
        {"step": 8, "num_updates": 4, "train": {"loss": 2.0, "lr": 0.1}, "note": "warm"},
        {"step": 16, "num_updates": 8, "train": {"loss": 1.0, "lr": 0.05}, "dev": {"bleu": 31.2}},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (out / "log.jsonl").write_text(text + '{"step": 24, "num_upd')
    found = read(out, "log.jsonl")
    assert [(row["step"], rate_of(row), loss_of(row)) for row in found] == [(4, 0.1, 2.0), (8, 0.05, 1.0)]
    assert last(found, "dev/bleu") == 31.2


def test_standard_output(out):
    """A counter group gives the steps of the rates; without one, matches are counted, and rates are left out."""
    (out.parent / "stdout.txt").write_text("iter 10: val loss 2.5, lr 0.1\niter 20: val loss 1e-1, lr 0.05\n")
    placed = read(out, r"stdout:iter (?P<iter>\d+): val loss (?P<validation>\S+), lr (?P<lr>\S+)")
    assert [(row["step"], rate_of(row)) for row in placed] == [(10, 0.1), (20, 0.05)]
    counted = read(out, r"stdout:val loss (?P<validation>[^,]+), lr (?P<lr>\S+)")
    assert counted == [{"step": 1, "validation": 2.5}, {"step": 2, "validation": 0.1}]


@pytest.mark.parametrize(
    ("line", "value"), [("loss 2.5, next", 2.5), ("loss 0.5,0.7", 0.5), ("loss 12.", 12.0), ("loss 3, 400 left", 3.0)]
)
def test_numbers_that_a_match_has_whole(out, line, value):
    """What follows them does not belong to them."""
    (out.parent / "stdout.txt").write_text(f"{line}\n")
    assert read(out, r"stdout:loss (?P<validation>[0-9.]+)") == [{"step": 1, "validation": value}]


@pytest.mark.parametrize(
    ("line", "pattern", "row"),
    [
        ("3,100,0.512", r"(?P<epoch>\d+),(?P<step>\d+),(?P<validation>\S+)", {"step": 100, "validation": 0.512}),
        ("epoch 3.52", r"epoch (?P<epoch>\d+)\.\d+", {"step": 3}),
        ("resnet50 2.5", r"(?P<net>resnet\d)\d (?P<validation>\S+)", {"step": 1, "validation": 2.5}),
    ],
)
def test_what_an_expression_takes_on_purpose(out, line, pattern, row):
    """Cells between commas, the integer part of a number, and a name with a digit."""
    (out.parent / "stdout.txt").write_text(f"{line}\n")
    assert [{name: one[name] for name in row} for one in read(out, f"stdout:{pattern}")] == [row]


def test_a_match_that_begins_within_a_number_is_refused(out):
    """A greedy expression leaves only the last digit before the point."""
    (out.parent / "stdout.txt").write_text("loss 12.5\n")
    with pytest.raises(ValueError, match=r"cuts a number, '12\.5', and reads '2\.5'"):
        read(out, r"stdout:loss.*(?P<validation>\d+\.\d+)")


@pytest.mark.parametrize("line", ["loss 9.6e-05", "loss 1,234.5", "loss 2.5E+3"])
def test_numbers_that_a_match_cuts_are_refused(out, line):
    """A part of a number is another number."""
    (out.parent / "stdout.txt").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"'validation' cuts a number"):
        read(out, r"stdout:loss (?P<validation>[0-9.]+)")


def test_what_a_trial_reports_is_taken_as_it_stands(out):
    """Its step counts, whatever else is named like a counter; a line that is still being written is not read."""
    (out.parent / REPORTS).write_text('{"step": 3, "updates": 1, "lr": 0.1}\n{"step": 4, "lr"')
    assert read(out, "report") == [{"step": 3, "updates": 1, "lr": 0.1}]


def test_a_report_in_another_language_is_csv(out):
    """It may lack columns, and say that training has diverged."""
    (out / "report.csv").write_text("step,loss,validation\n1,2.5,\n2,inf,0.5\n")
    rows = read(out, "report")
    assert rows == [{"step": 1, "loss": 2.5}, {"step": 2, "loss": float("inf"), "validation": 0.5}]
    assert [is_lost(row, "validation") for row in rows] == [False, True]


@pytest.mark.parametrize("log", ["report", "metrics.csv", "trainer_state.json", "tfevents"])
def test_a_log_that_is_not_there_yet_has_no_rows(log, out):
    """A run has just begun."""
    assert read(out, log) == []
