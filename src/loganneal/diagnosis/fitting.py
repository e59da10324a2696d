"""The rule for overfitting, and the note on a run that is longer than useful."""

import numpy as np

from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.finding import Finding, Run
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.measures import closing, shares, smooth


def overfitting(run: Run) -> Finding | None:
    """Validation lies far above training loss; or above, and the second half gains nothing on validation."""
    numbers = second_half(run)
    if not numbers or numbers["gap"] <= (limits.GAP if numbers["gain"] < limits.USEFUL_GAIN else limits.WIDE_GAP):
        return None
    return Finding("overfitting", _halves(numbers), _second_span(run.log), numbers)


def longer_than_useful(run: Run) -> Finding | None:
    """A note: the second half gains nothing on validation, and the gap to the training loss is small."""
    numbers = second_half(run)
    if not numbers or numbers["gain"] >= limits.USEFUL_GAIN or numbers["gap"] > limits.GAP:
        return None
    return Finding("longer than useful", _halves(numbers), _second_span(run.log), numbers)


def second_half(run: Run) -> dict[str, float]:
    """What the second half gained on validation, and the gap at the end, in shares of L0; empty if that is not known.

    Args:
        run: A run; L0 must be above 0, since losses with another zero have no shares.
    """
    log, valid = run.log, np.isfinite(run.log.validation_loss)
    late = log.validation_step[valid] > _middle(log)
    losses = log.validation_loss[valid]
    enough = min(np.sum(late), np.sum(~late)) >= limits.VALIDATIONS
    if not enough or not run.first > 0 or not np.all(np.isfinite(log.loss)):
        return {}
    smoothed = smooth(shares(losses, run.first))
    gain = float(smoothed[~late].min()) - float(smoothed[late].min())
    return {"gain": gain, "gap": float(smoothed[-1]) - closing(log.loss, run.first)}


def _middle(log: Log) -> float:
    return float(log.step[0]) / 2 + float(log.step[-1]) / 2


def _halves(numbers: dict[str, float]) -> tuple[str, ...]:
    return (
        f"The best validation loss of the second half is {_change(numbers['gain'])} than that of the first.",
        f"At the end the validation loss lies {_apart(numbers['gap'])} the training loss.",
    )


def _change(gain: float) -> str:
    return f"{abs(gain):.1%} of the loss at the start {'lower' if gain >= 0 else 'higher'}"


def _apart(gap: float) -> str:
    return f"{abs(gap):.1%} of the loss at the start {'above' if gap >= 0 else 'below'}"


def _second_span(log: Log) -> tuple[int, int]:
    return int(np.ceil(_middle(log))), int(log.step[-1])
