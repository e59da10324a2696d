"""The final metric against the trained budget, where a study has the same task with several numbers of steps."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

Summary = dict[str, Any]

_SAME = ("workload", "workload_title", "model", "optimizer", "train_examples", "settings")


def budgets(comparisons: Sequence[Summary]) -> list[Summary]:
    """For each task with several budgets what every arm reached with each, and its steps to target.

    A schedule is for one budget, so the steps to target are the smallest trained budget whose median final score
    reaches the reference's median at the largest budget; None where no budget did.

    Args:
        comparisons: Summaries of comparisons; those without a finished replicate do not count.
    """
    tasks: dict[str, list[Summary]] = defaultdict(list)
    for one in comparisons:
        if one["replicates_done"]:
            tasks[json.dumps({name: one["declaration"][name] for name in _SAME})].append(one)
    several = (sorted(task, key=_steps) for task in tasks.values() if len({_steps(one) for one in task}) > 1)
    return [_task(task) for task in several]


def steps_to_target(steps: Sequence[int], medians: Sequence[float], target: float, sign: int = 1) -> int | None:
    """The smallest budget whose median reaches the target.

    Args:
        steps: Budgets, rising.
        medians: The median final score of each.
        target: What has to be reached.
        sign: -1 where a lower score is better.

    Example:
        >>> steps_to_target([50, 100, 200], [80.0, 91.0, 93.0], target=90.0)
        100
    """
    pairs = zip(steps, medians, strict=True)
    return next((budget for budget, median in pairs if sign * median >= sign * target), None)


def _steps(comparison: Summary) -> int:
    return int(comparison["declaration"]["steps"])


def _task(comparisons: Sequence[Summary]) -> Summary:
    declared = comparisons[-1]["declaration"]
    steps = [_steps(one) for one in comparisons]
    target = next(arm["median"] for arm in comparisons[-1]["arms"] if arm["reference"])
    sign = 1 if declared["metric"]["higher_is_better"] else -1
    arms = [_arm(name, comparisons, steps, target, sign) for name in declared["arms"]]
    same = {name: declared[name] for name in (*_SAME, "metric", "reference")}
    return {**same, "steps": steps, "target": target, "arms": arms}


def _arm(name: str, comparisons: Sequence[Summary], steps: Sequence[int], target: float, sign: int) -> Summary:
    found = [next(arm for arm in one["arms"] if arm["name"] == name) for one in comparisons]
    medians = [arm["median"] for arm in found]
    return {
        **{key: found[-1][key] for key in ("name", "title", "colour")},
        "medians": medians,
        "scores": [arm["test_scores"] for arm in found],
        "steps_to_target": steps_to_target(steps, medians, target, sign),
    }
