"""The final metric against the trained budget, for studies of the same task with several numbers of steps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from loganneal.studies.declare.arms import Arm
from loganneal.studies.result import ComparisonResult, Declaration, StudyResult

_TASK = ("workload", "workload_title", "model", "optimizer", "train_examples", "settings")


@dataclass(frozen=True)
class ArmBudgets:
    """What one arm reached with each budget.

    Args:
        arm: The declaration of the arm.
        medians: Median final test score of each budget.
        scores: All final test scores of each budget.
        steps_to_target: The smallest budget whose median reaches the target; None if none does.
    """

    arm: Arm
    medians: tuple[float, ...]
    scores: tuple[tuple[float, ...], ...]
    steps_to_target: int | None


@dataclass(frozen=True)
class Budgets:
    """One task trained with several numbers of steps.

    Args:
        declaration: The declaration for the largest budget.
        steps: The budgets, increasing.
        target: The reference's median final score with the largest budget.
        arms: The arms, in the declared order.
    """

    declaration: Declaration
    steps: tuple[int, ...]
    target: float
    arms: tuple[ArmBudgets, ...]

    @property
    def title(self) -> str:
        """The task for a reader."""
        return f"{self.declaration.workload_title}, {self.declaration.model}, {self.declaration.optimizer}"


def budgets(study: StudyResult) -> list[Budgets]:
    """What every arm reached with each budget, and its steps to target, for each task with several budgets.

    A schedule is for one budget, so the steps to target are the smallest trained budget whose median final score
    reaches the reference's median at the largest budget. Comparisons without a complete replicate do not count.
    """
    tasks: dict[str, list[ComparisonResult]] = defaultdict(list)
    for one in study.comparisons:
        if one.replicates_done:
            tasks[repr([getattr(one.declaration, name) for name in _TASK])].append(one)
    several = (sorted(task, key=_steps) for task in tasks.values() if len({_steps(one) for one in task}) > 1)
    return [_budgets(task) for task in several]


def steps_to_target(steps: Sequence[int], medians: Sequence[float], target: float, sign: int = 1) -> int | None:
    """The smallest budget whose median reaches the target.

    Args:
        steps: Budgets, increasing.
        medians: The median final score of each budget.
        target: The score to reach.
        sign: -1 if a lower score is better.

    Example:
        >>> steps_to_target([50, 100, 200], [80.0, 91.0, 93.0], target=90.0)
        100
    """
    pairs = zip(steps, medians, strict=True)
    return next((budget for budget, median in pairs if sign * median >= sign * target), None)


def _steps(comparison: ComparisonResult) -> int:
    return comparison.declaration.steps


def _budgets(comparisons: Sequence[ComparisonResult]) -> Budgets:
    largest = comparisons[-1]
    (target,) = _medians(largest.declaration.reference, [largest])
    arms = tuple(_arm(one.arm, comparisons, target) for one in largest.arms)
    return Budgets(largest.declaration, tuple(map(_steps, comparisons)), target, arms)


def _arm(arm: Arm, comparisons: Sequence[ComparisonResult], target: float) -> ArmBudgets:
    medians = _medians(arm.name, comparisons)
    found = [one.arm(arm.name).scores for one in comparisons]
    sign = comparisons[-1].declaration.metric.sign
    reached = steps_to_target([_steps(one) for one in comparisons], medians, target, sign)
    return ArmBudgets(arm, medians, tuple(scores.test_scores for scores in found if scores), reached)


def _medians(arm: str, comparisons: Sequence[ComparisonResult]) -> tuple[float, ...]:
    found = [one.arm(arm).scores for one in comparisons]
    return tuple(scores.median for scores in found if scores)
