"""From finished runs to what they say: the content of `comparison.json`."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from loganneal.data.metric import Metric, metric_of
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import Comparison, FinishedRun, declare
from loganneal.studies.declare.study import Study
from loganneal.studies.judge.budgets import budgets
from loganneal.studies.judge.equal_mean_rate import at_equal_mean_rate
from loganneal.studies.judge.power import detectable_difference, detectable_tie, power_sentence
from loganneal.studies.judge.selected_runs import ArmOutcome, arm_outcomes, complete_replicates, loss_cut
from loganneal.studies.judge.statistics import Paired, compare_pairs, holm, t_interval
from loganneal.studies.judge.verdicts import LOSS_CUT, Verdict, judge, not_informative
from loganneal.studies.result.arm_result import Judged, arm_entry
from loganneal.studies.result.caveats import caveats, warnings
from loganneal.studies.result.headline import headline, study_headline

FORMAT = "loganneal-comparison/2"
STUDY_FORMAT = "loganneal-study/1"

FEWEST_KNOWN = 3
"""Complete replicates from which on their own standard deviations are used to say what can be detected."""

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
        the test score as it is shown (accuracies in points), `best_setting`, the paired `differences` to the
        reference, positive where the arm is better, with `interval95`, `interval90`, `p`, `p_holm`, and
        `verdict` (None for the reference) with its `sentence`; `equal_mean_rate` has the difference within the mean
        rates of both. `exploratory` has the other pairs, untested.
        `status` is "complete" or "partial"; `warnings` come before the table, `caveats` after it.
    """
    workload = comparison.data
    replicates, mixed = complete_replicates(comparison, finished)
    outcomes = arm_outcomes(comparison, replicates, workload.floor, metric_of(workload))
    cut = loss_cut(outcomes[comparison.reference]) if replicates else None
    judged = {} if cut is None else _judge_all(comparison, outcomes, cut)
    arms = _entries(comparison, outcomes, judged)
    summary: Summary = {
        "format": FORMAT,
        "status": "complete" if len(replicates) == comparison.replicates else "partial",
        "headline": headline(comparison.arm(comparison.reference).title, arms),
        "declaration": declaration(comparison),
        "replicates_done": len(replicates),
        "replicates_mixed": mixed,
        "informative": None if cut is None else cut >= LOSS_CUT,
        "reference_loss_cut": cut,
        "power": power(comparison),
        "arms": arms,
        "exploratory": _exploratory(comparison, outcomes) if replicates else [],
        "command": command(comparison),
        "seconds_of_training": training_seconds(finished),
        "environment": environment(finished),
    }
    return {**summary, "warnings": warnings(summary), "caveats": caveats(summary)}


def _entries(comparison: Comparison, outcomes: Mapping[str, ArmOutcome], judged: Mapping[str, Judged]) -> list[Summary]:
    entries = {name: arm_entry(comparison, outcomes[name], judged.get(name)) for name in comparison.arms}
    reference, sign = entries[comparison.reference], metric_of(comparison.data).sign
    for name, arm in entries.items():
        rival = name != comparison.reference
        arm["equal_mean_rate"] = at_equal_mean_rate(arm, reference, sign) if rival else None
    return list(entries.values())


def conclude_study(study: Study, finished: Sequence[FinishedRun], command: str | None = None) -> Summary:
    """Say what the finished runs of a study show: each comparison by itself, never pooled.

    Args:
        study: The declaration.
        finished: Runs of its plan with their records, in any order.
        command: What repeats it; None for the study's name as a file.

    Returns:
        JSON values. `comparisons` is a list of what `conclude` gives, each with its `label`; `headline` counts their
        verdicts; `budgets` has the final metric against the number of steps, and the steps to target.
    """
    parts = zip(study.comparisons, study.parts(finished), strict=True)
    comparisons = [conclude(comparison, runs) for comparison, runs in parts]
    command = command or shlex.join(["loganneal", "study", "run", f"{study.name}.toml"])
    named = zip(labels(comparisons), comparisons, strict=True)
    labelled = [{"label": label, **one, "command": command} for label, one in named]
    first = study.comparisons[0]
    return {
        "format": STUDY_FORMAT,
        "name": study.name,
        "title": study.title,
        "status": "complete" if all(one["status"] == "complete" for one in comparisons) else "partial",
        "headline": study_headline(first.arm(first.reference).title, comparisons),
        "comparisons": labelled,
        "budgets": budgets(comparisons),
        "command": command,
        "seconds_of_training": training_seconds(finished),
        "environment": environment(finished),
        "warnings": [f"{one['label']}: {line}" for one in labelled for line in one["warnings"]],
    }


def labels(comparisons: Sequence[Summary]) -> list[str]:
    """The fewest words that tell the comparisons of a study apart, one label for each."""
    declared = [one["declaration"] for one in comparisons]
    words = [{name: form(one) for name, form in _LABELS.items()} for one in declared]
    varying = [name for name in _LABELS if len({one[name] for one in words}) > 1] or ["workload"]
    longer = [[", ".join(one[name] for name in varying[: count + 1]) for one in words] for count in range(len(varying))]
    return next((found for found in longer if len(set(found)) == len(found)), longer[-1])


_LABELS: dict[str, Callable[[Summary], str]] = {
    "workload": lambda declared: str(declared["workload_title"]),
    "model": lambda declared: str(declared["model"]),
    "optimizer": lambda declared: str(declared["optimizer"]),
    "steps": lambda declared: f"{declared['steps']:,} steps",
    "train_examples": lambda declared: f"{declared['train_examples']:,} training examples",
    "settings": lambda declared: ", ".join(f"{name} {value}" for name, value in declared["settings"].items()),
}


def declaration(comparison: Comparison) -> Summary:
    """Everything that was fixed before the first run; the margin as the metric is shown."""
    workload = comparison.data
    scale, spec = metric_of(workload), next(comparison.replicate(0)).spec
    same = ("workload", "model", "optimizer", "steps", "train_examples", "trials", "replicates", "reference")
    fixed = ("batch_size", "validation_examples", "momentum", "weight_decay", "precision")
    return {
        **{name: getattr(comparison, name) for name in (*same, "first_seed")},
        "workload_title": workload.title,
        "arms": list(comparison.arms),
        "definitions": [_definition(comparison.arm(name)) for name in comparison.arms],
        "peak_range": list(comparison.peak_range),
        "tuned": ["peak_lr", *_tuned(comparison)],
        "settings": dict(comparison.settings),
        "floor": workload.floor if np.isfinite(workload.floor) else None,
        "margin": scale.margin(comparison.margin),
        "metric": _metric(scale),
        "selection": "best validation score at the last step; of equals, the one drawn first",
        **{name: getattr(spec, name) for name in fixed},
    }


def _definition(arm: Arm) -> Summary:
    knobs = {knob.name: [knob.low, knob.high] for knob in arm.knobs}
    return {"name": arm.name, "schedule": arm.schedule, "parameters": dict(arm.parameters), "knobs": knobs}


def _tuned(comparison: Comparison) -> list[str]:
    own = [knob.name for name in comparison.arms for knob in comparison.arm(name).knobs]
    return list(dict.fromkeys([*(knob.name for knob in comparison.knobs), *own]))


def _metric(scale: Metric) -> Summary:
    names = ("label", "unit", "factor", "decimals", "higher_is_better")
    return {"name": scale.metric, **{name: getattr(scale, name) for name in names}}


def power(comparison: Comparison, finished: Sequence[FinishedRun] = ()) -> Summary:
    """What the comparison can detect, in standard deviations of a paired difference, and in words.

    Args:
        comparison: The declaration.
        finished: Runs that are there before it starts; they say how much paired differences vary.
    """
    rivals, replicates = len(comparison.rivals), comparison.replicates
    enough, scale = replicates > 1, metric_of(comparison.data)
    known = _deviations(comparison, finished)
    sentence = power_sentence(replicates, rivals, deviations=known, workload=comparison.workload, scale=scale)
    return {
        "detectable_difference_sd": detectable_difference(replicates, rivals) if enough else None,
        "detectable_tie_sd": detectable_tie(replicates) if enough else None,
        "sentence": sentence,
    }


def _deviations(comparison: Comparison, finished: Sequence[FinishedRun]) -> list[float]:
    """Of paired differences, where enough replicates are there to say."""
    workload = comparison.data
    replicates, _ = complete_replicates(comparison, finished)
    if len(replicates) < FEWEST_KNOWN:
        return []
    outcomes = arm_outcomes(comparison, replicates, workload.floor, metric_of(workload))
    return [pairs.sd for pairs in _pairs(comparison, outcomes) if pairs.sd]


def command(comparison: Comparison) -> str:
    """The command that repeats a comparison.

    >>> command(declare("digits", arms=("cla", "cosine"), replicates=8))
    'loganneal compare --workload digits --arms cla,cosine --trials 4 --replicates 8 --steps 100'
    """
    default = declare(comparison.workload)
    words = ["loganneal", "compare", "--workload", comparison.workload, "--arms", ",".join(comparison.arms)]
    for name in ("trials", "replicates", "steps"):
        words += [f"--{name}", str(getattr(comparison, name))]
    for name in ("model", "optimizer", "train_examples", "margin", "reference", "first_seed", "peak_range"):
        value = getattr(comparison, name)
        if value != getattr(default, name):
            text = ",".join(f"{end:g}" for end in value) if name == "peak_range" else str(value)
            words += [f"--{name.replace('_', '-')}", text]
    return shlex.join(words)


def training_seconds(finished: Iterable[FinishedRun]) -> float:
    """Seconds of training in all; arms that read the same record count it once."""
    return sum({id(run.record): run.record.seconds for run in finished}.values())


def environment(finished: Iterable[FinishedRun]) -> Summary:
    """Each fact of the runs' environments: the value, or the list of values where runs differ."""
    values: dict[str, set[str]] = {}
    kept = [run.record.environment for run in finished]
    for name in dict.fromkeys(name for facts in kept for name in facts):
        values[name] = {str(facts.get(name)) for facts in kept}
    return {name: sorted(found) if len(found) > 1 else next(iter(found)) for name, found in values.items()}


def _pairs(comparison: Comparison, outcomes: Mapping[str, ArmOutcome]) -> list[Paired]:
    reference = outcomes[comparison.reference]
    return [compare_pairs(outcomes[name].scores, reference.scores, reference.scale.sign) for name in comparison.rivals]


def _judge_all(comparison: Comparison, outcomes: Mapping[str, ArmOutcome], cut: float) -> dict[str, Judged]:
    pairs, scale = _pairs(comparison, outcomes), outcomes[comparison.reference].scale
    adjusted = holm([paired.p for paired in pairs])
    verdicts = [_judge(comparison, paired, p, cut, scale) for paired, p in zip(pairs, adjusted, strict=True)]
    return dict(zip(comparison.rivals, map(Judged, pairs, adjusted, verdicts), strict=True))


def _judge(comparison: Comparison, paired: Paired, p_holm: float, cut: float, scale: Metric) -> Verdict:
    if cut < LOSS_CUT:
        return not_informative(cut)
    title, margin = comparison.arm(comparison.reference).title, scale.margin(comparison.margin)
    return judge(paired, p_holm, margin, len(comparison.rivals), title, scale)


def _exploratory(comparison: Comparison, outcomes: Mapping[str, ArmOutcome]) -> list[Summary]:
    """Differences between rivals, which no test was declared for."""
    return [_pair(outcomes[first], outcomes[second]) for first, second in combinations(comparison.rivals, 2)]


def _pair(first: ArmOutcome, second: ArmOutcome) -> Summary:
    differences = first.scale.sign * (np.array(first.scores) - np.array(second.scores))
    interval = t_interval(differences, 0.95)
    return {"first": first.name, "second": second.name, "mean": float(differences.mean()), "interval95": interval}
