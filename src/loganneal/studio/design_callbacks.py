"""The page on which a schedule is designed: what it does."""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from loganneal import _checks
from loganneal.schedules import MAX_STEP
from loganneal.studio import code
from loganneal.studio.curves import figure, reading
from loganneal.studio.design_page import facts_table, links
from loganneal.studio.edits import BUDGET, Event, applied, find_control, position, shown
from loganneal.studio.facts import advice, can_fit, curve_facts
from loganneal.studio.panel import budget_panel, identity, schedule_panel, tuned_choice
from loganneal.studio.state import Design, to_query

VALUES = ("slider", "field", "choice", "type", "epoch", "unit", "rivals", "tuned")
BUTTONS = ("add", "remove", "fit", "keep", "forget")

RESHAPING = ("type", "choice", "add", "remove", "unit", "epoch", "fit")
"""What may change which controls there are, or what all of them show."""


def add_callbacks(app: Dash) -> None:
    """Add what the page does."""
    values = [Input(_every(kind), "value") for kind in VALUES]
    clicks = [Input(_every(kind), "n_clicks") for kind in BUTTONS]
    follow = [Output(_every(kind), "value") for kind in ("field", "slider")]
    design = Input("design", "data")
    panels = [Output("budget-panel", "children"), Output("schedule-panel", "children")]
    changed = [Output("design", "data"), Output("curve", "figure"), Output("wrong", "children")]
    app.callback(*changed, *panels, *follow, values, clicks, State("design", "data"), prevent_initial_call=True)(_edit)
    told = [Output(identity("fit"), "hidden"), *(Output(name, "children") for name in ("advice", "facts", "links"))]
    app.callback(*told, Output("query", "data"), design)(_tell)
    app.callback(Output("code", "children"), Output("code-note", "children"), design, Input("framework", "value"))(_write)
    app.callback(Output("read", "children"), design, Input("read-at", "value"))(_read)
    app.callback(Output(identity("tuned"), "options"), Output(identity("tuned"), "value"), design)(_tuned)
    remember = ClientsideFunction("studio", "remember")
    app.clientside_callback(remember, Output("query", "clear_data"), Input("query", "data"))
    copy = ClientsideFunction("studio", "copy")
    app.clientside_callback(copy, Output("copy", "children"), Input("copy", "n_clicks"), State("code", "children"))


def _every(kind: str) -> dict[str, Any]:
    """The id that all controls of a kind have."""
    return {"kind": kind, "path": ALL}


def _edit(*_: Any) -> tuple[Any, ...]:
    """A control was used: the new design, its curve, and what the controls now show."""
    event, before = _event(), Design.from_dict(ctx.states["design.data"])
    try:
        design = applied(before, event)
    except ValueError as error:
        return no_update, no_update, str(error), no_update, no_update, *_followed(before, event)
    if design == before:
        raise PreventUpdate
    try:
        drawn = figure(design), ""
    except ValueError as error:  # a second parameter has yet to follow
        drawn = no_update, str(error)
    return design.to_dict(), *drawn, *_panels(design, event), *_followed(design, event)


def _event() -> Event:
    """The control that was used; one that has only come into being was not."""
    triggered = ctx.triggered_id
    if not triggered or ctx.triggered[0]["value"] is None:
        raise PreventUpdate
    return Event(triggered["kind"], triggered["path"], ctx.triggered[0]["value"])


def _panels(design: Design, event: Event) -> tuple[Any, Any]:
    """The panels, where controls come or go or show another unit."""
    reshapes = event.kind in RESHAPING
    of_budget = budget_panel(design) if event.kind in ("unit", "epoch") else no_update
    return of_budget, schedule_panel(design) if reshapes or event.path == BUDGET.path else no_update


def _followed(design: Design, event: Event) -> tuple[list[Any], list[Any]]:
    """The field and the slider of the parameter that was changed; the one in the hand is left alone."""
    fields, sliders = ctx.outputs_list[5:]
    text, place = no_update, no_update
    if event.kind in ("field", "slider"):
        control = BUDGET if event.path == BUDGET.path else find_control(design, event.path)
        value = design.total_steps if control is BUDGET else control.value
        text, place = shown(design, control, value), f"{position(control, value)}"
    follow_text = [text if event.kind == "slider" and _is(one, event) else no_update for one in fields]
    follow_place = [place if event.kind == "field" and _is(one, event) else no_update for one in sliders]
    return follow_text, follow_place


def _is(output: Any, event: Event) -> bool:
    return bool(output["id"]["path"] == event.path)


def _valid(data: Any) -> Design:
    """The design, where it makes a schedule."""
    design = Design.from_dict(data)
    try:
        design.others()
    except ValueError as error:
        raise PreventUpdate from error
    return design


def _tell(data: Any) -> tuple[Any, ...]:
    design = _valid(data)
    sentences = [html.P(one) for one in advice(design)]
    told = facts_table(curve_facts(design), design.tuned), links(design), to_query(design)
    return not can_fit(design), sentences, *told


def _write(data: Any, framework: str) -> tuple[str, str]:
    design = _valid(data)
    name = _checks.one_of("the page", "framework", framework, code.WRITERS)
    return code.WRITERS[name](design.schedule, design.total_steps), code.note(name, design.schedule)


def _read(data: Any, text: Any) -> str:
    design, words = _valid(data), str(text).replace(",", "").strip()
    if not (words.isascii() and words.isdigit() and int(words[:20]) < MAX_STEP):
        return "Give a whole step, 0 or more."
    return reading(design, int(words))


def _tuned(data: Any) -> tuple[Any, str]:
    choice = tuned_choice(Design.from_dict(data))
    return choice.options, choice.value
