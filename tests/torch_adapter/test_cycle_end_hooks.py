"""The event at the end of a cycle: once, before the rate jumps, and never backward."""

import copy
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import LinearLR, LRScheduler, SequentialLR
from torch_runs import MAKERS, SCHEDULE, STEPS, Make, make_optimizer, rates_of, run, save_and_load, update

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

WITH_WARMUP = [(0, 6), (1, 12), (2, 24)]  # a cycle, and the last update made in it; cycle 3 continues beyond the run
WITHOUT = [(0, 2), (1, 8), (2, 20)]
ENDS = {name: WITHOUT if name == "restarts" else WITH_WARMUP for name in MAKERS}


def listen(scheduler: Any) -> list[tuple[int, int]]:
    """What the hook is called with, and the position at which it is called."""
    heard: list[tuple[int, int]] = []
    scheduler.register_cycle_end_hook(lambda cycle: heard.append((cycle, scheduler.last_epoch)))
    return heard


@pytest.mark.parametrize("name", MAKERS)
def test_each_cycle_ends_once_at_its_last_update(name: str) -> None:
    """Not during the warmup; with a list of schedules the cycles are those of the first."""
    optimizer = make_optimizer()
    scheduler = MAKERS[name](optimizer)
    heard = listen(scheduler)
    run(optimizer, scheduler, 30)
    assert heard == ENDS[name]


@pytest.mark.parametrize("tensors", [False, True])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_rate_has_not_jumped_yet(make: Make, tensors: bool) -> None:
    """The groups have the rates of the update that was the last of the cycle, and get the peak afterwards."""
    optimizer = make_optimizer(tuple(map(torch.tensor, (0.1, 0.05))) if tensors else (0.1, 0.05))
    scheduler: Any = make(optimizer)
    seen = []
    scheduler.register_cycle_end_hook(lambda cycle: seen.append((scheduler.last_epoch, rates_of(optimizer))))
    used = run(optimizer, scheduler, STEPS)
    assert seen == [(position, used[position]) for position, _ in seen]
    assert all(used[position + 1][0] > rates[0] for position, rates in seen)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_once_wherever_a_run_is_cut(make: Make) -> None:
    """Before and after a resume, together, each cycle is reported once."""
    whole = make_optimizer()
    reference = make(whole)
    expected = listen(reference)
    run(whole, reference, STEPS)
    for cut in range(STEPS):
        first, second, third = make_optimizer(), make_optimizer(), make_optimizer()
        scheduler, resumed, numbered = make(first), make(second), make(third, last_epoch=cut - 1)
        before = listen(scheduler)
        run(first, scheduler, cut)
        resumed.load_state_dict(save_and_load(scheduler.state_dict()))
        for optimizer, later in ((second, resumed), (third, numbered)):
            after = listen(later)
            run(optimizer, later, STEPS - cut)
            assert before + after == expected


def test_steps_to_an_epoch() -> None:
    """A step forward out of a cycle, by any distance, calls it once; a step within it or backward does not."""
    optimizer = make_optimizer((0.1,))
    scheduler = CyclicalLogAnnealingLR(optimizer, 10, 2)
    heard = listen(scheduler)
    optimizer.step()
    told = []
    for epoch in (9.75, 10.25, 29.5, 5, 9.999, 10, 3, 1000, 0, 9.5):
        scheduler.step(epoch)
        told.append([cycle for cycle, _ in heard])
        heard.clear()
    assert told == [[], [0], [], [], [], [0], [], [0], [], []]
    scheduler.step()  # to 10.5
    assert heard == [(0, 9)]


def test_the_first_step_to_an_epoch_tells_nothing_that_did_not_happen() -> None:
    """Though torch's base class takes one step on its way there, which with cycles of one step is a cycle."""
    optimizer = make_optimizer((0.1,))
    scheduler = CyclicalLogAnnealingLR(optimizer, 1)
    heard = listen(scheduler)
    optimizer.step()
    scheduler.step(0.5)
    assert heard == []


def test_the_last_cycle_ends_and_then_nothing_does() -> None:
    """A schedule with an end, and one without cycles."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE.replace(cycles=2))
    heard = listen(scheduler)
    run(optimizer, scheduler, STEPS)
    assert heard == [(0, 6), (1, 12)]
    other = make_optimizer()
    plain = ScheduleLR(other, la.ExponentialDecay(0.1, 5))
    heard = listen(plain)
    run(other, plain, STEPS)
    assert heard == []


def test_hooks_are_called_in_order_and_can_be_taken_away() -> None:
    """By the handle, as a context, or by the hooks themselves; a bad epoch calls none."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    calls: list[str] = []
    own = scheduler.register_cycle_end_hook(lambda cycle: (calls.append("itself"), own.remove()))
    handle = scheduler.register_cycle_end_hook(lambda cycle: calls.append("second"))
    with scheduler.register_cycle_end_hook(lambda cycle: calls.append("context")):
        run(optimizer, scheduler, 6)
        with pytest.raises(ValueError, match="'epoch' parameter"):
            scheduler.step(float("nan"))
        assert calls == []
        run(optimizer, scheduler, 1)
    assert calls == ["itself", "second", "context"]
    run(optimizer, scheduler, 6)
    assert calls[3:] == ["second"]
    handle.remove()
    run(optimizer, scheduler, 20)
    assert len(calls) == 4


def test_a_hook_that_raises_leaves_the_scheduler_where_it_is() -> None:
    """So that the step can be made again."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    handle = scheduler.register_cycle_end_hook(lambda cycle: 1 // 0)
    run(optimizer, scheduler, 6)
    update(optimizer)
    with pytest.raises(ZeroDivisionError):
        scheduler.step()
    assert (scheduler.last_epoch, rates_of(optimizer)[0]) == (6, SCHEDULE(6))
    handle.remove()
    scheduler.step()
    assert rates_of(optimizer)[0] == 0.1


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_hooks_are_neither_state_nor_copied(make: Make) -> None:
    """As in torch; a copy that continues does not call the hooks of the original."""
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    bare = scheduler.state_dict()
    heard = listen(scheduler)
    assert scheduler.state_dict() == bare
    run(optimizer, scheduler, 2)
    twin = copy.deepcopy(scheduler)
    run(twin.optimizer, twin, STEPS)
    assert heard == []
    run(optimizer, scheduler, STEPS)
    assert heard


def test_a_checkpoint_written_by_the_hook() -> None:
    """It is before the restart, with the state of the model that the cycle ended with."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    saved = []
    scheduler.register_cycle_end_hook(lambda cycle: saved.append(scheduler.state_dict()["last_epoch"]))
    run(optimizer, scheduler, STEPS)
    assert saved == [6, 12, 24]


def test_inside_a_sequential_lr() -> None:
    """Its cycles are reported while it is its turn; the schedule that comes before it does not disturb them."""
    optimizer = make_optimizer((0.1,))
    inner = CyclicalLogAnnealingLR(optimizer, 6)
    chain: LRScheduler = SequentialLR(optimizer, [LinearLR(optimizer, 0.1, 1.0, 5), inner], [5])
    heard = listen(inner)
    run(optimizer, chain, 30)
    assert heard == [(0, 5), (1, 11), (2, 17), (3, 23)]


@pytest.mark.parametrize("hook", [None, 3, "snapshot"])
def test_what_cannot_be_called_is_refused(hook: Any) -> None:
    """At once, not at the end of the first cycle."""
    with pytest.raises(ValueError, match=r"'hook' parameter of ScheduleLR\.register_cycle_end_hook"):
        ScheduleLR(make_optimizer(), SCHEDULE).register_cycle_end_hook(hook)
