"""What the use of a control changes on the page of a design.

The page sends it here itself and draws the answer itself: a callback of Dash takes twice as long to the new curve.
"""

from typing import Any

from flask import Response, request
from plotly.io.json import to_json_plotly

from loganneal import _checks
from loganneal._reading import parse_json
from loganneal.studio.curves import figure
from loganneal.studio.design_page import CONFIG
from loganneal.studio.edits import BUDGET, Event, applied, find_control, position, shown
from loganneal.studio.panel import budget_panel, identity, schedule_panel
from loganneal.studio.state import OWNER, Design

ADDRESS = "/edit"
"""Where the page sends the use of a control."""

RESHAPING = ("type", "choice", "add", "remove", "unit", "epoch", "fit")
"""Events that may change which controls there are, or what all of them show."""

Change = dict[str, Any]
"""The id of a component, and the properties that it gets."""


def answer() -> Response:
    """Respond to a request whose body is an event and the design before it."""
    try:
        found = edited(*_asked(parse_json(request.get_data(as_text=True))))
    except (ValueError, OverflowError) as error:
        return Response(f"{error}\n", 400, mimetype="text/plain")
    except (TypeError, LookupError, AttributeError):  # the tree of a request that the page did not send may be anything
        return Response("The request has no design that can be edited.\n", 400, mimetype="text/plain")
    return Response(to_json_plotly(found), mimetype="application/json")


def _asked(body: Any) -> tuple[Design, Event]:
    if not isinstance(body, dict) or not isinstance(body.get("event"), dict):
        _checks.fail(OWNER, "request", "an event and a design", body)
    kind, path, value = (body["event"].get(name) for name in ("kind", "path", "value"))
    return Design.from_dict(body.get("design")), Event(str(kind), str(path), value)


def edited(before: Design, event: Event) -> dict[str, Any]:
    """What an event changes.

    Args:
        before: The design before it.
        event: The use of a control.

    Returns:
        ``wrong``, a sentence or ""; unless the event is refused, also ``design``, the new one, and ``changes`` of its
        controls; unless the new design is invalid, also ``figure``, its curves.
    """
    try:
        design = applied(before, event)
    except ValueError as error:
        return {"wrong": str(error)}
    found = {"design": design.to_dict(), "changes": [*_panels(design, event), *_followed(design, event)]}
    try:
        return {"wrong": "", **found, "figure": {**figure(design), "config": CONFIG}}
    except ValueError as error:  # until a second parameter is changed to match the first
        return {"wrong": str(error), **found}


def _panels(design: Design, event: Event) -> list[Change]:
    """The panels, if controls come or go or show another unit."""
    found = []
    if event.kind in ("unit", "epoch"):
        found.append(_change("budget-panel", children=budget_panel(design)))
    if event.kind in RESHAPING or event.path == BUDGET.path:
        found.append(_change("schedule-panel", children=schedule_panel(design)))
    return found


def _followed(design: Design, event: Event) -> list[Change]:
    """The field of a slider that was moved, or the slider of a field; the one that is being used is left alone."""
    if event.kind not in ("field", "slider"):
        return []
    control = BUDGET if event.path == BUDGET.path else find_control(design, event.path)
    value = design.total_steps if control is BUDGET else control.value
    if event.kind == "slider":
        return [_change(identity("field", event.path), value=shown(design, control, value))]
    return [_change(identity("slider", event.path), value=f"{position(control, value)}")]


def _change(component: str | dict[str, str], **properties: Any) -> Change:
    return {"id": component, "properties": properties}
