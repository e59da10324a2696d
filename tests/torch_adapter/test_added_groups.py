"""Parameter groups that are added in the middle of a run: the base that they state, or the one behind their rate."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch_runs import make_optimizer, parameter, rates_of, run, save_and_load

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

COSINE = la.Cosine(0.1, 100)

Make = Callable[[torch.optim.Optimizer], Any]

MAKERS: dict[str, Make] = {
    "ScheduleLR": lambda optimizer: ScheduleLR(optimizer, COSINE),
    "CyclicalLogAnnealingLR": lambda optimizer: CyclicalLogAnnealingLR(optimizer, 100),
    "with a floor": lambda optimizer: CyclicalLogAnnealingLR(optimizer, 100, eta_min=1e-4),
    "in its warmup": lambda optimizer: CyclicalLogAnnealingLR(optimizer, 9, warmup_steps=80, warmup_init_lr=1e-3),
    "restarts": lambda optimizer: ScheduleLR(optimizer, la.CyclicalCosineAnnealing(0.1, 70, warmup_steps=9)),
}


def halfway(make: Make, tensor: bool = False) -> tuple[torch.optim.Optimizer, Any]:
    """A scheduler with one group, at step 60."""
    optimizer = make_optimizer((torch.tensor(0.1) if tensor else 0.1,))
    scheduler = make(optimizer)
    run(optimizer, scheduler, 60)
    return optimizer, scheduler


def unfreeze(optimizer: torch.optim.Optimizer, share: float = 0.1, **more: Any) -> None:
    """As Lightning's BaseFinetuning does: a group at a share of the current rate of the first."""
    rate = optimizer.param_groups[0]["lr"] * share
    optimizer.add_param_group({"params": [parameter()], "lr": rate, **more})


@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_rate_goes_on_as_that_of_a_group_that_was_there_from_the_beginning(make: Make, tensor: bool) -> None:
    """The current rate includes the decay; the base behind it gives the same rates as stating it does."""
    optimizer, scheduler = halfway(make, tensor)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        unfreeze(optimizer)
        first = rates_of(optimizer)[1]
        run(optimizer, scheduler, 1)
    [warning] = caught
    base = optimizer.param_groups[1]["initial_lr"]
    assert f"initial_lr={float(base):g}" in str(warning.message)
    assert "at step 60" in str(warning.message)
    later = [rates[1] for rates in run(optimizer, scheduler, 20)]
    reference = make_optimizer((0.1, float(base)))
    whole = [rates[1] for rates in run(reference, make(reference), 81)]
    assert [first, *later] == pytest.approx(whole[60:], rel=1e-6 if tensor else 1e-12)


def test_the_ratio_stays_as_with_torch() -> None:
    """A tenth of the rate stays a tenth, to the end."""
    optimizer, scheduler = halfway(MAKERS["ScheduleLR"])
    theirs = make_optimizer((0.1,))
    reference = CosineAnnealingLR(theirs, 100)
    run(theirs, reference, 60)
    unfreeze(optimizer), unfreeze(theirs)
    with pytest.warns(UserWarning, match=r"initial_lr=0\.01"):
        used = run(optimizer, scheduler, 40)
    for (ours, tenth), expected in zip(used, run(theirs, reference, 40), strict=True):
        assert tenth == pytest.approx(ours / 10, rel=1e-12)
        assert [ours, tenth] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_restart_brings_the_stated_base() -> None:
    """``initial_lr`` of the group is its base, without a warning."""
    schedule = la.CyclicalCosineAnnealing(0.1, 70)
    optimizer, scheduler = halfway(lambda optimizer: ScheduleLR(optimizer, schedule))
    unfreeze(optimizer, initial_lr=0.03)
    run(optimizer, scheduler, 10)
    assert rates_of(optimizer) == [0.1, pytest.approx(0.03, rel=1e-15)]


@pytest.mark.parametrize("make", [MAKERS["ScheduleLR"], MAKERS["CyclicalLogAnnealingLR"]])
def test_before_the_first_update_the_rate_is_the_base(make: Make) -> None:
    """Nothing has come down yet, and there is no warning."""
    optimizer = make_optimizer((0.1,))
    scheduler = make(optimizer)
    unfreeze(optimizer, 0.5)
    used = run(optimizer, scheduler, 50)
    assert used[30][1] == pytest.approx(used[30][0] / 2)
    assert optimizer.param_groups[1]["initial_lr"] == 0.05


def test_a_group_beside_the_first_has_its_rates_to_the_bit() -> None:
    """Added at the current rate of the first, its base is that of the first, whatever was rounded."""
    optimizer, scheduler = halfway(MAKERS["ScheduleLR"])
    unfreeze(optimizer, 1.0)
    with pytest.warns(UserWarning, match=r"initial_lr=0\.1"):
        scheduler.step()
    assert all(one == other for one, other in run(optimizer, scheduler, 30))


def test_one_warning_for_all_groups_of_a_run() -> None:
    """Layers that are unfrozen one by one do not each warn; each gets its base."""
    optimizer, scheduler = halfway(MAKERS["ScheduleLR"])
    unfreeze(optimizer, 0.5), unfreeze(optimizer, 0.25)
    with pytest.warns(UserWarning, match=r"initial_lr=0\.05, and that lr=.* initial_lr=0\.025"):
        scheduler.step()
    unfreeze(optimizer, 0.1)
    run(optimizer, scheduler, 5)  # a warning would be an error here
    assert scheduler.state_dict()["base_lrs"] == pytest.approx([0.1, 0.05, 0.025, 0.01], rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "make", "match"),
    [
        (0.1, MAKERS["ScheduleLR"], r"'initial_lr' parameter of ScheduleLR .* at step 60, where it would be 0\.28"),
        (0.1, MAKERS["CyclicalLogAnnealingLR"], r"outside \[0, 0\.1\] of the present groups. Got {'lr': 0\.1}"),
        (1e-6, MAKERS["with a floor"], r"where it would be -0\.0004.*outside \[0, 0\.1\]"),
        (0.001, lambda o: ScheduleLR(o, la.Linear(0.1, 60)), r"at step 60, where the schedule is 0 .*'initial_lr'"),
    ],
)
def test_a_base_that_cannot_be_is_refused(rate: float, make: Make, match: str) -> None:
    """Above the existing ones, as when a group without a rate gets the optimizer's default; negative; or unknown."""
    optimizer, scheduler = halfway(make)
    before = copy.deepcopy(scheduler.state_dict())
    optimizer.add_param_group({"params": [parameter()], "lr": rate})
    with pytest.raises(ValueError, match=match):
        scheduler.step()
    assert scheduler.state_dict() == before
    assert rates_of(optimizer)[1] == rate
    optimizer.param_groups[1]["initial_lr"] = 0.05  # the remedy
    scheduler.step()
    assert scheduler.state_dict()["base_lrs"] == [0.1, 0.05]


def test_a_list_takes_the_new_groups_schedule_as_it_stands() -> None:
    """Without a guess, so without a warning."""
    optimizer = make_optimizer((0.1,))
    scheduler: Any = ScheduleLR(optimizer, [COSINE])
    run(optimizer, scheduler, 60)
    unfreeze(optimizer)
    scheduler.schedule.append(la.Linear(0.05, 200))
    run(optimizer, scheduler, 1)
    assert rates_of(optimizer) == [COSINE(61), la.Linear(0.05, 200)(61)]


def test_other_values_have_the_same_rule() -> None:
    """The weight decay behind the current one, the stated one, and the default that would be too high."""
    decay = la.Linear(0.04, 100)
    values = {"weight_decay": decay}

    def started() -> tuple[torch.optim.Optimizer, ScheduleLR]:
        optimizer = torch.optim.SGD([parameter()], lr=0.1, weight_decay=0.04)
        scheduler = ScheduleLR(optimizer, la.Constant(0.1), values=values)
        run(optimizer, scheduler, 50)
        return optimizer, scheduler

    optimizer, scheduler = started()
    optimizer.add_param_group({"params": [parameter()], "initial_lr": 0.1, "weight_decay": 0.01})
    with pytest.warns(UserWarning, match=r"weight_decay=0\.01 comes from initial_weight_decay=0\.02"):
        scheduler.step()
    assert optimizer.param_groups[1]["weight_decay"] == pytest.approx(decay(51) / 2)

    optimizer, scheduler = started()
    optimizer.add_param_group({"params": [parameter()], "initial_lr": 0.1, "initial_weight_decay": 0.03})
    scheduler.step()
    assert optimizer.param_groups[1]["weight_decay"] == pytest.approx(decay(51) * 0.75)

    optimizer, scheduler = started()
    optimizer.add_param_group({"params": [parameter()], "initial_lr": 0.1})  # the optimizer's default, 0.04
    with pytest.raises(ValueError, match=r"'initial_weight_decay' parameter .*where it would be 0\.08"):
        scheduler.step()
    assert scheduler.last_epoch == 50


def test_a_run_with_an_added_group_is_resumed() -> None:
    """The state has the bases of all groups; they need not be stated again, nor are they guessed."""
    optimizer, scheduler = halfway(MAKERS["ScheduleLR"])
    unfreeze(optimizer)
    with pytest.warns(UserWarning, match="initial_lr"):
        run(optimizer, scheduler, 10)
    second = make_optimizer((0.1,))
    resumed = ScheduleLR(second, COSINE)
    second.add_param_group({"params": [parameter()], "lr": 0.5})
    second.load_state_dict(optimizer.state_dict())
    resumed.load_state_dict(save_and_load(scheduler.state_dict()))
    assert run(second, resumed, 20) == run(optimizer, scheduler, 20)


def test_a_group_that_was_removed_is_noticed() -> None:
    """Rates would go to the wrong groups otherwise."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, COSINE)
    del optimizer.param_groups[0]
    with pytest.raises(ValueError, match=r"one of 2 groups or more\. Got 1 instead\. Make a new scheduler"):
        scheduler.step()
