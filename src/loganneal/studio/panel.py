"""The controls of a design as Dash components."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from loganneal.schedules import SCHEDULES
from loganneal.studies.declare.arms import ARMS
from loganneal.studio.controls import Control, Section, sections
from loganneal.studio.edits import BUDGET, position, shown
from loganneal.studio.ranges import POSITIONS
from loganneal.studio.state import OWN, UNITS, Design


def identity(kind: str, path: str = "") -> dict[str, str]:
    """The id of a control: what it is, and which parameter it belongs to."""
    return {"kind": kind, "path": path}


def schedule_panel(design: Design) -> list[Any]:
    """A group of controls for each schedule of the design."""
    return [_section(design, one) for one in sections(design.tree, design.total_steps)]


def _section(design: Design, section: Section) -> html.Fieldset:
    title = section.path.replace(".", " ") or "schedule"
    chooser = select("type", section.path, {name: name for name in sorted(SCHEDULES)}, section.type)
    rows = [row(design, control, control.value) for control in section.controls]
    lists = [_list_buttons(path, shrinks) for path, shrinks in section.lists]
    return html.Fieldset([html.Legend(title), labelled("class", chooser), *rows, *lists])


def select(kind: str, path: str, options: Mapping[str, str], value: Any) -> html.Select:
    """The browser's own choice of one, whose changes assets/studio.js passes on; the keys of options are their values.

    A Dash dropdown contains a hidden field that takes the focus, which confuses screen readers.
    """
    return html.Select(chosen(options, value), id=identity(kind, path))


def chosen(options: Mapping[str, str], value: Any) -> list[html.Option]:
    """The entries of a choice, with one of them chosen."""
    return [html.Option(shown, value=key, selected=key == value) for key, shown in options.items()]


def labelled(name: str, control: Any, note: str = "") -> html.Label:
    """A control with its name."""
    return html.Label([html.Span(name, className="name"), control], title=note, className="labelled")


def row(design: Design, control: Control, value: Any) -> html.Div:
    """A parameter: its field and its slider, or its choice."""
    if control.choices:
        choice = select("choice", control.path, {name: name for name in control.choices}, value)
        return html.Div(labelled(control.label, choice, control.meaning), className="row")
    field = dcc.Input(
        id=identity("field", control.path),
        value=shown(design, control, value),
        type="text",
        inputMode="decimal",
        debounce=True,
        placeholder=control.nothing,
        autoComplete="off",
    )
    slider = dcc.Input(
        id=identity("slider", control.path),
        value=str(position(control, value)),
        type="range",
        min=0,
        max=POSITIONS,
        step=1,
    )
    named = html.Label([html.Span(f"{control.label}, slider", className="hidden"), slider])
    return html.Div([labelled(control.label, field, control.meaning), named], className="row")


def _list_buttons(path: str, shrinks: bool) -> html.Div:
    name = path.rpartition(".")[2]
    more = html.Button(f"Add to {name}", id=identity("add", path), type="button")
    less = html.Button(f"Remove last of {name}", id=identity("remove", path), type="button", disabled=not shrinks)
    return html.Div([more, less], className="buttons")


def budget_panel(design: Design) -> html.Fieldset:
    """The controls of the budget."""
    epoch = dcc.Input(
        id=identity("epoch"), value=f"{design.steps_per_epoch}", type="text", inputMode="numeric", debounce=True
    )
    units = select("unit", "", {name: name for name in UNITS}, design.unit)
    budget = row(design, BUDGET, design.total_steps)
    return html.Fieldset(
        [
            html.Legend("budget"),
            budget,
            html.Div(labelled("steps per epoch", epoch), className="row"),
            html.Div(labelled("durations in", units), className="row"),
        ]
    )


def rivals_panel(design: Design) -> html.Fieldset:
    """What is drawn beside the design, and what its peak was tuned with."""
    return html.Fieldset(
        [
            html.Legend("compare with"),
            html.Span("rivals, at the same peak and budget"),
            html.Div(rival_buttons(design), id="rivals", className="buttons"),
            html.Div(
                [
                    html.Button("Keep this curve", id=identity("keep"), type="button"),
                    html.Button("Forget kept curves", id=identity("forget"), type="button"),
                ],
                className="buttons",
            ),
            labelled("the peak was tuned with", select("tuned", "", tuned_options(design), design.tuned)),
        ]
    )


def rival_buttons(design: Design) -> list[html.Button]:
    """A button for each arm, which adds its curve or removes it."""
    return [
        html.Button(
            arm.title,
            id=identity("rival", arm.name),
            type="button",
            **{"aria-pressed": "true" if arm.name in design.rivals else "false"},
        )
        for arm in ARMS.values()
    ]


def tuned_options(design: Design) -> dict[str, str]:
    """The curves that the peak may have been tuned with."""
    return {"": OWN, **{name: name for name in design.names}}
