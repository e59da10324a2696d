"""Schedules within schedules: as deep as anyone needs, and bounded by an error."""

import json
import pickle
from typing import Any

import pytest

import loganneal as la

CLA: la.Schedule = la.CyclicalLogAnnealing(0.1, 10)


def nested(levels: int) -> dict[str, Any]:
    """The dictionary of a number of warmups around a schedule."""
    data = CLA.to_dict()
    for _ in range(levels):
        data = {"version": 1, "type": "Warmup", "schedule": data, "warmup_steps": 1, "warmup_init_lr": 0.0}
    return data


def test_sixty_levels_are_a_schedule_like_any_other() -> None:
    """Forty nested warmups once took forever: each called the inner one twice."""
    schedule = la.from_dict(nested(60))
    assert schedule(60) == 0.1
    assert schedule.restarts(80).tolist() == [60, 70]
    assert la.from_dict(json.loads(json.dumps(schedule.to_dict()))) == schedule
    assert pickle.loads(pickle.dumps(schedule)) == eval(repr(schedule), {**vars(la)}) == schedule
    assert hash(schedule.in_steps(1)) == hash(schedule)


@pytest.mark.parametrize("levels", [64, 400, 100_000])
def test_a_deep_dictionary_is_refused(levels: int) -> None:
    """With a sentence, however deep it is, not by Python's recursion limit."""
    with pytest.raises(ValueError, match="'data' parameter of from_dict must be schedules nested at most 64 deep"):
        la.from_dict(nested(levels))


def test_a_deep_schedule_is_refused_when_it_is_made() -> None:
    """By whichever wrapper goes too far."""
    schedule = CLA
    for _ in range(63):
        schedule = la.Scale(schedule, 1.0)
    with pytest.raises(ValueError, match="'schedule' parameter of Scale must be nested at most 64 deep"):
        la.Scale(schedule, 1.0)
    with pytest.raises(ValueError, match="'schedule' parameter of Join must be nested"):
        la.Join([CLA, schedule], [5])
