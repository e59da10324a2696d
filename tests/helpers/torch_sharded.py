"""One of several processes that train the same small model, sharded and whole; run by the tests of sharded training.

python torch_sharded.py RANK WORLD FOLDER
"""

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

import loganneal as la
from loganneal.torch import ScheduleLR

SCHEDULE = la.CyclicalLogAnnealing(0.1, 3, 1e-4, 2, warmup_steps=2)
VALUES = {"weight_decay": la.Scale(SCHEDULE, 0.1), "momentum": la.InverseMomentum(SCHEDULE)}
STEPS, CUT = 16, 7


def make_model() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 2))


def groups_of(model: torch.nn.Module) -> list[dict[str, Any]]:
    """Matrices decay, biases do not, and have half the rate."""
    sizes = [(p, p.ndim) for p in model.parameters()]
    matrices, biases = ([p for p, n in sizes if (n > 1) == wanted] for wanted in (True, False))
    return [{"params": matrices, "weight_decay": 0.01}, {"params": biases, "lr": 0.05, "weight_decay": 0.0}]


def sharded(model: torch.nn.Module) -> torch.nn.Module:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    fully_shard(model[0], mesh=mesh)
    return fully_shard(model, mesh=mesh)


def zero(model: torch.nn.Module) -> torch.optim.Optimizer:
    from torch.distributed.optim import ZeroRedundancyOptimizer

    return ZeroRedundancyOptimizer(groups_of(model), torch.optim.SGD, lr=0.1, momentum=0.95)


def adamw(model: torch.nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(groups_of(model), lr=0.1, betas=(0.95, 0.999))


def sgd(model: torch.nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(groups_of(model), lr=0.1, momentum=0.95)


Parts = tuple[torch.nn.Module, torch.optim.Optimizer, ScheduleLR]


def make_parts(model: torch.nn.Module, make: Callable[[torch.nn.Module], torch.optim.Optimizer]) -> Parts:
    optimizer = make(model)
    return model, optimizer, ScheduleLR(optimizer, SCHEDULE, values=VALUES)


def run(parts: Parts, steps: int) -> list[Any]:
    """The rates, weight decays and momenta of the updates."""
    model, optimizer, scheduler = parts
    data = torch.linspace(-1, 1, 20).reshape(5, 4)
    used = []
    for _ in range(steps):
        used.append([[g["lr"], g["weight_decay"], g.get("momentum") or g["betas"][0]] for g in optimizer.param_groups])
        optimizer.zero_grad()
        model(data).square().sum().backward()
        optimizer.step()
        scheduler.step()
    return used


def weights(model: torch.nn.Module) -> list[float]:
    whole = [p.full_tensor() if hasattr(p, "full_tensor") else p for p in model.parameters()]
    return torch.cat([p.detach().flatten() for p in whole]).tolist()


def state_of(optimizer: Any) -> dict[str, Any]:
    """The optimizer's state, which is gathered from its shards if it has to be."""
    if not hasattr(optimizer, "consolidate_state_dict"):
        return copy.deepcopy(optimizer.state_dict())
    optimizer.consolidate_state_dict(to=0)
    state = [optimizer.state_dict() if dist.get_rank() == 0 else None]
    dist.broadcast_object_list(state, src=0)
    return state[0]


def train(kind: str) -> dict[str, Any]:
    """The sharded training, cut and resumed from both states, beside the whole one."""
    wrap, make, plain = (sharded, adamw, adamw) if kind == "fsdp" else (lambda model: model, zero, sgd)
    model, optimizer, scheduler = parts = make_parts(wrap(make_model()), make)
    used = run(parts, CUT)
    state = copy.deepcopy(scheduler.state_dict())
    resumed = make_parts(model, make)  # whose rates start again
    resumed[1].load_state_dict(state_of(optimizer))
    resumed[2].load_state_dict(state)
    used += run(resumed, STEPS - CUT)
    reference = make_parts(make_model(), plain)
    expected = run(reference, STEPS)
    return {"used": used, "expected": expected, "weights": weights(model), "reference": weights(reference[0])}


def main(rank: str, world: str, folder: str) -> None:
    """Train as this rank, and write what came out."""
    store = Path(folder, "store").as_uri()
    dist.init_process_group("gloo", init_method=store, rank=int(rank), world_size=int(world))
    results = {kind: train(kind) for kind in ("zero", "fsdp")}
    Path(folder, f"{rank}.json").write_text(json.dumps(results))
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main(*sys.argv[1:])
