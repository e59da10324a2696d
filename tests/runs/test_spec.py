"""What a run's specification promises."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

import loganneal as la
from loganneal.runs.spec import PAPER, PAPER_MAX_LR, RunSpec


def test_json_round_trip(small_run):
    """A specification survives JSON, its schedule included, and keeps its key."""
    spec = small_run(schedule=la.CyclicalLogAnnealing.fit(total_steps=10, cycles=2, max_lr=0.1))
    revived = RunSpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert revived == spec
    assert revived.key == spec.key


def test_key_is_stable_and_reads_every_field(small_run):
    """Equal specifications share a key; a change of any single field gives another key."""
    spec = small_run()
    changes = {
        "workload": "cifar10", "model": "resnet-8", "schedule": la.Cosine(0.2, 10), "steps": 11, "seed": 1,
        "split_seed": 1, "batch_size": 32, "train_examples": 300, "validation_examples": 99, "momentum": 0.8,
        "weight_decay": 0.0, "precision": "bfloat16", "optimizer_options": {"nesterov": False}, "accumulation": 2,
        "grad_clip": 1.0, "label_smoothing": 0.1, "channels_last": True, "compile": True, "averaging": ("ema",),
        "ema_decay": 0.9, "swa_share": 0.5, "snapshots": 2, "crop": 0, "flip": False, "curve_points": 5,
        "evaluations": 2, "test_examples": 100,
    }  # fmt: skip
    keys = {dataclasses.replace(spec, **{name: value}).key for name, value in changes.items()}
    assert small_run().key == spec.key
    assert len(keys | {spec.key}) == len(changes) + 1
    assert set(changes) | {"optimizer"} == {field.name for field in dataclasses.fields(RunSpec)}


def test_numpy_numbers_are_plain_numbers(small_run):
    """A seed or a size that comes from numpy gives the same key as Python's own."""
    assert small_run(seed=np.int64(3), weight_decay=np.float64(0.1)).key == small_run(seed=3, weight_decay=0.1).key


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("steps", 0, "a whole number in [1, 10000000]"),
        ("seed", -1, "a whole number in [0, "),
        ("split_seed", 2.5, "a whole number in [0, "),
        ("batch_size", True, "a whole number in [1, inf)"),
        ("batch_size", 321, "at most 'train_examples', 320"),
        ("train_examples", "many", "a whole number in [1, inf)"),
        ("validation_examples", float("nan"), "a whole number in [1, inf)"),
        ("test_examples", 0, "a whole number in [1, inf)"),
        ("momentum", 1.0, "a number in [0, 1)"),
        ("weight_decay", -1e-4, "a number in [0, inf)"),
        ("optimizer", "a-dam", "'sgd', 'adam', 'adamw', the name of a class in torch.optim, or module:function"),
        ("optimizer", "", "a name"),
        ("optimizer_options", {"betas": {1, 2}}, "a dictionary of JSON values by name"),
        ("optimizer_options", [0.9], "a dictionary of JSON values by name"),
        ("accumulation", 0, "a whole number in [1, inf)"),
        ("accumulation", 5, "a divisor of 'batch_size', 64"),
        ("grad_clip", 0.0, "a number in (0, inf)"),
        ("label_smoothing", 1.0, "a number in [0, 1)"),
        ("channels_last", 1, "True or False"),
        ("compile", "yes", "True or False"),
        ("averaging", "ema", "a tuple of names"),
        ("ema_decay", 1.0, "a number in [0, 1)"),
        ("swa_share", 0.0, "a number in (0, 1]"),
        ("snapshots", 0, "a whole number in [1, inf)"),
        ("crop", -1, "a whole number in [0, inf)"),
        ("flip", 0, "None or True or False"),
        ("curve_points", 0, "a whole number in [1, 10000000]"),
        ("evaluations", 0, "a whole number in [1, 10000000]"),
        ("precision", "float16", "one of 'float32', 'bfloat16'"),
        ("workload", "", "a name"),
        ("model", None, "a name"),
        ("schedule", 0.1, "a schedule of loganneal"),
    ],
)
def test_bad_values_name_themselves(small_run, name, value, allowed):
    """A value out of its range is refused at once; the message has the parameter, what is allowed and the value."""
    with pytest.raises(ValueError, match=f"The '{name}' parameter of RunSpec must be ") as caught:
        small_run(**{name: value})
    assert allowed in str(caught.value)
    assert repr(value) in str(caught.value)


def test_later_fields_do_not_change_older_keys(small_run):
    """A field that came after the first records is in the dictionary, and in the key, only when it is set."""
    first = {
        "version", "workload", "model", "schedule", "steps", "seed", "split_seed", "batch_size", "train_images",
        "validation_images", "optimizer", "momentum", "weight_decay", "precision",
    }  # fmt: skip
    assert set(small_run().to_dict()) == first
    assert set(small_run(grad_clip=1.0, averaging=("swa",)).to_dict()) == first | {"grad_clip", "averaging"}


def test_all_fields_survive_json(small_run):
    """Options, names of averages and switches survive JSON unchanged."""
    spec = small_run(optimizer="adamw", optimizer_options={"betas": [0.9, 0.95]}, averaging=("swa", "ema"), flip=True)
    revived = RunSpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert (revived, revived.key) == (spec, spec.key)
    assert revived.averaging == ("ema", "swa")


def test_momentum_belongs_to_sgd(small_run):
    """A momentum for another optimizer is refused, with the place where its options go, instead of being ignored."""
    with pytest.raises(ValueError, match=r"'momentum' parameter of RunSpec .*'optimizer_options'"):
        small_run(optimizer="adam", momentum=0.8)


def test_unknown_averages_are_refused(small_run):
    """A misspelt average is refused with the nearest name; snapshots need cycles."""
    with pytest.raises(ValueError, match="Did you mean 'ema'"):
        small_run(averaging=("em",))
    with pytest.raises(ValueError, match="'schedule' parameter of RunSpec must be one with cycles"):
        small_run(averaging=("snapshots",), schedule=la.Constant(0.1))


def test_the_papers_setting(small_run):
    """The preset is batch 128, momentum 0.9, weight decay 5e-4, flips and crops; the initial rate is 1e-4."""
    spec = small_run(**PAPER, schedule=la.Cosine(PAPER_MAX_LR, 10))
    assert (spec.batch_size, spec.momentum, spec.weight_decay, spec.flip, spec.crop) == (128, 0.9, 5e-4, True, 4)
    assert spec.schedule.max_lr == 1e-4


def test_unknown_version_is_refused(small_run):
    """A dictionary of another version is not taken for this one."""
    with pytest.raises(ValueError, match="'version' parameter of RunSpec"):
        RunSpec.from_dict({**small_run().to_dict(), "version": 99})


def test_reading_needs_no_torch():
    """Specifications, records and the list of workloads load without torch, matplotlib or scipy."""
    code = (
        "import sys, loganneal.runs, loganneal.runs.run_folder, loganneal.data; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'matplotlib', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
