"""Checks each run of a command as it ends: did it train with its schedule, its seed and its peak rate?"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence

from loganneal import Schedule
from loganneal.runs.command_spec import CommandSpec
from loganneal.runs.record import Record
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.judge.rates import factor_problem, judge_rates

FEWEST_VALUES = 3
"""Fewest reported values at which equal results are not taken for chance."""


class Inspector:
    """Compares each run of a command with what was asked of it, and with the other runs of its comparison.

    Args:
        planned: All runs of the study, for the schedules of the other arms.
        finished: The runs that already have a record.
    """

    def __init__(self, planned: Sequence[PlannedRun], finished: Iterable[FinishedRun]) -> None:
        self._beside: dict[tuple[int, int, int], dict[str, Schedule]] = defaultdict(dict)
        for run in planned:
            if isinstance(run.spec, CommandSpec):
                self._beside[_place(run)][run.arm] = run.spec.schedule
        self._factors: dict[int, dict[float, float]] = defaultdict(dict)
        self._results: dict[int, dict[tuple[object, ...], PlannedRun]] = defaultdict(dict)
        for done in finished:
            if isinstance(done.record.spec, CommandSpec):
                self._remember(done.planned, done.record)

    def inspect(self, run: PlannedRun, record: Record) -> Record:
        """The record with the verdict on its rates; "invalid" if the run did not train as asked.

        Args:
            run: The run as it was planned.
            record: The record that it produced.
        """
        if not isinstance(record.spec, CommandSpec) or record.launch is None:
            return record
        others = {name: one for name, one in self._beside[_place(run)].items() if name != run.arm}
        whole = record.status == "completed"
        verdict = judge_rates(record.spec.schedule, record.spec.steps, record.launch.rates, others, whole=whole)
        record = dataclasses.replace(record, launch=dataclasses.replace(record.launch, rates=verdict.seen))
        if record.status == "failed":
            return record
        problem = verdict.problem or self._against_others(run, record)
        if problem:
            return dataclasses.replace(record, status="invalid", reason=problem, validation_score=None, test_score=None)
        self._remember(run, record)
        return record

    def _against_others(self, run: PlannedRun, record: Record) -> str:
        factor = record.launch.rates.factor if record.launch and record.launch.rates else None
        if factor is not None:
            problem = factor_problem(factor, run.peak, self._factors[run.comparison])
            if problem:
                return problem
        twin = self._results[run.comparison].get(_result(record))
        return "" if twin is None else _equal(run, twin)

    def _remember(self, run: PlannedRun, record: Record) -> None:
        rates = record.launch.rates if record.launch else None
        if rates is not None and rates.factor is not None:
            self._factors[run.comparison][run.peak] = rates.factor
        result = _result(record)
        if len(result) >= FEWEST_VALUES:
            self._results[run.comparison][result] = run


def _place(run: PlannedRun) -> tuple[int, int, int]:
    return run.comparison, run.replicate, run.trial


def _result(record: Record) -> tuple[object, ...]:
    """Everything that a run reported, to the last digit."""
    values = [value for row in record.metrics for value in (row.loss, row.validation_score)]
    return tuple(value for value in values if value is not None and value == value)


def _equal(run: PlannedRun, twin: PlannedRun) -> str:
    """What it means if the results of two runs are equal to the last digit."""
    if run.replicate != twin.replicate:
        seeds = f"{twin.spec.seed} and {run.spec.seed}"
        return f"the seed is ignored: runs with seeds {seeds} gave results equal to the last digit"
    if run.arm != twin.arm:
        return f"the schedule was not used: {twin.arm} and {run.arm} gave results equal to the last digit"
    peaks = f"{twin.peak:g} and {run.peak:g}"
    return f"the peak rate is ignored: runs with peaks {peaks} gave results equal to the last digit"
