"""The page for designing a schedule: what it does."""

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
from loganneal.studio.panel import budget_panel, chosen, identity, rival_buttons, schedule_panel, tuned_options
from loganneal.studio.state import Design, to_query

RESHAPING = ("type", "choice", "add", "remove", "unit", "epoch", "fit")
"""Events that may change which controls there are, or what all of them show."""


def add_callbacks(app: Dash) -> None:
    """Add what the page does."""
    follow = [Output(_every(kind), "value") for kind in ("field", "slider")]
    panels = [Output("budget-panel", "children"), Output("schedule-panel", "children")]
    changed = [Output("design", "data"), Output("curve", "figure"), Output("wrong", "children")]
    event = Input("event", "data"), State("design", "data")
    app.callback(Output("answered", "data"), *changed, *panels, *follow, *event, prevent_initial_call=True)(_edit)
    told = [
        Output(identity("fit"), "hidden"),
        *(Output(name, "children") for name in ("advice", "facts", "links", "rivals")),
    ]
    settled = Input("settled", "data")
    told += [Output(identity("tuned"), "children"), Output("query", "data")]
    app.callback(*told, settled)(_tell)
    app.callback(
        Output("code", "children"), Output("code-note", "children"), settled, Input("framework-chosen", "data")
    )(_write)
    app.callback(Output("read", "children"), settled, Input("read-at", "value"))(_read)
    _in_the_browser(app, "answered", "answered", Input("answered", "data"), State("design", "data"))
    _in_the_browser(app, "remember", "query", Input("query", "data"))
    copy = ClientsideFunction("studio", "copy")
    app.clientside_callback(copy, Output("copy", "children"), Input("copy", "n_clicks"), State("code", "children"))


def _in_the_browser(app: Dash, name: str, store: str, *inputs: Input) -> None:
    """Register a function of assets/studio.js, which has no output of its own."""
    app.clientside_callback(ClientsideFunction("studio", name), Output(store, "clear_data"), *inputs)


def _every(kind: str) -> dict[str, Any]:
    """The id that all controls of a kind have."""
    return {"kind": kind, "path": ALL}


def _edit(used: Any, data: Any) -> tuple[Any, ...]:
    """Respond to the use of a control: the new design, its curve, and what the controls now show."""
    event, before = Event(str(used["kind"]), str(used["path"]), used["value"]), Design.from_dict(data)
    try:
        design = applied(before, event)
    except ValueError as error:
        return used["time"], no_update, no_update, str(error), no_update, no_update, *_unchanged()
    return used["time"], design.to_dict(), *_drawn(design), *_panels(design, event), *_followed(design, event)


def _panels(design: Design, event: Event) -> tuple[Any, Any]:
    """The panels, if controls come or go or show another unit."""
    reshapes = event.kind in RESHAPING
    of_budget = budget_panel(design) if event.kind in ("unit", "epoch") else no_update
    return of_budget, schedule_panel(design) if reshapes or event.path == BUDGET.path else no_update


def _drawn(design: Design) -> tuple[Any, str]:
    """The curve, or what is wrong until a second parameter is changed to match the first."""
    try:
        return figure(design), ""
    except ValueError as error:
        return no_update, str(error)


def _unchanged() -> list[list[Any]]:
    return [[no_update] * len(outputs) for outputs in ctx.outputs_list[6:]]


def _followed(design: Design, event: Event) -> tuple[list[Any], list[Any]]:
    """The field and the slider of the changed parameter; the one that is being used is left alone."""
    fields, sliders = ctx.outputs_list[6:]
    text: Any = no_update
    place: Any = no_update
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
    """The design; if it is invalid, the update is skipped."""
    design = Design.from_dict(data)
    try:
        design.others()
    except ValueError as error:
        raise PreventUpdate from error
    return design


def _tell(data: Any) -> tuple[Any, ...]:
    design = _valid(data)
    sentences = [html.P(one) for one in advice(design)]
    told = facts_table(curve_facts(design), design.tuned), links(design), rival_buttons(design)
    return not can_fit(design), sentences, *told, chosen(tuned_options(design), design.tuned), to_query(design)


def _write(data: Any, framework: str) -> tuple[str, str]:
    design = _valid(data)
    name = _checks.one_of("the page", "framework", framework, code.WRITERS)
    return code.WRITERS[name](design.schedule, design.total_steps), code.note(name, design.schedule)


def _read(data: Any, text: Any) -> str:
    design, words = _valid(data), str(text).replace(",", "").strip()
    if not (words.isascii() and words.isdigit() and int(words[:20]) < MAX_STEP):
        return "Enter a whole number of at least 0."
    return reading(design, int(words))
