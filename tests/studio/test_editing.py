"""What the use of a control changes, as the page asks for it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from loganneal.studio.app import build_app
from loganneal.studio.curves import figure
from loganneal.studio.editing import ADDRESS, edited
from loganneal.studio.edits import BUTTONS, SETTINGS, Event
from loganneal.studio.panel import identity
from loganneal.studio.state import Design, first_design

FIRST = first_design().to_dict()
HEADERS = {"Host": "127.0.0.1:8050"}
CLIENT = Client(build_app().server.wsgi_app)
"""The application, queried without a network."""


def changed(answer: dict[str, Any]) -> list[Any]:
    """The ids of the components that an answer changes."""
    return [one["id"] for one in answer["changes"]]


def test_a_slider_moves_curve_and_field() -> None:
    """The curve is that of the new design, and the field beside the slider shows its value."""
    answer = edited(first_design(), Event("slider", "base", "500"))
    design = Design.from_dict(answer["design"])
    assert design.schedule.base != first_design().schedule.base  # type: ignore[attr-defined]
    drawn = {key: answer["figure"][key] for key in ("data", "layout")}
    assert (answer["wrong"], drawn) == ("", figure(design))
    (field,) = answer["changes"]
    assert field["id"] == identity("field", "base")
    assert float(field["properties"]["value"]) == design.schedule.base  # type: ignore[attr-defined]


def test_a_field_moves_its_slider() -> None:
    """A typed value is shown by the slider beside it, and the text is left alone."""
    answer = edited(first_design(), Event("field", "base", "100"))
    assert changed(answer) == [identity("slider", "base")]


@pytest.mark.parametrize(
    ("event", "panels"),
    [
        (Event("type", "", "Rex"), ["schedule-panel"]),
        (Event("unit", "", "epochs"), ["budget-panel", "schedule-panel"]),
        (Event("field", "budget", "20000"), ["schedule-panel", identity("slider", "budget")]),
        (Event("rival", "linear", None), []),
    ],
)
def test_panels_are_drawn_anew_only_if_they_change(event: Event, panels: list[Any]) -> None:
    """Controls that come, go or show another unit are sent; others keep the focus."""
    assert changed(edited(first_design(), event)) == panels


def test_a_refused_event_changes_nothing() -> None:
    """A value that no design can have is answered with a sentence alone."""
    answer = edited(first_design(), Event("field", "base", "a word"))
    assert list(answer) == ["wrong"]
    assert "must be a number" in answer["wrong"]


def test_an_invalid_design_is_kept_without_a_curve() -> None:
    """A floor above the peak may be followed by a higher peak: the design keeps it, and the curve stays as it was."""
    answer = edited(first_design(), Event("field", "min_lr", "5"))
    assert answer["design"]["schedule"]["min_lr"] == 5
    assert "figure" not in answer
    assert "The floor cannot lie above the peak" in answer["wrong"]


def test_it_is_answered_over_http() -> None:
    """The answer to a request is JSON, with panels as Dash reads them."""
    body = {"design": FIRST, "event": {"kind": "type", "path": "", "value": "Rex"}}
    answer = CLIENT.post(ADDRESS, json=body, headers=HEADERS)
    assert answer.status_code == 200
    found = json.loads(answer.text)
    assert found["design"]["schedule"]["type"] == "Rex"
    assert found["changes"][0]["properties"]["children"][0]["namespace"] == "dash_html_components"


KINDS = ["slider", "field", "choice", "type", "add", "remove", "rival", *SETTINGS, *BUTTONS]
TREES = st.dictionaries(st.sampled_from(list(FIRST["schedule"])), st.deferred(lambda: VALUES))
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers(), max_size=2))
BODIES = st.one_of(
    VALUES,
    st.fixed_dictionaries({"design": VALUES, "event": VALUES}),
    st.fixed_dictionaries(
        {
            "design": st.fixed_dictionaries({"schedule": TREES}),
            "event": st.just({"kind": "slider", "path": "base", "value": "10"}),
        }
    ),
    st.fixed_dictionaries(
        {
            "design": st.just(FIRST),
            "event": st.fixed_dictionaries(
                {
                    "kind": st.one_of(VALUES, st.sampled_from(KINDS)),
                    "path": st.one_of(VALUES, st.sampled_from(["", "base", "budget", "max_lr", "shape"])),
                    "value": st.one_of(VALUES, st.sampled_from(["0", "1e308", "nan", "1000", "-5", "Rex", "shares"])),
                }
            ),
        }
    ),
)


@given(body=BODIES)
def test_any_body_is_answered(body: Any) -> None:
    """Whatever is sent, the answer is a design, a sentence or a refusal, never an error of the server."""
    answer = CLIENT.post(ADDRESS, data=json.dumps(body), headers=HEADERS)
    assert answer.status_code in (200, 400)
    assert answer.text.strip()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 1000, b'{"event": {}}', b"NaN"])
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    """It is answered with a sentence."""
    answer = CLIENT.post(ADDRESS, data=body, headers=HEADERS)
    assert (answer.status_code, len(answer.text) > 10) == (400, True)
