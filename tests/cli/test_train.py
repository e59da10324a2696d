"""The command `loganneal train`, with runs of a few steps on real images."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from interruptible import interrupt_when, start
from rich.console import Console

import loganneal as la
from loganneal.cli import build_parser, main
from loganneal.cli._arm import NAMES, build_arm
from loganneal.cli.train import specify
from loganneal.data import find_workload
from loganneal.diagnosis.logs import read_log
from loganneal.reports.terminal.run_display import Display, Screen
from loganneal.runs.record import MetricsRow, metrics_rows, read_record
from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.arms import ARMS

TINY = ["--steps", "6", "--train-examples", "128", "--validation-examples", "50", "--batch-size", "32"]


def call(*words: str | Path) -> int:
    """Run the command in this process."""
    return main(["train", *map(str, words)])


def spec_of(*words: str) -> RunSpec:
    """The specification that the words describe."""
    args = build_parser().parse_args(["train", "--out", "unused", *words])
    return specify(args, find_workload(args.workload))


def test_trains_then_only_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first call trains and writes the folder; the second shows the same and touches no file."""
    assert call(*TINY, "--out", tmp_path / "run") == 0
    first = capsys.readouterr().out
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {"spec.json", "metrics.csv", "result.json", "checkpoints", ".lock"}
    assert "step 6/6: rate" in first
    assert "images/s" in first
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"}
    assert call(*TINY, "--out", tmp_path / "run") == 0
    second = capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert "step " not in second
    assert first[first.index("Completed") :] == second[second.index("Completed") :]


def test_metrics_file(tmp_path: Path) -> None:
    """`metrics.csv` has a row for each update, in the columns that others read, and 20 validation scores at most."""
    call(*TINY, "--evaluations", "2", "--out", tmp_path)
    lines = (tmp_path / "metrics.csv").read_text().splitlines()
    assert lines[0] == "step,lr,loss,grad_norm,validation_score,validation_loss,seconds,examples_per_s"
    assert len(lines) == 7
    assert [bool(line.split(",")[4]) for line in lines[1:]] == [False, False, True, False, False, True]
    assert json.loads((tmp_path / "result.json").read_text())["status"] == "completed"


def test_averages_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each average asked for is in the table, and in result.json, beside the last weights."""
    assert call(*TINY, "--schedule", "sgdr", "--average", "ema,swa,snapshots", "--out", tmp_path) == 0
    out = capsys.readouterr().out
    names = ["last", "ema", "swa", "snapshot_average", "snapshot_ensemble"]
    assert list(read_record(tmp_path).averages) == names
    assert all(name.replace("_", " ") in out for name in names)


def test_divergence_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that diverges says at which step, and the command succeeds: it is an outcome."""
    assert call(*TINY, "--schedule", "constant", "--max-lr", "1e30", "--out", tmp_path) == 0
    assert re.search(r"Diverged\. At step \d+ the loss was", capsys.readouterr().out)
    assert read_record(tmp_path).status == "diverged"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--workload", "digit"], "Did you mean 'digits'?"),
        (["--model", "resnet-tin"], "Did you mean 'resnet-tiny'?"),
        (["--schedule", "cosin"], "Did you mean 'cosine'?"),
        (["--schedule", "cla", "--set", "cycle=3"], "Did you mean 'cycles'?"),
        (["--set", "cycles"], "NAME=VALUE"),
        (["--optimizer", "adamm"], "Did you mean 'adam'?"),
        (["--optimizer", "adam", "--option", "beta=1"], "optimizer_options"),
        (["--optimizer", "adam", "--momentum", "0.5"], "'momentum' parameter"),
        (["--average", "em"], "Did you mean 'ema'?"),
        (["--schedule", "constant", "--average", "snapshots"], "one with cycles"),
        (["--batch-size", "129"], "at most 'train_examples', 128"),
        (["--max-lr", "-1"], "max_lr"),
        (["--checkpoint-steps", "0"], "checkpoint_steps"),
        (["--schedule", "missing.json"], "missing.json"),
    ],
)
def test_bad_arguments(words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says what is wrong, with exit code 2."""
    assert call(*TINY, *words, "--out", tmp_path / "new") == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "new" / "result.json").exists()


def test_other_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another run in the same folder is refused; the message names the setting that differs."""
    call(*TINY, "--out", tmp_path)
    assert call(*TINY, "--weight-decay", "0.1", "--out", tmp_path) == 2
    assert "'weight_decay' is 0.0005 there and 0.1 here" in capsys.readouterr().err


def test_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The help names every schedule and average, and shows commands that are themselves valid."""
    with pytest.raises(SystemExit):
        build_parser().parse_args(["train", "--help"])
    text = capsys.readouterr().out
    assert all(name in text for name in (*NAMES, "ema", "swa", "snapshots", "torchrun"))
    examples = [line.split()[1:] for line in text.splitlines() if line.strip().startswith("loganneal train")]
    assert len(examples) == 6
    for words in examples:
        build_parser().parse_args(words)


@pytest.mark.parametrize("name", ARMS)
def test_schedules_are_those_of_compare(name: str) -> None:
    """A schedule's name means the same here as in a comparison, at the peak rate that is asked for."""
    assert spec_of("--schedule", name, "--max-lr", "0.2").schedule == ARMS[name].build(0.2, 100)


def test_schedules_of_plot() -> None:
    """The names that only `plot` has are known too, and parameters of the schedule can be set."""
    assert spec_of("--schedule", "saw").schedule.restarts(100).tolist() == [5, 53]
    published = spec_of("--schedule", "published", "--max-lr", "0.2", "--set", "base=e").schedule
    assert isinstance(published, la.PublishedLogAnnealing)
    assert published.to_dict()["base"] == pytest.approx(2.718281828)
    assert build_arm("cla", 0.2, 100, {"cycles": 3, "base": 100}).to_dict()["base"] == 100


def test_schedule_from_a_file(tmp_path: Path) -> None:
    """Any schedule of the library can be used, given as its dictionary."""
    schedule = la.CyclicalLogAnnealing(max_lr=0.3, cycle_steps=37, base=1e4)
    file = tmp_path / "schedule.json"
    file.write_text(json.dumps(schedule.to_dict()))
    assert spec_of("--schedule", str(file)).schedule == schedule


def test_the_papers_preset() -> None:
    """The preset sets everything that the paper says, and an option beside it takes precedence."""
    spec = spec_of("--preset", "paper", "--steps", "50")
    assert (spec.batch_size, spec.schedule.max_lr, spec.weight_decay, spec.momentum) == (128, 1e-4, 5e-4, 0.9)
    assert (spec.flip, spec.crop, spec.optimizer) == (True, 4, "sgd")
    assert spec_of("--preset", "paper", "--max-lr", "0.1", "--batch-size", "64").batch_size == 64


def test_the_papers_preset_for_another_optimizer() -> None:
    """What the preset sets for sgd alone is not passed to another optimizer, unless it is given."""
    spec = spec_of("--preset", "paper", "--optimizer", "adamw")
    assert (spec.optimizer, spec.optimizer_options, spec.weight_decay) == ("adamw", {}, 5e-4)
    given = spec_of("--preset", "paper", "--optimizer", "adamw", "--option", "betas=[0.9,0.95]")
    assert given.optimizer_options == {"betas": [0.9, 0.95]}


def test_a_peak_for_another_network_gets_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If no rate is given, and the default is only usual for the workload's own network, the remedy is printed."""
    other = [*TINY, "--model", "resnet-8"]
    call(*other, "--out", tmp_path / "warned")
    text = " ".join(capsys.readouterr().out.split())
    assert "usual for resnet-tiny, not for resnet-8; loganneal lr-range --workload digits --model resnet-8" in text
    call(*other, "--max-lr", "0.1", "--out", tmp_path / "given")
    call(*TINY, "--out", tmp_path / "own")
    assert "usual for" not in capsys.readouterr().out


def test_default_peak_depends_on_the_optimizer() -> None:
    """Without a peak rate, the workload's own optimizer gets the middle of its range, and another one 0.001."""
    low, high = find_workload("digits").peak_range
    assert spec_of().schedule.max_lr == pytest.approx((low * high) ** 0.5, rel=0.05)
    assert spec_of("--optimizer", "adamw").schedule.max_lr == 1e-3


@pytest.mark.slow
def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C ends the command with 130 and a note on how to continue; the checkpoints are kept."""
    words = ["train", "--train-examples", "64", "--validation-examples", "10", "--checkpoint-steps", "5"]
    process = start(*words, "--steps", "100000", "--out", str(tmp_path))
    out, err = interrupt_when(process, lambda: len(list(tmp_path.glob("checkpoints/*.pt"))) >= 2)
    assert (process.returncode, err) == (130, "")
    assert "the same command continues" in out.lower()
    assert not (tmp_path / "result.json").exists()


def test_continues_is_said_and_old_lines_are_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A continued run says after which step it continues, and prints only new lines."""
    from loganneal.training import train

    args = build_parser().parse_args(["train", *TINY, "--out", str(tmp_path)])

    def stop(step: int) -> None:
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(specify(args, find_workload("digits")), folder=tmp_path, checkpoint_steps=1, on_step=stop)
    assert call(*TINY, "--out", tmp_path) == 0
    out = capsys.readouterr().out
    assert "Continuing after step 4." in out
    assert [int(step) for step in re.findall(r"step (\d+)/6", out)] == [5, 6]


@pytest.mark.slow
def test_tensorboard_has_the_curve(tmp_path: Path) -> None:
    """With --tensorboard the events contain what metrics.csv contains: each value at its own step, in float32."""
    pytest.importorskip("tensorboard")
    code = "import sys; from loganneal.cli import main; sys.exit(main(sys.argv[1:]))"  # TensorFlow logs and warns
    command = [sys.executable, "-c", code, "train", *TINY, "--tensorboard", "--out", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0
    log, rows = read_log(tmp_path / "tensorboard").log, metrics_rows((tmp_path / "metrics.csv").read_text())
    assert log.step.tolist() == [row.step for row in rows]
    assert log.lr == pytest.approx([row.lr for row in rows], rel=1e-6)
    assert log.loss == pytest.approx([row.loss for row in rows], rel=1e-6)
    assert log.grad_norm == pytest.approx([row.grad_norm for row in rows], rel=1e-6)
    scored = [row for row in rows if row.validation_loss is not None]
    assert len(scored) > 1
    assert log.validation_step.tolist() == [row.step for row in scored]
    assert log.validation_loss == pytest.approx([row.validation_loss for row in scored], rel=1e-6)


def test_live_display() -> None:
    """A terminal shows the rate, loss, validation score, speed, time left and the curve of the rate."""
    workload = find_workload("digits")
    spec = workload.spec(schedule=la.Linear(0.1, 100), seed=0, split_seed=0)
    console = Console(force_terminal=True, width=120, record=True)
    now = [0.0]
    screen = Screen(console, spec, workload, clock=lambda: now[0])
    screen.step(1)
    now[0] = 10.0
    screen.step(51)
    screen.row(MetricsRow(51, 0.049, 0.5, 1.0, 0.912, 0.3, 10.0, 2048.0))
    console.print(screen)
    text = console.export_text()
    for word in ("rate 0.049", "loss 0.5000", "validation accuracy 91.20%", "images/s 2,048", "time left about 10 s"):
        assert word in text
    assert "51/100" in text
    assert "█▇" in text


def test_time_left_is_not_guessed() -> None:
    """Before the second update of a session there is no pace, and hence no time left."""
    workload = find_workload("digits")
    display = Display(Console(), workload.spec(schedule=la.Linear(0.1, 100), seed=0, split_seed=0), workload)
    display.step(1)
    assert display.time_left() == "not known yet"
