"""Logs with the structure of public ones give the expected results."""

import os
from pathlib import Path

import pytest

from loganneal.diagnosis import Diagnosis, diagnose
from loganneal.diagnosis.logs import LogError, Reading, read_log

CASES = Path(os.environ.get("LOGANNEAL_DATA", "/nowhere")).parent / "cases" / "logs"
there = pytest.mark.skipif(not CASES.is_dir(), reason="the folder cases is not beside LOGANNEAL_DATA")


def read(name: str, **options: object) -> tuple[Reading, Diagnosis]:
    reading = read_log(next(CASES.glob(f"{name}*")), **options)
    return reading, diagnose(reading.log)


@there
@pytest.mark.parametrize("name", ["L01_", "L01b_"])
def test_several_losses_and_no_total(name: str) -> None:
    """Ultralytics: an epoch is a step, the losses are summed, and both are said."""
    reading, _ = read(name)
    assert reading.taken["step"] == "epoch"
    assert reading.taken["lr"] == "lr/pg0"
    for kind, quantity in (("train", "loss"), ("val", "validation_loss")):
        assert reading.taken[quantity] == f"{kind}/box_loss + {kind}/cls_loss + {kind}/dfl_loss"
    assert "the sum" in reading.why["loss"]
    assert reading.log.loss[0] == pytest.approx(1.32764 + 3.66297 + 1.09066)
    alone = read_log(next(CASES.glob(f"{name}*")), columns={"loss": "train/cls_loss"})
    assert alone.log.loss[0] == pytest.approx(3.66297)


@there
def test_several_runs_in_a_file() -> None:
    """The runs are listed, and one must be chosen; without a rate most rules cannot be applied."""
    with pytest.raises(LogError, match=r"2 runs: brisk-lake-3, icy-sun-2\. Choose one with --run"):
        read("L02_")
    reading, found = read("L02_", run="icy-sun-2")
    assert reading.log.loss[0] == 2.2896
    assert any("only rules that need none" in note for note in reading.notes)
    assert str(found.outcomes["unstable"]) == "cannot be told from this log, since no learning rate is logged"
    with pytest.raises(LogError, match="no run 'other'"):
        read("L02_", run="other")


@there
@pytest.mark.parametrize(("name", "cycles"), [("L02c", 2), ("L02e", 4)])
def test_a_counter_of_log_calls_is_not_one_of_updates(name: str, cycles: int) -> None:
    """W&B's _step is passed over; cycles of 500 updates are longer than an epoch of 250."""
    reading, found = read(name, steps_per_epoch=250)
    assert reading.taken["step"] == "train/global_step"
    assert "_step" in reading.passed_over
    assert found.outcomes["cycles too short"].verdict == "not found"
    assert (found.name, len(found.restarts) + 1) == ("healthy", cycles)


@there
@pytest.mark.parametrize(
    ("name", "rows", "validations", "cycles"),
    [("L03", 60, 6, 1), ("L07_", 40, 0, 1), ("L07b", 40, 8, 1), ("L07c", 240, 0, 3), ("L09", 200, 0, 1)],
)
def test_lines_of_json_and_counters(name: str, rows: int, validations: int, cycles: int) -> None:
    """All rows are read, even if the counter starts again, and rows of validation do not disturb it."""
    reading, found = read(name)
    assert (len(reading.log.step), len(reading.log.validation_step)) == (rows, validations)
    assert len(found.restarts) + 1 == cycles


@there
def test_rows_after_a_counter_that_begins_anew() -> None:
    """240 rows of 240 are used; it is reported where the counter starts again."""
    reading, _ = read("L07c")
    assert (reading.rows_read, reading.rows_used) == (240, 240)
    assert reading.counter_restarts[:2] == ("line 22", "line 42")
    assert (reading.log.step[-1], reading.log.steps_per_epoch) == (1195, 100)


@there
@pytest.mark.parametrize("name", ["L06", "L13_", "L13b", "L13c", "L21", "L22", "L19_", "L19c", "L41", "L42"])
def test_read_as_they_stand(name: str) -> None:
    """Separators, decimal commas, UTF-16, NA, comments and a repeated header: nothing is found in a healthy run."""
    reading, found = read(name)
    assert found.name == "healthy"
    assert len(reading.log.step) in {40, 100}
    assert reading.log.has_rate


@there
@pytest.mark.parametrize("name", ["L08_", "L08b", "L14", "L15", "L43"])
def test_refused_with_a_remedy(name: str) -> None:
    """Sentences, a row for each value, a single scalar, no header."""
    with pytest.raises(LogError, match=r"Write|pivot_table|join the downloads"):
        read(name)


@there
def test_losses_around_zero() -> None:
    """GRPO: the size of the loss says nothing."""
    _, found = read("L11")
    assert found.name == "cannot be told"
    assert str(found.outcomes["unstable"]).startswith("cannot be told from this loss")


@there
def test_a_counter_of_updates_beside_one_of_batches() -> None:
    """opt_step rather than micro_step, which is reported."""
    reading, _ = read("L16")
    assert (reading.taken["step"], reading.taken["loss"]) == ("opt_step", "loss_avg")
    assert "micro_step" in reading.why["step"]


@there
def test_several_rates_in_a_cell() -> None:
    """The first that changes, which is reported."""
    reading, _ = read("L19b")
    assert reading.taken["lr"] == "lr[0]"
    assert reading.why["lr"] == "the first that changes, rather than lr[1]"


@there
@pytest.mark.parametrize(
    ("name", "loss", "validation"),
    [("L20_", "train/loss_epoch", "val/loss"), ("L20b", "train_loss_step", "val_loss_epoch")],
)
def test_forms_of_lightning(name: str, loss: str, validation: str) -> None:
    """Step and epoch forms of losses, and rates in rows of their own."""
    reading, found = read(name)
    assert (reading.taken["loss"], reading.taken["validation_loss"]) == (loss, validation)
    assert (len(found.restarts), reading.log.steps_per_epoch) == (3, 100)


@there
def test_nan_in_rows_of_validation() -> None:
    """A hole, not a failure."""
    reading, found = read("L27")
    assert found.name == "healthy"
    assert reading.holes == {"loss": 9, "validation_loss": 200}


@there
@pytest.mark.parametrize(
    ("name", "diagnosis", "cycles"),
    [
        ("L29_", "healthy", 5),
        ("L29b", "healthy", 10),
        ("L31", "healthy", 1),
        ("L35", "healthy", 4),
        ("L44", "healthy", 1),
        ("L46", "healthy", 1),
        ("L48b", "ends at a high rate", 1),
    ],
)
def test_rules_on_logs_of_others(name: str, diagnosis: str, cycles: int) -> None:
    """Low restarts are seen; a constant rate, a shift by one row and a fall over 20 epochs are not failures."""
    _, found = read(name)
    assert (found.name, len(found.restarts) + 1) == (diagnosis, cycles)


@there
@pytest.mark.parametrize("rows", range(2, 22))
def test_the_beginning_of_a_plateau(tmp_path: Path, rows: int) -> None:
    """Nothing false at any length: the rate does end at half of its highest after the first plateau."""
    lines = next(CASES.glob("L48b*")).read_text().splitlines()
    (tmp_path / "log.csv").write_text("\n".join(lines[: rows + 1]) + "\n")
    assert diagnose(read_log(tmp_path / "log.csv").log).name in {"healthy", "cannot be told", "ends at a high rate"}


NAMES = {
    "avalanche": ("Training iteration", "lr", "Loss_MB"),
    "composer": ("step", "lr-DecoupledAdamW/group0", "loss/train/total"),
    "deepspeed": ("step", "Train/Samples/lr", "Train/Samples/train_loss"),
    "detectron2": ("iteration", "lr", "total_loss"),
    "diffusers": ("step", "lr", "train_loss"),
    "flax": ("step", "learning_rate", "train_loss"),
    "ignite_tb": ("iteration", "lr/group_0", "training/batchloss"),
    "lightning_grouped": ("step", "lr-Adam/pg1", "train/loss_step"),
    "nanogpt_wandb": ("iter", "lr", "train/loss"),
    "openclip": ("step", "train/lr", "train/loss"),
    "peft_trl": ("train/global_step", "train/learning_rate", "train/loss"),
    "rl_games": ("frame", "info/last_lr", "losses/a_loss"),
    "sb3": ("time/total_timesteps", "train/learning_rate", "train/loss"),
    "yolov5": ("epoch", "x/lr0", "train/box_loss"),
}


@there
@pytest.mark.parametrize("name", NAMES)
def test_names_of_many_trainers(name: str) -> None:
    """The right columns, and the run they contain."""
    reading, found = read(f"names/{name}")
    assert tuple(reading.taken[quantity] for quantity in ("step", "lr", "loss")) == NAMES[name]
    assert (found.name, len(reading.log.step)) == ("healthy", 100)
