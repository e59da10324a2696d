"""What a run in a folder survives: kills, a full disk, damage, divergence, errors and a second process."""

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from journals import file_size_limit

import loganneal as la
from loganneal.runs.checkpoints import Checkpoints, RunNotSavedError
from loganneal.runs.record import metrics_rows, read_record
from loganneal.runs.run_folder import FolderInUseError, OtherRunError
from loganneal.training import train
from loganneal.training.tasks import Task

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[1] / "helpers" / "interrupted.py"


def outcome(record):
    """A record without its times."""
    rows = (row._replace(seconds=None, examples_per_s=None) for row in record.metrics)
    return dataclasses.replace(record, seconds=0.0, metrics=tuple(rows))


def stop_at(step):
    """A callback that interrupts a run after this many updates, as Ctrl-C does."""

    def on_step(done):
        if done == step:
            raise KeyboardInterrupt

    return on_step


def begin(spec, folder, step):
    """Train until an interruption after this many updates, with a checkpoint at each."""
    with pytest.raises(KeyboardInterrupt):
        train(spec, folder=folder, checkpoint_steps=1, on_step=stop_at(step))


def step_of(path):
    """The step that a checkpoint's name says."""
    return int(path.name.split("-")[0])


def checkpoints(folder):
    """The checkpoints of a run's folder, the newest last."""
    return sorted((folder / "checkpoints").glob("*.pt"))


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """What `interrupted.py` prints."""
    command = [sys.executable, str(SCRIPT), str(tmp_path_factory.mktemp("runs"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("killed runs")
def test_killed_at_twenty_random_moments(interrupted):
    """However often a run is killed, the same call continues it to the weights, curve and scores of an intact run."""
    assert len(interrupted["steps"]) == 20
    assert len(set(interrupted["steps"])) > 5
    assert all(one == interrupted["whole"] for one in interrupted["killed"])


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("killed runs")
def test_killed_while_a_checkpoint_is_written(interrupted):
    """Half a checkpoint is never taken for a whole one: the run continues from the one before, to the same end."""
    assert interrupted["step"] == 27
    assert interrupted["written"] == interrupted["whole"]


def test_folder_holds_the_run(small_run, tmp_path):
    """The folder is a record, its curve has a row for each update if asked to, and two checkpoints are kept."""
    spec = small_run(curve_points=1000, evaluations=2)
    record = train(spec, folder=tmp_path)
    assert read_record(tmp_path) == record
    assert [row.step for row in record.metrics] == list(range(1, 11))
    assert [step_of(path) for path in checkpoints(tmp_path)] == [9, 10]
    state = torch.load(checkpoints(tmp_path)[-1], weights_only=True)
    assert (state["step"], state["scheduler"]["last_epoch"]) == (10, 10)
    assert outcome(train(spec)) == outcome(record)


def test_finished_run_is_only_shown(small_run, tmp_path):
    """A run that is over is not trained again: the same record comes back, times included."""
    record = train(small_run(), folder=tmp_path)
    steps = []
    assert train(small_run(), folder=tmp_path, on_step=steps.append) == record
    assert steps == []


def test_curve_so_far_is_there(small_run, tmp_path):
    """While a run is not over, metrics.csv has the rows up to the last checkpoint, and there is no result."""
    begin(small_run(), tmp_path, 6)
    assert [row.step for row in metrics_rows((tmp_path / "metrics.csv").read_text())] == [1, 2, 3, 4, 5]
    assert not (tmp_path / "result.json").exists()


@pytest.mark.parametrize("optimizer", ["adamw", "RMSprop", "NAdam"])
def test_other_optimizers_continue(small_run, tmp_path, optimizer):
    """Optimizers with moments of their own continue to the bit too."""
    spec = small_run(optimizer=optimizer, peak=1e-3)
    begin(spec, tmp_path, 4)
    assert outcome(train(spec, folder=tmp_path)) == outcome(train(spec))


@pytest.mark.parametrize(
    "changes",
    [
        {"precision": "bfloat16"},
        {"channels_last": True},
        {"label_smoothing": 0.1, "grad_clip": 0.5, "accumulation": 4},
        {"averaging": ("ema", "swa")},
    ],
)
def test_every_way_of_computing_continues(small_run, tmp_path, changes):
    """Mixed precision, memory layout, smoothing, clipping, parts and averages continue to the bit."""
    begin(small_run(**changes), tmp_path, 6)
    assert outcome(train(small_run(**changes), folder=tmp_path)) == outcome(train(small_run(**changes)))


def test_dropout_continues(small_run, tmp_path, monkeypatch):
    """Draws from torch's own generator, such as dropout's, continue where they were."""
    build = Task.network

    def with_dropout(self, model, seed):
        return torch.nn.Sequential(build(self, model, seed), torch.nn.Dropout(0.3))

    monkeypatch.setattr(Task, "network", with_dropout)
    begin(small_run(), tmp_path, 4)
    assert outcome(train(small_run(), folder=tmp_path)) == outcome(train(small_run()))


@pytest.mark.parametrize("damage", ["change", "cut", "empty"])
def test_damaged_checkpoint(small_run, tmp_path, damage):
    """A damaged newest checkpoint is named and removed, the one before it is used, and the end is the same."""
    begin(small_run(), tmp_path, 7)
    newest = checkpoints(tmp_path)[-1]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes({"change": bytes(data), "cut": bytes(data[: len(data) // 3]), "empty": b""}[damage])
    notes, steps = [], []
    record = train(small_run(), folder=tmp_path, on_note=notes.append, on_step=steps.append)
    assert len(notes) == 1
    assert str(newest) in notes[0]
    assert steps[0] == 6
    assert outcome(record) == outcome(train(small_run()))


def test_all_checkpoints_damaged(small_run, tmp_path):
    """With no intact checkpoint left, the run starts again, after a warning for each damaged one."""
    begin(small_run(), tmp_path, 7)
    for path in checkpoints(tmp_path):
        path.write_bytes(b"not a checkpoint")
    with pytest.warns(UserWarning, match="is damaged") as caught:
        record = train(small_run(), folder=tmp_path)
    assert len(caught) == 2
    assert outcome(record) == outcome(train(small_run()))


def test_damaged_result(small_run, tmp_path):
    """A result that was changed is named, and rebuilt from the last checkpoint."""
    record = train(small_run(), folder=tmp_path)
    file = tmp_path / "result.json"
    file.write_text(file.read_text().replace("completed", "complete"))
    notes, steps = [], []
    again = train(small_run(), folder=tmp_path, on_note=notes.append, on_step=steps.append)
    assert len(notes) == 1
    assert (outcome(again), steps) == (outcome(record), [])


def test_full_disk(small_run, tmp_path):
    """A full disk is reported, the last good checkpoint is kept, and later the run continues."""
    begin(small_run(), tmp_path, 5)
    with (
        file_size_limit(50_000),
        pytest.raises(RunNotSavedError, match=r"step 5 .* step 4 is kept") as caught,
    ):
        train(small_run(), folder=tmp_path, checkpoint_steps=1)
    assert "start the same run again" in str(caught.value)
    assert [step_of(path) for path in checkpoints(tmp_path)] == [3, 4]
    assert not list((tmp_path / "checkpoints").glob(".writing-*"))
    assert outcome(train(small_run(), folder=tmp_path)) == outcome(train(small_run()))


def test_full_disk_at_the_first_checkpoint(small_run, tmp_path):
    """If not even one checkpoint could be written, the message says so, and later the run starts again."""
    with file_size_limit(50_000), pytest.raises(RunNotSavedError, match="there is no earlier one"):
        train(small_run(), folder=tmp_path)
    assert train(small_run(), folder=tmp_path).status == "completed"


def test_divergence_keeps_what_was_learnt(small_run, tmp_path):
    """A loss that is not finite ends the run as diverged at that step; the curve and the last checkpoint are kept."""
    spec = small_run(schedule=la.Constant(1e30), steps=60, curve_points=60)
    record = train(spec, folder=tmp_path)
    assert (record.status, record.validation_score, record.test_score) == ("diverged", None, None)
    last = record.metrics[-1].step
    assert f"At step {last + 1} the loss was" in record.reason
    state = Checkpoints(tmp_path / "checkpoints").load()
    assert state["step"] == last
    assert len(state["curve"]["rows"]) == last
    assert train(spec, folder=tmp_path) == record


def test_failure_is_noted_and_tried_again(small_run, tmp_path, monkeypatch):
    """An error in the middle leaves a result with its reason; the next start continues, and completes."""
    loss = Task.loss
    calls = []

    def fail_once(*arguments):
        calls.append(1)
        if len(calls) == 5:
            raise RuntimeError("out of memory")
        return loss(*arguments)

    monkeypatch.setattr(Task, "loss", fail_once)
    with pytest.raises(RuntimeError, match="out of memory"):
        train(small_run(), folder=tmp_path)
    failed = read_record(tmp_path)
    assert (failed.status, failed.reason) == ("failed", "RuntimeError: out of memory")
    assert [row.step for row in failed.metrics] == [1, 2, 3, 4]
    assert outcome(train(small_run(), folder=tmp_path)) == outcome(train(small_run()))


def test_other_run_in_the_folder(small_run, tmp_path):
    """Another specification in the same folder is refused, with the difference; nothing is changed."""
    record = train(small_run(), folder=tmp_path)
    with pytest.raises(OtherRunError, match="'seed' is 0 there and 1 here"):
        train(small_run(seed=1), folder=tmp_path)
    assert read_record(tmp_path) == record


def test_second_process_is_refused(small_run, tmp_path):
    """While a process has the folder, another is refused with its number; the lock ends with the process."""
    code = (
        "import pathlib, sys, time\n"
        "from loganneal.runs.lock import hold\n"
        "with hold(pathlib.Path(sys.argv[1]), OSError):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "ready\n"
        with pytest.raises(FolderInUseError, match=f"in use by process {holder.pid}"):
            train(small_run(), folder=tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert train(small_run(), folder=tmp_path).status == "completed"
