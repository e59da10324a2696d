"""The page for designing a schedule: what is on it."""

import json
from typing import Any

from dash import dcc, html

from loganneal.studio import code
from loganneal.studio.curves import figure
from loganneal.studio.facts import CurveFacts
from loganneal.studio.panel import budget_panel, chosen, identity, labelled, rivals_panel, schedule_panel
from loganneal.studio.parts import table
from loganneal.studio.state import Design, to_query

CONFIG = {"displayModeBar": False, "responsive": True}
"""Plotly's settings: without its buttons, which export pictures of the screen; the page links to the library's own."""


FRAMEWORK = "PyTorch"
"""The framework whose code is shown first."""


def design_page(design: Design) -> list[Any]:
    """The page of a design."""
    panels = [
        html.Div(budget_panel(design), id="budget-panel"),
        html.Div(schedule_panel(design), id="schedule-panel"),
        rivals_panel(design),
    ]
    return [
        dcc.Store(id="settled", data=design.to_dict()),
        dcc.Store(id="query"),
        html.H1("Design a learning-rate schedule"),
        html.Div(
            [
                html.Div(_curve(design), className="curve"),
                html.Div(panels, className="panel"),
                html.Div(_told(), className="told"),
            ],
            className="columns",
        ),
    ]


def _curve(design: Design) -> list[Any]:
    graph = dcc.Graph(id="curve", figure=figure(design), responsive=True, config=CONFIG)
    named = {"aria-label": "Curve of the learning rate", "data-design": json.dumps(design.to_dict())}
    return [
        html.Section(graph, id="design", className="graph", **named),
        html.P(id="wrong", role="alert", className="wrong"),
        html.Div(id="advice", role="status", className="advice"),
        html.Button("Fit the schedule to the budget", id=identity("fit"), type="button", hidden=True),
    ]


def _told() -> list[Any]:
    return [
        _reader(),
        html.Div(id="facts", className="wide"),
        *_take_away(),
    ]


def _reader() -> html.Div:
    field = dcc.Input(id="read-at", value="0", type="text", inputMode="numeric", debounce=True, autoComplete="off")
    return html.Div([labelled("read at step", field), html.P(id="read", role="status")], className="reader")


def _take_away() -> list[Any]:
    frameworks = html.Select(chosen({name: name for name in code.WRITERS}, FRAMEWORK), id="framework")
    return [
        html.H2("Export"),
        dcc.Store(id="framework-chosen", data=FRAMEWORK),
        labelled("code for", frameworks),
        html.P(id="code-note"),
        html.Pre(html.Code(id="code"), tabIndex=0, role="region", **{"aria-label": "Code"}),
        html.Div(html.Button("Copy the code", id="copy", type="button"), className="buttons"),
        html.P(id="links", className="links"),
    ]


def links(design: Design) -> list[Any]:
    """Links to the design, and to its pictures drawn by the library."""
    query = to_query(design)
    named = {"Link to this design": f"/{query}", "PNG": f"/picture.png{query}", "SVG": f"/picture.svg{query}"}
    return [html.A(name, href=address) for name, address in named.items()]


HEADER = ("curve", "mean over peak", "last rate", "cycles", "tuned peak")


def facts_table(facts: list[CurveFacts], tuned: str) -> html.Table:
    """The curves in numbers, one row each."""
    rows = [html.Tr([html.Th(one.name, scope="row"), *map(html.Td, _cells(one))]) for one in facts]
    caption = f"Tuned peak: the factor for a peak that was tuned with {tuned or 'this design'}, from a convex bound."
    return table(caption, HEADER, rows)


def _cells(one: CurveFacts) -> list[str]:
    factor = "not known" if one.factor is None else f"x {one.factor:.2f}"
    return [f"{one.mean_over_peak:.3f}", f"{one.last_rate:.3g}", f"{one.cycles:,}", factor]
