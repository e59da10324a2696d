"""The diagnosis of a log: the first rule that finds something, in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from loganneal.diagnosis.finding import Finding, Run, look_at
from loganneal.diagnosis.instability import UNSTABLE, opened_badly
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.rule import Outcome, Rule, Verdict
from loganneal.diagnosis.rules import NOTES, RULES

HEALTHY = "healthy"
UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a run, as far as its log shows. `diagnose` makes one.

    Args:
        name: The name of a rule in `loganneal.diagnosis.RULES`; "healthy"; or "cannot be told" if nothing was found and
            the log has too little data for the first rule, on instability.
        sentence: The diagnosis as a sentence.
        evidence: The measurements behind it, as sentences.
        advice: What to change, as sentences, the most helpful change first.
        notes: What else is worth knowing, such as rules that could not be applied.
        span: First and last step of the part of the run that shows the failure; None if nothing was found.
        restarts: The steps at which the learning rate restarts.
        numbers: The measured values by name.
        cycle: Number of the cycle that shows the failure, counted from 1; 0 if it belongs to no single cycle.
        outcomes: The outcome of each rule, by the rule's name.

    Example:
        >>> from loganneal.diagnosis import Log
        >>> found = diagnose(Log(step=range(100), lr=[0.1] * 100, loss=np.linspace(2.3, 1.0, 100)))
        >>> found.name, found.restarts, found.advice
        ('healthy', (), ())
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
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as JSON values.

        Returns:
            The fields by name, with the outcomes in words under "rules". A number that is not finite becomes None.
        """
        values = asdict(self)
        del values["outcomes"]
        numbers = {name: value if np.isfinite(value) else None for name, value in self.numbers.items()}
        return values | {"numbers": numbers, "rules": {name: str(outcome) for name, outcome in self.outcomes.items()}}


def diagnose(log: Log) -> Diagnosis:
    """Look for five failures in a log. The first rule that finds something gives the diagnosis.

    Args:
        log: The log of the run.

    Returns:
        The diagnosis, with the outcome of every rule.

    Example:
        >>> import numpy as np
        >>> found = diagnose(Log(step=np.arange(100), lr=np.linspace(0.1, 0.05, 100), loss=np.linspace(2.3, 1.0, 100)))
        >>> found.name, found.evidence
        ('ends at a high rate', ('The last rate, 0.05, is 50% of the highest, 0.1.',))
        >>> print(found.outcomes["overfitting"])
        cannot be told from this log, since it has no validation losses
    """
    run = look_at(log)
    outcomes = {rule.name: rule.ask(run) for rule in RULES}
    for rule in RULES:
        if (finding := outcomes[rule.name].finding) is not None:
            return _found(rule, finding, run, outcomes)
    return _nothing_found(run, outcomes)


def diagnose_opening(log: Log) -> Diagnosis | None:
    """Find out during a run whether it is unstable in the opening of its last cycle.

    Args:
        log: The log of the run up to the end of that opening, which is the first quarter of the cycle.

    Returns:
        The diagnosis "unstable", or None if the opening does not show that.

    Example:
        >>> steps = np.arange(20)
        >>> rising = Log(step=steps, lr=np.full(20, 1.0), loss=np.where(steps < 5, 2.3, 9.0))
        >>> diagnose_opening(rising).name
        'unstable'
    """
    run = look_at(log)
    finding = opened_badly(run)
    return _found(UNSTABLE, finding, run, {}) if finding else None


def _found(rule: Rule, finding: Finding, run: Run, outcomes: Mapping[str, Outcome]) -> Diagnosis:
    words = rule.sentence(finding), finding.evidence, rule.advice(finding), _not_asked(outcomes)
    return Diagnosis(rule.name, *words, finding.span, _restarts(run), finding.numbers, finding.cycle, outcomes)


def _nothing_found(run: Run, outcomes: Mapping[str, Outcome]) -> Diagnosis:
    asked = outcomes[UNSTABLE.name].verdict is not Verdict.UNKNOWN
    unasked = _not_asked(outcomes)
    name, sentence = (
        (HEALTHY, _NONE_OF_THOSE_CHECKED if unasked else _NONE_OF_FIVE)
        if asked
        else (UNKNOWN, "The log shows too little for a diagnosis; what could be checked shows no failure.")
    )
    notes = (*_first_note(run), *unasked)
    return Diagnosis(name, sentence, _facts(run), (), notes, None, _restarts(run), {}, outcomes=outcomes)


_NONE_OF_FIVE = "The log shows none of the five failures."
_NONE_OF_THOSE_CHECKED = "The log shows none of the failures that could be checked; the notes say which could not."


def _first_note(run: Run) -> tuple[str, ...]:
    for rule in NOTES:
        if (finding := rule.ask(run).finding) is not None:
            return rule.sentence(finding), *finding.evidence
    return ()


def _restarts(run: Run) -> tuple[int, ...]:
    return tuple(int(run.log.step[cycle.start]) for cycle in run.cycles[1:])


def _facts(run: Run) -> tuple[str, ...]:
    log = run.log
    facts = f"The loss starts at {run.first:.4g} and ends at {log.loss[-1]:.4g}"
    if not log.has_rate:
        return (f"{len(log.step)} rows up to step {log.step[-1]:.0f}, without a learning rate.", f"{facts}.")
    share = log.lr[-1] / log.peak if log.peak > 0 else 0.0
    return (
        f"{len(log.step)} rows up to step {log.step[-1]:.0f}, {len(run.cycles)} cycle{'s' * (len(run.cycles) > 1)}.",
        f"{facts}, the rate at {share:.1%} of its peak.",
    )


def _not_asked(outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """The rules for which the log has too little data."""
    return tuple(f"{name}: {outcome}." for name, outcome in outcomes.items() if outcome.verdict is Verdict.UNKNOWN)
