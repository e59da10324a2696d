"""What data sets that others publish promise: when they are not there, on small copies, and on the real data."""

import numpy as np
import pytest
import torch

from loganneal.data import WORKLOADS, DataNotFoundError, find_workload
from loganneal.data import imagenette as imagenette_module
from loganneal.training.tasks import Task

IMAGENETTE, PNEUMONIA, SHAKESPEARE = (WORKLOADS[name] for name in ("imagenette", "pneumonia", "shakespeare"))
PUBLISHED = [WORKLOADS["cifar10"], IMAGENETTE, PNEUMONIA, SHAKESPEARE]


@pytest.fixture
def real(data_root, monkeypatch):
    """The real data, if they are there."""
    monkeypatch.setenv("LOGANNEAL_DATA", str(data_root))
    return data_root


@pytest.mark.parametrize("workload", PUBLISHED, ids=lambda workload: workload.name)
def test_missing_data_says_what_to_do(workload, own_cache, tmp_path):
    """An empty folder gives one sentence with the folder and every remedy."""
    with pytest.raises(DataNotFoundError, match="--data-root or LOGANNEAL_DATA") as caught:
        find_workload(workload.name, tmp_path).load(0, 10, 10)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("workload", PUBLISHED, ids=lambda workload: workload.name)
def test_failed_download_says_what_to_do(workload, own_cache, no_network):
    """Without a folder and without a network, the sentence says that the download failed, and nothing is left over."""
    with pytest.raises(DataNotFoundError, match=r"could not be downloaded .*--data-root or LOGANNEAL_DATA") as caught:
        workload.load(0, 10, 10)
    assert "\n" not in str(caught.value)
    assert list(own_cache.iterdir()) == []


@pytest.mark.parametrize(
    ("workload", "name"),
    [(IMAGENETTE, "imagenette72.zip"), (PNEUMONIA, "pneumoniamnist.npz"), (SHAKESPEARE, "tinyshakespeare.txt")],
)
def test_damaged_data_say_what_to_do(workload, name, own_cache, tmp_path):
    """A file that does not hold the data is named as damaged."""
    (tmp_path / name).write_bytes(b"not the data")
    with pytest.raises(DataNotFoundError, match=f"{name} is damaged. Remove it"):
        find_workload(workload.name, tmp_path).load(0, 10, 10)


def test_larger_images_are_scaled(own_cache, pictures):
    """Torchvision's copy has 160 pixels on the shorter side: it is scaled to 72 and cropped to a square."""
    root = pictures({"train": 6, "val": 2}, size=(200, 160), root="data/imagenette2-160").parent
    imagenette_module._read.cache_clear()
    splits = find_workload("imagenette", root).load(0, 10, 5)
    assert splits.train.inputs.shape == (10, 3, 72, 72)
    assert len(splits.test) == 6


def test_real_imagenette(real):
    """9,469 images to draw from and 3,925 to score on, ten classes, with the declared mean and deviation."""
    splits = IMAGENETTE.load(0, 8000, 1469)
    assert splits.train.inputs.shape == (8000, 3, 72, 72)
    assert len(splits.test) == 3925
    assert set(splits.validation.targets) == set(range(10))
    some = splits.train.inputs[:2000] / 255
    assert some.mean(axis=(0, 2, 3)) == pytest.approx(IMAGENETTE.mean, abs=0.01)
    assert some.std(axis=(0, 2, 3)) == pytest.approx(IMAGENETTE.std, abs=0.01)


def test_real_pneumonia(real):
    """The 624 official test images are scored on, whatever the split; a constant answer scores its floor."""
    first, other = (PNEUMONIA.load(seed, 3800, 600) for seed in (0, 1))
    assert np.bincount(first.test.targets).tolist() == [234, 390]
    assert np.array_equal(first.test.inputs, other.test.inputs)
    assert not np.array_equal(first.validation.targets, other.validation.targets)
    task = Task(PNEUMONIA, first, torch.device("cpu"))
    evaluation = task.evaluate(lambda_network(torch.tensor([0.0, 1.0])), "test")
    assert evaluation.score == PNEUMONIA.floor
    assert evaluation.extras == {"accuracy": 390 / 624, "balanced_accuracy": 0.5}


def test_real_shakespeare(real):
    """Sixty-five characters; a prediction by their shares alone scores about the declared floor."""
    splits = SHAKESPEARE.load(0, 7400, 400)
    assert splits.train.inputs.max() == 64
    shares = np.bincount(splits.train.inputs.ravel(), minlength=65) / splits.train.inputs.size
    logits = torch.tensor(np.log(shares + 1e-9), dtype=torch.float32)
    evaluation = Task(SHAKESPEARE, splits, torch.device("cpu")).evaluate(lambda_network(logits), "test")
    assert evaluation.score == pytest.approx(SHAKESPEARE.floor, abs=0.02)
    assert evaluation.loss == pytest.approx(evaluation.score * np.log(2))


def lambda_network(logits: torch.Tensor) -> torch.nn.Module:
    """A network that gives every position of every example the same logits."""

    class Constant(torch.nn.Module):
        def forward(self, inputs):
            shape = inputs.shape if inputs.ndim == 2 else inputs.shape[:1]
            return logits.expand(*shape, -1)

    return Constant()
