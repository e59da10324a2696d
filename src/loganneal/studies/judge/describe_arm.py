"""The result of one arm: its scores, its differences to the reference, its trials."""

import numpy as np

from loganneal.studies.declare.arms import mean_rate_over_peak
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.declare.sequential import IMPORTED
from loganneal.studies.declare.space import position
from loganneal.studies.judge.equal_mean_rate import at_equal_mean_rate
from loganneal.studies.judge.selected_runs import ArmOutcome
from loganneal.studies.judge.selection import Trial, best_of_first, edge_shares
from loganneal.studies.judge.statistics import standard_deviation, t_interval
from loganneal.studies.result import ArmResult, ArmScores, Judged, TrialResult, TunedRange


def describe_arm(
    comparison: Comparison, outcome: ArmOutcome, reference: ArmOutcome, judged: Judged | None
) -> ArmResult:
    """The result of one arm.

    Args:
        comparison: The declaration.
        outcome: The outcome of tuning the arm.
        reference: The outcome of tuning the reference.
        judged: The comparison with the reference; None for the reference itself, and if no replicate is complete.
    """
    arm = comparison.arm(outcome.name)
    own = _trials(comparison, outcome)
    seen = comparison.stage != IMPORTED
    rival = seen and outcome.name != comparison.reference
    return ArmResult(
        arm=arm,
        mean_rate_over_peak=mean_rate_over_peak(arm, comparison.steps) if seen else None,
        trials=own,
        scores=_scores(comparison, outcome) if outcome.runs else None,
        judged=judged,
        equal_mean_rate=at_equal_mean_rate(own, _trials(comparison, reference), outcome.metric.sign) if rival else None,
    )


def _scores(comparison: Comparison, outcome: ArmOutcome) -> ArmScores:
    firsts = [best_of_first(trials, outcome.metric.sign) for trials in outcome.trials]
    return ArmScores(
        test_scores=outcome.scores,
        mean=float(np.mean(outcome.scores)),
        median=float(np.median(outcome.scores)),
        sd=standard_deviation(outcome.scores),
        mean_interval95=t_interval(outcome.scores, 0.95),
        best_setting=_best_setting(outcome),
        ranges=_ranges(comparison, outcome),
        diverged=sum(trial.diverged for trials in outcome.trials for trial in trials),
        chosen_diverged=sum(trials[place].diverged for trials, place in _placed(outcome)),
        best_of_first=tuple((outcome.metric.factor * np.mean(firsts, axis=0)).tolist()),
    )


def _placed(outcome: ArmOutcome) -> "zip[tuple[tuple[Trial, ...], int]]":
    return zip(outcome.trials, outcome.places, strict=True)


def _best_setting(outcome: ArmOutcome) -> dict[str, float]:
    """Medians of the chosen settings."""
    chosen = [dict(run.planned.tuned) for run in outcome.chosen]
    own = {name: float(np.median([values[name] for values in chosen])) for name in chosen[0]}
    return {"peak_lr": float(np.median(outcome.peaks)), **own}


def _ranges(comparison: Comparison, outcome: ArmOutcome) -> dict[str, TunedRange]:
    """The range of everything tuned, with the shares of the choices at its ends; empty for imported scores."""
    if comparison.stage == IMPORTED:
        return {}
    low, high = comparison.peak_range
    peaks = [position(peak, low, high) for peak in outcome.peaks]
    ranges = {"peak_lr": TunedRange(low, high, *edge_shares(peaks))}
    for tuned in (*comparison.tuned, *comparison.arm(outcome.name).tuned):
        places = [tuned.position(dict(run.planned.tuned)[tuned.name]) for run in outcome.chosen]
        ranges[tuned.name] = TunedRange(tuned.low, tuned.high, *edge_shares(places))
    return ranges


def _trials(comparison: Comparison, outcome: ArmOutcome) -> tuple[TrialResult, ...]:
    """The trials of an arm; if its shape is tuned too, the mean rate of each run is that of its own curve."""
    arm = comparison.arm(outcome.name)
    area = None if arm.tuned else mean_rate_over_peak(arm, comparison.steps)
    return tuple(
        _trial(run, trial, outcome.metric.factor, place == chosen, area)
        for runs, trials, chosen in zip(outcome.runs, outcome.trials, outcome.places, strict=True)
        for place, (run, trial) in enumerate(zip(runs, trials, strict=True))
    )


def _trial(run: FinishedRun, trial: Trial, factor: float, chosen: bool, area: float | None) -> TrialResult:
    planned = run.planned
    mean = float(planned.spec.schedule.curve(planned.spec.steps).mean()) if area is None else planned.peak * area
    return TrialResult(
        replicate=planned.replicate,
        trial=planned.trial,
        peak_lr=planned.peak,
        mean_lr=mean,
        validation_score=factor * trial.validation,
        test_score=factor * trial.test,
        diverged=trial.diverged,
        chosen=chosen,
        record=planned.spec.key,
        tuned=dict(planned.tuned),
    )
