"""The rules. They decide by `thresholds` alone."""

from loganneal.diagnosis.budget import CYCLES_TOO_SHORT, ENDS_AT_A_HIGH_RATE
from loganneal.diagnosis.falling import DECAY_TOO_FAST, HARDLY_FALLS
from loganneal.diagnosis.fitting import LONGER_THAN_USEFUL, OVERFITTING
from loganneal.diagnosis.instability import UNSTABLE

RULES = (UNSTABLE, DECAY_TOO_FAST, CYCLES_TOO_SHORT, ENDS_AT_A_HIGH_RATE, OVERFITTING)
"""The rules, in order: the first that finds something gives the diagnosis."""

NOTES = (HARDLY_FALLS, LONGER_THAN_USEFUL)
"""Notes on a healthy run; the first that finds something is reported."""
