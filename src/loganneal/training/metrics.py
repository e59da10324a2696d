"""Scores of a classifier whose classes are unequally common. Torch-free."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata


def balanced_accuracy(correct: ArrayLike, classes: ArrayLike) -> float:
    """Mean over the classes of the share of right answers; a constant answer scores 1 / classes.

    Args:
        correct: Whether the answer to each example was right, shape (n,).
        classes: The true class of each example, shape (n,); classes without examples do not count.

    Example:
        >>> balanced_accuracy([True, True, True, False], [0, 0, 0, 1])
        0.5
    """
    right, true = np.asarray(correct, dtype=float), np.asarray(classes)
    return float(np.mean([right[true == label].mean() for label in np.unique(true)]))


def area_under_curve(scores: ArrayLike, classes: ArrayLike) -> float | None:
    """Area under the receiver operating characteristic: each class against the rest, averaged.

    It is the chance that an example of the class scores above one of the rest, ties counting half.

    Args:
        scores: Any increasing function of each class's probability, shape (n, classes).
        classes: The true class of each example, shape (n,).

    Returns:
        A number in [0, 1]; 0.5 is chance. None if all examples are of one class.

    Example:
        >>> area_under_curve([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], [0, 1, 1])
        1.0
    """
    columns, true = np.asarray(scores, dtype=float).T, np.asarray(classes)
    labels = np.unique(true)
    if len(labels) < 2:
        return None
    return float(np.mean([_area(columns[label], true == label) for label in labels]))


def _area(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    above = positive.sum()
    surplus = rankdata(scores)[positive].sum() - above * (above + 1) / 2
    return float(surplus / (above * (~positive).sum()))
