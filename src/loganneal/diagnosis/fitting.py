"""The rule for overfitting, and the note on a run that is longer than useful."""

import numpy as np

from loganneal.diagnosis import needs
from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.finding import Finding, Run
from loganneal.diagnosis.measures import closing, halves, middle_step, shares, smooth
from loganneal.diagnosis.rule import Rule


def overfitting(run: Run) -> Finding | None:
    """Validation is far above training loss; or above it, and the second half gains nothing on validation."""
    if needs.VALIDATIONS.lacks(run):
        return _rising(run)
    numbers = second_half(run)
    if numbers["gap"] <= (limits.GAP if numbers["gain"] < limits.USEFUL_GAIN else limits.WIDE_GAP):
        return None
    return Finding(_halves(numbers), _second_span(run), numbers)


def rises_far(run: Run) -> bool:
    """Whether validation only rises from its best on, and ends far above training loss: few values show that as well.

    Args:
        run: A run with finite losses above 0.
    """
    losses = shares(halves(run.log).losses, run.first)
    since = losses[int(np.argmin(losses)) :] if len(losses) else losses
    rises = len(since) > limits.RISES and bool(np.all(np.diff(since) > 0))
    return rises and float(losses[-1]) - closing(run.log.loss, run.first) > limits.WIDE_GAP


def _rising(run: Run) -> Finding:
    losses = halves(run.log).losses
    gap = float(shares(losses, run.first)[-1]) - closing(run.log.loss, run.first)
    evidence = (
        f"The validation loss rises from {losses.min():.4g} to {losses[-1]:.4g}.",
        f"At the end the validation loss is {_apart(gap)} of the initial loss.",
    )
    return Finding(evidence, _second_span(run), {"gap": gap})


def longer_than_useful(run: Run) -> Finding | None:
    """The second half gains nothing on validation, and the gap to the training loss is small."""
    numbers = second_half(run)
    if numbers["gain"] >= limits.USEFUL_GAIN or numbers["gap"] > limits.GAP:
        return None
    return Finding(_halves(numbers), _second_span(run), numbers)


def second_half(run: Run) -> dict[str, float]:
    """What the second half gained on validation, and the gap at the end, in shares of L0.

    Args:
        run: A run that has what `OVERFITTING` needs.
    """
    late, losses = halves(run.log)
    smoothed = smooth(shares(losses, run.first))
    gain = float(smoothed[~late].min()) - float(smoothed[late].min())
    return {"gain": gain, "gap": float(smoothed[-1]) - closing(run.log.loss, run.first)}


def _halves(numbers: dict[str, float]) -> tuple[str, ...]:
    return (
        f"From the first half to the second, the best validation loss {_change(numbers['gain'])}.",
        f"At the end the validation loss is {_apart(numbers['gap'])} of the initial loss.",
    )


def _change(gain: float) -> str:
    return f"{'improves' if gain >= 0 else 'rises'} by {abs(gain):.1%} of the initial loss"


def _apart(gap: float) -> str:
    return f"{'above' if gap >= 0 else 'below'} the training loss by {abs(gap):.1%}"


def _second_span(run: Run) -> tuple[int, int]:
    return int(np.ceil(middle_step(run.log))), int(run.log.step[-1])


OVERFITTING = Rule(
    name="overfitting",
    needs=(needs.FINITE, needs.SCALE, needs.unless(needs.ROWS, rises_far), needs.unless(needs.VALIDATIONS, rises_far)),
    find=overfitting,
    sentence=lambda _: "The network overfits: what it learns late in the run helps on the training data only.",
    advice=lambda _: (
        "Fewer steps, or fewer of them near the peak: a lower max_lr, a larger base.",
        "Apart from the schedule: more data, more augmentation, more weight decay.",
    ),
)

LONGER_THAN_USEFUL = Rule(
    name="longer than useful",
    needs=(needs.FINITE, needs.SCALE, needs.ROWS, needs.VALIDATIONS),
    find=longer_than_useful,
    sentence=lambda _: "The run is longer than useful: its second half hardly improves the validation loss.",
)
