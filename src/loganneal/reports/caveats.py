"""What a reader must know beside the verdicts: warnings before the table, caveats after it."""

from typing import Any

from loganneal.studies.declare.arms import WARMUP_SHARE
from loganneal.studies.declare.sequential import IMPORTED, SCREENING
from loganneal.studies.judge.selection import EDGE_LIMIT
from loganneal.studies.judge.verdicts import LOSS_CUT
from loganneal.studies.result import ComparisonResult, Declaration, TunedRange

SECOND = "linear"
"""The arm, beside the reference, against which every claim should be tested, since it is known to be hard to beat."""


def warnings(comparison: ComparisonResult) -> list[str]:
    """What may make the verdicts wrong or missing, for the top of a report."""
    return [
        *_unfinished(comparison),
        *_ended_early(comparison),
        *_left_out(comparison),
        *_uninformative(comparison),
        *_dominated(comparison),
        *_edges(comparison),
    ]


def caveats(comparison: ComparisonResult) -> list[str]:
    """What the comparison held fixed, and how far its claim reaches."""
    declared = comparison.declaration
    if declared.stage == IMPORTED:
        return [_IMPORTED, *_diverged(comparison), *_correlations(comparison), *_exploratory(comparison)]
    return [
        _fixed(declared),
        _claim(declared),
        *_second(comparison),
        _area(comparison),
        *_diverged(comparison),
        *_averaged(comparison),
        *_correlations(comparison),
        *_held_out(comparison),
        _dependence(declared),
        *_exploratory(comparison),
        "To confirm what a comparison suggests, declare another one before its first run, on fresh seeds and with a "
        "workload that had no part in the choice.",
    ]


_IMPORTED = (
    "The scores come from a file. The verdicts assume that the runs of a replicate shared their seed and their data, "
    "that every arm was tuned alike, and that no run was left out. None of this was checked, nor which learning rates "
    "the runs had."
)


def how_tested(declared: Declaration) -> str:
    """What the intervals and p-values in a table are, as the end of a sentence about differences."""
    if declared.stage == SCREENING:
        return "; none of them is tested, since they only pick the rival"
    if declared.looks:
        return ", with their repeated 95% intervals; p is from the paired t test, whose level depends on the look"
    return ", with their 95% intervals; p is from the exact sign-flip test, with Holm's correction"


def _unfinished(comparison: ComparisonResult) -> list[str]:
    done, declared = comparison.replicates_done, comparison.declaration
    lines = []
    if done < declared.replicates and not declared.looks and not _is_invalid(comparison):
        imported = declared.stage == IMPORTED
        rest = "Add the scores that the others lack" if imported else "The same command adds the rest"
        lines.append(
            f"Partial: {done} of {declared.replicates} replicates count. {rest}; until then no verdict is final."
        )
    if comparison.replicates_mixed:
        lines.append(
            f"{comparison.replicates_mixed} replicates are left out, because their runs come from different kinds of "
            "device, which are never paired."
        )
    return lines


def _is_invalid(comparison: ComparisonResult) -> bool:
    """Whether a command does not train as asked; it then holds for all arms, whichever was seen first."""
    return comparison.launched is not None and bool(comparison.launched.invalid)


def _ended_early(comparison: ComparisonResult) -> list[str]:
    """What a look before the last one does to the numbers."""
    if not comparison.ended_early:
        return []
    count = comparison.replicates_done
    return [
        f"The comparison ended at a look, after {count} replicates. Its mean difference is biased away from 0, since a "
        "look ends a comparison when the difference happens to be large. The intervals are repeated intervals, which "
        "allow for this.",
        f"{count} replicates without a failure or a divergence do not rule out that up to "
        f"{1 - 0.05 ** (1 / count):.0%} of runs fail or diverge.",
    ]


def _left_out(comparison: ComparisonResult) -> list[str]:
    """Runs of a command that failed, and what leaving them out does."""
    launched = comparison.launched
    if launched is None or not launched.failed:
        return []
    if launched.invalid:
        return [
            f"Nothing can be concluded, since the command does not train as asked: {launched.invalid}. Correct it and "
            "start the comparison again; all runs of a changed script are repeated."
        ]
    lines = [
        f"{arm}: {count} {'run' if count == 1 else 'runs'} failed, and their replicates are left out. The last: "
        f"{launched.reasons[arm]}."
        for arm, count in launched.failed.items()
    ]
    if len(launched.failed) == 1:
        arm = next(iter(launched.failed))
        lines.append(f"Only runs of {arm} failed. Leaving out their replicates favors {arm}.")
    return lines


DOMINANT = 0.5
"""Share of the sum of squares above which one difference is said to dominate the others."""


def _dominated(comparison: ComparisonResult) -> list[str]:
    """Differences of which one is far larger than the rest: tests of means are too confident about them."""
    if comparison.launched is None and not comparison.declaration.looks:
        return []
    found = []
    for arm in comparison.rivals:
        squares = [one * one for one in arm.judged.paired.differences] if arm.judged else []
        if len(squares) > 2 and max(squares) > DOMINANT * sum(squares):
            place, share = squares.index(max(squares)) + 1, max(squares) / sum(squares)
            found.append(
                f"{arm.title}: replicate {place} makes up {share:.0%} of the sum of squared differences. If "
                "differences are so skewed, verdicts are wrong more often."
            )
    return found


def _uninformative(comparison: ComparisonResult) -> list[str]:
    if comparison.informative is not False:
        return []
    return [
        "Not informative: the reference reduced its training loss by only "
        f"{comparison.reference_loss_cut:.0%}, less than {LOSS_CUT:.0%}. "
        "Schedules can differ only after more steps."
    ]


def _edges(comparison: ComparisonResult) -> list[str]:
    declared = comparison.declaration
    if declared.stage == SCREENING or declared.trials == 1:  # two choices, or none, say nothing about an arm's range
        return []
    return [
        f"{arm.title}: {share:.0%} of the chosen values of {name} lie in the eighth of the range next to its "
        f"{end} end ({limit:g}). A wider range, the same for every arm, may suit this arm better."
        for arm in comparison.arms
        for name, tuned in (arm.scores.ranges if arm.scores else {}).items()
        for end, limit, share in _ends(tuned)
        if share > EDGE_LIMIT
    ]


def _ends(tuned: TunedRange) -> tuple[tuple[str, float, float], ...]:
    return ("low", tuned.low, tuned.low_share), ("high", tuned.high, tuned.high_share)


def _fixed(declared: Declaration) -> str:
    if declared.batch_size is None:
        return (
            f"The same in every arm: everything that the command itself sets, {declared.steps:,} steps, and warmup "
            f"over {WARMUP_SHARE:.0%} of the steps unless an arm declares its own (one-cycle has its own rise)."
        )
    momentum = f" with momentum {declared.momentum:g}" if declared.optimizer == "sgd" else ""
    decay = "weight decay" if "weight_decay" in declared.tuned else f"weight decay {declared.weight_decay:g}"
    others = "".join(f", {name} {_shown(value)}" for name, value in declared.settings.items())
    return (
        f"The same in every arm: {declared.model}, {declared.train_examples:,} training examples, "
        f"batches of {declared.batch_size}, {declared.steps} steps, {declared.optimizer}{momentum}, {decay}, "
        f"{declared.precision}, augmentation{others}, and warmup over {WARMUP_SHARE:.0%} of the steps unless an arm "
        "declares its own (one-cycle has its own rise)."
    )


def _shown(value: Any) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)


def _claim(declared: Declaration) -> str:
    if declared.trials == 1:
        return _at_one_rate(declared)
    own = [name for name in declared.tuned if name != "peak_lr"]
    tuned = f"The peak rate and {', '.join(own)} are" if own else "Only the peak rate is"
    return (
        f"{tuned} tuned, with {declared.trials} trials for every arm; every other parameter of a schedule has its "
        "declared value. The claim holds for this amount of tuning, this network and this data."
    )


def _at_one_rate(declared: Declaration) -> str:
    low, high = declared.peak_range
    return (
        f"Nothing is tuned: in each replicate every arm is trained once, at the same peak rate between {low:.3g} and "
        f"{high:.3g}. The claim is for these rates only, at which an arm may do better or worse than at its best one."
    )


def _second(comparison: ComparisonResult) -> list[str]:
    if any(arm.name == SECOND for arm in comparison.arms):
        return []
    return ["Linear decay is not among the arms. It is hard to beat, and a claim should be tested against it."]


def _area(comparison: ComparisonResult) -> str:
    shares = ", ".join(f"{arm.name} {arm.mean_rate_over_peak or 0.0:.2f}" for arm in comparison.arms)
    return (
        f"Schedules differ not only in shape but also in mean learning rate. Mean rate / peak rate: {shares}. "
        f"The figure against the mean rate compares them at equal means; it is exploratory.{_equal_area(comparison)}"
    )


def _equal_area(comparison: ComparisonResult) -> str:
    metric = comparison.declaration.metric
    found = [(arm.name, one) for arm in comparison.arms if (one := arm.equal_mean_rate)]
    if not found:
        return ""
    texts = [f"{name} {metric.bracketed(one.mean, one.interval95)}" for name, one in found]
    within = "with tuning restricted to the mean rates that both cover, the differences to the reference are"
    return f" Also exploratory: {within} {', '.join(texts)}."


def _diverged(comparison: ComparisonResult) -> list[str]:
    counts = [f"{arm.name} {arm.diverged}" for arm in comparison.arms if arm.diverged]
    if not counts:
        return []
    floor, metric = comparison.declaration.floor, comparison.declaration.metric
    counted = "the worst score of any run" if floor is None else f"{metric.factor * floor:g} ({metric.label})"
    return [f"Diverged runs, counted as {counted}: {', '.join(counts)}."]


def _averaged(comparison: ComparisonResult) -> list[str]:
    averaged = [f"{one.name} ({one.arm.averaging})" for one in comparison.arms if one.arm.averaging]
    if not averaged:
        return []
    return [
        f"Scored by averaged weights, from the same runs as the arm without averaging: {', '.join(averaged)}. Their "
        "BatchNorm statistics are computed anew, which costs passes over the training data that other arms do not need."
    ]


def _correlations(comparison: ComparisonResult) -> list[str]:
    pairs = [(arm.name, arm.judged.paired.correlation) for arm in comparison.rivals if arm.judged]
    found = [f"{name} {correlation:.2f}" for name, correlation in pairs if correlation is not None]
    if not found:
        return []
    return [f"Correlation of the pairs over replicates; no verdict relies on it: {', '.join(found)}."]


def _held_out(comparison: ComparisonResult) -> list[str]:
    """What scoring by the set that chose does."""
    launched = comparison.launched
    if launched is None or not launched.one_held_out:
        return []
    return [
        f"Runs are scored by the value that chose them, {launched.metric}. All scores are therefore slightly too "
        "good, and more so for an arm whose runs vary more."
    ]


def _dependence(declared: Declaration) -> str:
    if declared.batch_size is None:
        return (
            "Replicates share one data set, and one split of it unless the command uses the split seed. An interval is "
            "valid for these data only."
        )
    return (
        f"Each replicate draws its examples anew from one data set ({declared.workload_title}), so an interval is "
        "valid for this data set only."
    )


def _exploratory(comparison: ComparisonResult) -> list[str]:
    if not comparison.exploratory:
        return []
    return ["No test of one rival against another was declared. Their differences are exploratory and have no verdict."]
