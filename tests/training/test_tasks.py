"""What a task promises the training loop."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.nn import functional

from loganneal.data import WORKLOADS, Examples, Splits
from loganneal.data.metric import METRICS
from loganneal.training.tasks import Task

DIGITS = WORKLOADS["digits"]
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def splits():
    """A small split of the digits."""
    return DIGITS.load(0, 320, 100)


@pytest.fixture
def task(splits):
    """The digits as a task."""
    return Task(DIGITS, splits, CPU)


class Table(torch.nn.Module):
    """Answers with its given logits, whatever the inputs; counts the calls."""

    def __init__(self, logits):
        super().__init__()
        self.logits, self.calls = torch.as_tensor(logits, dtype=torch.float32), 0

    def forward(self, inputs):
        """The next rows of the table."""
        start, self.calls = self.calls, self.calls + len(inputs)
        return self.logits[start : self.calls]


def test_batch_is_what_was_chosen(splits):
    """Without augmentation a batch holds the chosen examples, in the order chosen."""
    task = Task(dataclasses.replace(DIGITS, crop=0), splits, CPU)
    inputs, targets = task.batch(torch.tensor([5, 2]), torch.Generator())
    assert np.array_equal(inputs, splits.train.inputs[[5, 2]])
    assert np.array_equal(targets, splits.train.targets[[5, 2]])


def test_augmentation_follows_the_generator(task):
    """Equal generators give equal batches, and the generator moves on."""
    chosen = torch.arange(8)
    source = torch.Generator().manual_seed(0)
    first, second = task.batch(chosen, source), task.batch(chosen, source)
    again = task.batch(chosen, torch.Generator().manual_seed(0))
    assert torch.equal(first[0], again[0])
    assert not torch.equal(first[0], second[0])


def test_the_seed_decides_the_weights_and_nothing_else(task):
    """Equal seeds give equal networks, and torch's own random state stays as it was."""
    state = torch.get_rng_state()
    first, again, other = (task.network("resnet-tiny", seed).state_dict() for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["1.stem.weight"], other["1.stem.weight"])


def test_loss_is_cross_entropy(task):
    """The loss is cross-entropy of the logits, with label smoothing if it is asked for."""
    network = task.network("resnet-tiny", 0).eval()
    inputs, targets = task.batch(torch.arange(16), torch.Generator().manual_seed(0))
    for smoothing in (0.0, 0.1):
        expected = functional.cross_entropy(network(inputs), targets, label_smoothing=smoothing)
        assert torch.equal(task.loss(network, inputs, targets, smoothing), expected)


def test_scores_agree_with_each_example(task, splits):
    """The accuracy is the mean over single outcomes, and the loss that of the whole part."""
    network = task.network("resnet-tiny", 0).eval()
    logits = network(torch.tensor(splits.validation.inputs))
    targets = torch.tensor(splits.validation.targets)
    evaluation = task.evaluate(network.train(), "validation")
    assert evaluation.score == (logits.argmax(dim=1) == targets).double().mean()
    assert evaluation.loss == pytest.approx(functional.cross_entropy(logits, targets).item())


def test_balanced_accuracy_has_its_companions(splits):
    """If classes are unequal, the score is balanced accuracy, with accuracy and area beside it."""
    targets = np.repeat([0, 1], [75, 25])
    part = Examples(np.zeros((100, 1, 4, 4), dtype=np.uint8), targets)
    workload = dataclasses.replace(DIGITS, metric=METRICS["balanced_accuracy"], classes=2)
    evaluation = Task(workload, Splits(part, part, part, ""), CPU).evaluate(Table([[1.0, 0.0]] * 100), "test")
    assert evaluation.score == 0.5
    assert evaluation.extras == {"accuracy": 0.75, "auc": 0.5}


def test_auc_is_scored_with_its_companions(splits):
    """Scored by its area under the curve, a network that ranks one of three pairs wrongly gets two thirds."""
    part = Examples(np.zeros((4, 1, 4, 4), dtype=np.uint8), np.array([0, 0, 0, 1]))
    workload = dataclasses.replace(DIGITS, metric=METRICS["auc"], classes=2)
    network = Table([[0.0, 0.1], [0.0, 0.2], [0.0, 0.4], [0.0, 0.3]])
    evaluation = Task(workload, Splits(part, part, part, ""), CPU).evaluate(network, "test")
    assert evaluation.score == pytest.approx(2 / 3)
    assert evaluation.extras == {"accuracy": 0.25, "balanced_accuracy": 0.5}


def test_auc_needs_two_classes(splits):
    """A part with one class only has no area under the curve, which is said."""
    part = Examples(np.zeros((2, 1, 4, 4), dtype=np.uint8), np.array([1, 1]))
    workload = dataclasses.replace(DIGITS, metric=METRICS["auc"], classes=2)
    with pytest.raises(ValueError, match="at least two classes"):
        Task(workload, Splits(part, part, part, ""), CPU).evaluate(Table([[0.0, 0.1]] * 2), "test")


def test_large_images_are_evaluated_in_smaller_batches():
    """The amount of data evaluated at once is bounded: images of 72 pixels come in batches of fewer than 100."""
    part = Examples(np.zeros((200, 3, 72, 72), dtype=np.uint8), np.zeros(200, dtype=np.int64))
    sizes = []
    network = Table(torch.zeros(200, 10))
    network.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    Task(WORKLOADS["cifar10"], Splits(part, part, part, ""), CPU).evaluate(network, "test")
    assert sum(sizes) == 200
    assert max(sizes) == 98


def test_unknown_part_is_refused(task):
    """A misspelt part is refused with the nearest name."""
    with pytest.raises(ValueError, match="Did you mean 'validation'"):
        task.evaluate(task.network("resnet-tiny", 0), "validatio")


def test_text_is_scored_in_bits_a_character():
    """Even chances among 8 characters cost 3 bits each, averaged over all positions."""
    text = Examples(np.zeros((6, 5), dtype=np.uint8), np.zeros((6, 5), dtype=np.int64))
    task = Task(dataclasses.replace(WORKLOADS["shakespeare"], classes=8, length=5), Splits(text, text, text, ""), CPU)
    evaluation = task.evaluate(Table(torch.zeros(6, 5, 8)), "test")
    assert evaluation.score == pytest.approx(3.0)
    assert evaluation.loss == pytest.approx(3 * np.log(2))


def test_text_trains_as_it_stands():
    """A batch of text is not augmented and makes no draws, and the default network accepts it."""
    shakespeare = WORKLOADS["shakespeare"]
    text = Examples(np.arange(640, dtype=np.uint8).reshape(5, 128) % 65, np.zeros((5, 128), dtype=np.int64))
    task = Task(shakespeare, Splits(text, text, text, ""), CPU)
    source = torch.Generator()
    state = source.get_state()
    inputs, targets = task.batch(torch.tensor([4, 0]), source)
    assert torch.equal(source.get_state(), state)
    assert np.array_equal(inputs, text.inputs[[4, 0]])
    assert task.loss(task.network(shakespeare.model, seed=0), inputs, targets).isfinite()
