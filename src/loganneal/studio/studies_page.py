"""The page on which studies are followed."""

from typing import Any
from urllib.parse import parse_qs, quote

from dash import Dash, Input, Output, State, dcc, html, no_update

from loganneal.studio.parts import scrolled, table
from loganneal.studio.study_view import ago, study_view
from loganneal.studio.study_watch import Listed, Studies

POLL_MS = 3_000
"""How often the page asks whether something has changed, in milliseconds."""

NONE_HERE = (
    "There is no study in the folders that the studio was started with. `loganneal study run FILE` and "
    "`loganneal compare` write one; `loganneal studio FOLDER` shows those of another folder."
)

GONE = "There is no study of that name in the folders that the studio was started with."


class StudiesPage:
    """The page, and what it does.

    Args:
        studies: The studies that may be shown.
    """

    def __init__(self, studies: Studies) -> None:
        self._studies = studies

    def page(self, search: str) -> list[Any]:
        """The page of an address: the studies to choose from, and the one that is chosen or the only one."""
        chosen = self._chosen(search)
        seen, listed, study, ended = self._shown(chosen)
        report = [] if chosen is None else _report_controls(chosen)
        return [
            dcc.Store(id="study-name", data=chosen),
            dcc.Store(id="study-seen", data=seen),
            dcc.Interval(id="study-tick", interval=POLL_MS, disabled=ended),
            html.H1("Follow a study"),
            html.Div(listed, id="studies"),
            html.Div(study, id="study"),
            *report,
        ]

    def add_callbacks(self, app: Dash) -> None:
        """Add what the page does."""
        tick = Input("study-tick", "n_intervals"), State("study-name", "data"), State("study-seen", "data")
        outputs = [Output("study-seen", "data"), Output("studies", "children"), Output("study", "children")]
        app.callback(*outputs, Output("study-tick", "disabled"), *tick, prevent_initial_call=True)(self._ticked)
        pressed = Input("study-report-show", "n_clicks"), State("study-name", "data")
        app.callback(Output("study-report", "children"), *pressed, prevent_initial_call=True)(self._report)

    def _chosen(self, search: str) -> str | None:
        """The study that an address names, or the only one there is."""
        named = parse_qs(search.removeprefix("?")).get("study")
        names = [row[0] for row in self._studies.listed()]
        return named[0] if named else names[0] if len(names) == 1 else None

    def _shown(self, name: str | None) -> tuple[list[Any], Any, Any, bool]:
        """A mark that changes when the content does, the list, the study, and whether the study has ended."""
        rows = self._studies.listed()
        looked = None if name is None else self._studies.look(name)
        if looked is None:
            gone = [] if name is None else [html.P(GONE, role="alert", className="wrong")]
            return [_list_mark(rows), ""], _listed(rows, name), gone, False
        version, snapshot = looked
        ended = snapshot.state == "complete"
        return [_list_mark(rows), version], _listed(rows, name), study_view(snapshot, self._studies.store), ended

    def _ticked(self, _: Any, name: Any, seen: Any) -> tuple[Any, Any, Any, Any]:
        """What has changed since the last update of the page; if nothing has, nothing is drawn again."""
        chosen = name if isinstance(name, str) else None
        looked = None if chosen is None else self._studies.look(chosen)
        now = [_list_mark(self._studies.listed()), "" if looked is None else looked[0]]
        if now == seen:
            return no_update, no_update, no_update, no_update
        return self._shown(chosen)

    def _report(self, pressed: Any, name: Any) -> Any:
        if not pressed or self._studies.look(str(name)) is None:
            return no_update
        # the count makes the address a new one, so that the report is drawn again
        source = f"{report_address(str(name))}&drawn={int(pressed)}"
        return html.Iframe(src=source, title="Report of the study", sandbox="", className="report")


def report_address(name: str) -> str:
    """The address of the report of a study."""
    return f"/report?study={quote(name, safe='')}"


def _report_controls(name: str) -> list[Any]:
    show = html.Button("Show the report with its figures", id="study-report-show", type="button")
    alone = html.A("Open the report by itself", href=report_address(name), target="_blank", rel="noopener")
    return [
        html.H2("Report"),
        html.P("It is drawn when you ask, from the runs finished by then, which takes a few seconds."),
        html.Div([show, alone], className="buttons"),
        html.Div(id="study-report"),
    ]


def _list_mark(rows: list[Listed]) -> str:
    return repr(rows)


def _listed(rows: list[Listed], chosen: str | None) -> Any:
    """The studies to choose from; nothing if the only one is shown."""
    if not rows:
        return html.P(NONE_HERE)
    if [row[0] for row in rows] == [chosen]:
        return []
    names = ("study", "folder", "state", "last change")
    return scrolled("Studies", table("Studies, last changed first", names, [_row(row, chosen) for row in rows]))


def _row(listed: Listed, chosen: str | None) -> html.Tr:
    name, title, state, when = listed
    current = {"aria-current": "page"} if name == chosen else {}
    link = html.A(title, href=f"/studies?study={quote(name, safe='')}", **current)
    return html.Tr([html.Th(link, scope="row"), html.Td(name), html.Td(state), html.Td(ago(when))])
