"""The form of log annealing to start with."""

from typing import Any

from loganneal.schedules._base import Schedule
from loganneal.schedules._cyclical import CyclicalLogAnnealing

LOG_DECAY: dict[str, Any] = {"base": 0.3, "warmup_share": 0.25}
"""What the studies of this project chose and confirmed; see docs/results.md."""


def log_decay(max_lr: float, total_steps: int, min_lr: float = 0.0) -> Schedule:
    r"""A long rise and one late fall along a logarithm: the form of log annealing to start with.

    Over the first quarter of the steps, :math:`W = \lceil N / 4 \rceil` of :math:`N`, the rate rises linearly from 0 to
    the peak. Then it falls to the floor in one cycle of `CyclicalLogAnnealing` with base 0.3:

    .. math::
        \eta = \eta_{min} + (\eta_{max} - \eta_{min}) \left(1 - \frac{\log(1 - 0.7 q)}{\log 0.3}\right),
        \qquad q = \frac{t - W}{N - W}

    With this warmup the peak learning rate is easier to choose than with a short one. Another base, warmup or number
    of cycles is ``CyclicalLogAnnealing.fit(max_lr=..., total_steps=..., base=..., warmup_share=..., cycles=...)``.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf).
        total_steps: :math:`N`, the steps of the whole run, whole, at least 1.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].

    Returns:
        A `CyclicalLogAnnealing`.

    Raises:
        ValueError: If a number is outside its range; the message names it.

    >>> schedule = log_decay(max_lr=0.1, total_steps=1_000)
    >>> [round(schedule(step), 4) for step in (0, 125, 250, 625, 999, 1_000)]
    [0.0, 0.05, 0.1, 0.0642, 0.0003, 0.0]

    Source: the second form in the results of this project; for the logarithm, Naveen, arXiv:2403.14685.
    """
    return CyclicalLogAnnealing.fit(max_lr=max_lr, total_steps=total_steps, min_lr=min_lr, cycles=1, **LOG_DECAY)
