"""What CIFAR-10 promises, on small copies of its layout made on the spot and on the real images."""

import os
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

import loganneal as la
from loganneal.data import WORKLOADS, DataNotFoundError, find_workload
from loganneal.data.cifar10 import _read
from loganneal.training import train

CIFAR10 = WORKLOADS["cifar10"]
CLASSES = ("airplane", "automobile", "bird")
needs_data = pytest.mark.skipif(
    "LOGANNEAL_DATA" not in os.environ, reason="LOGANNEAL_DATA names no folder with cifar10.zip"
)


@pytest.fixture(autouse=True)
def read_anew():
    """Nothing is remembered from another test."""
    _read.cache_clear()


@pytest.fixture
def image_folder(tmp_path, own_cache):
    """A folder `cifar10` of 24 training and 12 test images whose colour tells class and number."""
    root = tmp_path / "data"
    for split, count in (("train", 8), ("test", 4)):
        for label, name in enumerate(CLASSES):
            folder = root / "cifar10" / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (32, 32), (100 * label, 10 * number, 0)).save(folder / f"{number:04}.png")
    return root


def zipped(root):
    """The same images as `cifar10.zip`, the folder gone."""
    with zipfile.ZipFile(root / "cifar10.zip", "w") as archive:
        for path in sorted((root / "cifar10").rglob("*.png")):
            archive.write(path, path.relative_to(root))
    shutil.rmtree(root / "cifar10")


@pytest.mark.parametrize("as_zip", [False, True])
def test_image_folder(image_folder, as_zip):
    """A folder and a zip file of it are decoded alike, with labels in alphabetical order of the classes."""
    if as_zip:
        zipped(image_folder)
    splits = find_workload("cifar10", image_folder).load(0, 15, 9)
    assert splits.train.inputs.shape == (15, 3, 32, 32)
    assert len(splits.test) == 12
    for part in (splits.train, splits.validation, splits.test):
        assert np.array_equal(part.inputs[:, 0, 0, 0], 100 * part.targets)
    drawn = [(*image[:2, 0, 0],) for part in (splits.train, splits.validation) for image in part.inputs]
    assert len(set(drawn)) == 24


def test_split_seed_draws_anew_and_leaves_the_test_images(image_folder):
    """Another split seed gives other training images and the same test images."""
    first, other = (find_workload("cifar10", image_folder).load(seed, 15, 9) for seed in (0, 1))
    assert not np.array_equal(first.train.inputs, other.train.inputs)
    assert np.array_equal(first.test.inputs, other.test.inputs)


def test_environment_names_the_folder(image_folder, monkeypatch):
    """Without a folder given, LOGANNEAL_DATA names it."""
    monkeypatch.setenv("LOGANNEAL_DATA", str(image_folder))
    assert len(CIFAR10.load(0, 15, 9).test) == 12


def test_decoded_once(image_folder, own_cache):
    """The second process finds the decoded images in the cache; changed data is decoded anew."""
    find_workload("cifar10", image_folder).load(0, 15, 9)
    _read.cache_clear()
    find_workload("cifar10", image_folder).load(0, 15, 9)
    assert len(list(own_cache.iterdir())) == 1
    Image.new("RGB", (32, 32)).save(image_folder / "cifar10" / "train" / "bird" / "0008.png")
    _read.cache_clear()
    assert len(find_workload("cifar10", image_folder).load(0, 16, 9).train) == 16
    assert len(list(own_cache.iterdir())) == 2


def test_missing_data_says_what_to_do(tmp_path, own_cache):
    """An empty folder gives one sentence with the folder and every remedy."""
    with pytest.raises(DataNotFoundError, match=r"cifar10\.zip.*--data-root or LOGANNEAL_DATA") as caught:
        find_workload("cifar10", tmp_path).load(0, 15, 9)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["cifar-10-batches-py", "cifar10"])
def test_empty_folder_says_what_to_do(tmp_path, own_cache, name):
    """A folder of the right name without the images is named as damaged."""
    (tmp_path / name).mkdir()
    with pytest.raises(DataNotFoundError, match=f"{name} is damaged. Remove it"):
        find_workload("cifar10", tmp_path).load(0, 15, 9)


def test_broken_zip_says_what_to_do(image_folder):
    """A zip file that was not copied to its end is named as damaged."""
    zipped(image_folder)
    archive = image_folder / "cifar10.zip"
    archive.write_bytes(archive.read_bytes()[:1000])
    with pytest.raises(DataNotFoundError, match=r"cifar10\.zip is damaged. Remove it"):
        find_workload("cifar10", image_folder).load(0, 15, 9)


def test_too_many_images_are_refused(image_folder):
    """More images than there are is an error that says how many there are."""
    with pytest.raises(ValueError, match="at most 24 examples in all"):
        find_workload("cifar10", image_folder).load(0, 20, 5)


@pytest.mark.slow
@needs_data
def test_real_images_are_learned(tmp_path, monkeypatch):
    """On the real images the loss falls within a few steps, and all 10,000 test images are scored."""
    monkeypatch.setenv("LOGANNEAL_CACHE", str(tmp_path))
    _read.cache_clear()
    settings = {
        "steps": 20,
        "train_examples": 1280,
        "validation_examples": 200,
        "batch_size": 64,
        "precision": "float32",
    }
    record = train(CIFAR10.spec(schedule=la.Cosine(0.1, 20), seed=0, split_seed=0, **settings))
    assert record.metrics[-1].loss < 0.9 * record.metrics[0].loss
    assert record.test_score > 0.15
    assert record.test_score * 10_000 == pytest.approx(round(record.test_score * 10_000), abs=1e-6)
