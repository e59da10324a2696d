"""What a control of the page does to the design: text and slider positions in, a new design out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loganneal import _checks, _limits
from loganneal.schedules._cycles import round_half_up
from loganneal.studio.controls import Control, sections
from loganneal.studio.fields import number_in, required_number
from loganneal.studio.fitting import fitted
from loganneal.studio.ranges import Range
from loganneal.studio.state import OWNER, Design
from loganneal.studio.tree import changed, lengthened, of_type, shortened, stretched

BUDGET_RANGE = Range(10, _limits.STEPS, logarithmic=True, whole=True)

BUDGET = Control(
    "budget",
    "budget",
    None,
    BUDGET_RANGE,
    duration=True,
    meaning="Updates of the whole run.",
)
"""The control of the budget, which is not a parameter of a schedule."""


@dataclass(frozen=True)
class Event:
    """The use of one control.

    Args:
        kind: "slider", "field", "choice", "type", "add", "remove", "rival", or an entry of `SETTINGS` or `BUTTONS`.
        path: The path of the parameter; "" if the kind alone is enough.
        value: The new value of the control.
    """

    kind: str
    path: str
    value: Any


def factor(design: Design, control: Control) -> float:
    """Steps per unit that a control is shown in."""
    if not control.duration or design.unit == "steps":
        return 1
    if control is BUDGET:
        return design.steps_per_epoch if design.unit == "epochs" else 1
    return design.steps_per_epoch if design.unit == "epochs" else design.total_steps


def shown(design: Design, control: Control, value: Any) -> str:
    """The text of a field; "" for a parameter that is left out."""
    if value is None:
        return ""
    unit = factor(design, control)
    if unit != 1 and _checks.is_number(value):
        return f"{value / unit:.6g}"
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else repr(value)


def position(control: Control, value: Any) -> int:
    """The position of a slider; its left end for a parameter that is left out."""
    return control.slider.position_of(value) if control.slider and _checks.is_number(value) else 0


def find_control(design: Design, path: str) -> Control:
    """The control of a parameter.

    Raises:
        ValueError: There is no such parameter.
    """
    own = (control for section in sections(design.tree, design.total_steps) for control in section.controls)
    return next((one for one in own if one.path == path), None) or _checks.fail(OWNER, "path", "a parameter", path)


def read_field(design: Design, control: Control, text: Any) -> Any:
    """The value that the text of a field means, in steps.

    Raises:
        ValueError: It is not a number. Whether the number is allowed is left to the schedule.
    """
    number = number_in(control.label, text) if control.nothing else required_number(control.label, text)
    if number is None:
        return None
    unit = factor(design, control)
    if unit != 1:
        return max(round_half_up(number * unit), 1 if number > 0 else 0)
    whole = control.slider is not None and control.slider.whole and number.is_integer()
    return int(number) if whole else number


def applied(design: Design, event: Event) -> Design:
    """The design after a control was used.

    Raises:
        ValueError: The control does not take that value, or what was asked for is not possible.
    """
    _checks.one_of(OWNER, "kind", event.kind, ("rival", *SETTINGS, *BUTTONS, *_TREES))
    if event.path == BUDGET.path:
        return _budget(design, _budget_of(design, event))
    if event.kind == "rival":
        return _toggled(design, event.path)
    if event.kind in SETTINGS:
        return SETTINGS[event.kind](design, event.value)
    if event.kind in BUTTONS:
        return BUTTONS[event.kind](design)
    return design.with_(tree=_TREES[event.kind](design, event.path, event.value))


def _toggled(design: Design, name: str) -> Design:
    """The design with a rival added, or removed if it was there."""
    others = tuple(one for one in design.rivals if one != name)
    return design.with_(rivals=others if name in design.rivals else (*others, name))


def _slid(design: Design, path: str, value: Any) -> Any:
    control = find_control(design, path)
    if control.slider is None:
        _checks.fail(OWNER, "path", "that of a slider", path)
    if _whole(value) == position(control, control.value):
        return design.tree  # many values share a position: a slider that has not moved changes nothing
    return changed(design.tree, path, control.slider.value_at(_whole(value)))


def _typed(design: Design, path: str, value: Any) -> Any:
    control = find_control(design, path)
    if value == shown(design, control, control.value):
        return design.tree  # the text may be rounded
    return changed(design.tree, path, read_field(design, control, value))


def _chosen(design: Design, path: str, value: Any) -> Any:
    return changed(design.tree, path, _checks.one_of(OWNER, path, value, find_control(design, path).choices))


_TREES: dict[str, Callable[[Design, str, Any], Any]] = {
    "slider": _slid,
    "field": _typed,
    "choice": _chosen,
    "type": lambda design, path, value: of_type(design.tree, _section(design, path), value, design.total_steps),
    "add": lambda design, path, _: lengthened(design.tree, _list(design, path), design.total_steps),
    "remove": lambda design, path, _: shortened(design.tree, _list(design, path, shrinks=True)),
}


def _section(design: Design, path: str) -> str:
    """The path, if it is that of a schedule."""
    paths = [section.path for section in sections(design.tree, design.total_steps)]
    return _checks.one_of(OWNER, "path", path, paths)


def _list(design: Design, path: str, *, shrinks: bool = False) -> str:
    """The path, if it is that of a list, which can be shortened if asked for."""
    lists = [one for section in sections(design.tree, design.total_steps) for one in section.lists]
    return _checks.one_of(OWNER, "path", path, [name for name, can_shrink in lists if can_shrink or not shrinks])


def _whole(value: Any) -> int:
    """The position of a slider, which a page sends as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _budget_of(design: Design, event: Event) -> Any:
    now = design.total_steps
    if event.kind == "slider":
        still = _whole(event.value) == position(BUDGET, now)
        return now if still else round(BUDGET_RANGE.value_at(_whole(event.value)))
    still = event.value == shown(design, BUDGET, now)
    return now if still else read_field(design, BUDGET, event.value)


def _budget(design: Design, total_steps: int) -> Design:
    """The design with another budget; durations that are shown as shares keep their shares."""
    total = _checks.whole(OWNER, "budget", total_steps, 1, _limits.STEPS)
    tree = stretched(design.tree, total / design.total_steps) if design.unit == "shares" else design.tree
    return design.with_(tree=tree, total_steps=total)


def _epoch(design: Design, value: Any) -> Design:
    """The design with another epoch; durations that are shown in epochs keep their number of epochs."""
    steps = _checks.whole(OWNER, "steps per epoch", required_number("steps per epoch", value), 1, _limits.STEPS)
    if design.unit != "epochs":
        return design.with_(steps_per_epoch=steps)
    ratio = steps / design.steps_per_epoch
    total = max(round_half_up(design.total_steps * ratio), 1)
    tree = stretched(design.tree, ratio)
    return design.with_(tree=tree, total_steps=total, steps_per_epoch=steps)


SETTINGS: dict[str, Callable[[Design, Any], Design]] = {
    "epoch": _epoch,
    "unit": lambda design, value: design.with_(unit=value),
    "tuned": lambda design, value: design.with_(tuned=str(value or "")),
}
"""Controls of the budget and of what the design is compared with."""


BUTTONS: dict[str, Callable[[Design], Design]] = {
    "fit": lambda design: design.with_(tree=fitted(design.schedule, design.total_steps).to_dict()),
    "keep": lambda design: design.with_(kept=(*design.kept, design.schedule)),
    "forget": lambda design: design.with_(kept=()),
}
"""Buttons."""
