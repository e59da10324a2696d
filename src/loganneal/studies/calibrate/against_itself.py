"""A study of one arm against itself under a second name, trained for real."""

from dataclasses import replace
from typing import Any

from loganneal._palette import RED
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import Comparison, PlannedRun, declare

AGAIN = "-again"
"""What the second name of the arm ends with."""

COLOUR = RED


def against_itself(workload: str, arm: Arm, *, trials: int, replicates: int, first_seed: int) -> Comparison:
    """The declaration: the arm is the reference, and the rival is the same arm.

    Args:
        workload: As in `Comparison`.
        arm: The schedule.
        trials: K.
        replicates: R.
        first_seed: Of the reference's runs.

    Raises:
        ValueError: As `Comparison` does.
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
    """Its runs: the second name has draws and seeds of its own, or its runs would be the first one's.

    Args:
        comparison: What `against_itself` declares.
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
