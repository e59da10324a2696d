"""The verdicts of a comparison, or of several, in a sentence or two."""

from collections.abc import Sequence
from typing import Any

from loganneal.studies.verdicts import counted

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
    """How often each rival won, lost or tied; the comparisons are counted, never pooled. One speaks for itself.

    Args:
        reference: Title of the reference.
        comparisons: Summaries with the same arms.

    Example:
        >>> summaries = [{"arms": [{"title": "Linear", "verdict": name}]} for name in ("win", "win", "tie")]
        >>> study_headline("Cosine", summaries)
        'Against Cosine: Linear wins in 2 and ties in 1 of 3 comparisons.'
    """
    if len(comparisons) == 1:
        return str(comparisons[0]["headline"])
    titles = list(dict.fromkeys(arm["title"] for one in comparisons for arm in one["arms"] if arm["verdict"]))
    if not titles:
        return "No replicate is finished yet."
    clauses = "; ".join(f"{title} {_tally(title, comparisons)}" for title in titles)
    return f"Against {reference}: {clauses} of {counted(len(comparisons), 'comparison')}."


_TALLIED = {
    "win": "wins in",
    "loss": "loses in",
    "tie": "ties in",
    "inconclusive": "is undecided in",
    "no verdict": "gets no verdict in",
}


def _tally(title: str, comparisons: Sequence[Summary]) -> str:
    found = [arm["verdict"] for one in comparisons for arm in one["arms"] if arm["title"] == title]
    return listed([f"{verb} {found.count(name)}" for name, verb in _TALLIED.items() if name in found])


def _clause(verdict: str, names: Sequence[str]) -> str:
    return f"{listed(names)} {_VERBS[verdict][len(names) > 1]}"


def listed(names: Sequence[str]) -> str:
    """Words with commas and a last "and".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
