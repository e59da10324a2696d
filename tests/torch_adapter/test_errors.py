"""Bad arguments of the schedulers name themselves, what is allowed, and the remedy."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch_runs import MAKERS, SCHEDULE, make_optimizer, run

from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR


def test_a_peak_that_no_group_has_is_an_error_that_says_what_to_do() -> None:
    """SGD(lr=1e-3) under a schedule that peaks at 0.1 must not train silently."""
    sentence = r"max_lr=0.1 and initial values of 0.001, 0.002 instead\. Set lr=0.1 in the optimizer, or max_lr=0.002"
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
    """A number, a function or a name is not a schedule."""
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
    """A model in its place is reported."""
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


def test_a_missing_torch_names_the_extra() -> None:
    """One sentence, and what to install."""
    hidden = "import sys; sys.modules['torch'] = None; import loganneal.torch"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    expected = "ModuleNotFoundError: loganneal.torch needs PyTorch: pip install 'loganneal[torch]'"
    assert done.stderr.strip().splitlines()[-1] == expected
