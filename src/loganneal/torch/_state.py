"""The states that the schedulers save, and the checks of those that they load."""

import math
import warnings
from collections.abc import Collection
from typing import Any, NamedTuple

from loganneal import _checks
from loganneal.schedules import MAX_STEP, from_dict
from loganneal.torch._ends import end_of, same_share

VERSION = 1
"""The version of the state that the schedulers save."""

POSITION = {"version", "last_epoch", "fraction"}
"""The fields of a state that say where it is; the others say what its schedules and the groups' own values were."""

LATER = {"applied"}
"""The fields that states of the first release do not have."""

ON_MISMATCH = ("error", "keep_position", "keep_share")
"""What a scheduler may do with the state of another schedule."""

REMEDY = (
    "Make the scheduler with on_mismatch='keep_position', or load with strict=False, to keep the step; "
    "or with on_mismatch='keep_share' to keep the share of the run."
)


OTHERS = (
    "To take over from another scheduler, leave out its state and make this one with last_epoch, the number of updates "
    "done minus 1."
)


class Position(NamedTuple):
    """Where a saved scheduler was: ``last_epoch + fraction`` updates, and whether it had set the rates."""

    last_epoch: int
    fraction: float
    applied: bool


def checked_policy(owner: str, on_mismatch: Any, end: int | None) -> str:
    """The checked ``on_mismatch`` of a scheduler whose schedule has this end."""
    policy = _checks.one_of(owner, "on_mismatch", on_mismatch, ON_MISMATCH)
    if policy == "keep_share" and end is None:
        allowed = "'error' or 'keep_position' with a schedule that has no end"
        _checks.fail(owner, "on_mismatch", allowed, policy, "A cyclical schedule has an end if its 'cycles' are given.")
    return policy


def checked_position(name: str, state: Any) -> Position:
    """The position of a state as checked numbers."""
    if not isinstance(state, dict) or not set(state) >= POSITION:
        fail_fields(name, state, POSITION, OTHERS if isinstance(state, dict) else "")
    if state["version"] != VERSION:
        _checks.fail(name, "version", f"{VERSION}", state["version"])
    return Position(
        _checks.whole(name, "last_epoch", state["last_epoch"], -1, MAX_STEP - 1),
        _checks.number(name, "fraction", state["fraction"], 0, 1, bounds="[)"),
        checked_flag(name, "applied", state.get("applied", True)),
    )


def declares(state: dict[str, Any], bases: Collection[str], declared: dict[str, Any]) -> bool:
    """Whether a state has the fields and the schedules of the present scheduler."""
    same = set(state) - LATER == {*POSITION, *bases, *declared}
    return same and all(state[field] == declared[field] for field in declared)


def check_declared(name: str, state: dict[str, Any], bases: Collection[str], declared: dict[str, Any]) -> None:
    """Raise unless a state has the fields and the schedules of the present scheduler."""
    needed = {*POSITION, *bases, *declared}
    if set(state) - LATER != needed:
        fail_fields(name, state, needed, REMEDY)
    for field in declared:
        check_same(name, field, state[field], declared[field], REMEDY)


def fail_fields(name: str, state: Any, needed: set[str], remedy: str = "") -> None:
    """Raise the error for a state that is not a dictionary of the needed fields."""
    given = sorted(map(str, set(state) - LATER)) if isinstance(state, dict) else state
    _checks.fail(name, "state_dict", f"a dictionary of the fields {sorted(needed)}", given, remedy)


def checked_flag(name: str, field: str, value: Any) -> bool:
    """Return the value, or raise unless it is True or False."""
    if not isinstance(value, bool):
        _checks.fail(name, field, "True or False", value)
    return value


def checked_bases(name: str, field: str, bases: Any, count: int) -> list[float]:
    """The saved initial values of ``count`` groups, as checked numbers."""
    if not isinstance(bases, list) or len(bases) != count:
        _checks.fail(name, field, f"a list of {count} numbers, one for each parameter group", bases)
    return [_checks.number(name, field, base, 0, math.inf) for base in bases]


def check_same(owner: str, field: str, saved: Any, present: Any, remedy: str) -> None:
    """Raise unless what was saved is what is present; the error names the innermost field that differs."""
    if isinstance(saved, dict) and isinstance(present, dict) and set(saved) == set(present):
        for key in present:
            check_same(owner, f"{field}.{key}", saved[key], present[key], remedy)
    elif isinstance(saved, list) and isinstance(present, list) and len(saved) == len(present):
        for index, (one, other) in enumerate(zip(saved, present, strict=True)):
            check_same(owner, f"{field}[{index}]", one, other, remedy)
    elif saved != present:
        _checks.fail(owner, field, f"{present!r}, as in this scheduler", saved, remedy)


def share_kept(name: str, schedule: Any, step: int, end: int) -> int:
    """The step at which the share of a run that ends at ``end`` is that of the saved one.

    Args:
        name: The method that loads the state, for messages.
        schedule: The saved schedule, or a list of them, as `Schedule.to_dict` wrote them.
        step: The saved step; -1 is kept.
        end: The end of the present schedule.
    """
    saved = _saved_end(schedule)
    if saved is None:
        allowed = "'error' or 'keep_position' for the state of a schedule that has no end"
        _checks.fail(name, "on_mismatch", allowed, "keep_share")
    return same_share(step, saved, end) if step > 0 else step


def check_before_end(name: str, schedule: Any, step: int, end: int | None) -> None:
    """Raise if a run that was not over, at this step of the saved schedule, would be over under the present one.

    An error, since a warning would be lost: Transformers drops those of ``load_state_dict``.
    """
    saved = _saved_end(schedule)
    if end is not None and step >= end and (saved is None or step < saved):
        remedy = (
            "on_mismatch='keep_share' continues at the same share of the run. To keep the step, make the schedule "
            "longer, or load with strict=False."
        )
        _checks.fail(name, "last_epoch", f"below {end}, where the new schedule ends", step, remedy)


def _saved_end(schedule: Any) -> int | None:
    return end_of([from_dict(each) for each in schedule] if isinstance(schedule, list) else from_dict(schedule))


def warn_beyond_end(owner: str, step: int, end: int | None) -> None:
    """Warn if the step at which a run continues under another schedule is not before that schedule's end."""
    if end is not None and step >= end:
        warnings.warn(
            f"{owner}: the run continues at step {step}, and the new schedule ends at step {end}: its learning rate "
            "stays where it ended. on_mismatch='keep_share' continues at the same share of a run that was not over, "
            "and on_mismatch='keep_position' with a longer schedule makes a finished one longer.",
            stacklevel=4,
        )
