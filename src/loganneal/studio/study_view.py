"""What the page shows of a study, in the words of the reports."""

import time
from typing import Any

from dash import dcc, html

from loganneal.reports.caveats import how_tested, warnings
from loganneal.reports.headline import headline, sentences, study_headline
from loganneal.reports.study_status import (
    STATUS_HEADER,
    Cost,
    cost,
    cost_sentences,
    introduction,
    look_sentences,
    stage_sentence,
    status_rows,
    trouble_sentences,
)
from loganneal.runs import ReadableStore
from loganneal.studies.judge.verdicts import counted
from loganneal.studies.result import ComparisonResult, StudyResult
from loganneal.studies.tables import header, rows
from loganneal.studio.design_page import CONFIG
from loganneal.studio.parts import listed, scrolled, table
from loganneal.studio.study_curves import ArmRuns, runs_of_result, runs_of_stage, scores_figure
from loganneal.studio.study_snapshot import STATES, Snapshot


def study_view(snapshot: Snapshot, store: ReadableStore) -> list[Any]:
    """Title, verdicts, how far it is, what it costs, and each comparison.

    Args:
        snapshot: The study as it is now.
        store: The records of its runs, for curves.
    """
    return [
        html.H2(snapshot.title),
        html.P(state_sentence(snapshot), role="status", className="state"),
        *(html.P(note, className="wrong") for note in snapshot.notes),
        *_verdicts(snapshot.result),
        *_progress(snapshot),
        *listed("Cost", _cost(snapshot)),
        *_comparisons(snapshot, store),
        *_repeat(snapshot),
    ]


def state_sentence(snapshot: Snapshot) -> str:
    """The state of a study; if it is running, with its process."""
    said = STATES[snapshot.state]
    return f"Running in process {snapshot.process}." if snapshot.state == "running" else said


def _verdicts(result: StudyResult | None) -> list[Any]:
    """The verdicts of all comparisons in a sentence or two, if any replicate counts."""
    if result is None or not any(one.replicates_done for one in result.comparisons):
        return []
    return [html.P(study_headline(result), className="lead")]


def _progress(snapshot: Snapshot) -> list[Any]:
    """What the study is, what comes next, and the runs of each arm; nothing if there is only a result."""
    if snapshot.kept is None or snapshot.stage is None:
        return []
    stage = snapshot.stage
    due, done = len(stage.planned), len(stage.inventory.finished)
    has_looks = any(one.looks for one in snapshot.kept.study.comparisons)
    coming = [stage_sentence(stage)] if has_looks and done and stage.inventory.missing else []
    lines = [*introduction(snapshot.kept.study, stage), *look_sentences(stage), *coming]
    bar = html.Progress(value=str(done), max=str(max(due, 1)), **{"aria-label": f"{done} of {due} runs that are due"})
    return [
        html.H3("Progress"),
        bar,
        html.Ul([html.Li(line) for line in (*lines, *trouble_sentences(stage.inventory))]),
        _table(STATUS_HEADER, status_rows(stage), "Runs done out of those that are due; not a verdict"),
    ]


def _cost(snapshot: Snapshot) -> list[str]:
    if snapshot.kept is not None and snapshot.stage is not None:
        return [*cost_sentences(cost(snapshot.kept.study, snapshot.stage), snapshot.stage), SECONDS]
    if snapshot.result is None:
        return []
    trials = {trial.record for one in snapshot.result.comparisons for arm in one.arms for trial in arm.trials}
    return [*cost_sentences(Cost(snapshot.result.seconds_of_training, len(trials), None, None)), SECONDS]


SECONDS = "Seconds of training are added up over the runs: with one thread per run, they are core seconds."


def _comparisons(snapshot: Snapshot, store: ReadableStore) -> list[Any]:
    result = snapshot.result
    if result is None:
        return []
    stage, several = snapshot.stage, len(result.comparisons) > 1
    found = []
    for number, one in enumerate(result.comparisons):
        arms = runs_of_result(one, store) if stage is None else runs_of_stage(stage, number)
        found.append(html.Section(_comparison(one, arms, several), **{"aria-label": one.label}))
    return found


def _comparison(one: ComparisonResult, arms: list[ArmRuns], several: bool) -> list[Any]:
    declared, metric = one.declaration, one.declaration.metric
    done = f"{counted(one.replicates_done, 'complete replicate')} of {declared.replicates}"
    caption = (
        f"Test {metric.label}, mean ± standard deviation over {done}; differences are paired, and positive is better"
    )
    verdicts = [html.P(headline(one), className="lead")] if several and one.replicates_done else []
    return [
        html.H3(one.label if several else "Arms"),
        *verdicts,
        *(html.P(line, className="warning") for line in warnings(one)),
        _table(header(one), rows(one), f"{caption}{how_tested(declared)}."),
        html.Ul([html.Li(line) for line in (*sentences(one), one.power.sentence)]),
        *_scores(one, arms),
    ]


def _scores(one: ComparisonResult, arms: list[ArmRuns]) -> list[Any]:
    figure = scores_figure(arms, one.declaration.metric.factor)
    if figure is None:
        return []
    graph = dcc.Graph(figure=figure, responsive=True, config=CONFIG)
    return [
        html.Section(graph, className="graph", **{"aria-label": f"Curves of {one.label}"}),
        html.P(f"Validation {one.declaration.metric.label} of the last finished runs of each arm.", className="soft"),
    ]


def _table(names: tuple[str, ...], cells: list[Any], caption: str) -> html.Div:
    return scrolled(caption, table(caption, names, [html.Tr([html.Td(cell) for cell in row]) for row in cells]))


def _repeat(snapshot: Snapshot) -> list[Any]:
    """The command that continues it, or repeats it."""
    command = snapshot.kept.command if snapshot.kept else snapshot.result.command if snapshot.result else ""
    code = html.Pre(html.Code(command), tabIndex=0, role="region", **{"aria-label": "Command"})
    return [html.H3("Repeat it"), code] if command else []


def ago(seconds: float, now: float | None = None) -> str:
    """How long ago a time was, given in seconds since 1970.

    >>> ago(0.0), ago(100.0, now=142.0), ago(0.1, now=7_300.0)
    ('', '42 s ago', '2 h ago')
    """
    if not seconds:
        return ""
    past = max(0.0, (time.time() if now is None else now) - seconds)
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if past >= unit:
            return f"{past / unit:.0f} {name} ago"
    return f"{past:.0f} s ago"
