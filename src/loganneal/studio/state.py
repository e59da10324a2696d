"""The design: the state of the page, which is kept in its address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self
from urllib.parse import quote, unquote

from loganneal import _checks, _limits
from loganneal._reading import parse_json
from loganneal.schedules import Schedule, from_dict
from loganneal.studies.declare.arms import ARMS
from loganneal.studio.starts import starting_schedule
from loganneal.studio.tree import Tree

Unit = Literal["steps", "epochs", "shares"]

UNITS: tuple[Unit, ...] = ("steps", "epochs", "shares")

OWNER = "a design"

OWN = "this design"
"""The name of the design's own curve."""

ADDRESS_LETTERS = 60_000
"""Maximum length of an address that is read: browsers and servers do not accept longer ones."""

MOST_RIVALS = 8
"""Maximum number of curves beside the design: more cannot be told apart."""


@dataclass(frozen=True)
class Design:
    """A schedule over a budget, and what it is compared with.

    Args:
        tree: The schedule as `Schedule.to_dict` writes it; while it is edited it may be invalid.
        total_steps: The budget, from 1 to `loganneal._limits.STEPS`.
        steps_per_epoch: The updates of an epoch.
        unit: The unit that durations are shown in.
        rivals: Names of arms that are drawn beside it, with its peak and budget.
        kept: Schedules that were kept for comparison, as they were.
        tuned: The curve that the peak was tuned with: the name of an arm, "kept 1" and so on, or "" for this one.

    Raises:
        ValueError: A value is outside its range.
    """

    tree: Tree = field(hash=False)
    total_steps: int = 10_000
    steps_per_epoch: int = 100
    unit: Unit = "steps"
    rivals: tuple[str, ...] = ()
    kept: tuple[Schedule, ...] = ()
    tuned: str = ""

    def __post_init__(self) -> None:
        _checks.whole(OWNER, "total_steps", self.total_steps, 1, _limits.STEPS)
        _checks.whole(OWNER, "steps_per_epoch", self.steps_per_epoch, 1, _limits.STEPS)
        _checks.one_of(OWNER, "unit", self.unit, UNITS)
        for name in self.rivals:
            _checks.one_of(OWNER, "rivals", name, ARMS)
        if len(self.rivals) + len(self.kept) > MOST_RIVALS:
            _checks.fail(OWNER, "rivals", f"at most {MOST_RIVALS} curves", len(self.rivals) + len(self.kept))
        if self.tuned:
            _checks.one_of(OWNER, "tuned", self.tuned, self.names)

    @property
    def schedule(self) -> Schedule:
        """The schedule that the tree describes.

        Raises:
            ValueError: The tree is invalid.
        """
        return from_dict(self.tree)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the curves beside the design."""
        return (*self.rivals, *(f"kept {number}" for number, _ in enumerate(self.kept, 1)))

    def others(self) -> dict[str, Schedule]:
        """The curves beside the design, by their names; arms have its peak and its budget.

        Raises:
            ValueError: The tree is invalid.
        """
        peak = self.schedule.max_lr
        arms = [ARMS[name].build(peak, max(self.total_steps, 2)) for name in self.rivals]
        return dict(zip(self.names, (*arms, *self.kept), strict=True))

    def curves(self) -> dict[str, Schedule]:
        """The design and the curves beside it, by their names.

        Raises:
            ValueError: The tree is invalid.
        """
        return {OWN: self.schedule, **self.others()}

    def with_(self, **changes: Any) -> Self:
        """The design with some values changed; ``tuned`` is reset if its curve is gone."""
        new = replace(self, **{**changes, "tuned": ""})
        tuned = changes.get("tuned", self.tuned)
        return replace(new, tuned=tuned) if "tuned" in changes or tuned in new.names else new

    def to_dict(self) -> dict[str, Any]:
        """The design as JSON values."""
        return {
            "schedule": self.tree,
            "total_steps": self.total_steps,
            "steps_per_epoch": self.steps_per_epoch,
            "unit": self.unit,
            "rivals": list(self.rivals),
            "kept": [one.to_dict() for one in self.kept],
            "tuned": self.tuned,
        }

    @classmethod
    def from_dict(cls, data: Any) -> "Design":
        """The design that `to_dict` wrote; its schedule may be invalid.

        Raises:
            ValueError: It is not such a dictionary.
        """
        allowed = cls(FIRST.to_dict()).to_dict()
        if not isinstance(data, Mapping) or not set(data) <= set(allowed) or not isinstance(data.get("schedule"), dict):
            _checks.fail(OWNER, "design", "a dictionary that to_dict wrote", data)
        values = {**allowed, **data}
        for name in ("rivals", "kept"):
            if not isinstance(values[name], list):
                _checks.fail(OWNER, name, "a list", values[name])
        kept = tuple(from_dict(one) for one in values["kept"])
        rivals = tuple(map(str, values["rivals"]))
        return cls(values.pop("schedule"), **{**values, "rivals": rivals, "kept": kept, "tuned": str(values["tuned"])})


FIRST = starting_schedule("CyclicalLogAnnealing", 0.1, 10_000)
"""The schedule of a page that has just been opened."""


def first_design() -> Design:
    """The design of a page that was opened without one in its address."""
    return Design(FIRST.to_dict(), rivals=("sgdr",))


def to_query(design: Design) -> str:
    """The design as the query of an address: the link that opens it again.

    >>> from_query(to_query(first_design())) == first_design()
    True
    """
    return "?design=" + quote(json.dumps(design.to_dict(), separators=(",", ":")), safe=",:")


def from_query(query: str) -> Design:
    """The design in an address; the first one if there is none.

    Raises:
        ValueError: It is not a design, or its schedule is invalid.
    """
    _, _, text = query.partition("design=")
    if not text:
        return first_design()
    if len(text) > ADDRESS_LETTERS:
        _checks.fail(OWNER, "design", f"an address of at most {ADDRESS_LETTERS:,} characters", f"{len(text):,}")
    design = Design.from_dict(parse_json(unquote(text.partition("&")[0])))
    design.others()
    return design
