"""Everything that changes from update to update, and how it is saved and restored."""

import hashlib
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from loganneal.runs.spec import RunSpec
from loganneal.torch import ScheduleLR
from loganneal.training.averaging import Averages
from loganneal.training.batches import Batches
from loganneal.training.curve import Curve
from loganneal.training.optimizers import build_optimizer
from loganneal.training.processes import generator_states, set_generator_states, share_batch_norm
from loganneal.training.tasks import Task


class RunState:
    """A run before its first update, or, after `load_state_dict`, wherever it was.

    Args:
        spec: The run.
        task: Its data.
        fabric: Where it computes.
    """

    def __init__(self, spec: RunSpec, task: Task, fabric: Fabric) -> None:
        self.spec = spec
        self.step = 0
        """Updates done."""
        self._fabric = fabric
        self.weights = _network(spec, task, fabric)
        """The network by itself."""
        optimizer = build_optimizer(self.weights, spec)
        self.scheduler = ScheduleLR(optimizer, spec.schedule)
        compiled: Any = torch.compile(self.weights) if spec.compile else self.weights
        self.network, self.optimizer = fabric.setup(compiled, optimizer)
        """The network as Fabric runs it: in its precision, and with the other processes."""
        self.batches = Batches(task.train_size, spec.batch_size, spec.seed)
        self.averages = Averages(self.weights, spec)
        self.curve = Curve(spec)

    @property
    def rate(self) -> float:
        """The learning rate of the next update."""
        return float(self.optimizer.param_groups[0]["lr"])

    def state_dict(self) -> dict[str, Any]:
        """Tensors, numbers, strings, lists and dictionaries, which `torch.load` accepts by default."""
        return {
            "version": 1,
            "step": self.step,
            "generators": generator_states(self._fabric),
            **{name: part.state_dict() for name, part in self._parts().items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a saved state."""
        self.step = state["step"]
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        set_generator_states(self._fabric, state["generators"])

    def _parts(self) -> dict[str, Any]:
        names = ("weights", "optimizer", "scheduler", "batches", "averages", "curve")
        return {name: getattr(self, name) for name in names}


def fingerprint(network: nn.Module) -> str:
    """16 hexadecimal digits of the SHA-256 of all weights and buffers."""
    digest = hashlib.sha256()
    for value in network.state_dict().values():
        digest.update(value.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def _network(spec: RunSpec, task: Task, fabric: Fabric) -> nn.Module:
    network = task.network(spec.model, spec.seed)
    if fabric.world_size > 1:
        network = share_batch_norm(network, spec.model, fabric.device)
    network = network.to(fabric.device)
    return network.to(memory_format=torch.channels_last) if spec.channels_last else network
