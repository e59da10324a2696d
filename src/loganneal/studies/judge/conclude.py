"""From finished runs to what they show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from loganneal.data.metric import Metric
from loganneal.studies.declare.command import study_command
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.declare.sequential import SCREENING
from loganneal.studies.declare.study import Study
from loganneal.studies.judge.declaration import declaration, labels
from loganneal.studies.judge.describe_arm import describe_arm
from loganneal.studies.judge.launched import describe_launches
from loganneal.studies.judge.looks import as_seen_at, detectable_at_looks, looks_sentence
from loganneal.studies.judge.power import detectable_difference, detectable_tie, power_sentence
from loganneal.studies.judge.selected_runs import (
    ArmOutcome,
    arm_outcomes,
    complete_replicates,
    loss_cut,
    shown_margin,
)
from loganneal.studies.judge.statistics import compare_pairs, holm, t_interval
from loganneal.studies.judge.stopping import Reached, reached
from loganneal.studies.judge.verdicts import (
    LOSS_CUT,
    between_looks,
    counted,
    judge,
    judge_at_look,
    not_informative,
    not_tested,
    screened_only,
)
from loganneal.studies.result import (
    ComparisonResult,
    Declaration,
    Judged,
    Paired,
    PairResult,
    Power,
    StudyResult,
    Verdict,
)

FEWEST_KNOWN = 3
"""Fewest complete replicates whose own standard deviations are used to say what can be detected."""


def conclude_study(study: Study, finished: Sequence[FinishedRun], command: str | None = None) -> StudyResult:
    """Say what the finished runs of a study show: each comparison by itself, never pooled.

    Args:
        study: The declaration.
        finished: Runs of its plan with their records, in any order.
        command: The command that repeats the study; None for the command that runs the file named after it.
    """
    declarations = [declaration(comparison) for comparison in study.comparisons]
    parts = zip(study.comparisons, study.parts(finished), labels(declarations), declarations, strict=True)
    return StudyResult(
        name=study.name,
        title=study.title,
        comparisons=tuple(_conclude(*part) for part in parts),
        command=command or study_command(study),
        seconds_of_training=training_seconds(finished),
        environment=environment(finished),
    )


def conclude(comparison: Comparison, finished: Sequence[FinishedRun]) -> ComparisonResult:
    """Say what the finished runs of a comparison show.

    Only complete replicates count: those with a record of every trial of every arm.

    Args:
        comparison: The declaration.
        finished: Its runs with their records, in any order.
    """
    declared = declaration(comparison)
    return _conclude(comparison, finished, labels([declared])[0], declared)


def _conclude(
    comparison: Comparison, finished: Sequence[FinishedRun], label: str, declared: Declaration
) -> ComparisonResult:
    replicates, mixed = complete_replicates(comparison, finished)
    state = reached(comparison, finished) if comparison.looks else None
    replicates = replicates if state is None else state.replicates
    outcomes = arm_outcomes(comparison, replicates)
    reference = outcomes[comparison.reference]
    cut = loss_cut(reference) if replicates else None
    declared = replace(declared, margin=shown_margin(comparison, reference) if replicates else declared.margin)
    judged = {} if cut is None else _judge_all(comparison, outcomes, cut, declared.margin, state)
    return ComparisonResult(
        label=label,
        declaration=declared,
        replicates_done=len(replicates),
        replicates_mixed=mixed,
        reference_loss_cut=cut,
        informative=None if cut is None or comparison.script else cut >= LOSS_CUT,
        power=power(comparison),
        arms=tuple(describe_arm(comparison, outcomes[name], reference, judged.get(name)) for name in comparison.arms),
        exploratory=_exploratory(comparison, outcomes) if replicates else (),
        seconds_of_training=training_seconds(finished),
        environment=environment(finished),
        launched=describe_launches(comparison, finished),
        look=state.look if state else None,
    )


def power(comparison: Comparison, finished: Sequence[FinishedRun] = ()) -> Power:
    """What the comparison can detect, in standard deviations of a paired difference, and in words.

    Args:
        comparison: The declaration.
        finished: Runs that already have a record; they show how much paired differences vary.
    """
    if comparison.looks:
        return _power_of_looks(comparison)
    rivals, replicates = len(comparison.rivals), comparison.replicates
    enough, known = replicates > 1, _deviations(comparison, finished)
    metric = comparison.data.metric
    return Power(
        detectable_difference(replicates, rivals) if enough else None,
        detectable_tie(replicates) if enough else None,
        power_sentence(replicates, rivals, deviations=known, workload=comparison.workload, metric=metric),
    )


def _power_of_looks(comparison: Comparison) -> Power:
    """What a plan that may end early can detect."""
    found = detectable_at_looks(comparison.looks)
    screened = f"{counted(comparison.screen, 'replicate')} of all arms pick the rival. " if comparison.screen else ""
    return Power(found, None, f"{screened}{looks_sentence(comparison.looks, found)}")


def _deviations(comparison: Comparison, finished: Sequence[FinishedRun]) -> list[float]:
    """The standard deviations of paired differences, if there are enough replicates to estimate them."""
    replicates, _ = complete_replicates(comparison, finished)
    if len(replicates) < FEWEST_KNOWN:
        return []
    return [pairs.sd for pairs in _pairs(comparison, arm_outcomes(comparison, replicates)) if pairs.sd]


def training_seconds(finished: Iterable[FinishedRun]) -> float:
    """Seconds of training in total; a record that several arms share counts once."""
    return sum({id(run.record): run.record.seconds for run in finished}.values())


def environment(finished: Iterable[FinishedRun]) -> dict[str, tuple[str, ...]]:
    """Each fact of the runs' environments, with its values in order."""
    kept = [run.record.environment for run in finished]
    names = dict.fromkeys(name for facts in kept for name in facts)
    return {name: tuple(sorted({str(facts.get(name)) for facts in kept})) for name in names}


def _pairs(comparison: Comparison, outcomes: Mapping[str, ArmOutcome]) -> list[Paired]:
    reference = outcomes[comparison.reference]
    return [compare_pairs(outcomes[name].scores, reference.scores, reference.metric.sign) for name in comparison.rivals]


def _judge_all(
    comparison: Comparison, outcomes: Mapping[str, ArmOutcome], cut: float, margin: float, state: Reached | None
) -> dict[str, Judged]:
    pairs, metric = _pairs(comparison, outcomes), outcomes[comparison.reference].metric
    if state is not None or comparison.stage == SCREENING:
        named = zip(comparison.rivals, pairs, strict=True)
        return {name: _judge_stage(comparison, name, paired, cut, margin, state) for name, paired in named}
    adjusted = holm([paired.p for paired in pairs]).tolist()
    verdicts = [_judge(comparison, paired, p, cut, metric, margin) for paired, p in zip(pairs, adjusted, strict=True)]
    return dict(zip(comparison.rivals, map(Judged, pairs, adjusted, verdicts), strict=True))


def _judge_stage(
    comparison: Comparison, name: str, paired: Paired, cut: float, margin: float, state: Reached | None
) -> Judged:
    """Judge one rival under a plan that may end early: only the tested rival gets a verdict, and only at a look."""
    look, reference = (state.look if state else None), comparison.arm(comparison.reference).title
    if state is None:
        return _unjudged(paired, screened_only(comparison.replicates))
    if name != comparison.tested:
        return _unjudged(paired, not_tested(comparison.arm(comparison.tested or "").title))
    if look is None or not state.ended:
        return _unjudged(paired, between_looks(len(state.replicates), state.due))
    if cut < LOSS_CUT and comparison.script is None:
        return _unjudged(paired, not_informative(cut))
    seen = as_seen_at(look, paired)
    verdict = judge_at_look(seen, margin, look, reference, comparison.data.metric)
    return Judged(seen, seen.p, verdict)


def _unjudged(paired: Paired, verdict: Verdict) -> Judged:
    """A rival without intervals, since those of an undeclared test would be read as a verdict."""
    return Judged(replace(paired, interval95=None, interval90=None), paired.p, verdict)


def _judge(comparison: Comparison, paired: Paired, p_holm: float, cut: float, metric: Metric, margin: float) -> Verdict:
    if cut < LOSS_CUT and comparison.script is None:  # only users can tell whether their own task is informative
        return not_informative(cut)
    title = comparison.arm(comparison.reference).title
    return judge(paired, p_holm, margin, len(comparison.rivals), title, metric)


def _exploratory(comparison: Comparison, outcomes: Mapping[str, ArmOutcome]) -> tuple[PairResult, ...]:
    """Differences between rivals, for which no test was declared."""
    return tuple(_pair(outcomes[first], outcomes[second]) for first, second in combinations(comparison.rivals, 2))


def _pair(first: ArmOutcome, second: ArmOutcome) -> PairResult:
    differences = first.metric.sign * (np.array(first.scores) - np.array(second.scores))
    return PairResult(first.name, second.name, float(differences.mean()), t_interval(differences, 0.95))
