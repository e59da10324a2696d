"""The page for designing a schedule: what is told once the user pauses, which is not urgent like its curve."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from loganneal import _checks
from loganneal.schedules import MAX_STEP
from loganneal.studio import code
from loganneal.studio.curves import reading
from loganneal.studio.design_page import facts_table, links
from loganneal.studio.facts import advice, can_fit, curve_facts
from loganneal.studio.panel import chosen, identity, rival_buttons, tuned_options
from loganneal.studio.state import Design, to_query


def add_callbacks(app: Dash) -> None:
    """Add what the page does."""
    settled = Input("settled", "data")
    filled = [Output(name, "children") for name in ("advice", "facts", "links", "rivals", identity("tuned"))]
    app.callback(Output(identity("fit"), "hidden"), *filled, Output("query", "data"), settled)(_tell)
    written = [Output(name, "children") for name in ("code", "code-note")]
    app.callback(*written, settled, Input("framework-chosen", "data"))(_write)
    app.callback(Output("read", "children"), settled, Input("read-at", "value"))(_read)
    remember = ClientsideFunction("studio", "remember")
    app.clientside_callback(remember, Output("query", "clear_data"), Input("query", "data"))
    copy = ClientsideFunction("studio", "copy")
    app.clientside_callback(copy, Output("copy", "children"), Input("copy", "n_clicks"), State("code", "children"))


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
