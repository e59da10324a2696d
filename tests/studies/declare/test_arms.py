"""The arms are the schedules they say they are, alike in all but shape."""

import dataclasses

import pytest

import loganneal as la
from loganneal.studies.declare.arms import ARMS, DEFAULT_ARMS, mean_rate_over_peak, warmup_steps

STEPS = (20, 100, 237)


BOUNDED = [name for name in ARMS if name != "published"]


@pytest.mark.parametrize("name", BOUNDED)
@pytest.mark.parametrize("steps", STEPS)
def test_reaches_its_peak_and_never_exceeds_it(name: str, steps: int) -> None:
    """Every arm reaches the peak that it was built with, and stays between 0 and the peak."""
    curve = ARMS[name].build(0.4, steps).curve(steps)
    assert curve.max() == pytest.approx(0.4, rel=0.02 if name == "one-cycle" else 1e-12)
    assert curve.min() >= 0
    assert curve.max() <= 0.4


@pytest.mark.parametrize("name", [name for name in BOUNDED if name != "constant"])
@pytest.mark.parametrize("steps", STEPS)
def test_ends_low(name: str, steps: int) -> None:
    """Every arm but the constant has fallen when the budget ends, so none is measured in mid-cycle."""
    schedule = ARMS[name].build(0.4, steps)
    limit = 0.26 if name == "wsd" else 0.25  # the last of the 4 steps in which it decays if there are 20
    assert schedule(steps - 1) < limit * 0.4
    assert schedule(steps) < 1e-4 * 0.4


@pytest.mark.parametrize("name", [name for name in BOUNDED if name not in ("log-decay", "one-cycle")])
def test_warmup_is_alike(name: str) -> None:
    """Every arm but these two warms up over the same 5% of the steps, from 0 to the peak."""
    schedule = ARMS[name].build(0.4, 200)
    assert warmup_steps(200) == 10
    assert [schedule(step) for step in (0, 5, 10)] == pytest.approx([0, 0.2, 0.4])


@pytest.mark.parametrize(("name", "cycles"), [("cla", 2), ("sgdr", 2), ("cla-1", 1), ("cla-late", 1), ("saw", 2)])
def test_cycle_counts(name: str, cycles: int) -> None:
    """The cyclical arms have the number of cycles that their titles say."""
    assert len(ARMS[name].build(0.4, 100).restarts(100)) == cycles


@pytest.mark.parametrize("name", ARMS)
def test_schedule_survives_its_dictionary(name: str) -> None:
    """Every arm's schedule comes back from its dictionary, as records need."""
    schedule = ARMS[name].build(0.4, 100)
    assert la.from_dict(schedule.to_dict()) == schedule


def test_log_decay_is_what_the_library_calls_so() -> None:
    """The arm is the schedule that `loganneal.log_decay` makes."""
    assert ARMS["log-decay"].build(0.4, 200) == la.log_decay(0.4, 200)
    assert [name for name, arm in ARMS.items() if not arm.has_usual_warmup] == ["log-decay", "one-cycle"]


def test_late_fall_has_more_area() -> None:
    """The late fall has more area under it than cosine, and the early fall less."""
    late, cosine, early = (mean_rate_over_peak(ARMS[name], 1000) for name in ("cla-late", "cosine", "cla-1"))
    assert late > cosine > early


def test_the_default_arms_exist_and_no_two_share_a_colour() -> None:
    """A table of arms can be told apart by colour."""
    assert set(DEFAULT_ARMS) <= set(ARMS)
    assert len({arm.colour for arm in ARMS.values()}) == len(ARMS)


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"title": "a\x1b[31m"}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"title": 3}, "title"),
        ({"name": "a" * 65}, "name"),
        ({"name": "a b"}, "name"),
    ],
)
def test_names_and_titles_are_words(changes: dict[str, object], parameter: str) -> None:
    """Names and titles reach terminals, pages and drawings: they are printable, on one line, and not long."""
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of an arm"):
        dataclasses.replace(ARMS["cosine"], **changes)
