"""A scheduler that is adopted in the middle of a run, or gets more values there, and the checkpoints from before."""

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.default_planner import DefaultLoadPlanner
from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict, set_optimizer_state_dict
from torch_runs import parameter, rates_of, update

import loganneal as la
from loganneal.torch import ScheduleLR

pytestmark = pytest.mark.filterwarnings("ignore:torch.distributed is disabled:UserWarning")  # in one process

COSINE, DECAY = la.Cosine(0.1, 1_000), la.Cosine(0.05, 1_000)


def adamw(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameters, lr=0.1, weight_decay=0.05)


def adapted() -> torch.optim.Optimizer:
    """An optimizer in the middle of a run without a scheduler, whose rate has been lowered by hand."""
    optimizer = adamw([parameter()])
    update(optimizer)
    optimizer.param_groups[0]["lr"] = 0.03
    return optimizer


@pytest.mark.parametrize("last_epoch", [-1, 299])
def test_the_remedy_for_a_used_optimizer_is_its_initial_rate(last_epoch: int) -> None:
    """Its current rate has come down; changing that, or max_lr, would be wrong."""
    optimizer = adapted()
    with pytest.raises(ValueError, match=r"values of 0\.03 instead\. .*group\['initial_lr'\]=0\.1, after") as caught:
        ScheduleLR(optimizer, COSINE, last_epoch)
    assert "max_lr=0.03" not in str(caught.value)
    optimizer.param_groups[0]["initial_lr"] = 0.1
    ScheduleLR(optimizer, COSINE, 299)
    assert rates_of(optimizer) == [COSINE(300)]


def test_the_remedy_for_a_stated_base_names_it() -> None:
    """Where a first scheduler, or a checkpoint, has left it in the groups: ``lr`` would change nothing."""
    optimizer = adapted()
    optimizer.param_groups[0]["initial_lr"] = 0.1
    with pytest.raises(ValueError, match=r"Set group\['initial_lr'\]=0\.2 in the groups .*, or max_lr=0\.1"):
        ScheduleLR(optimizer, la.Constant(0.2))


def test_values_that_are_adopted_too() -> None:
    """The weight decay has the same remedy."""
    optimizer = adapted()
    optimizer.param_groups[0].update(initial_lr=0.1, weight_decay=0.01)
    with pytest.raises(ValueError, match=r"group\['initial_weight_decay'\]=0\.05, after its state"):
        ScheduleLR(optimizer, COSINE, 299, values={"weight_decay": DECAY})


def saved(folder: Path, **parts: Any) -> None:
    dcp.save(parts, checkpoint_id=folder)


def test_a_distributed_checkpoint_of_a_run_without_a_scheduler(tmp_path: Path) -> None:
    """The scheduler is made once the optimizer has been loaded, since torch requires the keys of the file to match."""
    model = torch.nn.Linear(3, 1)
    saved(tmp_path, optimizer=get_optimizer_state_dict(model, adamw(model.parameters())))
    optimizer = adamw(model.parameters())
    state = {"optimizer": get_optimizer_state_dict(model, optimizer)}
    dcp.load(state, checkpoint_id=tmp_path)
    set_optimizer_state_dict(model, optimizer, state["optimizer"])
    optimizer.param_groups[0]["initial_lr"] = 0.1
    ScheduleLR(optimizer, COSINE, last_epoch=299)
    assert rates_of(optimizer) == [COSINE(300)]


def test_a_distributed_checkpoint_from_before_the_values(tmp_path: Path) -> None:
    """With a partial load the keys that the values add need not be in the file."""
    model = torch.nn.Linear(3, 1)
    first = adamw(model.parameters())
    scheduler = ScheduleLR(first, COSINE, last_epoch=299)
    saved(tmp_path, optimizer=get_optimizer_state_dict(model, first), scheduler=scheduler.state_dict())
    optimizer = adamw(model.parameters())
    scheduler = ScheduleLR(optimizer, COSINE, values={"weight_decay": DECAY}, on_mismatch="keep_position")
    state = {"optimizer": get_optimizer_state_dict(model, optimizer), "scheduler": scheduler.state_dict()}
    dcp.load(state, checkpoint_id=tmp_path, planner=DefaultLoadPlanner(allow_partial_load=True))
    set_optimizer_state_dict(model, optimizer, state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    [group] = optimizer.param_groups
    assert (group["lr"], group["weight_decay"]) == (COSINE(300), DECAY(300))
