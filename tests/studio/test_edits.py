"""What controls do to a design."""

import pytest

import loganneal as la
from loganneal.studies.declare.arms import ARMS
from loganneal.studio.edits import BUDGET, Event, applied, find_control, position, shown
from loganneal.studio.state import Design, first_design

WSD = Design(la.WarmupStableDecay(0.1, 1_000, 100, 200).to_dict(), total_steps=1_000, steps_per_epoch=50)


def after(design: Design, kind: str, path: str, value: object) -> Design:
    """The design after one event."""
    return applied(design, Event(kind, path, value))


def test_a_field_sets_its_parameter() -> None:
    """A number that is typed is taken as it is, whole or not."""
    assert after(WSD, "field", "max_lr", " 0.0123456 ").schedule.max_lr == 0.0123456
    assert after(WSD, "field", "decay_steps", "1,00").tree["decay_steps"] == 100


def test_a_slider_sets_its_parameter() -> None:
    """A position becomes the value there."""
    control = find_control(WSD, "max_lr")
    assert control.slider is not None
    assert after(WSD, "slider", "max_lr", "500").schedule.max_lr == control.slider.value_at(500)


@pytest.mark.parametrize("path", ["max_lr", "total_steps", "warmup_steps", "min_lr"])
def test_a_slider_that_has_not_moved_changes_nothing(path: str) -> None:
    """Many values share a position; the one that was typed stays."""
    control = find_control(WSD, path)
    assert after(WSD, "slider", path, str(position(control, control.value))) == WSD


@pytest.mark.parametrize("unit", ["steps", "epochs", "shares"])
def test_a_field_that_was_not_touched_changes_nothing(unit: str) -> None:
    """What a field shows is rounded, but does not count as a change."""
    design = Design(la.Linear(0.1, 997).to_dict(), 997, 391, unit)  # type: ignore[arg-type]
    control = find_control(design, "total_steps")
    assert after(design, "field", "total_steps", shown(design, control, control.value)) == design
    assert after(design, "field", "budget", shown(design, BUDGET, 997)) == design


def test_durations_are_typed_in_their_unit() -> None:
    """Two epochs of 50 steps are 100 steps; a fifth of the budget is 200."""
    epochs = after(WSD, "unit", "", "epochs")
    assert shown(epochs, find_control(epochs, "decay_steps"), 200) == "4"
    assert after(epochs, "field", "decay_steps", "2").tree["decay_steps"] == 100
    shares = after(WSD, "unit", "", "shares")
    assert after(shares, "field", "decay_steps", "0.3").tree["decay_steps"] == 300


def test_shares_follow_the_budget() -> None:
    """With durations in shares, ten times the budget is ten times every duration; in steps they stay."""
    shares = after(after(WSD, "unit", "", "shares"), "field", "budget", "10000")
    assert shares.schedule == la.WarmupStableDecay(0.1, 10_000, 1_000, 2_000)
    assert after(WSD, "field", "budget", "10000").schedule == WSD.schedule


def test_epochs_follow_the_steps_of_an_epoch() -> None:
    """With durations in epochs, doubling the steps per epoch doubles the steps of everything."""
    doubled = after(after(WSD, "unit", "", "epochs"), "epoch", "", "100")
    assert (doubled.total_steps, doubled.schedule) == (2_000, la.WarmupStableDecay(0.1, 2_000, 200, 400))


def test_an_empty_field_leaves_a_parameter_out() -> None:
    """Without a number, cycles continue for ever; a peak cannot be left out."""
    assert after(first_design(), "field", "cycles", "").schedule.to_dict()["cycles"] is None
    with pytest.raises(ValueError, match=r"max_lr.*a number"):
        after(first_design(), "field", "max_lr", "")


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1e", "__import__('os')", "<b>"])
def test_what_is_no_number_is_refused(text: str) -> None:
    """Only finite numbers are accepted, and nothing is evaluated."""
    with pytest.raises(ValueError, match="'max_lr'"):
        after(WSD, "field", "max_lr", text)


def test_another_class_keeps_the_peak() -> None:
    """Choosing a class gives a schedule of it at the same peak; choosing the current one changes nothing."""
    cosine = after(WSD, "type", "", "Cosine")
    assert cosine.schedule == la.Cosine(0.1, 1_000)
    assert after(cosine, "type", "", "Cosine") == cosine


def test_a_wrapper_wraps_what_is_there() -> None:
    """Warmup, Scale and InverseMomentum wrap the schedule, whose parameters can still be edited inside."""
    scaled = after(WSD, "type", "", "Scale")
    assert scaled.schedule == la.Scale(WSD.schedule, 0.5)
    assert after(scaled, "field", "schedule.max_lr", "0.2").schedule.max_lr == 0.1


def test_lists_grow_and_shrink() -> None:
    """Milestones, points and the schedules of a Join are added and removed at the end."""
    for name, path in (("MultiStepDecay", "milestones"), ("Piecewise", "points"), ("Join", "schedules")):
        design = after(WSD, "type", "", name)
        longer = after(design, "add", path, 1)
        assert len(longer.tree[path]) == len(design.tree[path]) + 1
        assert longer.schedule.max_lr == pytest.approx(0.1)
        assert after(longer, "remove", path, 1) == design


def test_a_choice_brings_its_parameter() -> None:
    """The shape "power" comes with an exponent, and another shape drops it: the schedule is always valid."""
    powered = after(WSD, "choice", "shape", "power")
    assert powered.schedule.to_dict()["power"] == 2.0
    assert after(powered, "choice", "shape", "linear").schedule == WSD.schedule


def test_a_wrong_schedule_waits_for_its_second_parameter() -> None:
    """A floor above the peak makes no schedule until the peak is raised too."""
    wrong = after(WSD, "field", "min_lr", "0.5")
    with pytest.raises(ValueError, match="The floor cannot lie above the peak"):
        _ = wrong.schedule
    assert after(wrong, "field", "max_lr", "1").schedule.max_lr == 1.0


def test_a_rival_comes_and_goes() -> None:
    """Its button draws it, and removes it again."""
    beside = after(WSD, "rival", "cosine", 1)
    assert beside.others() == {"cosine": ARMS["cosine"].build(0.1, 1_000)}
    assert after(beside, "rival", "cosine", 2) == WSD


def test_kept_curves_stay_as_they_were() -> None:
    """A curve that was kept does not move with the design; the peak can be said to be tuned with it."""
    kept = after(after(WSD, "keep", "", 1), "field", "max_lr", "0.5")
    assert kept.others() == {"kept 1": WSD.schedule}
    tuned = after(kept, "tuned", "", "kept 1")
    assert after(tuned, "forget", "", 1).tuned == ""


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("slider", "nothing", "1"),
        ("choice", "max_lr", "1"),
        ("choice", "shape", "sudden"),
        ("type", "", "Schedule"),
        ("type", "max_lr.0", "Linear"),
        ("field", "budget", "1e12"),
        ("epoch", "", "many"),
        ("unit", "", "hours"),
        ("rival", "nobody", 1),
        ("tuned", "", "nobody"),
    ],
)
def test_what_no_control_can_say_is_refused(kind: str, path: str, value: object) -> None:
    """A request that no page would send gets a sentence."""
    with pytest.raises(ValueError, match="must be"):
        after(WSD, kind, path, value)
