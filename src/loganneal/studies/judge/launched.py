"""How the runs of a command went, from their records."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from loganneal.runs.command_spec import CommandSpec
from loganneal.runs.launch import SeenRates
from loganneal.runs.record import Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.declare.sequential import IMPORTED
from loganneal.studies.judge.selected_runs import COUNTED
from loganneal.studies.result import Launched, RateSample

SAMPLES = 6
"""Number of rates of one run that are shown."""


def describe_launches(comparison: Comparison, finished: Sequence[FinishedRun]) -> Launched | None:
    """How the runs of a comparison on a command went; None for one on a workload.

    Args:
        comparison: The declaration.
        finished: Its runs with their records, including failed ones.
    """
    script = comparison.script
    if script is None or comparison.stage == IMPORTED:
        return None
    left_out = [run for run in finished if run.record.status not in COUNTED]
    invalid = (run.record.reason for run in left_out if run.record.status == "invalid")
    launches = [run.record.launch for run in finished if run.record.launch is not None]
    rates = [run.record.launch.rates for run in _counted(finished) if run.record.launch and run.record.launch.rates]
    errors = [one.largest_error for one in rates if one.largest_error is not None]
    return Launched(
        command=script.command,
        argv=launches[0].argv if launches else (),
        code=script.code,
        metric=script.metric,
        test_metric=script.test_metric or script.metric,
        runs=len(launches),
        attempts=sum(len(one.attempts) for one in launches),
        sources=tuple(sorted({one.source for one in rates})),
        factor=next((one.factor for one in rates if one.factor is not None), None),
        offsets=tuple(sorted({one.offset for one in rates if one.offset is not None})),
        largest_error=max(errors, default=None),
        samples=_samples(_counted(finished)),
        failed=dict(Counter(run.planned.arm for run in left_out)),
        reasons={run.planned.arm: run.record.reason for run in left_out},
        invalid=next(invalid, ""),
    )


def _counted(finished: Sequence[FinishedRun]) -> list[FinishedRun]:
    return [run for run in finished if run.record.status in COUNTED]


def _samples(finished: Sequence[FinishedRun]) -> tuple[RateSample, ...]:
    found = next((run.record for run in finished if run.record.launch and run.record.launch.rates), None)
    if found is None or found.launch is None or found.launch.rates is None:
        return ()
    return _sampled(found, found.launch.rates)


def _sampled(record: Record, rates: SeenRates) -> tuple[RateSample, ...]:
    if not isinstance(record.spec, CommandSpec):
        return ()
    places = np.unique(np.linspace(0, len(rates.step) - 1, SAMPLES).astype(int))
    late = rates.offset or 0
    schedule = record.spec.schedule
    return tuple(
        RateSample(rates.step[place], float(schedule(max(rates.step[place] - late, 0))), rates.rate[place])
        for place in places
    )
