"""A study of one arm against itself under a second name, trained for real."""

from dataclasses import replace
from typing import Any

from loganneal._palette import RED
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import Comparison, PlannedRun, declare

AGAIN = "-again"
"""Suffix of the arm's second name."""

COLOUR = RED


def against_itself(workload: str, arm: Arm, *, trials: int, replicates: int, first_seed: int) -> Comparison:
    """Declare a comparison whose reference is the arm and whose rival is the same arm.

    Args:
        workload: As in `Comparison`.
        arm: The schedule.
        trials: Number of trials, K.
        replicates: Number of replicates, R.
        first_seed: First seed of the reference's runs.

    Raises:
        ValueError: As for `Comparison`.
    """
    again = replace(arm, name=arm.name + AGAIN, title=f"{arm.title} again", colour=COLOUR)
    names = (arm.name, again.name)
    settings: dict[str, Any] = {
        "trials": trials,
        "replicates": replicates,
        "first_seed": first_seed,
        "reference": arm.name,
    }
    return declare(workload, arms=names, own_arms=(arm, again), **settings)


def plan_against_itself(comparison: Comparison, second_seed: int) -> list[PlannedRun]:
    """The runs of such a comparison; the second name has its own draws and seeds, or it would repeat the first's runs.

    Args:
        comparison: A comparison that `against_itself` declared.
        second_seed: First seed of the rival's runs.

    Example:
        >>> from loganneal.studies.declare.arms import ARMS
        >>> declared = against_itself("digits", ARMS["cosine"], trials=2, replicates=3, first_seed=0)
        >>> len({run.spec.key for run in plan_against_itself(declared, 50)})
        12
    """
    other = replace(comparison, first_seed=second_seed)
    own = [run for run in comparison.plan() if run.arm == comparison.reference]
    return own + [run for run in other.plan() if run.arm != comparison.reference]
