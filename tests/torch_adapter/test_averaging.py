"""With torch's stochastic weight averaging: AveragedModel, and SWALR in the last part of a training."""

import torch
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import SWALR, AveragedModel
from torch_runs import SCHEDULE, rates_of, save_and_load, update, weights_of

import loganneal as la
from loganneal.torch import ScheduleLR

SWA_START, STEPS = 26, 40

Parts = tuple[torch.nn.Module, torch.optim.Optimizer, LRScheduler, SWALR]


def make_parts() -> Parts:
    torch.manual_seed(0)
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    return model, optimizer, scheduler, SWALR(optimizer, swa_lr=0.02, anneal_epochs=4)


def go_on(parts: Parts, averaged: AveragedModel, start: int, stop: int) -> list[float]:
    """The rates of these updates, made as in torch's documentation."""
    model, optimizer, scheduler, swa = parts
    used = []
    for t in range(start, stop):
        used.append(rates_of(optimizer)[0])
        update(optimizer)
        if t >= SWA_START:
            averaged.update_parameters(model)
            swa.step()
        else:
            scheduler.step()
    return used


def test_swalr_takes_over_from_the_present_rate() -> None:
    """The schedule until then, and after the annealing the rate of SWALR."""
    parts = make_parts()
    used = go_on(parts, AveragedModel(parts[0]), 0, STEPS)
    assert used[: SWA_START + 1] == [SCHEDULE(t) for t in range(SWA_START + 1)]
    assert used[SWA_START + 6 :] == [0.02] * (STEPS - SWA_START - 6)


def test_a_training_with_swalr_goes_on_at_every_cut_point() -> None:
    """Our state, loaded last, leaves the rate that SWALR has set."""
    parts = make_parts()
    whole = go_on(parts, AveragedModel(parts[0]), 0, STEPS)
    first = make_parts()
    averaged = AveragedModel(first[0])
    for cut in range(STEPS):
        second = make_parts()
        again = AveragedModel(second[0])
        states = save_and_load([part.state_dict() for part in (*first, averaged)])
        for index in (0, 1, 3, 4, 2):
            (*second, again)[index].load_state_dict(states[index])
        assert go_on(second, again, cut, STEPS) == whole[cut:]
        assert weights_of(second[1]) == weights_of(parts[1])
        go_on(first, averaged, cut, cut + 1)


def test_an_average_of_the_ends_of_cycles() -> None:
    """The hook has the model as the cycle left it: the average is that of the snapshots."""
    model, optimizer, _, _ = make_parts()
    for group in optimizer.param_groups:
        group.update(lr=0.1)
    scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(0.1, 5))
    averaged, snapshots = AveragedModel(model), []

    def keep(cycle: int) -> None:
        averaged.update_parameters(model)
        snapshots.append(model.weight.detach().clone())

    scheduler.register_cycle_end_hook(keep)
    for _ in range(20):
        update(optimizer)
        scheduler.step()
    assert len(snapshots) == 4
    torch.testing.assert_close(averaged.module.weight, torch.stack(snapshots).mean(0))
