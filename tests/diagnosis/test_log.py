"""A log refuses arrays that do not fit together."""

import numpy as np
import pytest

from loganneal.diagnosis import Log

FITTING = {"step": [1, 2, 3], "lr": [0.1, 0.1, 0.0], "loss": [2.0, 1.0, 0.5]}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"step": [], "lr": [], "loss": []}, "step"),
        ({"lr": [0.1]}, "lr"),
        ({"loss": [1.0]}, "loss"),
        ({"step": [1, 1, 2]}, "step"),
        ({"step": [1, 2, np.nan]}, "step"),
        ({"lr": [0.1, -0.1, 0.0]}, "lr"),
        ({"lr": [0.1, np.inf, 0.0]}, "lr"),
        ({"lr": [[0.1, 0.1, 0.1]]}, "lr"),
        ({"validation_step": [1]}, "validation_loss"),
        ({"validation_step": [2, 1], "validation_loss": [1, 1]}, "validation_step"),
        ({"grad_norm": [1.0]}, "grad_norm"),
        ({"steps_per_epoch": 0}, "steps_per_epoch"),
    ],
)
def test_what_does_not_fit_is_refused(changes, name):
    """The message names the array at fault."""
    with pytest.raises(ValueError, match=f"The '{name}' parameter of Log must be"):
        Log(**{**FITTING, **changes})


def test_a_loss_need_not_be_finite():
    """A loss that is not a number is what a log of a diverged run holds."""
    assert np.isnan(Log(**{**FITTING, "loss": [2.0, np.nan, np.inf]}).loss[1])
