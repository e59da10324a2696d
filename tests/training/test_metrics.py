"""What the scores promise."""

import numpy as np
import pytest

from loganneal.training.metrics import area_under_curve, balanced_accuracy


def test_balanced_accuracy_ignores_how_common_a_class_is():
    """Ninety easy and ten hard examples count as two classes: the mean of 1 and 0.2, not 0.92."""
    classes = np.repeat([0, 1], [90, 10])
    correct = np.repeat([True, True, False], [90, 2, 8])
    assert balanced_accuracy(correct, classes) == pytest.approx(0.6)


def test_absent_classes_do_not_count():
    """A class without examples neither raises nor lowers the score."""
    assert balanced_accuracy([True, False], [0, 7]) == 0.5


def test_area_is_the_chance_of_the_right_order():
    """The area equals the share of pairs in the right order, ties counting half, counted by hand."""
    rng = np.random.default_rng(0)
    classes, score = rng.integers(0, 2, 60), rng.integers(0, 6, 60)
    order = score[classes == 1][:, None] - score[classes == 0][None, :]
    by_hand = ((order > 0) + 0.5 * (order == 0)).mean()
    assert area_under_curve(np.stack([-score, score], axis=1), classes) == pytest.approx(by_hand)


def test_area_of_many_classes_is_their_mean():
    """Each of three classes is told apart from the rest: two perfectly and one by chance give (1 + 1 + 0.5) / 3."""
    scores = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]])
    assert area_under_curve(scores, [0, 0, 1, 1, 2, 2]) == pytest.approx(2.5 / 3)


def test_area_of_one_class_is_unknown():
    """Without a second class there is nothing to tell apart."""
    assert area_under_curve([[0.3, 0.7]], [1]) is None
