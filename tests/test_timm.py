"""`loganneal.timm`: the rates of a schedule in a loop of timm's style, its state, and the wrong call."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import timm.optim as timm_optim
import torch
from family_golden import FAMILY
from golden import GOLDEN
from tiny_training import SCHEDULE, inputs, linear, loss, rates

import loganneal as la
from loganneal.timm import ScheduleLR

UPDATES_PER_EPOCH = 7


class Run:
    """The loop of timm's train.py, with the rate of each update."""

    def __init__(self, schedule: la.Schedule = SCHEDULE, start_epoch: int = 0, **settings: Any) -> None:
        self.model, self.rates = linear(), []
        self.optimizer = timm_optim.create_optimizer_v2(self.model, "sgd", lr=0.1, **settings)
        self.scheduler = ScheduleLR(self.optimizer, schedule)
        self.start_epoch = start_epoch
        if start_epoch > 0:
            self.scheduler.step_update(start_epoch * UPDATES_PER_EPOCH)

    def go(self, epochs: int) -> "Run":
        for epoch in range(self.start_epoch, epochs):
            num_updates = epoch * UPDATES_PER_EPOCH
            for batch in inputs().split(4):
                self.update(batch)
                num_updates += 1
                self.scheduler.step_update(num_updates=num_updates, metric=0.0)
            self.scheduler.step(epoch + 1, 0.0)
        return self

    def update(self, batch: torch.Tensor) -> None:
        self.rates.append(float(self.optimizer.param_groups[0]["lr"]))
        self.optimizer.zero_grad()
        loss(self.model, batch).backward()
        self.optimizer.step()


def test_the_rate_follows_the_update() -> None:
    """A loop that calls ``step_update`` and ``step`` gives each update its rate, to the bit."""
    assert Run().go(2).rates == rates(14)


@pytest.mark.parametrize("table", [GOLDEN, FAMILY], ids=["golden", "family"])
def test_the_golden_rates(table: list[Any]) -> None:
    """Every exact value, at steps up to 1.1e12, comes out of the optimizer's group."""
    for golden in table:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=golden.schedule.max_lr)
        ScheduleLR(optimizer, golden.schedule).step_update(golden.step)
        assert golden.error(optimizer.param_groups[0]["lr"]) <= 1e-12, golden


def test_epochs_become_updates() -> None:
    """A schedule in epochs is one in updates by ``in_steps``."""
    schedule = la.Linear(0.1, total_steps=2).in_steps(UPDATES_PER_EPOCH)
    assert Run(schedule).go(2).rates == la.Linear(0.1, total_steps=14).curve(14).tolist()


def test_resuming_by_the_number_of_updates() -> None:
    """What train.py does: the number of updates done is enough."""
    assert Run(start_epoch=1).go(2).rates == rates(14, 7)


@pytest.mark.parametrize("cut", range(14))
def test_resuming_from_the_state_alone(tmp_path: Path, cut: int) -> None:
    """A state that ``torch.load`` accepts by default sets the rate of the next update."""
    first, second = Run(), Run()
    first.scheduler.step_update(cut)
    torch.save(first.scheduler.state_dict(), tmp_path / "state.pt")
    second.scheduler.load_state_dict(torch.load(tmp_path / "state.pt"))
    assert second.optimizer.param_groups[0]["lr"] == SCHEDULE(cut)


def test_resuming_with_the_optimizer() -> None:
    """Weights and rates go on as if nothing had happened."""
    whole, first, second = Run().go(2), Run().go(1), Run(start_epoch=1)
    for name in ("model", "optimizer", "scheduler"):
        getattr(second, name).load_state_dict(getattr(first, name).state_dict())
    assert second.go(2).rates == rates(14, 7)
    assert torch.equal(second.model.weight, whole.model.weight)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nonsense": 1}, "must be a dictionary of the fields"),
        ({"version": 2}, "The 'version' parameter of ScheduleLR.load_state_dict must be 1"),
        ({"num_updates": -1}, "The 'num_updates' parameter .* must be a whole number"),
        ({"schedule": la.Linear(0.1, 10).to_dict()}, "The 'schedule' parameter"),
    ],
)
def test_a_state_is_checked(change: dict[str, Any], message: str) -> None:
    """What does not fit is named, and nothing is changed."""
    scheduler = Run().scheduler
    before = scheduler.state_dict()
    with pytest.raises(ValueError, match=message):
        scheduler.load_state_dict({**before, **change})
    assert scheduler.state_dict() == before


def test_groups_keep_their_ratio() -> None:
    """A group with another rate keeps its ratio, and timm's ``lr_scale`` comes on top; so does a group added later."""
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(4)]
    groups = [
        {"params": parameters[0]},
        {"params": parameters[1], "lr": 0.01},
        {"params": parameters[2], "lr_scale": 0.5},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    optimizer.add_param_group({"params": parameters[3], "lr": 0.05})
    scheduler.step_update(3)
    rate = SCHEDULE(3)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx(
        [rate, 0.1 * rate, 0.5 * rate, 0.5 * rate]
    )
    assert optimizer.param_groups[0]["lr"] == rate


def test_layer_decay_of_timm() -> None:
    """``layer_decay`` of timm's optimizers scales each layer's share, and the last layer has the schedule's rate."""
    model = torch.nn.Sequential(*(torch.nn.Linear(4, 4) for _ in range(4)))
    model.group_matcher = lambda coarse=False: {"blocks": r"^(\d+)"}
    optimizer = timm_optim.create_optimizer_v2(model, "sgd", lr=0.1, layer_decay=0.5)
    scales = [group["lr_scale"] for group in optimizer.param_groups]
    assert len(set(scales)) > 1
    ScheduleLR(optimizer, SCHEDULE).step_update(3)
    assert [group["lr"] for group in optimizer.param_groups] == [SCHEDULE(3) * scale for scale in scales]


def test_rates_that_are_tensors_are_filled() -> None:
    """A tensor keeps its identity, which compiled code needs; its initial value is kept separately."""
    rate = torch.tensor(0.1)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    for num_updates in (3, 6):
        scheduler.step_update(num_updates)
        assert optimizer.param_groups[0]["lr"] is rate
        assert float(rate) == pytest.approx(SCHEDULE(num_updates))


def test_the_wrong_call_is_refused() -> None:
    """The trap: a loop that only calls ``step(epoch)`` would train at one rate forever; ours raises."""
    scheduler = Run().scheduler
    with pytest.raises(RuntimeError, match=r"counts updates, not epochs: call step_update\(num_updates\)"):
        scheduler.step(1)


def test_other_arguments_are_refused() -> None:
    """Something that is not an optimizer, something that is not a schedule, and a peak that no group has."""
    optimizer = Run().optimizer
    with pytest.raises(TypeError, match="The 'optimizer' parameter of ScheduleLR must be a torch Optimizer"):
        ScheduleLR("sgd", SCHEDULE)
    with pytest.raises(ValueError, match="The 'schedule' parameter of ScheduleLR must be a schedule of loganneal"):
        ScheduleLR(optimizer, lambda step: 0.1)
    with pytest.raises(ValueError, match="must peak at the initial rate of a parameter group"):
        ScheduleLR(optimizer, la.Linear(3.0, 10))


def test_a_group_that_is_added_keeps_its_ratio() -> None:
    """The base behind its rate, with a warning that names it; a stated one without; an impossible one is refused."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    fall = la.Cosine(0.1, 100)
    scheduler = ScheduleLR(optimizer, fall)
    scheduler.step_update(60)
    for more in ({"lr": fall(60) / 10}, {"lr": fall(60) / 10, "lr_scale": 0.5}, {"initial_lr": 0.03}):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(1))], **more})
    with pytest.warns(UserWarning, match=r"at step 60 .*initial_lr=0\.01, and that .*initial_lr=0\.02,"):
        scheduler.step_update(61)
    rates_now = [group["lr"] for group in optimizer.param_groups]
    assert rates_now == pytest.approx([fall(61) * share for share in (1, 0.1, 0.1, 0.3)], rel=1e-12)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(1))]})
    with pytest.raises(ValueError, match=r"'initial_lr' parameter of ScheduleLR must be stated .* at step 61"):
        scheduler.step_update(62)


def test_going_on_under_another_schedule() -> None:
    """As declared when the scheduler is made: an error, the same update, or the same share of the run."""
    state = Run(la.Linear(0.1, 14)).go(1).scheduler.state_dict()

    def resumed(schedule: la.Schedule, **options: Any) -> ScheduleLR:
        scheduler = ScheduleLR(torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1), schedule, **options)
        scheduler.load_state_dict(state)
        return scheduler

    with pytest.raises(ValueError, match=r"schedule\.total_steps.*on_mismatch='keep_position'"):
        resumed(la.Linear(0.1, 28))
    assert resumed(la.Linear(0.1, 28), on_mismatch="keep_position").num_updates == 7
    shared = resumed(la.Linear(0.1, 28), on_mismatch="keep_share")
    assert (shared.num_updates, shared.optimizer.param_groups[0]["lr"]) == (14, 0.05)
    with pytest.raises(ValueError, match="must be below 7, where the new schedule ends"):
        resumed(la.Linear(0.1, 7), on_mismatch="keep_position")
    with pytest.raises(ValueError, match="'on_mismatch' parameter"):
        resumed(SCHEDULE, on_mismatch="keep_share")


def test_a_missing_timm_names_the_extra() -> None:
    """One sentence, and what to install."""
    hidden = "import sys; sys.modules['timm'] = None; import loganneal.timm"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True)
    expected = "loganneal.timm needs PyTorch and timm: pip install 'loganneal[timm]'"
    assert done.stderr.strip().splitlines()[-1] == f"ModuleNotFoundError: {expected}"
