"""CIFAR-10: 60,000 colour photographs of 32 x 32 pixels in ten classes.

Source: Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

import functools
from pathlib import Path

import numpy as np

from loganneal.data._base import Examples, Splits, Workload
from loganneal.data._download import Published
from loganneal.data._labelled_images import Pool, folder_pool

BATCHES = "cifar-10-batches-py"  # the folder that torchvision downloads


def draw(location: Path, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
    """CIFAR-10: training and validation images drawn anew by `split_seed`; the test images stay the same.

    Args:
        location: `cifar10.zip`, `cifar10/` (both hold `{train,test}/<class>/<image>`) or `cifar-10-batches-py/`, which
            torchvision downloads.
        split_seed: Decides the draw.
        train_examples: Images to train on.
        validation_examples: Images to select on.

    Raises:
        DataNotFoundError: It is damaged.
        ValueError: There are fewer training images than asked for.
    """
    return _read(location).draw("cifar10", split_seed, train_examples, validation_examples)


def _download(folder: Path) -> None:
    from torchvision import datasets

    datasets.CIFAR10(folder, download=True)


PUBLISHED = Published(
    title="CIFAR-10",
    names=("cifar10.zip", "cifar10", BATCHES),
    downloaded=BATCHES,
    download=_download,
    remedy="put cifar10.zip, its folder cifar10, or torchvision's cifar-10-batches-py there, "
    "or name another folder with --data-root or LOGANNEAL_DATA",
    draw=draw,
)


@functools.cache  # a process trains many runs; checking 180 MB takes a while
def _read(location: Path) -> Pool:
    if location.name == BATCHES:
        return Pool(_batches(location, train=True), _batches(location, train=False), "torchvision")
    with PUBLISHED.reading(location):
        return folder_pool("cifar10", location, "test")


def _batches(location: Path, *, train: bool) -> Examples:
    from torchvision import datasets

    try:
        stored = datasets.CIFAR10(location.parent, train=train)
    except RuntimeError as error:
        raise PUBLISHED.damaged(location) from error
    return Examples(stored.data.transpose(0, 3, 1, 2), np.asarray(stored.targets, dtype=np.int64))


CIFAR10 = Workload(
    name="cifar10",
    title="CIFAR-10",
    classes=10,
    channels=3,
    image_size=32,
    floor=0.1,
    margin=0.5,
    peak_range=(0.03, 1.5),
    peak_lr=0.4,  # the median of what cosine's tunings chose in records/cifar10 is 0.40 to 0.42
    model="resnet-8-stride-2",
    batch_size=128,
    steps=480,
    train_examples=10000,
    validation_examples=2000,
    weight_decay=5e-4,
    precision="bfloat16",
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    crop=4,
    flip=True,
    loader=PUBLISHED,
)
