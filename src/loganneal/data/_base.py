"""A workload: data, what a network sees of it, and the defaults of a run. Torch-free."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loganneal import Schedule, _checks
from loganneal.data.metric import ACCURACY, Metric
from loganneal.runs.spec import RunSpec


@dataclass(frozen=True)
class Examples:
    """What a network gets and what it shall answer, one of each for every example.

    Images: ``inputs`` are bytes of shape (n, channels, height, width), ``targets`` are classes of shape (n,).
    Text: ``inputs`` are characters by number, shape (n, length), ``targets`` the characters that follow each.
    A task of the user's own: arrays of any shape (n, ...), or for ``inputs`` a dictionary of them.
    """

    inputs: Any  # an array, or a dictionary of arrays
    targets: NDArray[Any]

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, indices: NDArray[np.int64]) -> "Examples":
        """The examples at these indices, in this order."""
        return Examples(each(self.inputs, lambda array: array[indices]), self.targets[indices])


Old = TypeVar("Old")
New = TypeVar("New")


def each(inputs: Old | dict[str, Old], change: Callable[[Old], New]) -> New | dict[str, New]:
    """Inputs with each of their arrays or tensors changed: the only one, or those of a dictionary.

    >>> each(2, float), each({"ids": 2, "mask": 1}, float)
    (2.0, {'ids': 2.0, 'mask': 1.0})
    """
    if isinstance(inputs, dict):
        return {name: change(one) for name, one in inputs.items()}
    return change(inputs)


@dataclass(frozen=True)
class Splits:
    """Examples to train on, to select on, and to score on; none is in two of them.

    ``source`` says where they come from and what their bytes are, for the record.
    """

    train: Examples
    validation: Examples
    test: Examples
    source: str


@dataclass(frozen=True)
class CustomTask:
    """What a function of the user's own says beside its data; ``loganneal.data.custom`` has the contract.

    Args:
        model: Makes the network, without arguments.
        loss: From the network's outputs and the targets to one number to be made small.
        metric: From all outputs and all targets to one number, or None where a name says which.
    """

    model: Callable[[], Any]
    loss: Callable[[Any, Any], Any]
    metric: Callable[[Any, Any], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A task to train on: its data and the declared settings of a run.

    Args:
        name: The word that users type.
        title: The same for a reader.
        classes: Number of classes; of text, of different characters; 0 where there are none.
        floor: Test score of the best constant predictor: what a diverged run counts as.
        margin: Difference in hundredths of the score below which two schedules tie.
        peak_range: Lowest and highest peak rate of the search.
        peak_lr: A peak rate that is known to work for cosine; None where no record says.
        model: Name of the default network.
        batch_size: Examples in an update.
        steps: Updates in a run.
        train_examples: Examples to train on.
        validation_examples: Examples to select on.
        loader: From the split seed, the training and the validation examples to the splits: the function behind `load`.
        kind: "images", "text" or "own".
        metric: What runs are scored by.
        optimizer: As in `loganneal.runs.RunSpec`.
        weight_decay: Of every parameter.
        precision: "float32" or "bfloat16".
        channels: Channels of an image.
        image_size: Height and width of an image in pixels.
        mean: Mean of each channel, in [0, 1].
        std: Standard deviation of each channel, in [0, 1].
        crop: Augmentation shifts an image by up to this many pixels, at least 0.
        flip: Whether augmentation mirrors half of the images, left to right.
        length: Characters in an example of text.
        own: Network, loss and metric of a function of the user's own.
    """

    name: str
    title: str
    classes: int
    floor: float
    margin: float
    peak_range: tuple[float, float]
    model: str
    batch_size: int
    steps: int
    train_examples: int
    validation_examples: int
    loader: Callable[[int, int, int], Splits]
    kind: str = "images"
    metric: Metric = ACCURACY
    optimizer: str = "sgd"
    weight_decay: float = 5e-4
    precision: str = "float32"
    peak_lr: float | None = None
    channels: int = 0
    image_size: int = 0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    crop: int = 0
    flip: bool = False
    length: int = 0
    own: CustomTask | None = None

    def load(self, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
        """The examples, split anew by ``split_seed``.

        Raises:
            DataNotFoundError: The data set is not there; the message says what to do.
            ValueError: There are fewer examples than asked for.
        """
        return self.loader(split_seed, train_examples, validation_examples)

    def spec(self, *, schedule: Schedule, seed: int, split_seed: int, **changes: Any) -> RunSpec:
        """A run of this workload with its declared settings, save for ``changes``."""
        same = ("model", "steps", "batch_size", "train_examples", "validation_examples", "optimizer", "weight_decay")
        settings = {name: getattr(self, name) for name in (*same, "precision")}
        fixed = {"workload": self.name, "schedule": schedule, "seed": seed, "split_seed": split_seed}
        return RunSpec(**{**settings, **fixed, **changes})


class DataNotFoundError(FileNotFoundError):
    """A data set is not where it was looked for; the message says what to do."""


def shuffled_split(total: int, sizes: tuple[int, ...], split_seed: int, owner: str) -> tuple[NDArray[np.int64], ...]:
    """Disjoint random indices below `total`, one array for each of `sizes`.

    Args:
        total: Number of examples there are.
        sizes: How many to draw for each part.
        split_seed: Decides the draw.
        owner: Name of the workload, for the message.

    Raises:
        ValueError: The parts need more examples than there are.

    Example:
        >>> first, second = shuffled_split(10, (6, 4), split_seed=0, owner="digits")
        >>> sorted([*first.tolist(), *second.tolist()])
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    needed = sum(sizes)
    if needed > total:
        allowed = f"at most {total} examples in all"
        _checks.fail(owner, "train_examples, validation_examples", allowed, sizes, "Ask for fewer.")
    order = np.random.default_rng(split_seed).permutation(total)[:needed]
    return tuple(np.split(order, np.cumsum(sizes)[:-1]))
