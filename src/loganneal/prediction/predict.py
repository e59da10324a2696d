"""Which schedule to use, from one to four logs."""

from collections.abc import Mapping, Sequence

import numpy as np

from loganneal import _checks
from loganneal.diagnosis import Log
from loganneal.prediction.curves import Run, best_quantity
from loganneal.prediction.ensemble import Ensemble, fit_ensemble
from loganneal.prediction.families import Family, Setting, members
from loganneal.prediction.judge_log import refuse_curves, refuse_logs
from loganneal.prediction.prediction import Choice, Prediction, ProbeRun, Quantity, SchedulePrediction
from loganneal.prediction.probe import Probe, find_probe, is_constant, probe_schedule, warmup_of
from loganneal.prediction.rates import Rates, in_cells, rates_of
from loganneal.schedules import Schedule

MOST_LOGS = 4

LONGEST = 2.0
"""A budget may be at most this many times that of the longest log."""

HIGHER = 1.02
"""A schedule's peak may be at most this many times that of the logs: laws do not extrapolate to higher rates."""

ABOUT_AS_GOOD = 0.005
"""What is predicted within this share of the loss of the best counts as about as good."""

_MEMORISING = (
    "cannot be used: the loss heads for 0 instead of settling, as it does if a run memorizes its data, and then the "
    "laws do not hold."
)
Given = Log | Run


def predict(
    logs: Sequence[Given],
    schedules: Mapping[str, Schedule],
    *,
    total_steps: int | None = None,
    families: tuple[str, ...] = ("cla", "wsd"),
) -> Prediction:
    """Predict from logs how other schedules would have done at the same peak learning rate. Experimental.

    Five laws of the loss are fitted to the logs. Each gives the final loss under a schedule, relative to that of the
    run in the first log. A schedule gets a verdict only if every law gives a difference of the same sign above 0.2%
    of the loss and above two standard errors of the log's end. If the logs cannot tell schedules apart, the answer is
    not a ranking but the run to train. Sources of the laws: arXiv:2509.19189, arXiv:2408.11029 and arXiv:2503.12811.

    Args:
        logs: One to four logs of runs that differ only in the schedule and the length. One of them should contain a
            probe: a fast fall from a plateau, or a rate that rises after the warmup.
        schedules: The schedules to predict, by name.
        total_steps: The budget to predict for, at least 1 and at most twice that of the longest log; None for the
            budget of the first log.
        families: Families of schedules whose best parameter is searched: any of "cla" and "wsd".

    Returns:
        The prediction. If nothing is predicted, its ``refusal`` says why.

    Raises:
        ValueError: There is no log, or a parameter is outside its range.

    Example:
        >>> import loganneal as la
        >>> steps = np.arange(1.0, 401.0)
        >>> rates = la.Cosine(0.1, 400).curve(400)
        >>> answer = predict([Log(steps, rates, 1.0 + steps**-0.5)], {"linear": la.Linear(0.1, 400)})
        >>> answer.probe, answer.make.code
        (None, 'WarmupStableDecay(max_lr=0.1, total_steps=200, warmup_steps=0, decay_steps=40)')
    """
    runs = [one if isinstance(one, Run) else Run(one) for one in logs]
    if not 1 <= len(runs) <= MOST_LOGS:
        _checks.fail("predict", "logs", f"one to {MOST_LOGS} logs", len(runs))
    steps, unit = _budget(runs, total_steps), runs[0].log.unit
    if why := refuse_logs(runs):
        return Prediction(None, "", "training loss", steps, why, unit=unit)
    quantity = best_quantity(runs)
    if why := refuse_curves(runs, quantity):
        return Prediction(None, "", quantity, steps, why, unit=unit)
    probe = _probe(runs)
    if probe is None:
        return _make_a_probe(runs, quantity, steps)
    return _predict(runs, probe, quantity, steps, schedules, families)


def setting_of(runs: Sequence[Run], total_steps: int | None = None) -> Setting:
    """What schedules to compare with a log's run take from it: its peak, its warmup, and the budget.

    Args:
        runs: Runs with learning rates.
        total_steps: The budget, as in `predict`.

    Raises:
        ValueError: The budget is outside its range.
    """
    steps = _budget(runs, total_steps)
    reference = _stretched(runs[0], steps, runs[0].steps)
    return Setting(runs[0].peak, steps, warmup_of(reference, steps))


def _budget(runs: Sequence[Run], total_steps: int | None) -> int:
    longest = int(LONGEST * max(run.steps for run in runs))
    if total_steps is None:
        return runs[0].steps
    remedy = "The laws are not extrapolated beyond twice the length of the longest log."
    return _checks.whole("predict", "total_steps", total_steps, 1, longest, remedy=remedy)


def _probe(runs: Sequence[Run]) -> Probe | None:
    found = [find_probe(run.rates(run.steps)) for run in runs]
    return next((one for one in found if one == "rise"), next((one for one in found if one), None))


def _make_a_probe(runs: Sequence[Run], quantity: Quantity, steps: int) -> Prediction:
    first = runs[0]
    schedule = probe_schedule(first.peak, first.steps, warmup_of(first.rates(first.steps), first.steps))
    make = ProbeRun(schedule.max_lr, schedule.total_steps, schedule.to_dict(), _code(schedule))
    remedy = f"Also train the probe, over {make.total_steps} steps as this log counts them, and pass both logs."
    return Prediction(
        None, _class(runs, None), quantity, steps, f"{_why_no_probe(runs)} {remedy}", make=make, unit=first.log.unit
    )


def _why_no_probe(runs: Sequence[Run]) -> str:
    if all(is_constant(run.rates(run.steps)) for run in runs):
        return "A constant learning rate cannot tell schedules apart: it does not show what a lower rate does."
    return (
        "A learning rate that only decays cannot tell schedules apart: the sum of the rates grows as the rate falls, "
        "and either may have lowered the loss."
    )


def _these(runs: Sequence[Run]) -> str:
    return "The log" if len(runs) == 1 else "The logs"


def _code(schedule: Schedule) -> str:
    """The call that makes a schedule, without defaults."""
    shown = ("max_lr", "total_steps", "warmup_steps", "decay_steps")
    values = schedule.to_dict()
    return f"{type(schedule).__name__}({', '.join(f'{name}={values[name]!r}' for name in shown)})"


def _class(runs: Sequence[Run], probe: Probe | None) -> str:
    """The class of logs, by which hit rates are kept."""
    count = "one log" if len(runs) == 1 else "several logs"
    return f"{count}, {'only decays' if probe is None else {'fall': 'a fast fall', 'rise': 'a rise'}[probe]}"


def _predict(
    runs: Sequence[Run],
    probe: Probe,
    quantity: Quantity,
    steps: int,
    schedules: Mapping[str, Schedule],
    families: tuple[str, ...],
) -> Prediction:
    ensemble = fit_ensemble(runs, quantity)
    if not ensemble.settles:
        return Prediction(
            probe, _class(runs, probe), quantity, steps, f"{_these(runs)} {_MEMORISING}", unit=runs[0].log.unit
        )
    reference = _stretched(runs[0], steps, ensemble.unit)
    said = tuple(_say(ensemble, name, one, steps, reference) for name, one in schedules.items())
    chosen = members(families, setting_of(runs, steps))
    choices = tuple(_choose(ensemble, family, some, steps) for family, some in chosen.items())
    misfit = {fit.law.name: fit.misfit for fit in ensemble.fits}
    return Prediction(probe, _class(runs, probe), quantity, steps, "", said, choices, misfit, unit=runs[0].log.unit)


def _stretched(run: Run, steps: int, unit: float) -> Rates:
    """The rates of a run as they were, or stretched to another budget."""
    rates = run.rates(unit)
    return rates if steps == run.steps else Rates(rates.edges * steps / run.steps, rates.mean, rates.square)


def _say(ensemble: Ensemble, name: str, schedule: Schedule, steps: int, reference: Rates) -> SchedulePrediction:
    curve = schedule.curve(steps) / ensemble.peak
    if np.max(curve) > HIGHER:
        why = f"its peak is {np.max(curve):.3g} times that of the logs, and the laws do not extrapolate to higher rates"
        return SchedulePrediction(name, None, None, None, "cannot tell", why)
    return ensemble.say(name, in_cells(curve, ensemble.unit), reference)


def _choose(ensemble: Ensemble, family: Family, chosen: Mapping[float, Schedule], steps: int) -> Choice:
    """The value that is best on average over the laws, and the interval of those about as good."""
    rates = [rates_of(one, steps, ensemble.peak, ensemble.unit) for one in chosen.values()]
    means = np.array([np.mean(list(ensemble.differences(one, rates[0]).values())) for one in rates])
    values, best = list(chosen), int(np.argmin(means))
    near = np.flatnonzero(1 + means <= (1 + means[best]) * (1 + ABOUT_AS_GOOD))
    low, high = best, best  # the interval ends at the first value that is not about as good
    while low - 1 in near:
        low -= 1
    while high + 1 in near:
        high += 1
    return Choice(family.title, family.parameter, values[best], values[low], values[high])
