"""Schedules in PyTorch: exact, safe to resume at every cut point, and free of the faults of its own schedulers."""

import copy
import io
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from golden import GOLDEN
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    CosineAnnealingWarmRestarts,
    LinearLR,
    LRScheduler,
    SequentialLR,
)

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

SCHEDULE = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=3, min_lr=1e-4, cycle_mult=2, warmup_steps=4)
STEPS = 40  # with restarts at 4, 7, 13 and 25

Make = Callable[..., LRScheduler]

MAKERS: dict[str, Make] = {
    "one schedule": lambda optimizer, **more: ScheduleLR(optimizer, SCHEDULE, **more),
    "a list": lambda optimizer, **more: ScheduleLR(optimizer, [SCHEDULE, la.OneCycle(0.05, 20)], **more),
    "restarts": lambda optimizer, **more: CyclicalLogAnnealingLR(optimizer, 3, 2, 1e-4, **more),
    "restarts with warmup": lambda optimizer, **more: CyclicalLogAnnealingLR(
        optimizer, 3, 2, 1e-4, warmup_steps=4, warmup_init_lr=1e-3, peak_decay=0.5, **more
    ),
}


def parameter() -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.ones(2))


def make_optimizer(rates: tuple[Any, ...] = (0.1, 0.05)) -> torch.optim.Optimizer:
    return torch.optim.SGD([{"params": [parameter()], "lr": rate} for rate in rates], lr=0.1, momentum=0.9)


def rates_of(optimizer: torch.optim.Optimizer) -> list[float]:
    return [float(group["lr"]) for group in optimizer.param_groups]


def update(optimizer: torch.optim.Optimizer) -> None:
    """One step on a loss that is the sum of squares."""
    optimizer.zero_grad()
    sum((p**2).sum() for group in optimizer.param_groups for p in group["params"]).backward()
    optimizer.step()


def run(optimizer: torch.optim.Optimizer, scheduler: Any, steps: int) -> list[list[float]]:
    """The rates with which the updates are made."""
    used = []
    for _ in range(steps):
        used.append(rates_of(optimizer))
        update(optimizer)
        scheduler.step()
    return used


def weights_of(optimizer: torch.optim.Optimizer) -> list[list[float]]:
    return [p.tolist() for group in optimizer.param_groups for p in group["params"]]


def save_and_load(state: Any) -> Any:
    """Through a file, with the default of torch.load, which takes numbers, strings, dictionaries and tensors."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file)


# The rates


def test_all_golden_rows_are_within_the_float64_tolerance() -> None:
    """Every exact value of the specification, at steps up to 1.1e12, comes out of the optimizer's group."""
    for golden in GOLDEN:
        optimizer = make_optimizer((golden.schedule.max_lr,))
        ScheduleLR(optimizer, golden.schedule, last_epoch=golden.step - 1)
        assert golden.error(rates_of(optimizer)[0]) <= 1e-12, golden


def test_the_restarting_class_has_the_golden_rates() -> None:
    """The same for CyclicalLogAnnealingLR, wherever its call can say the schedule."""
    rows = [g for g in GOLDEN if isinstance(g.schedule, la.CyclicalLogAnnealing)]
    for golden in rows:
        s: Any = golden.schedule
        names = ("base", "peak_decay", "warmup_steps", "warmup_init_lr", "restart_warmup_share", "cycles")
        own = {name: getattr(s, name) for name in names}
        optimizer = make_optimizer((s.max_lr,))
        CyclicalLogAnnealingLR(optimizer, s.cycle_steps, s.cycle_mult, s.min_lr, golden.step - 1, **own)
        assert golden.error(rates_of(optimizer)[0]) <= 1e-12, golden


def test_a_group_at_the_peak_gets_the_schedule_to_the_bit_and_others_their_ratio() -> None:
    """Group g gets s(t) * (initial_lr_g / max_lr); a frozen group stays frozen."""
    optimizer = make_optimizer((0.1, 0.03, 0.0))
    used = run(optimizer, ScheduleLR(optimizer, SCHEDULE), STEPS)
    rates = SCHEDULE.curve(STEPS)
    assert [u[0] for u in used] == [SCHEDULE(t) for t in range(STEPS)]
    np.testing.assert_allclose([u[1] for u in used], 0.3 * rates, rtol=1e-15)
    assert {u[2] for u in used} == {0.0}


def test_a_list_gives_each_group_its_own_schedule() -> None:
    """As it stands, whatever the groups' own rates are."""
    optimizer = make_optimizer()
    parts = [SCHEDULE, la.OneCycle(0.7, 20)]
    used = run(optimizer, ScheduleLR(optimizer, parts), STEPS)
    assert used == [[part(t) for part in parts] for t in range(STEPS)]


@given(
    st.integers(1, 30),
    st.integers(1, 3),
    st.sampled_from([0.0, 1e-3, 0.2]),
    st.sampled_from([(0.1,), (0.1, 0.0, 0.01)]),
)
def test_the_place_of_cosine_annealing_warm_restarts(T_0: int, T_mult: int, eta_min: float, rates: Any) -> None:
    """With the same call, restarts fall on the same steps; every group runs between its own rate and eta_min."""
    ours, theirs = make_optimizer(rates), make_optimizer(rates)
    mine = CyclicalLogAnnealingLR(ours, T_0, T_mult, eta_min)
    torchs = CosineAnnealingWarmRestarts(theirs, T_0, T_mult, eta_min)
    for used, reference in zip(run(ours, mine, 60), run(theirs, torchs, 60), strict=True):
        for rate, cosine, own in zip(used, reference, rates, strict=True):
            assert (rate == own) == (cosine == pytest.approx(own, rel=1e-15, abs=0))
            assert min(own, eta_min) <= rate <= max(own, eta_min)


def test_steps_by_fractions_of_an_epoch() -> None:
    """step(epoch + i / n) gives the rate between the steps, and a later step() goes on by 1, as in torch."""
    optimizer = make_optimizer((0.1,))
    scheduler = CyclicalLogAnnealingLR(optimizer, 10, 2)
    schedule = la.CyclicalLogAnnealing(0.1, 10, cycle_mult=2)
    optimizer.step()
    for position in (0.25, 9.75, 10, 10.5, 29.999, 3):
        scheduler.step(position)
        assert rates_of(optimizer) == pytest.approx([schedule(position)], rel=1e-12)
        assert scheduler.last_epoch == int(position)
    scheduler.step(12.5)
    scheduler.step()
    assert rates_of(optimizer) == pytest.approx([schedule(13.5)], rel=1e-12)


# Resuming


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    "way", ["scheduler, then optimizer", "optimizer, then scheduler", "scheduler alone", "step number"]
)
def test_training_continues_exactly_at_every_cut_point(make: Make, way: str) -> None:
    """Wherever a run is cut, its rates and weights go on as if it had not been."""
    optimizer = make_optimizer()
    whole = run(optimizer, make(optimizer), STEPS)
    final = weights_of(optimizer)
    for cut in range(STEPS):
        first = make_optimizer()
        scheduler = make(first)
        run(first, scheduler, cut)
        saved = save_and_load({"optimizer": first.state_dict(), "scheduler": scheduler.state_dict()})
        second = make_optimizer()
        for new, old in zip(second.param_groups, first.param_groups, strict=True):
            new["params"][0].data.copy_(old["params"][0].data)
        resumed = make(second, last_epoch=cut - 1) if way == "step number" else make(second)
        if way == "optimizer, then scheduler":
            second.load_state_dict(saved["optimizer"])
        if way != "step number":
            resumed.load_state_dict(saved["scheduler"])
        if way == "scheduler, then optimizer":
            second.load_state_dict(saved["optimizer"])
        assert whole[cut:] == run(second, resumed, STEPS - cut)
        if "optimizer" in way:
            assert weights_of(second) == final


def test_the_step_number_alone_needs_no_initial_rate() -> None:
    """Without initial_lr in the groups, their present rate is the base; torch's own class raises there."""
    optimizer = make_optimizer()
    ScheduleLR(optimizer, SCHEDULE, last_epoch=11)
    assert rates_of(optimizer) == [SCHEDULE(12), SCHEDULE(12) * 0.5]
    with pytest.raises(KeyError):
        CosineAnnealingWarmRestarts(make_optimizer(), 3, 2, last_epoch=11)


def test_fractions_survive_a_checkpoint() -> None:
    """A position between two steps is part of the state."""
    first, second = make_optimizer(), make_optimizer()
    scheduler, resumed = MAKERS["restarts"](first), MAKERS["restarts"](second)
    first.step()
    scheduler.step(5.25)
    resumed.load_state_dict(save_and_load(scheduler.state_dict()))
    assert rates_of(first) == rates_of(second)
    scheduler.step()
    resumed.step()
    assert rates_of(first) == rates_of(second)


GOOD = ScheduleLR(make_optimizer(), SCHEDULE).state_dict()


@pytest.mark.parametrize(
    ("state", "match"),
    [
        ({"nonsense": 1}, "'state_dict' parameter.*nonsense"),
        ([], "'state_dict' parameter"),
        ({**GOOD, "version": 2}, "'version' parameter of ScheduleLR.load_state_dict must be 1. Got 2"),
        ({**GOOD, "last_epoch": -2}, "'last_epoch' parameter"),
        ({**GOOD, "last_epoch": "3"}, "'last_epoch' parameter"),
        ({**GOOD, "fraction": 1.5}, "'fraction' parameter"),
        ({**GOOD, "base_lrs": [0.1]}, "'base_lrs' parameter.*2 rates"),
        ({**GOOD, "base_lrs": [0.1, "x"]}, "'base_lrs' parameter"),
        ({**GOOD, "base_lrs": 0.1}, "'base_lrs' parameter"),
        ({**GOOD, "schedule": SCHEDULE.replace(base=2).to_dict()}, "'schedule.base' parameter.*strict=False"),
        ({**GOOD, "schedule": la.Constant(0.1).to_dict()}, "'schedule' parameter"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(state: Any, match: str) -> None:
    """The field is named, and the scheduler and the optimizer are as they were."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 9)
    before = scheduler.state_dict(), rates_of(optimizer)
    with pytest.raises(ValueError, match=match):
        scheduler.load_state_dict(state)
    assert (scheduler.state_dict(), rates_of(optimizer)) == before


def test_a_run_is_extended_without_strictness() -> None:
    """strict=False keeps the position and takes the new schedule, also one with another peak."""
    first = make_optimizer()
    scheduler = ScheduleLR(first, la.Linear(0.1, 20))
    run(first, scheduler, 15)
    longer = la.Linear(0.2, 60)
    second = make_optimizer((0.2, 0.1))
    extended = ScheduleLR(second, longer)
    extended.load_state_dict(scheduler.state_dict(), strict=False)
    assert rates_of(second) == [longer(15), longer(15) * 0.5]
    third = make_optimizer()
    restarts = MAKERS["restarts"](third)
    restarts.load_state_dict(scheduler.state_dict(), strict=False)
    assert (restarts.last_epoch, rates_of(third)[0]) == (15, la.CyclicalLogAnnealing(0.1, 3, 1e-4, 2)(15))


@pytest.mark.parametrize("T_mult", [1, 2, 3])
def test_a_running_cosine_training_changes_over(T_mult: int) -> None:
    """The state of a CosineAnnealingWarmRestarts is taken at every cut point; other cycles are refused by name."""
    theirs = make_optimizer()
    cosine = CosineAnnealingWarmRestarts(theirs, 5, T_mult, 1e-3)
    reference = make_optimizer()
    expected = run(reference, CyclicalLogAnnealingLR(reference, 5, T_mult, 1e-3), STEPS)
    for cut in range(STEPS):
        ours = make_optimizer()
        scheduler = CyclicalLogAnnealingLR(ours, 5, T_mult, 1e-3)
        scheduler.load_state_dict(save_and_load(cosine.state_dict()))
        assert run(ours, scheduler, STEPS - cut) == expected[cut:]
        update(theirs)
        cosine.step()
    with pytest.raises(ValueError, match="'T_0' parameter"):
        CyclicalLogAnnealingLR(make_optimizer(), 6, T_mult, 1e-3).load_state_dict(cosine.state_dict())


# What torch permits elsewhere


@pytest.mark.parametrize("make", [MAKERS["one schedule"], MAKERS["restarts"]], ids=["one schedule", "restarts"])
def test_a_group_added_later_joins(make: Make) -> None:
    """The next step after add_param_group works, and the new group has its present rate for a base."""
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    run(optimizer, scheduler, 5)
    optimizer.add_param_group({"params": [parameter()], "lr": 0.1})
    run(optimizer, scheduler, 5)
    assert rates_of(optimizer)[2] == rates_of(optimizer)[0]
    assert len(scheduler.get_last_lr()) == 3
    fresh = make_optimizer((0.1, 0.05, 0.1))
    resumed = make(fresh)
    resumed.load_state_dict(scheduler.state_dict())
    assert rates_of(fresh) == rates_of(optimizer)


def test_a_group_added_to_a_list_needs_a_schedule() -> None:
    """The error says what to append, and after that the step works."""
    optimizer = make_optimizer()
    scheduler: Any = MAKERS["a list"](optimizer)
    run(optimizer, scheduler, 3)
    optimizer.add_param_group({"params": [parameter()], "lr": 0.1})
    with pytest.raises(ValueError, match=r"Append the schedule of the new group to scheduler\.schedule"):
        scheduler.step()
    scheduler.schedule.append(la.Constant(0.3))
    scheduler.step()
    assert rates_of(optimizer)[2] == 0.3


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_tensor_rates_are_filled_in_place(make: Make) -> None:
    """A rate that is a tensor stays the same tensor, with its type, and has the same values as a float."""
    tensors = tuple(torch.tensor(rate, dtype=torch.float32) for rate in (0.1, 0.05))
    optimizer, plain = make_optimizer(tensors), make_optimizer()
    held = [group["lr"] for group in optimizer.param_groups]
    scheduler, reference = make(optimizer), make(plain)
    for used, exact in zip(run(optimizer, scheduler, STEPS), run(plain, reference, STEPS), strict=True):
        np.testing.assert_allclose(used, exact, rtol=2e-7)
    assert all(group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, held, strict=True))
    last = scheduler.get_last_lr()
    assert all(isinstance(rate, torch.Tensor) and rate is not own for rate, own in zip(last, held, strict=True))


def test_a_float32_peak_gets_the_schedule_to_its_last_digit() -> None:
    """tensor(0.1) is the peak 0.1, though it is not equal to it, and the ratio of its group is exactly 1."""
    optimizer = make_optimizer((torch.tensor(0.1),))
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    assert scheduler.base_lrs == [0.1]
    run(optimizer, scheduler, 9)
    assert optimizer.param_groups[0]["lr"] == torch.tensor(SCHEDULE(9))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)
def test_copies_go_on_alike_and_apart(make: Make, duplicate: Callable[[Any], Any]) -> None:
    """A copy takes its optimizer along, continues as the original does, and does not touch it."""
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    run(optimizer, scheduler, 9)
    twin = duplicate(scheduler)
    before = rates_of(optimizer)
    ahead = run(twin.optimizer, twin, 20)
    assert rates_of(optimizer) == before
    assert ahead == run(optimizer, scheduler, 20)


def test_sequential_lr_drives_it_and_the_state_of_both_survives() -> None:
    """After a LinearLR, the schedule begins at its step 0 on the milestone; also before one."""
    optimizer = make_optimizer((0.1,))
    inner = CyclicalLogAnnealingLR(optimizer, 6)
    chain = SequentialLR(optimizer, [LinearLR(optimizer, 0.1, 1.0, 5), inner], [5])
    used = [rate for (rate,) in run(optimizer, chain, 30)]
    assert used[5:] == la.CyclicalLogAnnealing(0.1, 6).curve(25).tolist()
    state = save_and_load(chain.state_dict())
    fresh = make_optimizer((0.1,))
    again = SequentialLR(fresh, [LinearLR(fresh, 0.1, 1.0, 5), CyclicalLogAnnealingLR(fresh, 6)], [5])
    again.load_state_dict(state)
    assert run(fresh, again, 10) == run(optimizer, chain, 10)
    other = make_optimizer((0.1,))
    first = SequentialLR(other, [ScheduleLR(other, SCHEDULE), LinearLR(other, 1.0, 0.5, 5)], [20])
    assert [rate for (rate,) in run(other, first, 20)] == [SCHEDULE(t) for t in range(20)]


def test_a_wrong_order_of_calls_is_warned_of() -> None:
    """scheduler.step() before optimizer.step() is warned of, as by torch's base class; its restarts are silent."""
    for make in MAKERS.values():
        with pytest.warns(UserWarning, match="before `optimizer.step"):
            make(make_optimizer()).step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CosineAnnealingWarmRestarts(make_optimizer(), 3).step()
        optimizer = make_optimizer()
        run(optimizer, MAKERS["restarts"](optimizer), 3)


def test_group_dictionaries_are_not_cached() -> None:
    """After load_state_dict of the optimizer, which makes new dictionaries, the new ones get the rates."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 3)
    optimizer.load_state_dict(optimizer.state_dict())
    run(optimizer, scheduler, 5)
    assert rates_of(optimizer)[0] == SCHEDULE(8)


def test_the_last_rates_can_be_asked_for() -> None:
    """get_last_lr gives the rates that were set, and changing its list changes nothing."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 6)
    assert scheduler.get_last_lr() == rates_of(optimizer)
    scheduler.get_last_lr()[0] = 9.0
    assert scheduler.get_last_lr() == rates_of(optimizer)


# Errors


def test_a_peak_that_no_group_has_is_an_error_that_says_what_to_do() -> None:
    """SGD(lr=1e-3) under a schedule that peaks at 0.1 must not train silently."""
    sentence = r"max_lr=0.1 for initial rates of 0.001, 0.002 instead\. Set lr=0.1 in the optimizer, or max_lr=0.002"
    optimizer = make_optimizer((1e-3, 2e-3))
    with pytest.raises(ValueError, match=sentence):
        ScheduleLR(optimizer, SCHEDULE)
    assert "initial_lr" not in optimizer.param_groups[0]


@pytest.mark.parametrize("schedule", [[SCHEDULE], [SCHEDULE] * 3])
def test_a_list_of_another_length_is_refused(schedule: Any) -> None:
    """One schedule for each group."""
    with pytest.raises(ValueError, match="a list of 2, one for each parameter group"):
        ScheduleLR(make_optimizer(), schedule)


@pytest.mark.parametrize("schedule", [0.1, [0.1, 0.2], "cla", None, lambda step: 0.1])
def test_what_is_no_schedule_is_refused(schedule: Any) -> None:
    """A number, a function or a name is no schedule."""
    with pytest.raises(ValueError, match="The 'schedule' parameter of ScheduleLR must be a schedule"):
        ScheduleLR(make_optimizer(), schedule)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"T_0": 0}, "cycle_steps"),
        ({"T_0": 5, "T_mult": 0.5}, "cycle_mult"),
        ({"T_0": 5, "eta_min": -1}, "eta_min"),
        ({"T_0": 5, "base": 0}, "base"),
        ({"T_0": 5, "warmup_init_lr": float("nan")}, "warmup_init_lr"),
        ({"T_0": 5, "last_epoch": -2}, "last_epoch"),
        ({"T_0": 5, "last_epoch": 1.5}, "last_epoch"),
    ],
)
def test_bad_arguments_name_themselves(arguments: Any, name: str) -> None:
    """Before the optimizer is touched."""
    optimizer = make_optimizer()
    with pytest.raises(ValueError, match=f"The '{name}' parameter of"):
        CyclicalLogAnnealingLR(optimizer, **arguments)
    assert "initial_lr" not in optimizer.param_groups[0]


def test_an_optimizer_is_needed() -> None:
    """A model in its place is told."""
    for make in MAKERS.values():
        with pytest.raises(TypeError, match="'optimizer' parameter of"):
            make(torch.nn.Linear(1, 1))


@pytest.mark.parametrize("epoch", [-1, float("nan"), "3"])
def test_a_bad_epoch_is_refused(epoch: Any) -> None:
    """step(-1) raises, as in torch."""
    optimizer = make_optimizer()
    scheduler = MAKERS["restarts"](optimizer)
    run(optimizer, scheduler, 2)
    with pytest.raises(ValueError, match="'epoch' parameter of CyclicalLogAnnealingLR"):
        scheduler.step(epoch)


# The faults of torch's own schedulers, each beside what we do


def test_restarts_by_epoch_are_exact() -> None:
    """CosineAnnealingWarmRestarts(T_0=10, T_mult=3).step(1210) is 0 where a restart is due; ours is the peak."""
    theirs, ours = make_optimizer((0.1,)), make_optimizer((0.1,))
    cosine, log = CosineAnnealingWarmRestarts(theirs, 10, 3), CyclicalLogAnnealingLR(ours, 10, 3)
    ours.step()
    cosine.step(1210)
    log.step(1210)
    assert rates_of(theirs) == pytest.approx([0.0])
    assert rates_of(ours) == [0.1]


@pytest.mark.parametrize("done", range(1, STEPS))
def test_resume_from_last_epoch_is_right_past_the_first_restart(done: int) -> None:
    """Torch goes on with the wrong cycle there; ours with the right rate, at every step."""
    optimizer = make_optimizer()
    for group, rate in zip(optimizer.param_groups, (0.1, 0.05), strict=True):
        group["initial_lr"] = rate
    CyclicalLogAnnealingLR(optimizer, 3, 2, last_epoch=done - 1)
    assert rates_of(optimizer)[0] == pytest.approx(la.CyclicalLogAnnealing(0.1, 3, cycle_mult=2)(done), rel=1e-12)


def test_a_fractional_growth_and_a_floor_for_each_group() -> None:
    """T_mult = 1.5, and one schedule, so one floor, for each group."""
    optimizer = make_optimizer()
    parts = [la.CyclicalLogAnnealing(0.1, 4, 0.01, 1.5), la.CyclicalLogAnnealing(0.05, 4, 0.001, 1.5)]
    used = run(optimizer, ScheduleLR(optimizer, parts), 30)
    assert used == [[part(t) for part in parts] for t in range(30)]
    assert parts[0].restarts(30).tolist() == [0, 4, 10, 19]


def test_a_composite_where_chaining_overshoots() -> None:
    """ChainedScheduler of restarts and a warmup peaks at nearly 3 times the rate; a Warmup peaks at the rate."""
    theirs = make_optimizer((0.1,))
    chained = ChainedScheduler([CosineAnnealingWarmRestarts(theirs, 10), LinearLR(theirs, 0.1, 1.0, 5)])
    assert max(rate for (rate,) in run(theirs, chained, 30)) > 0.11
    ours = make_optimizer((0.1,))
    schedule = la.Warmup(la.CyclicalCosineAnnealing(0.1, 10), 5, 0.01)
    assert max(rate for (rate,) in run(ours, ScheduleLR(ours, schedule), 30)) == 0.1


def test_a_composite_in_second_place() -> None:
    """SequentialLR in second place raises in torch; a join within a join is a schedule as any other."""
    inner = la.Join([la.Linear(0.1, 5), la.CyclicalLogAnnealing(0.1, 4)], [5])
    schedule = la.Join([la.Constant(0.1), inner], [7])
    optimizer = make_optimizer((0.1,))
    used = [rate for (rate,) in run(optimizer, ScheduleLR(optimizer, schedule), 30)]
    assert used[7:] == [inner(t) for t in range(23)]


def test_one_step_too_many_stays_on_the_floor() -> None:
    """OneCycleLR divides by zero at a rise of one step and rises after its end; ours does neither."""
    optimizer = make_optimizer((0.1,))
    schedule = la.OneCycle(0.1, 10, rise_share=0.1)
    used = [rate for (rate,) in run(optimizer, ScheduleLR(optimizer, schedule), 20)]
    assert used[10:] == [schedule(10)] * 10
    assert min(used) == schedule(10)


def test_the_rate_at_any_step_can_be_asked_without_stepping() -> None:
    """The schedule answers for step 25, and the scheduler is still at step 0."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    assert SCHEDULE(25) == 0.1
    assert rates_of(optimizer)[0] == SCHEDULE(0)
    assert scheduler.last_epoch == 0
