"""A workload: data, what a network sees of it, and the defaults of a run. Torch-free."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loganneal import Schedule, _checks
from loganneal.data.metric import ACCURACY, Metric
from loganneal.runs.spec import RunSpec


@dataclass(frozen=True)
class Examples:
    """Inputs of a network and the targets that belong to them, one row for each of n examples.

    Args:
        inputs: For images, bytes of shape (n, channels, height, width). For text, numbers of characters of shape (n,
            length). For a task of your own, arrays of any shape (n, ...), or a dictionary of such arrays.
        targets: For images, classes of shape (n,). For text, the character that follows each, of shape (n, length). For
            a task of your own, an array of any shape (n, ...).

    Example:
        >>> few = Examples(np.array([[0.0], [1.0], [2.0]]), np.array([0, 1, 2]))
        >>> len(few), few.take(np.array([2, 0])).targets.tolist()
        (3, [2, 0])
    """

    inputs: Any  # an array, or a dictionary of arrays
    targets: NDArray[Any]

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, indices: NDArray[np.int64]) -> "Examples":
        """Some of the examples.

        Args:
            indices: Rows to take, each in [0, n).

        Returns:
            The examples of these rows, in this order.
        """
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
    """Examples to train on, to select on, and to score on; no example is in two of them.

    Args:
        train: Examples that the network is trained on.
        validation: Examples by which tuning chooses a trial.
        test: Examples that the chosen trial is scored on.
        source: Where the examples come from, with a digest of their bytes, for the record.

    Example:
        >>> def part(count):
        ...     return Examples(np.zeros((count, 2)), np.zeros(count))
        >>> len(Splits(part(60), part(20), part(20), "zeros").train)
        60
    """

    train: Examples
    validation: Examples
    test: Examples
    source: str

    def draw_test(self, size: int, seed: int, owner: str) -> "Splits":
        """The same splits with a part of the test examples.

        Args:
            size: Number of test examples to keep, at least 1.
            seed: Decides which.
            owner: Name of the workload, for the message.

        Returns:
            The splits, with the same training and validation examples.

        Raises:
            ValueError: There are fewer test examples.
        """
        count = _checks.whole(owner, "test_examples", size, 1, len(self.test))
        (chosen,) = shuffled_split(len(self.test), (count,), seed, owner)
        return replace(self, test=self.test.take(chosen))


@dataclass(frozen=True)
class CustomTask:
    """What the function of a task of your own returns besides its data; ``loganneal.data.custom`` has the contract.

    Args:
        model: A function without arguments that makes the network.
        loss: A function of the network's outputs and the targets of a batch; its one number is minimized.
        metric: A function of all outputs and all targets that returns one number; None for a built-in metric.

    Example:
        >>> task = CustomTask(model=dict, loss=lambda outputs, targets: abs(outputs - targets).mean())
        >>> float(task.loss(np.array([1.0, 3.0]), np.array([1.0, 1.0]))), task.metric
        (1.0, None)
    """

    model: Callable[[], Any]
    loss: Callable[[Any, Any], Any]
    metric: Callable[[Any, Any], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A task to train on: its data and the default settings of a run.

    Args:
        name: Its name on the command line, and in the specification of a run.
        title: Its name for a reader.
        classes: Number of classes; for text, the number of different characters; 0 if there are none.
        floor: Test score of the best constant predictor, which is also the score of a diverged run.
        margin: Difference in hundredths of the score below which two schedules tie, above 0.
        peak_range: Lowest and highest peak learning rate that tuning tries.
        peak_lr: A peak learning rate that is known to work for cosine; None if none has been recorded.
        model: Name of the default network.
        batch_size: Examples in an update.
        steps: Updates in a run.
        train_examples: Number of examples to train on.
        validation_examples: Number of examples to select on.
        loader: The function behind `load`, which maps the split seed and the numbers of training and validation
            examples to the splits.
        kind: "images", "text", "own" for a function of your own, or "command" for a training command.
        metric: The metric that runs are scored by.
        optimizer: Name of the default optimizer, as in `loganneal.runs.RunSpec`.
        weight_decay: Weight decay of every parameter, at least 0.
        precision: "float32" or "bfloat16".
        channels: Channels of an image; 0 if there are no images.
        image_size: Height and width of an image in pixels; 0 if there are no images.
        mean: Mean of each channel, in [0, 1].
        std: Standard deviation of each channel, in (0, 1].
        crop: The most pixels by which augmentation shifts an image, at least 0.
        flip: Whether augmentation mirrors half of the images, left to right.
        length: Characters in an example of text; 0 if there is no text.
        own: Network, loss and metric of a function of your own; None for other workloads.

    Example:
        >>> from loganneal.data import WORKLOADS
        >>> digits = WORKLOADS["digits"]
        >>> digits.metric.name, digits.classes, digits.margin
        ('accuracy', 10, 1.0)
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

    def load(
        self, split_seed: int, train_examples: int, validation_examples: int, test_examples: int | None = None
    ) -> Splits:
        """Read the examples, and split them by a seed.

        Args:
            split_seed: Decides which examples are for training and which for validation; at least 0.
            train_examples: Number of examples to train on, at least 1.
            validation_examples: Number of examples to select on, at least 1.
            test_examples: Number of examples to score on, at least 1, drawn by the same seed; None for the whole test
                set.

        Returns:
            The splits.

        Raises:
            DataNotFoundError: The data set is not there; the message says what to do.
            ValueError: There are fewer examples than were asked for.
        """
        splits = self.loader(split_seed, train_examples, validation_examples)
        return splits if test_examples is None else splits.draw_test(test_examples, split_seed, self.name)

    def spec(self, *, schedule: Schedule, seed: int, split_seed: int, **changes: Any) -> RunSpec:
        """A run of this workload with its default settings.

        Args:
            schedule: The learning rate as a function of the update.
            seed: Decides initial weights, data order and augmentation; at least 0.
            split_seed: Decides which examples are for training and which for validation; at least 0.
            **changes: Parameters of `loganneal.runs.RunSpec` that replace the defaults.

        Returns:
            The specification of the run.

        Raises:
            ValueError: A value is not allowed; the message names the parameter.
            TypeError: A change is not a parameter of `loganneal.runs.RunSpec`.

        Example:
            >>> import loganneal as la
            >>> from loganneal.data import WORKLOADS
            >>> spec = WORKLOADS["digits"].spec(schedule=la.Cosine(0.3, 10), seed=0, split_seed=0, steps=10)
            >>> spec.model, spec.steps
            ('resnet-tiny', 10)
        """
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
