"""Labelled images with a fixed test part; the rest is drawn anew into training and validation by each split seed."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal.data._base import Examples, Splits, shuffled_split
from loganneal.data._cache import cached_arrays
from loganneal.data._image_folder import fingerprint, open_tree, read_split


class Pool(NamedTuple):
    """Images to draw from, images to score on, and where both come from."""

    training: Examples
    test: Examples
    source: str

    def draw(self, owner: str, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
        """Training and validation images drawn by `split_seed`; the test images stay the same.

        Raises:
            ValueError: There are fewer images than asked for.
        """
        sizes = (train_examples, validation_examples)
        train, validation = shuffled_split(len(self.training), sizes, split_seed, owner)
        return Splits(self.training.take(train), self.training.take(validation), self.test, self.source)


def cached_pool(name: str, source: str, build: Callable[[], tuple[Examples, Examples]]) -> Pool:
    """The pool of the training and test images that `build` makes, kept in the cache folder.

    Args:
        name: Folder inside the cache; it must change when the images do.
        source: As in `Pool`.
        build: Decodes the images; called if the cache does not have them.
    """

    def arrays() -> dict[str, NDArray[np.generic]]:
        training, test = build()
        return {
            "train_examples": training.inputs,
            "train_labels": training.targets,
            "test_images": test.inputs,
            "test_labels": test.targets,
        }

    kept = cached_arrays(name, arrays)
    training = Examples(kept["train_examples"], kept["train_labels"])
    return Pool(training, Examples(kept["test_images"], kept["test_labels"]), source)


def folder_pool(name: str, location: Path, test: str, side: int | None = None) -> Pool:
    """The pool of a folder, or an archive of one, with the images of each class in `train/<class>`.

    Args:
        name: The name of the data set.
        location: The folder or archive.
        test: Name of the part next to `train` whose images are scored on.
        side: Images are scaled and cropped to this many pixels; None for images of one size, which stay as they are.

    Raises:
        OSError: A file cannot be read.
        ValueError: A file is damaged.
    """
    mark = fingerprint(location)
    build = functools.partial(_read_parts, location, test, side)
    return cached_pool(f"{name}-{mark}", f"{location.name} {mark}", build)


def _read_parts(location: Path, test: str, side: int | None) -> tuple[Examples, Examples]:
    tree = open_tree(location)
    return read_split(tree / "train", side), read_split(tree / test, side)
