"""loganneal: Cyclical Log Annealing and its rivals, as exact learning-rate schedules.

>>> import loganneal as la
>>> schedule = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10)
>>> schedule(10)
0.1
"""

from loganneal.schedules import (
    Constant,
    Cosine,
    CyclicalCosineAnnealing,
    CyclicalLinearAnnealing,
    CyclicalLogAnnealing,
    ExponentialDecay,
    InverseSquareRoot,
    Join,
    Linear,
    MultiStepDecay,
    OneCycle,
    Polynomial,
    PublishedLogAnnealing,
    Schedule,
    StepDecay,
    Warmup,
    WarmupStableDecay,
    from_dict,
)

__version__ = "0.1.0"

__all__ = [
    "Constant",
    "Cosine",
    "CyclicalCosineAnnealing",
    "CyclicalLinearAnnealing",
    "CyclicalLogAnnealing",
    "ExponentialDecay",
    "InverseSquareRoot",
    "Join",
    "Linear",
    "MultiStepDecay",
    "OneCycle",
    "Polynomial",
    "PublishedLogAnnealing",
    "Schedule",
    "StepDecay",
    "Warmup",
    "WarmupStableDecay",
    "from_dict",
]
