"""What processes that share a run promise: they train as one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import loganneal as la
from loganneal.data import find_workload
from loganneal.runs.record import read_record
from loganneal.training import train
from loganneal.training.processes import share_batch_norm

SCRIPT = Path(__file__).parents[1] / "helpers" / "torchrun_run.py"


def torchrun(spec, folder):
    """A run of two processes, started as a user does."""
    file = folder / "spec.json"
    file.write_text(json.dumps(spec.to_dict()))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words = [*command, str(SCRIPT), str(file), str(folder / "run")]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=240)


@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path):
    """Both have the same rates and losses, which are those of one process with the whole batch, except for rounding."""
    text = tmp_path / "alphabet.txt"
    text.write_text("abcdefghij" * 1300)
    workload = find_workload(str(text))
    settings = {"steps": 6, "batch_size": 8, "accumulation": 2, "grad_clip": 0.5, "averaging": ("swa",)}
    spec = workload.spec(schedule=la.Cosine(1e-3, 6), seed=0, split_seed=0, curve_points=6, **settings)
    done = torchrun(spec, tmp_path)
    assert done.returncode == 0, done.stderr
    first, second = (json.loads((tmp_path / f"rank-{rank}.json").read_text()) for rank in (0, 1))
    alone = train(spec)
    assert first == second
    assert [row[1] for row in first["rows"]] == [row.lr for row in alone.metrics]
    assert [row[2] for row in first["rows"]] == pytest.approx([row.loss for row in alone.metrics], rel=1e-5)
    assert [row[3] for row in first["rows"]] == pytest.approx([row.grad_norm for row in alone.metrics], rel=1e-4)
    assert first["score"] == pytest.approx(alone.test_score, abs=0.01)
    together = read_record(tmp_path / "run")
    assert together.averages["swa"] == pytest.approx(alone.averages["swa"], abs=0.01)
    assert together.environment["processes"] == 2


def test_networks_without_batch_norm_are_left_as_they_are():
    """Other layers have no statistics of a batch to share."""
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.GroupNorm(1, 2))
    assert share_batch_norm(network, "own", torch.device("cpu")) is network


def test_batch_norm_on_several_cpus_is_refused():
    """Torch has no BatchNorm over processes there, and each process by itself would train a different network."""
    with pytest.raises(ValueError, match="'model' parameter of RunSpec must be a network without BatchNorm"):
        share_batch_norm(nn.Sequential(nn.BatchNorm2d(2)), "resnet-tiny", torch.device("cpu"))


def test_batch_norm_on_gpus_is_that_of_torch():
    """Its parameters stay the same objects."""
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    weight = network[1].weight
    shared = share_batch_norm(network, "own", torch.device("cuda"))
    assert isinstance(shared[1], nn.SyncBatchNorm)
    assert shared[1].weight is weight
