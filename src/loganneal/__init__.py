"""loganneal: Cyclical Log Annealing and its rivals, as exact learning-rate schedules.

>>> import loganneal as la
>>> schedule = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10)
>>> schedule(10)
0.1
"""

from loganneal import schedules
from loganneal._trial import Trial, trial
from loganneal.schedules import *  # noqa: F403 - schedules.__all__ is the one list of the public names

__version__ = "0.1.0"

__all__ = ["Trial", "__version__", "trial"]
__all__ += schedules.__all__
