"""The diagnosis of a log: the first rule that finds something, in words."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from loganneal.diagnosis import advice, thresholds
from loganneal.diagnosis.finding import Finding, Run, look_at
from loganneal.diagnosis.fitting import second_half
from loganneal.diagnosis.instability import opened_badly
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.rules import NOTES, RULES

HEALTHY = "healthy"


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a run, as far as its log shows.

    Args:
        name: A name in `RULES`, or "healthy".
        sentence: The same as a sentence.
        evidence: What was measured, a sentence each.
        advice: What to change, what helps most first.
        notes: What else is worth knowing, such as rules that could not be applied.
        span: First and last step of where it shows; None for a healthy run.
        restarts: The steps at which the rate restarts.
        numbers: The measured values by name.
        cycle: Which cycle it shows in, counted from 1; 0 where that means nothing.
    """

    name: str
    sentence: str
    evidence: tuple[str, ...]
    advice: tuple[str, ...]
    notes: tuple[str, ...]
    span: tuple[int, int] | None
    restarts: tuple[int, ...]
    numbers: dict[str, float]
    cycle: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as JSON values; a number that is not finite is None."""
        numbers = {name: value if np.isfinite(value) else None for name, value in self.numbers.items()}
        return asdict(self) | {"numbers": numbers}


def diagnose(log: Log) -> Diagnosis:
    """Look for five failures in a log; the first rule that finds something gives the diagnosis.

    Args:
        log: The run.

    Example:
        >>> import numpy as np
        >>> found = diagnose(Log(step=np.arange(100), lr=np.full(100, 0.1), loss=np.linspace(2.3, 1.0, 100)))
        >>> found.name, found.evidence
        ('ends at a high rate', ('The last rate, 0.1, is 100% of the highest, 0.1.',))
    """
    run = look_at(log)
    restarts = tuple(int(log.step[cycle.start]) for cycle in run.cycles[1:])
    found = next(filter(None, (rule(run) for rule in RULES.values())), None)
    if found is None:
        return _healthy(run, restarts)
    words = advice.sentence(found), found.evidence, advice.advice(found), _not_applied(run)
    return Diagnosis(found.name, *words, found.span, restarts, found.numbers, found.cycle)


def diagnose_opening(log: Log) -> Diagnosis | None:
    """What shows before the end of a run: that it is unstable in the opening of its last cycle. None if it is not.

    Args:
        log: The run, up to the end of that opening, a quarter of the cycle.
    """
    run = look_at(log)
    found = opened_badly(run)
    if found is None:
        return None
    words = advice.sentence(found), found.evidence, advice.advice(found), ()
    return Diagnosis(found.name, *words, found.span, (), found.numbers, found.cycle)


def _healthy(run: Run, restarts: tuple[int, ...]) -> Diagnosis:
    found = [note for rule in NOTES if (note := rule(run))]
    notes = (*(line for note in found[:1] for line in _as_note(note)), *_not_applied(run))
    sentence = "The log shows none of the failures looked for."
    return Diagnosis(HEALTHY, sentence, _facts(run), (), notes, None, restarts, second_half(run))


def _as_note(finding: Finding) -> tuple[str, ...]:
    return advice.sentence(finding), *finding.evidence


def _facts(run: Run) -> tuple[str, ...]:
    log = run.log
    share = log.lr[-1] / log.peak if log.peak > 0 else 0.0
    return (
        f"{len(log.step)} rows up to step {log.step[-1]:.0f}, {len(run.cycles)} cycle{'s' * (len(run.cycles) > 1)}.",
        f"The loss starts at {run.first:.4g} and ends at {log.loss[-1]:.4g}, the rate at {share:.1%} of its peak.",
    )


def _not_applied(run: Run) -> tuple[str, ...]:
    """Rules for which the log has too little."""
    notes = []
    if run.log.steps_per_epoch is None and len(run.cycles) >= thresholds.SHORT_CYCLES:
        notes.append("Whether cycles are shorter than an epoch is not known: the log does not say how long one is.")
    if not second_half(run):
        few = f"it needs {thresholds.VALIDATIONS} validation losses in each half, and losses above 0"
        notes.append(f"Overfitting was not looked for: {few}.")
    return tuple(notes)
