"""What processes that share a run promise: they train as one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from loganneal.runs.record import read_record
from loganneal.training.shared_batch_norm import share_batch_norm
from loganneal.training.train import train

SCRIPT = Path(__file__).parents[1] / "helpers" / "torchrun_run.py"


@pytest.fixture
def plain_kernels():
    """Without oneDNN, whose gradients of convolutions are good to 2e-4 only, and other for another size of batch."""
    torch.backends.mkldnn.enabled = False
    yield
    torch.backends.mkldnn.enabled = True


@pytest.fixture
def shared_run(small_run, tmp_path):
    """A run of two processes by torchrun, and what each of them saw."""
    spec = small_run(curve_points=10, peak=0.01, accumulation=2, grad_clip=0.5, averaging=("swa",))
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(spec.to_dict()))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    words = [*command, str(SCRIPT), str(file), str(tmp_path / "run")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return spec, tmp_path / "run", [json.loads((tmp_path / f"rank-{rank}.json").read_text()) for rank in (0, 1)]


def test_two_processes_train_as_one(shared_run, plain_kernels):
    """Both have the same rates and losses, which are those of one process with the whole batch, but for rounding."""
    spec, folder, (first, second) = shared_run
    alone = train(spec)
    assert first == second
    assert [row[1] for row in first["rows"]] == [row.lr for row in alone.metrics]
    assert [row[2] for row in first["rows"]] == pytest.approx([row.loss for row in alone.metrics], rel=1e-5)
    assert [row[3] for row in first["rows"]] == pytest.approx([row.grad_norm for row in alone.metrics], rel=1e-4)
    assert first["score"] == pytest.approx(alone.test_score, abs=0.01)
    assert read_record(folder).averages["swa"] == pytest.approx(alone.averages["swa"], abs=0.01)
    assert read_record(folder).environment["processes"] == 2


def test_networks_without_batch_norm_are_left(small_run):
    """Only BatchNorm layers are exchanged, and parameters stay the same objects."""
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.GroupNorm(1, 2))
    weight = network[1].weight
    shared = share_batch_norm(network)
    assert shared[1].weight is weight
    assert [type(layer).__name__ for layer in shared][::2] == ["Conv2d", "GroupNorm"]
    shared.eval()
    torch.testing.assert_close(shared[1](torch.ones(1, 2, 1, 1)), torch.ones(1, 2, 1, 1) / (1 + 1e-5) ** 0.5)
