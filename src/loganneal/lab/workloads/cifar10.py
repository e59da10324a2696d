"""CIFAR-10: 60,000 colour photographs of 32 x 32 pixels in ten classes.

Source: Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

import functools
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from loganneal.lab.workloads._base import DataNotFoundError, Images, Splits, Workload, shuffled_split
from loganneal.lab.workloads._cache import Arrays, cache_folder, cached_arrays, move_unless_there
from loganneal.lab.workloads._image_folder import fingerprint, read_split

BATCHES = "cifar-10-batches-py"  # the folder that torchvision downloads
REMEDY = (
    "put cifar10.zip, its folder cifar10, or torchvision's cifar-10-batches-py there, "
    "or name another folder by --data-root or LOGANNEAL_DATA"
)


def load(split_seed: int, train_images: int, validation_images: int, data_root: Path | None = None) -> Splits:
    """CIFAR-10: training and validation images drawn anew by `split_seed`; the test images stay the same.

    Looks in `data_root`, else in the folder that LOGANNEAL_DATA names, for `cifar10.zip`, `cifar10/` (both
    hold `{train,test}/<class>/<image>`) or `cifar-10-batches-py/`. When no folder is named, torchvision
    downloads it into the cache folder.

    Raises:
        DataNotFoundError: It is not there, and could not be downloaded.
        ValueError: There are fewer training images than asked for.
    """
    training, test, source = _read(_locate(data_root))
    sizes = (train_images, validation_images)
    train, validation = shuffled_split(len(training), sizes, split_seed, "cifar10")
    return Splits(training.take(train), training.take(validation), test, source)


def _locate(data_root: Path | None) -> Path:
    named = data_root or os.environ.get("LOGANNEAL_DATA")
    root = Path(named) if named else cache_folder()
    for name in ("cifar10.zip", "cifar10", BATCHES):
        if (root / name).exists():
            return root / name
    if named:
        raise DataNotFoundError(f"CIFAR-10 is not in {root}: {REMEDY}.")
    return _download(root)


def _download(root: Path) -> Path:
    from torchvision import datasets

    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=root) as temporary:
        try:
            datasets.CIFAR10(temporary, download=True)
        except (OSError, RuntimeError) as error:
            raise DataNotFoundError(
                f"CIFAR-10 is not in {root} and could not be downloaded ({error}): {REMEDY}."
            ) from error
        move_unless_there(Path(temporary) / BATCHES, root / BATCHES)
    return root / BATCHES


@functools.cache  # a process trains many runs; checking 180 MB takes a while
def _read(location: Path) -> tuple[Images, Images, str]:
    if location.name == BATCHES:
        return _batches(location, train=True), _batches(location, train=False), "torchvision"
    mark = fingerprint(location)
    arrays = cached_arrays(f"cifar10-{mark}", functools.partial(_decode, location))
    training = Images(arrays["train_images"], arrays["train_labels"])
    return training, Images(arrays["test_images"], arrays["test_labels"]), f"{location.name} {mark}"


def _decode(location: Path) -> Arrays:
    try:
        tree = zipfile.Path(location) / "cifar10" if location.is_file() else location
        training, test = read_split(tree / "train"), read_split(tree / "test")
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise _damaged(location) from error
    return {
        "train_images": training.images,
        "train_labels": training.labels,
        "test_images": test.images,
        "test_labels": test.labels,
    }


def _batches(location: Path, *, train: bool) -> Images:
    from torchvision import datasets

    try:
        stored = datasets.CIFAR10(location.parent, train=train)
    except RuntimeError as error:
        raise _damaged(location) from error
    return Images(stored.data.transpose(0, 3, 1, 2), np.asarray(stored.targets, dtype=np.int64))


def _damaged(location: Path) -> DataNotFoundError:
    return DataNotFoundError(f"CIFAR-10 in {location} is damaged: remove it, then {REMEDY}.")


CIFAR10 = Workload(
    name="cifar10",
    title="CIFAR-10",
    classes=10,
    channels=3,
    floor=0.1,
    margin=0.5,
    peak_range=(0.03, 1.5),
    model="resnet-8-stride-2",
    batch_size=128,
    steps=480,
    train_images=10000,
    validation_images=2000,
    weight_decay=5e-4,
    precision="bfloat16",
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    crop=4,
    flip=True,
    loader=load,
)
