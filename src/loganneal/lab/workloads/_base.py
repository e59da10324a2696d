"""A workload: data, what a network sees of it, and the defaults of a run. Torch-free."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganneal import Schedule, _checks
from loganneal.lab.spec import RunSpec


@dataclass(frozen=True)
class Images:
    """Labelled images: `images` of shape (n, channels, height, width), `labels` of shape (n,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: NDArray[np.int64]) -> "Images":
        """The images at these indices, in this order."""
        return Images(self.images[indices], self.labels[indices])


@dataclass(frozen=True)
class Splits:
    """Images to train on, to select on, and to score on; no image is in two of them.

    `source` says where the images come from and what their bytes are, for the record.
    """

    train: Images
    validation: Images
    test: Images
    source: str


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A task to train on: its images and the declared settings of a run.

    Args:
        name: The word that users type.
        title: The same for a reader.
        classes: Number of classes.
        channels: Channels of an image.
        floor: Test accuracy of the best constant predictor, in [0, 1]: what a diverged run counts as.
        margin: Difference in points (hundredths of accuracy) below which two schedules tie.
        peak_range: Lowest and highest peak rate of the search.
        model: Name of the default network.
        batch_size: Images in an update.
        steps: Updates in a run.
        train_images: Images to train on.
        validation_images: Images to select on.
        weight_decay: Of every parameter.
        precision: "float32" or "bfloat16".
        mean: Mean of each channel, in [0, 1].
        std: Standard deviation of each channel, in [0, 1].
        crop: Augmentation shifts an image by up to this many pixels, at least 0.
        flip: Whether augmentation mirrors half of the images, left to right.
        loader: The function behind `load`.
    """

    name: str
    title: str
    classes: int
    channels: int
    floor: float
    margin: float
    peak_range: tuple[float, float]
    model: str
    batch_size: int
    steps: int
    train_images: int
    validation_images: int
    weight_decay: float
    precision: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop: int
    flip: bool
    loader: Callable[[int, int, int, Path | None], Splits]

    def load(
        self, split_seed: int, train_images: int, validation_images: int, data_root: str | Path | None = None
    ) -> Splits:
        """The images, split anew by `split_seed`.

        Raises:
            DataNotFoundError: The data set is not there; the message says what to do.
            ValueError: There are fewer images than asked for.
        """
        root = None if data_root is None else Path(data_root)
        return self.loader(split_seed, train_images, validation_images, root)

    def spec(self, *, schedule: Schedule, seed: int, split_seed: int, **changes: Any) -> RunSpec:
        """A run of this workload with its declared settings, save for `changes`."""
        settings: dict[str, Any] = {
            "workload": self.name,
            "model": self.model,
            "steps": self.steps,
            "batch_size": self.batch_size,
            "train_images": self.train_images,
            "validation_images": self.validation_images,
            "weight_decay": self.weight_decay,
            "precision": self.precision,
        }
        return RunSpec(schedule=schedule, seed=seed, split_seed=split_seed, **{**settings, **changes})


class DataNotFoundError(FileNotFoundError):
    """A data set is not where it was looked for; the message says what to do."""


def shuffled_split(total: int, sizes: tuple[int, ...], split_seed: int, owner: str) -> tuple[NDArray[np.int64], ...]:
    """Disjoint random indices below `total`, one array for each of `sizes`.

    Args:
        total: Number of images there are.
        sizes: How many to draw for each part.
        split_seed: Decides the draw.
        owner: Name of the workload, for the message.

    Raises:
        ValueError: The parts need more images than there are.

    Example:
        >>> first, second = shuffled_split(10, (6, 4), split_seed=0, owner="digits")
        >>> sorted([*first.tolist(), *second.tolist()])
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    needed = sum(sizes)
    if needed > total:
        allowed = f"at most {total} images in all"
        _checks.fail(owner, "train_images, validation_images", allowed, sizes, "Ask for fewer.")
    order = np.random.default_rng(split_seed).permutation(total)[:needed]
    return tuple(np.split(order, np.cumsum(sizes)[:-1]))
