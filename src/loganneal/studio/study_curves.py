"""The picture of a comparison while it runs: validation scores of its finished runs over the steps, for Plotly."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loganneal.runs import ReadableStore, Record
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.sequential import IMPORTED
from loganneal.studies.result import ComparisonResult
from loganneal.studies.run import Stage
from loganneal.studio.curves import DASHES, Figure, layout

MOST_RUNS = 20
"""Maximum number of runs of an arm that are drawn, the last ones of the plan: more cannot be told apart."""

ROWS = 200
"""Maximum number of points of a run that are drawn."""


class ArmRuns(NamedTuple):
    """An arm with the records of its runs."""

    arm: Arm
    records: list[Record]


def runs_of_stage(stage: Stage, number: int) -> list[ArmRuns]:
    """The finished runs of each arm of the comparison with a number, counted from 0."""
    comparison, finished = stage.study.comparisons[number], stage.inventory.finished
    own = [run for run in finished if run.planned.comparison == number]
    return [
        ArmRuns(comparison.arm(name), [run.record for run in own if run.planned.arm == name][-MOST_RUNS:])
        for name in comparison.arms
    ]


def runs_of_result(comparison: ComparisonResult, store: ReadableStore) -> list[ArmRuns]:
    """The runs behind the result of a comparison, as far as there are records of them."""
    if comparison.declaration.stage == IMPORTED:
        return []
    workload = comparison.declaration.workload
    return [
        ArmRuns(one.arm, _found(store, workload, [trial.record for trial in one.trials][-MOST_RUNS:]))
        for one in comparison.arms
    ]


def _found(store: ReadableStore, workload: str, keys: Sequence[str]) -> list[Record]:
    return [record for record in (store.find(workload, key) for key in keys) if record is not None]


def scores_figure(arms: Iterable[ArmRuns], factor: float) -> Figure | None:
    """A thin line for each run in the colour of its arm; None if no run has a curve.

    Args:
        arms: The arms with their runs.
        factor: Number by which a score is multiplied to be shown, see `loganneal.data.metric.Metric`.
    """
    drawn = [(number, one) for number, one in enumerate(arms) if any(_rows(record, factor) for record in one.records)]
    if not drawn:
        return None
    end = max(record.spec.steps for _, one in drawn for record in one.records)
    traces = [_trace(one, DASHES[number % len(DASHES)], factor) for number, one in drawn]
    return {"data": traces, "layout": {**layout(float(end), "validation score"), "hovermode": "closest"}}


def _trace(one: ArmRuns, dash: str, factor: float) -> Figure:
    """The runs of an arm as one curve with gaps; its name is plain, since Plotly reads markup in titles."""
    steps: list[int | None] = []
    scores: list[float | None] = []
    for record in one.records:
        rows = _rows(record, factor)
        steps += [*(step for step, _ in rows), None]
        scores += [*(score for _, score in rows), None]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": one.arm.name,
        "x": steps,
        "y": scores,
        "line": {"color": one.arm.colour, "width": 1.2, "dash": dash},
        "marker": {"size": 4},
        "opacity": 0.75,
        "connectgaps": False,
        "hovertemplate": "%{y:.5g} at step %{x:,d}",
    }


def _rows(record: Record, factor: float) -> list[tuple[int, float]]:
    rows = [(row.step, row.validation_score) for row in record.metrics]
    scored = [(step, factor * score) for step, score in rows if score is not None]
    every = -(-len(scored) // ROWS) or 1
    return scored[::-1][::every][::-1]  # keeps the last row, which is the one that counts
