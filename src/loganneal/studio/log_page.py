"""The page on which a log is dropped."""

from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html

from loganneal.prediction import Prediction
from loganneal.prediction.track_record import track_record
from loganneal.prediction.words import percent
from loganneal.studio.design_page import CONFIG
from loganneal.studio.dropped_log import DroppedLog, UnreadLogError, read_dropped
from loganneal.studio.log_choice import BY_NAMES, CHOICES, RUN, LogChoice, choosers, from_page, stores, to_page
from loganneal.studio.log_curves import log_figure
from loganneal.studio.parts import listed, table
from loganneal.studio.state import to_query

KINDS = "CSV, JSON, JSON lines, trainer_state.json of Transformers, or an event file of TensorBoard"


NO_LOG = "This is not a log that can be read."
TO_CHOOSE = "Something is left to choose or to correct below."


def log_page(search: str) -> list[Any]:
    """The page, before anything is dropped."""
    choose = html.Span("Choose a log, or drop it here", className="button")
    return [
        *stores(),
        html.H1("Look at a training log"),
        html.P(f"{KINDS}. It stays on this machine."),
        # the label opens the file dialog, and names the field for screen readers
        html.Label(dcc.Upload(choose, id="upload", disable_click=True), className="upload"),
        html.Div(id="log", role="status"),
    ]


def add_callbacks(app: Dash) -> None:
    """Add what the page does."""
    chosen = [f"{one}-chosen" for one in CHOICES]
    given = Input("upload", "contents"), State("upload", "filename"), *(Input(one, "data") for one in chosen)
    outputs = Output("log", "children"), *(Output(one, "data") for one in chosen)
    app.callback(*outputs, *given, prevent_initial_call=True)(_dropped)


def _dropped(contents: Any, name: Any, *values: Any) -> tuple[Any, ...]:
    """Respond to a dropped file, or to another choice of how to read it; the browser keeps the file."""
    kept = from_page(values)
    choice = {"upload": BY_NAMES, f"{RUN}-chosen": LogChoice(kept.run)}.get(ctx.triggered_id, kept)
    return _answer(name, contents, choice), *to_page(choice)


def _answer(name: Any, contents: Any, choice: LogChoice) -> list[Any]:
    try:
        return log_view(read_dropped(name, contents, choice))
    except UnreadLogError as error:
        return [_wrong(error), *choosers(error.options, {})]
    except (ValueError, OSError, ImportError, OverflowError, MemoryError) as error:
        return [_wrong(error)]


def _wrong(error: Exception) -> html.P:
    options = getattr(error, "options", None)
    start = TO_CHOOSE if options and (options.runs or options.columns) else NO_LOG
    return html.P(f"{start} {error}", role="alert", className="wrong")


def log_view(dropped: DroppedLog) -> list[Any]:
    """What a log shows: picture, diagnosis, prediction, proposals, and what was read."""
    diagnosis = dropped.diagnosis
    graph = dcc.Graph(id="log-curve", figure=log_figure(dropped.reading.log, diagnosis), responsive=True, config=CONFIG)
    links = [
        html.A(f"Open {what} in the designer", href=f"/{to_query(one)}") for what, one in dropped.proposals().items()
    ]
    return [
        html.H2(f"{dropped.name}: {diagnosis.name}"),
        html.P(diagnosis.sentence),
        html.Section(graph, className="graph tall", **{"aria-label": "Curves of the log"}),
        *listed("Evidence", diagnosis.evidence),
        *listed("Advice", diagnosis.advice),
        *listed("Notes", diagnosis.notes),
        html.H3("Prediction"),
        *_prediction(dropped.prediction),
        html.P(links, className="links"),
        *listed("Read", dropped.reading.lines()),
        *choosers(dropped.options, dropped.reading.taken),
    ]


def _prediction(prediction: Prediction | None) -> list[Any]:
    if prediction is None:
        return [html.P("No prediction is possible: the log has no learning rate.")]
    if prediction.refusal:
        return [html.P(prediction.refusal)]
    header = ("schedule", "difference", "range over the laws", "verdict")
    rows = [html.Tr([html.Th(one.name, scope="row"), *map(html.Td, _cells(one))]) for one in prediction.schedules]
    budget = f"{prediction.total_steps:,} {prediction.unit}"
    caption = f"Final {prediction.quantity} against this run, at the same peak and {budget}."
    record = track_record()
    history = [record.sentence(prediction.log_class), record.experimental]
    return [table(caption, header, rows), *map(html.P, filter(None, history))]


def _cells(one: Any) -> list[str]:
    verdict = f"{one.verdict}: {one.reason}" if one.reason else one.verdict
    if one.difference is None or one.low is None or one.high is None:
        return ["", "", verdict]
    return [percent(one.difference), f"{percent(one.low)} to {percent(one.high)}", verdict]
