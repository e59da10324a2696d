"""The controls of a design as components of Dash."""

from typing import Any

from dash import dcc, html

from loganneal.schedules import SCHEDULES
from loganneal.studies.declare.arms import ARMS
from loganneal.studio.controls import Control, Section, sections
from loganneal.studio.edits import BUDGET, position, shown
from loganneal.studio.ranges import POSITIONS
from loganneal.studio.state import UNITS, Design


def identity(kind: str, path: str = "") -> dict[str, str]:
    """The id of a control: what it is, and which parameter it belongs to."""
    return {"kind": kind, "path": path}


def schedule_panel(design: Design) -> list[Any]:
    """A group of controls for each schedule of the design."""
    return [_section(design, one) for one in sections(design.tree, design.total_steps)]


def _section(design: Design, section: Section) -> html.Fieldset:
    title = section.path.replace(".", " ") or "schedule"
    chooser = dcc.Dropdown(
        sorted(SCHEDULES), section.type, id=identity("type", section.path), clearable=False, className="chooser"
    )
    rows = [row(design, control, control.value) for control in section.controls]
    lists = [_list_buttons(path, shrinks) for path, shrinks in section.lists]
    return html.Fieldset([html.Legend(title), labelled("class", chooser), *rows, *lists])


def labelled(name: str, control: Any, note: str = "") -> html.Label:
    """A control with its name."""
    return html.Label([html.Span(name, className="name"), control], title=note, className="labelled")


def row(design: Design, control: Control, value: Any) -> html.Div:
    """A parameter: its field and its slider, or its choice."""
    if control.choices:
        choice = dcc.Dropdown(list(control.choices), value, id=identity("choice", control.path), clearable=False)
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
    units = dcc.RadioItems(list(UNITS), design.unit, id=identity("unit"), inline=True, className="radio")
    budget = row(design, BUDGET, design.total_steps)
    return html.Fieldset(
        [
            html.Legend("budget"),
            budget,
            html.Div(labelled("steps per epoch", epoch), className="row"),
            html.Div([html.Span("durations in", className="name"), units], className="labelled", role="group"),
        ]
    )


def rivals_panel(design: Design) -> html.Fieldset:
    """What is drawn beside the design, and what its peak was tuned with."""
    options = [{"label": f"{arm.name}: {arm.title}", "value": arm.name} for arm in ARMS.values()]
    rivals = dcc.Dropdown(options, list(design.rivals), id=identity("rivals"), multi=True, placeholder="none")
    return html.Fieldset(
        [
            html.Legend("beside it"),
            html.Label([html.Span("rivals, at the same peak and budget"), rivals]),
            html.Div(
                [
                    html.Button("Keep this curve", id=identity("keep"), type="button"),
                    html.Button("Forget kept curves", id=identity("forget"), type="button"),
                ],
                className="buttons",
            ),
            labelled("the peak was tuned with", tuned_choice(design)),
        ]
    )


def tuned_choice(design: Design) -> dcc.Dropdown:
    """The curves that the peak may have been tuned with."""
    options = [{"label": "this design", "value": ""}, *({"label": name, "value": name} for name in design.names)]
    return dcc.Dropdown(options, design.tuned, id=identity("tuned"), clearable=False)
