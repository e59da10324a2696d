"""What the embedded digits promise."""

import numpy as np
import pytest

from loganneal.data import WORKLOADS

DIGITS = WORKLOADS["digits"]


def test_sizes_and_values():
    """The declared split uses all 5,000 images: 2,500 to train on, 1,000 to select on, 1,500 to score on."""
    splits = DIGITS.load(0, DIGITS.train_examples, DIGITS.validation_examples)
    assert [len(part) for part in (splits.train, splits.validation, splits.test)] == [2500, 1000, 1500]
    assert splits.train.inputs.shape == (2500, 1, 28, 28)
    assert splits.train.inputs.dtype == np.uint8
    assert splits.train.inputs.max() == 255


def test_parts_are_disjoint():
    """Together the parts hold every image once: each class 500 times, the same pixels whatever the split."""
    sums = []
    for split_seed in (0, 1):
        splits = DIGITS.load(split_seed, 2500, 1000)
        parts = (splits.train, splits.validation, splits.test)
        assert np.bincount(np.concatenate([part.targets for part in parts])).tolist() == [500] * 10
        sums.append(np.sort(np.concatenate([part.inputs.sum(axis=(1, 2, 3), dtype=int) for part in parts])))
    assert np.array_equal(*sums)


def test_split_seed_decides():
    """Equal split seeds give equal parts; another gives another test set too."""
    first, again, other = (DIGITS.load(seed, 2500, 1000) for seed in (0, 0, 1))
    assert np.array_equal(first.test.inputs, again.test.inputs)
    assert not np.array_equal(first.test.inputs, other.test.inputs)


def test_classes_are_shuffled():
    """The images come sorted by digit; every part mixes them."""
    splits = DIGITS.load(0, 2500, 1000)
    assert all(len(set(part.targets[:100])) == 10 for part in (splits.train, splits.validation, splits.test))


def test_a_part_of_the_test_images():
    """It is drawn from the test images of the split by the same seed; the other parts are unchanged."""
    whole, part, again = (DIGITS.load(3, 2500, 1000, size) for size in (None, 200, 200))
    images = {image.tobytes() for image in whole.test.inputs}
    assert len(part.test) == 200
    assert {image.tobytes() for image in part.test.inputs} < images
    assert np.array_equal(part.test.inputs, again.test.inputs)
    assert not np.array_equal(part.test.inputs, whole.test.inputs[:200])
    assert np.array_equal(part.validation.inputs, whole.validation.inputs)


def test_too_many_images_are_refused():
    """More images than there are is an error that says how many there are."""
    with pytest.raises(ValueError, match="at most 5000 examples in all"):
        DIGITS.load(0, 4000, 1000)
    with pytest.raises(ValueError, match=r"'test_examples' parameter of digits must be a whole number in \[1, 1500\]"):
        DIGITS.load(0, 2500, 1000, 1501)


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
def test_declared_settings_make_a_run(workload):
    """Every workload's declared settings are a valid specification under its own name."""
    import loganneal as la

    spec = workload.spec(schedule=la.Cosine(workload.peak_range[1], workload.steps), seed=0, split_seed=0)
    assert WORKLOADS[spec.workload] is workload
    assert spec.steps == workload.steps
    assert np.log10(workload.peak_range[1] / workload.peak_range[0]) > 1.5
