"""The application: its pages, its pictures, and who may request them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, State, dcc, html
from flask import Response, request

from loganneal.plot import figure as library_figure
from loganneal.studio import design_callbacks, editing
from loganneal.studio.curves import pictured
from loganneal.studio.design_page import design_page
from loganneal.studio.log_page import add_callbacks as add_log_callbacks
from loganneal.studio.log_page import log_page
from loganneal.studio.security import Guard, content_policy
from loganneal.studio.state import first_design, from_query
from loganneal.studio.studies_page import StudiesPage
from loganneal.studio.study_report import Reports
from loganneal.studio.study_watch import Studies

PICTURES = {"png": "image/png", "svg": "image/svg+xml"}

PAGES: dict[str, str] = {"/": "Design", "/log": "Log", "/studies": "Studies"}
"""The pages by their addresses."""


View = Callable[[str], Any]
"""From the query of an address to the content of its page."""


def build_app(host: str = "127.0.0.1", studies: Studies | None = None) -> Dash:
    """The application, which answers only its own page.

    Args:
        host: The address that it will listen on.
        studies: The studies to show; by default those in the folders that the commands write.
    """
    studies = studies or Studies()
    app = Dash(
        __name__,
        assets_folder=str(Path(__file__).parent / "assets"),
        title="loganneal studio",
        update_title="",
        suppress_callback_exceptions=True,  # a page's controls exist only once it is opened
        serve_locally=True,
        enable_mcp=False,
    )
    app.index_string = app.index_string.replace("<html>", '<html lang="en">')
    app.layout = _shell
    _add_pages(app, StudiesPage(studies))
    app.server.add_url_rule(editing.ADDRESS, "edit", editing.answer, methods=["POST"])
    app.server.add_url_rule("/picture.<kind>", view_func=_picture)
    app.server.add_url_rule("/report", "report", Reports(studies).answer)
    app.server.wsgi_app = Guard(app.server.wsgi_app, host, content_policy(app.csp_hashes()))
    return app


def _shell() -> Any:
    links = [html.A(name, href=address) for address, name in PAGES.items()]
    header = html.Header([html.Strong("loganneal studio"), html.Nav(links, **{"aria-label": "Pages"})])
    return html.Div([dcc.Location(id="address", refresh=False), header, html.Main(id="page")])


def _add_pages(app: Dash, studies: StudiesPage) -> None:
    views: dict[str, View] = {"/": _design, "/log": log_page, "/studies": studies.page}

    def page(pathname: str | None, search: str | None) -> Any:
        return views.get(pathname or "/", _missing)(search or "")

    app.callback(Output("page", "children"), Input("address", "pathname"), State("address", "search"))(page)
    design_callbacks.add_callbacks(app)
    add_log_callbacks(app)
    studies.add_callbacks(app)


def _design(search: str) -> Any:
    try:
        return design_page(from_query(search))
    except (ValueError, OverflowError) as error:
        sentence = html.P(f"The address contains no design that can be drawn. {error}", role="alert", className="wrong")
        return [sentence, *design_page(first_design())]


def _missing(search: str) -> Any:
    return [html.H1("There is no such page"), html.P(html.A("Design a schedule", href="/"))]


def _picture(kind: str) -> Response:
    """The curves of a design, drawn by the library's own plot."""
    if kind not in PICTURES:
        return Response("There is no such picture.\n", 404, mimetype="text/plain")
    try:
        data = _drawn(kind, request.query_string.decode("ascii", "replace"))
    except (ValueError, OverflowError) as error:
        return Response(f"{error}\n", 400, mimetype="text/plain")
    name = {"Content-Disposition": f"attachment; filename=schedule.{kind}"}
    return Response(data, mimetype=PICTURES[kind], headers=name)


def _drawn(kind: str, query: str) -> bytes:
    design = from_query(query)
    schedules, names = pictured(design)
    file = io.BytesIO()
    library_figure(schedules, design.total_steps, names).savefig(file, format=kind, dpi=150)
    return file.getvalue()
