"""The verdicts of a comparison, or of several, in a sentence or two."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from loganneal.studies.judge.verdicts import counted

Summary = dict[str, Any]

_VERBS = {
    "win": ("beats", "beat"),
    "loss": ("loses", "lose"),
    "tie": ("ties", "tie"),
    "inconclusive": ("is undecided", "are undecided"),
    "no verdict": ("gets no verdict", "get no verdict"),
}
"""For one arm and for several."""


def headline(reference: str, arms: Sequence[Summary]) -> str:
    """The verdicts of one comparison.

    Args:
        reference: Title of the reference.
        arms: The entries of the arms.

    Example:
        >>> headline("Cosine", [{"name": "linear", "verdict": "win"}, {"name": "cla", "verdict": "tie"}])
        'linear beats Cosine. Against it, cla ties.'
    """
    groups = {name: [arm["name"] for arm in arms if arm["verdict"] == name] for name in _VERBS}
    if not any(groups.values()):
        return "No replicate is finished yet."
    winners = groups.pop("win")
    start = _clause("win", winners) if winners else "No rival is shown to beat"
    rest = "; ".join(_clause(name, names) for name, names in groups.items() if names)
    return f"{start} {reference}. Against it, {rest}." if rest else f"{start} {reference}."


def study_headline(reference: str, comparisons: Sequence[Summary]) -> str:
    """How often each rival won or lost; the comparisons are counted, never pooled. One speaks for itself.

    Args:
        reference: Title of the reference.
        comparisons: Summaries with the same arms.

    Example:
        >>> verdicts = [("win", "tie"), ("win", "loss"), ("tie", "tie")]
        >>> rivals = [[{"name": "linear", "verdict": one}, {"name": "cla", "verdict": two}] for one, two in verdicts]
        >>> study_headline("Cosine", [{"arms": arms} for arms in rivals])
        'Of 3 comparisons with Cosine: linear wins 2; cla loses 1.'
    """
    if len(comparisons) == 1:
        return str(comparisons[0]["headline"])
    found: dict[str, list[str]] = defaultdict(list)
    for arm in (arm for one in comparisons for arm in one["arms"] if arm["verdict"]):
        found[arm["name"]].append(arm["verdict"])
    if not found:
        return "No replicate is finished yet."
    alike: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, verdicts in found.items():
        alike[verdicts.count("win"), verdicts.count("loss")].append(name)
    best_first = sorted(alike.items(), key=lambda item: item[0][1] - item[0][0])
    clauses = [f"{listed(names)} {_tally(*counts, several=len(names) > 1)}" for counts, names in best_first]
    return f"Of {counted(len(comparisons), 'comparison')} with {reference}: {'; '.join(clauses)}."


def _tally(wins: int, losses: int, *, several: bool) -> str:
    won, lost = ("win", "lose") if several else ("wins", "loses")
    if not wins and not losses:
        return f"neither {won} nor {lost} any"
    counts = listed([f"{verb} {count}" for verb, count in ((won, wins), (lost, losses)) if count])
    return f"{counts} each" if several else counts


def _clause(verdict: str, names: Sequence[str]) -> str:
    return f"{listed(names)} {_VERBS[verdict][len(names) > 1]}"


def listed(names: Sequence[str]) -> str:
    """Words with commas and a last "and".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
