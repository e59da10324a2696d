"""The verdicts of a comparison, or of several, in a sentence or two."""

from collections import defaultdict
from collections.abc import Sequence

from loganneal.studies.declare.sequential import SCREENING
from loganneal.studies.judge.selection import best_arm
from loganneal.studies.judge.verdicts import counted
from loganneal.studies.result import ArmResult, ComparisonResult, StudyResult, VerdictName

NOTHING_YET = "No replicate is complete yet."

_VERBS: dict[VerdictName, tuple[str, str]] = {
    "win": ("beats", "beat"),
    "loss": ("loses", "lose"),
    "tie": ("ties", "tie"),
    "inconclusive": ("is undecided", "are undecided"),
    "no verdict": ("gets no verdict", "get no verdict"),
}
"""For one arm and for several."""


def headline(comparison: ComparisonResult) -> str:
    """The verdicts of one comparison."""
    if comparison.declaration.stage == SCREENING:
        return _screened(comparison)
    groups = {name: [arm.name for arm in comparison.rivals if arm.verdict == name] for name in _VERBS}
    if not any(groups.values()):
        return NOTHING_YET
    reference, winners = comparison.reference.title, groups.pop("win")
    start = _clause("win", winners) if winners else "No rival has been shown to beat"
    rest = "; ".join(_clause(name, names) for name, names in groups.items() if names)
    return f"{start} {reference}. Against it, {rest}." if rest else f"{start} {reference}."


def _screened(comparison: ComparisonResult) -> str:
    """What a screening picked, or how far it is."""
    done, declared = comparison.replicates_done, comparison.declaration.replicates
    if done < declared:
        return f"The screening is not complete: {counted(done, 'replicate')} of {declared}."
    pick = _picked(comparison)
    if pick is comparison.reference:
        return f"The screening picked the reference, {pick.title}: no rival did better, and the study ends."
    return f"The screening picked {pick.title}."


def _picked(comparison: ComparisonResult) -> ArmResult:
    """The arm that a screening picked."""
    means = {arm.name: arm.scores.mean for arm in comparison.arms if arm.scores}
    return comparison.arm(best_arm(means, comparison.declaration.metric.sign))


def study_headline(study: StudyResult) -> str:
    """How often each rival won or lost; the comparisons are counted, never pooled. A single one keeps its headline."""
    first, *others = study.comparisons
    if not others or first.declaration.stage:
        return " ".join(headline(one) for one in study.comparisons)
    found: dict[str, list[VerdictName]] = defaultdict(list)
    for arm in (arm for one in study.comparisons for arm in one.rivals):
        if arm.verdict:
            found[arm.name].append(arm.verdict)
    if not found:
        return NOTHING_YET
    return f"Of {counted(len(study.comparisons), 'comparison')} with {first.reference.title}: {_tallies(found)}."


def sentences(comparison: ComparisonResult) -> list[str]:
    """What is said about each rival, with the size of the comparison; nothing for a screening."""
    if comparison.declaration.stage == SCREENING:
        return []
    trials = counted(comparison.declaration.trials, "trial")
    return [
        f"{arm.title} {arm.judged.verdict.reason} "
        f"({counted(len(arm.judged.paired.differences), 'replicate')} of {trials} each)."
        for arm in comparison.rivals
        if arm.judged
    ]


def _tallies(found: dict[str, list[VerdictName]]) -> str:
    """Arms that did equally well share a clause, the best first."""
    alike: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, verdicts in found.items():
        alike[verdicts.count("win"), verdicts.count("loss")].append(name)
    best_first = sorted(alike.items(), key=lambda item: item[0][1] - item[0][0])
    return "; ".join(f"{listed(names)} {_tally(*counts, several=len(names) > 1)}" for counts, names in best_first)


def _tally(wins: int, losses: int, *, several: bool) -> str:
    won, lost = ("win", "lose") if several else ("wins", "loses")
    if not wins and not losses:
        return f"neither {won} nor {lost} any"
    counts = listed([f"{verb} {count}" for verb, count in ((won, wins), (lost, losses)) if count])
    return f"{counts} each" if several else counts


def _clause(verdict: VerdictName, names: Sequence[str]) -> str:
    return f"{listed(names)} {_VERBS[verdict][len(names) > 1]}"


def listed(names: Sequence[str]) -> str:
    """Words joined by commas and a final "and".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
