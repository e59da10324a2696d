"""Plans that may end early: which look a comparison has reached, what is trained next, and which arms are compared."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from loganneal.runs.record import Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun
from loganneal.studies.declare.sequential import FEWEST, duel, screening
from loganneal.studies.declare.study import Study
from loganneal.studies.judge.looks import as_seen_at, look_at
from loganneal.studies.judge.selected_runs import Replicate, arm_outcomes, complete_replicates, shown_margin
from loganneal.studies.judge.selection import best_arm
from loganneal.studies.judge.statistics import compare_pairs
from loganneal.studies.judge.verdicts import settles
from loganneal.studies.result import Look


class Reached(NamedTuple):
    """How far a comparison with looks has come.

    Args:
        look: The last look that took place; None before the first.
        replicates: The replicates that count: those of the look if it ended the comparison or is the last, otherwise
            all complete ones.
        ended: Whether no further replicate is trained.
        due: Number of replicates to train up to the next look, counted from the first.
    """

    look: Look | None
    replicates: list[Replicate]
    ended: bool
    due: int


def reached(comparison: Comparison, finished: Sequence[FinishedRun]) -> Reached:
    """How far a comparison with looks has come.

    A look takes place once every run of the replicates before it has been tried, and uses the complete ones: a failed
    run excludes its replicate, and less of the 5% is then spent.

    Args:
        comparison: The declaration, with looks.
        finished: Its runs with their records, including failed ones.
    """
    replicates, _ = complete_replicates(comparison, finished)
    tried, seen, last = _tried(comparison, finished), [0], None
    for number, wanted in enumerate(comparison.looks, 1):
        if tried < wanted:
            return Reached(last, replicates, False, wanted)
        found = [one for one in replicates if _number(one) < wanted]
        if len(found) >= max(FEWEST, seen[-1] + 1):
            seen.append(len(found))
            last = replace(look_at(tuple(seen[1:]), comparison.replicates), number=number)
            if number == len(comparison.looks) or _ends(comparison, found, last):
                return Reached(last, found, True, wanted)
    return Reached(last, replicates, True, comparison.replicates)


def due_runs(study: Study, finished: Sequence[FinishedRun]) -> list[PlannedRun]:
    """The runs of a study up to the next look of each of its comparisons; without looks, all.

    Args:
        study: The study that `staged` returned.
        finished: Its runs with their records.
    """
    parts = zip(study.comparisons, study.parts(finished), strict=True)
    counts = [reached(one, own).due if one.looks else one.replicates for one, own in parts]
    return [run for run in study.plan() if run.replicate < counts[run.comparison]]


def staged(study: Study) -> Study:
    """The study with only the first stage of its plan, which is the screening if there is one."""
    first = study.comparisons[0]
    return replace(study, comparisons=(screening(first),)) if first.screen else study


def followed(study: Study, finished: Sequence[FinishedRun]) -> Study:
    """The study with the stages that are known so far: a complete screening is followed by its duel.

    Args:
        study: The declaration.
        finished: The runs of the screening with their records.
    """
    first = staged(study)
    comparison, screened = study.comparisons[0], first.comparisons[0]
    pick = picked(screened, finished) if comparison.screen else None
    if pick is None or pick == comparison.reference:
        return first
    return replace(first, comparisons=(screened, duel(comparison, pick)))


def picked(comparison: Comparison, finished: Sequence[FinishedRun]) -> str | None:
    """The arm that a screening picks; None until it is complete.

    Args:
        comparison: The screening.
        finished: Its runs with their records; replicates with a failed run are left out.
    """
    replicates, _ = complete_replicates(comparison, finished)
    if not replicates or _tried(comparison, finished) < comparison.replicates:
        return None
    outcomes = arm_outcomes(comparison, replicates)
    means = {name: float(np.mean(outcomes[name].scores)) for name in comparison.arms}
    return best_arm(means, comparison.data.metric.sign)


def _ends(comparison: Comparison, replicates: Sequence[Replicate], look: Look) -> bool:
    """Whether a look before the last decides; it does not if a chosen run of the two arms diverged."""
    rival, outcomes = comparison.tested or "", arm_outcomes(comparison, replicates)
    reference = outcomes[comparison.reference]
    if any(_diverged(run.record) for arm in (rival, comparison.reference) for run in outcomes[arm].chosen):
        return False
    paired = compare_pairs(outcomes[rival].scores, reference.scores, reference.metric.sign)
    return settles(as_seen_at(look, paired), shown_margin(comparison, reference), look)


def _diverged(record: Record) -> bool:
    return record.status == "diverged"


def _number(replicate: Replicate) -> int:
    return next(iter(replicate.values()))[0].planned.replicate


def _tried(comparison: Comparison, finished: Iterable[FinishedRun]) -> int:
    """How many replicates, counted from the first, have a record of each of their runs."""
    each = len(comparison.arms) * comparison.trials
    counts = Counter(run.planned.replicate for run in finished if run.planned.arm in comparison.arms)
    return next(number for number in count() if counts[number] < each)
