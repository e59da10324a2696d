"""The entry of one arm in a summary: its scores, its differences to the reference, its trials. JSON values only."""

from typing import Any, NamedTuple

import numpy as np

from loganneal.studies.declare.arms import mean_rate_over_peak
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.declare.space import position
from loganneal.studies.judge.selected_runs import ArmOutcome
from loganneal.studies.judge.selection import Trial, best_of_first, edge_shares
from loganneal.studies.judge.statistics import Paired, standard_deviation, t_interval
from loganneal.studies.judge.verdicts import Verdict, counted

Summary = dict[str, Any]


class Judged(NamedTuple):
    """Differences of an arm to the reference, Holm's p and the verdict."""

    paired: Paired
    p_holm: float
    verdict: Verdict


def arm_entry(comparison: Comparison, outcome: ArmOutcome, judged: Judged | None) -> Summary:
    """What a summary says about one arm; without a complete replicate its numbers are None.

    Args:
        comparison: The declaration.
        outcome: What tuning gave the arm.
        judged: None for the reference.
    """
    arm = comparison.arm(outcome.name)
    area = mean_rate_over_peak(arm, comparison.steps)
    return {
        "name": arm.name,
        "title": arm.title,
        "colour": arm.colour,
        "averaging": arm.averaging,
        "reference": arm.name == comparison.reference,
        **(_scores(comparison, outcome) if outcome.runs else dict.fromkeys(_SCORES)),
        "mean_rate_over_peak": area,
        **(_against_reference(arm.title, judged, comparison.trials) if judged else dict.fromkeys(_JUDGED)),
        "trials": _trials(outcome, None if arm.knobs else area),
    }


_SCORES = (
    "mean",
    "median",
    "sd",
    "mean_interval95",
    "best_setting",
    "test_scores",
    "diverged",
    "chosen_diverged",
    "edges",
    "best_of_first",
)


def _scores(comparison: Comparison, outcome: ArmOutcome) -> Summary:
    firsts = [best_of_first(trials, outcome.scale.sign) for trials in outcome.trials]
    values = (
        float(np.mean(outcome.scores)),
        float(np.median(outcome.scores)),
        standard_deviation(outcome.scores),
        t_interval(outcome.scores, 0.95),
        _best_setting(outcome),
        list(outcome.scores),
        sum(trial.diverged for trials in outcome.trials for trial in trials),
        sum(trials[place].diverged for trials, place in zip(outcome.trials, outcome.places, strict=True)),
        _edges(comparison, outcome),
        (outcome.scale.factor * np.mean(firsts, axis=0)).tolist(),
    )
    return dict(zip(_SCORES, values, strict=True))


def _best_setting(outcome: ArmOutcome) -> Summary:
    """Medians of what was chosen."""
    knobs = [dict(run.planned.knobs) for run in outcome.chosen]
    own = {name: float(np.median([values[name] for values in knobs])) for name in knobs[0]}
    return {"peak_lr": float(np.median(outcome.peaks)), **own}


def _edges(comparison: Comparison, outcome: ArmOutcome) -> Summary:
    """For everything tuned: its range, and the shares of the choices that lie at its ends."""
    low, high = comparison.peak_range
    peaks = [position(peak, low, high) for peak in outcome.peaks]
    edges = {"peak_lr": {"low": low, "high": high, "shares": edge_shares(peaks)}}
    for knob in (*comparison.knobs, *comparison.arm(outcome.name).knobs):
        places = [knob.position(dict(run.planned.knobs)[knob.name]) for run in outcome.chosen]
        edges[knob.name] = {"low": knob.low, "high": knob.high, "shares": edge_shares(places)}
    return edges


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
    "not_worse",
    "replicates_to_settle",
)


def _against_reference(title: str, judged: Judged, trials: int) -> Summary:
    paired, p_holm, verdict = judged
    size = f"({counted(len(paired.differences), 'replicate')} of {counted(trials, 'trial')} each)"
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
        f"{title} {verdict.reason} {size}.",
        verdict.small,
        verdict.not_worse,
        verdict.replicates_to_settle,
    )
    return dict(zip(_JUDGED, values, strict=True))


def _trials(outcome: ArmOutcome, area: float | None) -> list[Summary]:
    return [
        _trial(run, trial, outcome.scale.factor, place == chosen, area)
        for runs, trials, chosen in zip(outcome.runs, outcome.trials, outcome.places, strict=True)
        for place, (run, trial) in enumerate(zip(runs, trials, strict=True))
    ]


def _trial(run: FinishedRun, trial: Trial, factor: float, chosen: bool, area: float | None) -> Summary:
    """Where a shape is tuned too, the area under the curve is each run's own."""
    planned = run.planned
    mean = float(planned.spec.schedule.curve(planned.spec.steps).mean()) if area is None else planned.peak * area
    return {
        "replicate": planned.replicate,
        "trial": planned.trial,
        "peak_lr": planned.peak,
        "mean_lr": mean,
        "knobs": dict(planned.knobs),
        "validation_score": factor * trial.validation,
        "test_score": factor * trial.test,
        "diverged": trial.diverged,
        "chosen": chosen,
        "record": planned.spec.key,
    }
