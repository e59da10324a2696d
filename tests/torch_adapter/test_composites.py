"""Inside SequentialLR and ChainedScheduler, wherever torch permits; where those err, joins and scales beside them."""

from collections.abc import Callable

import pytest
import torch
from torch.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    ExponentialLR,
    LinearLR,
    LRScheduler,
    SequentialLR,
)
from torch_runs import SCHEDULE, STEPS, make_optimizer, rates_of, run, save_and_load

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

Optimizer = torch.optim.Optimizer

NESTED_WARNS = pytest.mark.filterwarnings(  # torch steps the inner sequence while it makes the outer one
    "ignore:Detected call of `lr_scheduler.step:UserWarning"
)

RESTARTS = la.CyclicalLogAnnealing(0.1, 3, 1e-4, 2)


def warmup(optimizer: Optimizer) -> LRScheduler:
    return LinearLR(optimizer, 0.1, 1.0, 5)


def restarts(optimizer: Optimizer) -> LRScheduler:
    return CyclicalLogAnnealingLR(optimizer, 3, 2, 1e-4)


def scheduled(optimizer: Optimizer) -> LRScheduler:
    return ScheduleLR(optimizer, RESTARTS)


COMPOSITES: dict[str, Callable[[Optimizer], LRScheduler]] = {
    "in second place": lambda o: SequentialLR(o, [warmup(o), scheduled(o)], [5]),
    "in first place": lambda o: SequentialLR(o, [restarts(o), LinearLR(o, 1.0, 0.1, 8)], [11]),
    "between two": lambda o: SequentialLR(o, [warmup(o), scheduled(o), ExponentialLR(o, 0.9)], [5, 20]),
    "two of ours": lambda o: SequentialLR(o, [scheduled(o), restarts(o)], [11]),
    "a sequence in first place": lambda o: SequentialLR(
        o, [SequentialLR(o, [warmup(o), scheduled(o)], [5]), ExponentialLR(o, 0.9)], [20]
    ),
    "chained before": lambda o: ChainedScheduler([restarts(o), LinearLR(o, 1.0, 0.1, 10)]),
    "chained after": lambda o: ChainedScheduler([warmup(o), scheduled(o)]),
    "chained with a sequence": lambda o: ChainedScheduler(
        [SequentialLR(o, [warmup(o), scheduled(o)], [5]), ConstantLR(o, 0.5, 10)]
    ),
}


@NESTED_WARNS
@pytest.mark.parametrize("make", COMPOSITES.values(), ids=COMPOSITES)
@pytest.mark.parametrize("optimizer_first", [True, False])
def test_composites_go_on_at_every_cut_point(make: Callable[[Optimizer], LRScheduler], optimizer_first: bool) -> None:
    """Loading does not replace the rate of another scheduler that is active: the optimizer's state has it."""
    optimizer = make_optimizer()
    whole = run(optimizer, make(optimizer), STEPS)
    first = make_optimizer()
    scheduler = make(first)
    for cut in range(STEPS):
        saved = save_and_load({"optimizer": first.state_dict(), "scheduler": scheduler.state_dict()})
        second = make_optimizer()
        resumed = make(second)
        if optimizer_first:
            second.load_state_dict(saved["optimizer"])
        resumed.load_state_dict(saved["scheduler"])
        if not optimizer_first:
            second.load_state_dict(saved["optimizer"])
        assert run(second, resumed, STEPS - cut) == whole[cut:]
        run(first, scheduler, 1)


def test_sequential_lr_drives_it_and_the_state_of_both_survives() -> None:
    """After a LinearLR, the schedule begins at its step 0 on the milestone; before one, too."""
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


def test_a_state_of_the_first_release_loads() -> None:
    """It does not say whether the rates were its own, and so they are set, as they were then."""
    first, second = make_optimizer(), make_optimizer()
    scheduler, resumed = ScheduleLR(first, SCHEDULE), ScheduleLR(second, SCHEDULE)
    run(first, scheduler, 9)
    state = scheduler.state_dict()
    assert state.pop("applied") is True
    resumed.load_state_dict(state)
    assert rates_of(second) == rates_of(first)
    with pytest.raises(ValueError, match="'applied' parameter"):
        resumed.load_state_dict({**state, "applied": 1})


def test_chaining_multiplies_only_the_step_between_and_a_scale_the_rate() -> None:
    """A constant factor of 0.5 for 10 steps is in effect at none but the first, and doubles the rate at its end."""
    theirs = make_optimizer((0.1,))
    chained = ChainedScheduler([scheduled(theirs), ConstantLR(theirs, 0.5, 10)])
    used = [rate for (rate,) in run(theirs, chained, 20)]
    assert [t for t in range(20) if used[t] == RESTARTS(t) / 2] == [0]
    assert used[10] == pytest.approx(2 * RESTARTS(10))
    assert max(used) > 0.1
    ours = make_optimizer((0.1,))
    schedule = la.Join([la.Scale(RESTARTS, 0.5), RESTARTS], [9])
    used = [rate for (rate,) in run(ours, ScheduleLR(ours, schedule), 20)]
    assert used == [*(RESTARTS(t) / 2 for t in range(9)), *(RESTARTS(t) for t in range(11))]


@NESTED_WARNS
def test_a_sequence_in_first_place_skips_an_update_and_a_join_does_not() -> None:
    """Its warmup of 5 updates is over after 4."""
    theirs = make_optimizer((0.1,))
    used = [rate for (rate,) in run(theirs, COMPOSITES["a sequence in first place"](theirs), 10)]
    assert used.index(0.1) == 4
    ours = make_optimizer((0.1,))
    inner = la.Warmup(RESTARTS, 5, 0.01)
    schedule = la.Join([inner, la.ExponentialDecay(0.1, 5)], [20])
    used = [rate for (rate,) in run(ours, ScheduleLR(ours, schedule), 10)]
    assert used.index(0.1) == 5


def test_a_join_needs_no_state_of_the_optimizer() -> None:
    """Torch's SequentialLR leaves a fresh optimizer at its first rate where another scheduler is active."""
    schedule = la.Join([la.Warmup(RESTARTS, 5, 0.01), la.ExponentialDecay(0.1, 5)], [20])
    makers = COMPOSITES["between two"], lambda o: ScheduleLR(o, schedule)
    went_on = []
    for make in makers:
        first, second = make_optimizer((0.1,)), make_optimizer((0.1,))
        scheduler, resumed = make(first), make(second)
        run(first, scheduler, 25)
        resumed.load_state_dict(save_and_load(scheduler.state_dict()))
        went_on.append(rates_of(second) == rates_of(first))
    assert went_on == [False, True]


def test_other_values_wait_for_their_turn() -> None:
    """In second place of a SequentialLR, the momentum stays at the schedule's first value until then."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1, momentum=0.95)
    momentum = la.InverseMomentum(RESTARTS)
    inner = ScheduleLR(optimizer, RESTARTS, values={"momentum": momentum})
    chain = SequentialLR(optimizer, [warmup(optimizer), inner], [5])
    used = []
    for _ in range(20):
        used.append(optimizer.param_groups[0]["momentum"])
        run(optimizer, chain, 1)
    assert used == [momentum(0)] * 5 + [momentum(t) for t in range(15)]
