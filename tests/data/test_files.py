"""What the user's own files promise."""

import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from loganneal.data import DataNotFoundError, find_workload
from loganneal.training.tasks import Task

pytestmark = pytest.mark.usefixtures("own_cache")


def load(workload):
    """The declared split of a workload."""
    return workload.load(0, workload.train_examples, workload.validation_examples)


def labels_agree(part) -> bool:
    """Whether every picture has the label that its red value says."""
    return bool(np.array_equal(part.inputs[:, 0].max(axis=(1, 2)), 80 * part.targets))


@pytest.mark.parametrize("as_zip", [False, True])
def test_split_folders(pictures, zipped, as_zip):
    """Folders train, val and test, as a folder or zipped: test is scored on, the others are drawn from."""
    location = pictures({"train": 10, "val": 4, "test": 5})
    if as_zip:
        archive = zipped(location)
        shutil.rmtree(location)
        location = archive
    workload = find_workload(str(location))
    splits = load(workload)
    assert (workload.name, workload.classes, workload.channels, workload.image_size) == (str(location), 3, 3, 20)
    assert len(splits.test) == 15
    assert len(splits.train) + len(splits.validation) == 42
    assert all(labels_agree(part) for part in (splits.train, splits.validation, splits.test))


def test_validation_folder_alone_is_scored_on(pictures):
    """Without a test folder the validation folder is scored on, and validation is drawn from training."""
    splits = load(find_workload(str(pictures({"train": 20, "val": 4}))))
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [54, 6, 12]


def test_classes_alone_are_split(pictures):
    """Folders of classes without splits: 15% are held out, always the same, and no picture is in two parts."""
    location = str(pictures({"": 20}))
    first, other = (find_workload(location).load(seed, 45, 5) for seed in (0, 1))
    assert len(first.test) == 9
    assert np.array_equal(first.test.inputs, other.test.inputs)
    seen = [tuple(image[:2, 0, 0]) for part in (first.train, first.validation, first.test) for image in part.inputs]
    assert len(set(seen)) == 59


def test_pictures_of_several_sizes_become_one(pictures):
    """If sizes differ, the shorter side is scaled to 64 pixels and the longer one cropped about its centre."""
    location = pictures({"": 9}, size=(100, 80))
    Image.new("L", (30, 50), 200).save(location / "class-0" / "grey.png")
    (location / "class-0" / "notes.txt").write_text("not a picture")
    workload = find_workload(str(location))
    assert workload.image_size == 64
    assert load(workload).train.inputs.shape[1:] == (3, 64, 64)


def test_measured_settings(pictures):
    """Mean and deviation are those of the pixels; the floor is the share of the most common class."""
    workload = find_workload(str(pictures({"train": 10, "test": 5})))
    assert workload.mean == pytest.approx((80 / 255, 13.5 / 255, 0), abs=1e-6)
    assert workload.std[2] == 1.0
    assert workload.floor == pytest.approx(1 / 3)
    assert workload.metric.name == "accuracy"


def test_medical_layout(medical):
    """An .npz in MedMNIST's layout: official test images stay, grey ones get a channel, unequal classes are seen."""
    workload = find_workload(str(medical({"train": (10, 30), "val": (5, 5), "test": (4, 6)})))
    splits = load(workload)
    assert (workload.channels, workload.classes, workload.floor) == (1, 2, 0.5)
    assert workload.metric.name == "balanced_accuracy"
    assert not workload.flip
    assert len(splits.train) + len(splits.validation) == 50
    assert splits.test.targets.tolist() == [0] * 4 + [1] * 6
    assert np.array_equal(splits.train.inputs[:, 0, 0, 0], splits.train.targets)


def test_medical_colour(medical):
    """Colour images come channels first; equal classes are scored by accuracy."""
    workload = find_workload(str(medical({"train": (10, 10), "val": (5, 5), "test": (5, 5)}, channels=(3,))))
    assert workload.metric.name == "accuracy"
    assert load(workload).train.inputs.shape[1:] == (3, 28, 28)


def test_text(tmp_path):
    """A text is numbered by its own characters, and its floor is what a constant guess scores."""
    path = tmp_path / "song.txt"
    path.write_text("äb" * 4000, "utf-8")
    workload = find_workload(str(path))
    splits = load(workload)
    assert (workload.kind, workload.classes, workload.metric.higher_is_better) == ("text", 2, False)
    assert workload.floor == pytest.approx(1.0, abs=1e-3)
    assert splits.train.inputs.shape[1] == splits.test.targets.shape[1] == workload.length


@pytest.mark.parametrize("kind", ["pictures", "npz", "text"])
def test_each_makes_a_task(kind, pictures, medical, tmp_path):
    """Each kind's default network takes its batches and is scored on them."""
    if kind == "pictures":
        location = pictures({"train": 10, "test": 5})
    elif kind == "npz":
        location = medical({"train": (10, 30), "val": (5, 5), "test": (4, 6)})
    else:
        location = tmp_path / "song.txt"
        location.write_text("la " * 3000)
    workload = find_workload(str(location))
    task = Task(workload, load(workload), torch.device("cpu"))
    network = task.network(workload.model, seed=0)
    batch = task.batch(torch.arange(4), torch.Generator().manual_seed(0))
    assert task.loss(network, *batch).isfinite()
    assert np.isfinite(task.evaluate(network, "test").score)


def test_decoded_once(pictures, own_cache):
    """The second reading finds the decoded pictures in the cache."""
    location = pictures({"train": 10, "test": 5})
    find_workload(str(location))
    kept = [path.stat().st_mtime_ns for path in sorted(own_cache.rglob("*.npy"))]
    find_workload(str(location))
    assert len(kept) == 4
    assert [path.stat().st_mtime_ns for path in sorted(own_cache.rglob("*.npy"))] == kept


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda folder: (folder / "empty").mkdir(), "a folder or zip file of images"),
        (lambda folder: (folder / "empty").write_text("short"), "a text of at least"),
        (lambda folder: (folder / "empty").write_bytes(b"\xff\xfe\x00" * 3000), "or a text in UTF-8"),
        (lambda folder: (folder / "empty.npz").write_bytes(b"no zip"), "MedMNIST's layout"),
        (lambda folder: np.savez(folder / "empty.npz", x=np.zeros(3)), "MedMNIST's layout"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused(tmp_path, make, complaint):
    """Contents of another layout are refused in one sentence that says what is allowed."""
    make(tmp_path)
    (location,) = tmp_path.glob("empty*")
    with pytest.raises(ValueError, match=f"The 'workload' parameter of RunSpec .*{complaint}") as caught:
        find_workload(str(location))
    assert "\n" not in str(caught.value)


def test_one_class_is_refused(medical):
    """A single class leaves nothing to tell apart."""
    location = medical({"train": (9,), "val": (3,), "test": (3,)})
    with pytest.raises(ValueError, match="at least two classes"):
        find_workload(str(location))


def test_splits_with_other_classes_are_refused(pictures):
    """A class that one split lacks would shift the numbers of the others: it is refused."""
    location = pictures({"train": 10, "test": 5})
    shutil.rmtree(location / "test" / "class-1")
    with pytest.raises(ValueError, match="the splits do not have the same classes"):
        find_workload(str(location))


def test_path_that_leads_nowhere(tmp_path):
    """The message for a path without a file says that nothing is there."""
    with pytest.raises(DataNotFoundError, match="but nothing is there"):
        find_workload(str(tmp_path / "nothing.txt"))


def test_misspelt_name_names_the_nearest():
    """A word that is not a path is taken as a name, and the nearest one is suggested."""
    with pytest.raises(ValueError, match="Did you mean 'shakespeare'"):
        find_workload("shakespere")
