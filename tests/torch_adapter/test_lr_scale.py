"""The scale that layer-wise decay puts into the parameter groups, and groups without a rate."""

from typing import Any

import pytest
import timm
import timm.optim
import torch
import transformers
from torch_runs import SCHEDULE, STEPS, parameter, rates_of, run

import loganneal as la
import loganneal.timm
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

SCALES = (0.25, 0.5, 1.0)


def layered(in_the_rates: bool = False, **more: Any) -> torch.optim.Optimizer:
    """Groups with a scale each, as timm makes them; or with the scale already in the rate, as in mmengine."""
    groups = [
        {"params": [parameter()], "lr_scale": scale, "lr": 0.1 * scale if in_the_rates else 0.1, **more}
        for scale in SCALES
    ]
    return torch.optim.SGD(groups, lr=0.1)


def test_the_layer_decay_of_timm_is_that_of_its_own_schedulers() -> None:
    """The same rates under loganneal.torch and loganneal.timm, which is timm's."""
    torch.manual_seed(0)
    model = timm.create_model("vit_tiny_patch16_224", pretrained=False, num_classes=2, depth=2)
    ours, theirs = (timm.optim.create_optimizer_v2(model, "adamw", lr=0.1, layer_decay=0.5) for _ in range(2))
    scheduler, reference = ScheduleLR(ours, SCHEDULE), loganneal.timm.ScheduleLR(theirs, SCHEDULE)
    assert {group["lr_scale"] for group in ours.param_groups} == {0.125, 0.25, 0.5, 1.0}
    for update in range(1, STEPS):
        ours.step()
        scheduler.step()
        reference.step_update(update)
        assert rates_of(ours) == pytest.approx(rates_of(theirs), rel=1e-12)


@pytest.mark.parametrize("in_the_rates", [False, True])
def test_a_scale_is_applied_once(in_the_rates: bool) -> None:
    """Whether the rates already include it or not."""
    optimizer = layered(in_the_rates)
    for t, used in enumerate(run(optimizer, ScheduleLR(optimizer, SCHEDULE), STEPS)):
        assert used == pytest.approx([SCHEDULE(t) * scale for scale in SCALES], rel=1e-12)


def test_a_run_with_scales_is_resumed_and_a_group_added() -> None:
    """The base of a group is without its scale."""
    optimizer = layered()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 8)
    optimizer.add_param_group({"params": [parameter()], "lr": optimizer.param_groups[0]["lr"], "lr_scale": 0.25})
    with pytest.warns(UserWarning, match=r"initial_lr=0\.1,"):
        run(optimizer, scheduler, 10)
    assert rates_of(optimizer)[3] == pytest.approx(rates_of(optimizer)[0], rel=1e-12)
    second = layered()
    second.add_param_group({"params": [parameter()], "lr": 0.1, "lr_scale": 0.25})
    resumed = ScheduleLR(second, SCHEDULE)
    resumed.load_state_dict(scheduler.state_dict())
    assert rates_of(second) == rates_of(optimizer)


def test_a_list_stands_as_it_is() -> None:
    """Giving each group its own schedule includes its scale."""
    optimizer = layered()
    schedules = [la.Scale(SCHEDULE, scale) for scale in SCALES]
    ScheduleLR(optimizer, schedules, last_epoch=9)
    assert rates_of(optimizer) == [schedule(10) for schedule in schedules]


def test_the_class_in_torchs_place_refuses_a_scale() -> None:
    """Its floor is the same for all groups; with the scale in the rates there is nothing to refuse."""
    with pytest.raises(ValueError, match=r"no 'lr_scale'. Got \[0.25, 0.5, 1.0\] instead. Use ScheduleLR"):
        CyclicalLogAnnealingLR(layered(), 10)
    optimizer = layered(in_the_rates=True)
    used = run(optimizer, CyclicalLogAnnealingLR(optimizer, 10), 5)
    assert used[4] == pytest.approx([used[4][2] * scale for scale in SCALES])


@pytest.mark.parametrize(
    "make",
    [
        lambda optimizer: ScheduleLR(optimizer, SCHEDULE),
        lambda optimizer: CyclicalLogAnnealingLR(optimizer, 10),
        lambda optimizer: loganneal.timm.ScheduleLR(optimizer, SCHEDULE),
    ],
)
def test_an_optimizer_without_a_rate_is_refused_in_a_sentence(make: Any) -> None:
    """Adafactor with lr=None sets its own."""
    optimizer = transformers.optimization.Adafactor([parameter()], lr=None)
    with pytest.raises(ValueError, match=r"whose groups have a number as 'lr'\. Got None instead.*relative_step=False"):
        make(optimizer)
