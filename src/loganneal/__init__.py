"""loganneal: Cyclical Log Annealing and its rivals, as exact learning-rate schedules.

>>> import loganneal as la
>>> schedule = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10)
>>> schedule(10)
0.1
"""

from loganneal.schedules import (
    Constant,
    Cosine,
    Cycle,
    CyclicalCosineAnnealing,
    CyclicalLinearAnnealing,
    CyclicalLogAnnealing,
    ExponentialDecay,
    InverseMomentum,
    InverseSquareRoot,
    Join,
    Linear,
    MultiStepDecay,
    OneCycle,
    Polynomial,
    PublishedLogAnnealing,
    Scale,
    Schedule,
    StepDecay,
    Warmup,
    WarmupStableDecay,
    advise,
    from_dict,
)

__version__ = "0.1.0"

__all__ = [
    "Constant",
    "Cosine",
    "Cycle",
    "CyclicalCosineAnnealing",
    "CyclicalLinearAnnealing",
    "CyclicalLogAnnealing",
    "ExponentialDecay",
    "InverseMomentum",
    "InverseSquareRoot",
    "Join",
    "Linear",
    "MultiStepDecay",
    "OneCycle",
    "Polynomial",
    "PublishedLogAnnealing",
    "Scale",
    "Schedule",
    "StepDecay",
    "Warmup",
    "WarmupStableDecay",
    "advise",
    "from_dict",
]
