"""From finished runs to what they say: the content of `comparison.json`."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from loganneal.lab.workloads import WORKLOADS
from loganneal.studies.arms import ARMS, mean_rate_over_peak
from loganneal.studies.caveats import caveats, warnings
from loganneal.studies.comparison import Comparison, FinishedRun, declare
from loganneal.studies.outcomes import ArmOutcome, arm_outcomes, as_trial, complete_replicates, loss_cut
from loganneal.studies.power import detectable_difference, detectable_tie, power_sentence
from loganneal.studies.selection import best_of_first, edge_shares
from loganneal.studies.statistics import Paired, compare_pairs, holm, standard_deviation, t_interval
from loganneal.studies.verdicts import LOSS_CUT, Verdict, judge, not_informative

FORMAT = "loganneal-comparison/1"

Summary = dict[str, Any]
"""JSON values only: what `comparison.json` holds."""


def conclude(comparison: Comparison, finished: Sequence[FinishedRun]) -> Summary:
    """Say what the finished runs of a comparison show.

    Only complete replicates count: those of which every arm's every trial is there.

    Args:
        comparison: The declaration.
        finished: Its runs with their records, in any order.

    Returns:
        JSON values. `arms` is a list in the declared order: `name`, `title`, `reference`, `mean` and `sd` of
        the test accuracy in points, `best_setting`, the paired `differences` to the reference in points with
        `interval95`, `interval90`, `p`, `p_holm`, and `verdict` (None for the reference) with its `sentence`.
        `status` is "complete" or "partial"; `warnings` come before the table, `caveats` after it.
    """
    floor = WORKLOADS[comparison.workload].floor
    replicates, mixed = complete_replicates(comparison, finished)
    outcomes = arm_outcomes(comparison, replicates, floor)
    cut = loss_cut(outcomes[comparison.reference]) if replicates else None
    judged = {} if cut is None else _judge_all(comparison, outcomes, cut)
    arms = [_arm(comparison, outcomes[name], judged.get(name)) for name in comparison.arms]
    summary: Summary = {
        "format": FORMAT,
        "status": "complete" if len(replicates) == comparison.replicates else "partial",
        "headline": headline(comparison, arms),
        "declaration": declaration(comparison),
        "replicates_done": len(replicates),
        "replicates_mixed": mixed,
        "informative": None if cut is None else cut >= LOSS_CUT,
        "reference_loss_cut": cut,
        "power": power(comparison),
        "arms": arms,
        "command": command(comparison),
        "seconds_of_training": sum(run.record.seconds for run in finished),
        "environment": _environment(finished),
    }
    return {**summary, "warnings": warnings(summary), "caveats": caveats(summary)}


def declaration(comparison: Comparison) -> Summary:
    """Everything that was fixed before the first run."""
    workload = WORKLOADS[comparison.workload]
    spec = comparison.plan()[0].spec.to_dict()
    fixed = ("model", "batch_size", "validation_images", "optimizer", "momentum", "weight_decay", "precision")
    return {
        **asdict(comparison),
        "arms": list(comparison.arms),
        "peak_range": list(comparison.peak_range),
        "workload_title": workload.title,
        "floor": workload.floor,
        "selection": "highest validation accuracy at the last step; of equals, the one drawn first",
        **{name: spec[name] for name in fixed},
    }


def power(comparison: Comparison) -> Summary:
    """What the comparison can detect, in standard deviations of a paired difference, and in words."""
    rivals, replicates = len(comparison.rivals), comparison.replicates
    enough = replicates > 1
    return {
        "detectable_difference_sd": detectable_difference(replicates, rivals) if enough else None,
        "detectable_tie_sd": detectable_tie(replicates) if enough else None,
        "sentence": power_sentence(replicates, rivals),
    }


def command(comparison: Comparison) -> str:
    """The command that repeats a comparison.

    >>> command(declare("digits", arms=("cla", "cosine"), replicates=8))
    'loganneal compare --workload digits --arms cla,cosine --trials 4 --replicates 8 --steps 100'
    """
    default = declare(comparison.workload)
    words = ["loganneal", "compare", "--workload", comparison.workload, "--arms", ",".join(comparison.arms)]
    for name in ("trials", "replicates", "steps"):
        words += [f"--{name}", str(getattr(comparison, name))]
    for name in ("train_images", "margin", "reference", "first_seed", "peak_range"):
        value = getattr(comparison, name)
        if value != getattr(default, name):
            text = ",".join(f"{end:g}" for end in value) if name == "peak_range" else str(value)
            words += [f"--{name.replace('_', '-')}", text]
    return shlex.join(words)


def headline(comparison: Comparison, arms: Sequence[Summary]) -> str:
    """The verdicts in one or two sentences."""
    reference = ARMS[comparison.reference].title
    groups = {name: [arm["name"] for arm in arms if arm["verdict"] == name] for name in _VERBS}
    if not any(groups.values()):
        return "No replicate is finished yet."
    winners = groups.pop("win")
    start = _clause("win", winners) if winners else "No rival is shown to beat"
    rest = "; ".join(_clause(name, names) for name, names in groups.items() if names)
    return f"{start} {reference}. Against it, {rest}." if rest else f"{start} {reference}."


_VERBS = {
    "win": ("beats", "beat"),
    "loss": ("loses", "lose"),
    "tie": ("ties", "tie"),
    "inconclusive": ("is undecided", "are undecided"),
}
"""For one arm and for several."""


def _clause(verdict: str, names: Sequence[str]) -> str:
    return f"{_listed(names)} {_VERBS[verdict][len(names) > 1]}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


Judged = tuple[Paired, float, Verdict]
"""Differences of an arm to the reference, Holm's p and the verdict."""


def _judge_all(comparison: Comparison, outcomes: dict[str, ArmOutcome], cut: float) -> dict[str, Judged]:
    reference, rivals = outcomes[comparison.reference].scores, comparison.rivals
    pairs = [compare_pairs(outcomes[name].scores, reference) for name in rivals]
    adjusted = holm([paired.p for paired in pairs])
    verdicts = [_judge(comparison, paired, p, cut) for paired, p in zip(pairs, adjusted, strict=True)]
    return dict(zip(rivals, zip(pairs, adjusted, verdicts, strict=True), strict=True))


def _judge(comparison: Comparison, paired: Paired, p_holm: float, cut: float) -> Verdict:
    if cut < LOSS_CUT:
        return not_informative(cut)
    title = ARMS[comparison.reference].title
    return judge(paired, p_holm, comparison.margin, len(comparison.rivals), title)


def _arm(comparison: Comparison, outcome: ArmOutcome, judged: Judged | None) -> Summary:
    arm = ARMS[outcome.name]
    return {
        "name": arm.name,
        "title": arm.title,
        "reference": arm.name == comparison.reference,
        **(_scores(comparison, outcome) if outcome.runs else dict.fromkeys(_SCORES)),
        "mean_rate_over_peak": mean_rate_over_peak(arm, comparison.steps),
        **_comparison_with_reference(arm.title, judged),
        "trials": [_trial(run, outcome) for runs in outcome.runs for run in runs],
    }


_SCORES = (
    "mean",
    "sd",
    "mean_interval95",
    "best_setting",
    "test_accuracies",
    "diverged",
    "edge_shares",
    "best_of_first",
)


def _scores(comparison: Comparison, outcome: ArmOutcome) -> Summary:
    low, high = edge_shares(outcome.peaks, *comparison.peak_range)
    values = (
        float(np.mean(outcome.scores)),
        standard_deviation(outcome.scores),
        t_interval(outcome.scores, 0.95),
        {"peak_lr": float(np.median(outcome.peaks))},
        list(outcome.scores),
        sum(trial.diverged for trials in outcome.trials for trial in trials),
        {"low": low, "high": high},
        (100 * np.mean([best_of_first(trials) for trials in outcome.trials], axis=0)).tolist(),
    )
    return dict(zip(_SCORES, values, strict=True))


def _comparison_with_reference(title: str, judged: Judged | None) -> Summary:
    if judged is None:
        return dict.fromkeys(_JUDGED)
    paired, p_holm, verdict = judged
    values = (
        list(paired.differences),
        paired.mean,
        paired.sd,
        paired.interval95,
        paired.interval90,
        paired.p,
        p_holm,
        paired.correlation,
        verdict.name,
        f"{title} {verdict.reason}.",
        verdict.small,
        verdict.replicates_to_settle,
    )
    return dict(zip(_JUDGED, values, strict=True))


_JUDGED = (
    "differences",
    "difference_mean",
    "difference_sd",
    "interval95",
    "interval90",
    "p",
    "p_holm",
    "correlation",
    "verdict",
    "sentence",
    "small",
    "replicates_to_settle",
)


def _trial(run: FinishedRun, outcome: ArmOutcome) -> Summary:
    trial = as_trial(run, outcome.floor)
    return {
        "replicate": run.planned.replicate,
        "trial": run.planned.trial,
        "peak_lr": run.planned.peak,
        "validation_accuracy": 100 * trial.validation,
        "test_accuracy": 100 * trial.test,
        "diverged": trial.diverged,
        "chosen": run in outcome.chosen,
        "record": run.planned.spec.key,
    }


def _environment(finished: Sequence[FinishedRun]) -> Summary:
    """Each fact of the runs' environments: the value, or the list of values where runs differ."""
    names = list(dict.fromkeys(name for run in finished for name in run.record.environment))
    values = {name: sorted({str(run.record.environment.get(name)) for run in finished}) for name in names}
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}
