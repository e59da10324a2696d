"""Labelled images with a fixed test part; the rest is drawn anew into training and validation by each split seed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal.data._base import Examples, Splits, shuffled_split
from loganneal.data._cache import cached_arrays


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
        build: Decodes the images; called where the cache does not have them.
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
