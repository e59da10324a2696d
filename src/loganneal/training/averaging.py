"""Averages of the weights of one run: exponential, of its last share, and of the ends of its cycles.

Sources: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018 (SWA);
Huang et al., "Snapshot Ensembles: Train 1, Get M for Free", 2017.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, get_swa_multi_avg_fn, update_bn

from loganneal.runs.spec import RunSpec

_ema: Any = get_ema_multi_avg_fn  # torch leaves them untyped
_swa: Any = get_swa_multi_avg_fn

Inputs = Callable[[], Iterable[Tensor | dict[str, Tensor]]]


class Averages:
    """The averages that a specification asks for, kept up to date after every update.

    Args:
        network: The network that is trained; it is copied once for each running average.
        spec: The run.
    """

    def __init__(self, network: nn.Module, spec: RunSpec) -> None:
        self._network = network
        self._swa_start = math.floor(spec.steps * (1 - spec.swa_share))
        self._ends = snapshot_steps(spec) if "snapshots" in spec.averaging else frozenset()
        self._kept = spec.snapshots
        self._snapshots: list[dict[str, Tensor]] = []
        rules = {"ema": lambda: _ema(spec.ema_decay), "swa": _swa}
        self._running = {
            name: AveragedModel(network, multi_avg_fn=rule()) for name, rule in rules.items() if name in spec.averaging
        }

    def update(self, step: int) -> None:
        """Include the weights after `step` updates."""
        for name, average in self._running.items():
            if name != "swa" or step > self._swa_start:
                average.update_parameters(self._network)
        if step in self._ends:
            weights = {name: value.detach().cpu().clone() for name, value in self._network.state_dict().items()}
            self._snapshots = [*self._snapshots, weights][-self._kept :]

    def networks(self, inputs: Inputs, logits: bool = True) -> Iterator[tuple[str, nn.Module]]:
        """Each average as a network, by name, with its BatchNorm statistics recomputed.

        The members of the ensemble keep their own statistics, which belong to their weights.

        Args:
            inputs: Returns batches of training inputs, the same at each call.
            logits: Whether the networks return logits; see `Ensemble`.
        """
        for name, average in self._running.items():
            update_bn(inputs(), average.module)
            yield name, average.module
        if self._snapshots:
            mean = mean_network(self._network, self._snapshots)
            update_bn(inputs(), mean)
            yield "snapshot_average", mean
            yield "snapshot_ensemble", Ensemble(self._network, self._snapshots, logits)

    def state_dict(self) -> dict[str, Any]:
        """The state from which `load_state_dict` continues."""
        running = {name: average.state_dict() for name, average in self._running.items()}
        return {"running": running, "snapshots": self._snapshots}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a saved state."""
        for name, average in self._running.items():
            average.load_state_dict(state["running"][name])
        self._snapshots = list(state["snapshots"])


class Ensemble(nn.Module):
    """The mean of the answers of one network with several sets of weights.

    Args:
        network: The network, for its architecture.
        weights: A state of the network for each member.
        logits: Whether the outputs are logits, with the classes in the last dimension: the mean is then that of the
            probabilities, returned as logarithms. Otherwise it is that of the outputs.

    Example:
        >>> network = nn.Linear(2, 3)
        >>> round(Ensemble(network, [network.state_dict()])(torch.ones(1, 2)).exp().sum().item(), 4)
        1.0
    """

    def __init__(self, network: nn.Module, weights: list[dict[str, Tensor]], logits: bool = True) -> None:
        super().__init__()
        self._logits = logits
        self.members = nn.ModuleList(_with_weights(network, state) for state in weights)

    def forward(self, inputs: Tensor) -> Tensor:
        """The mean over the members."""
        outputs = torch.stack([member(inputs).float() for member in self.members])
        if not self._logits:
            return outputs.mean(dim=0)
        return torch.logsumexp(functional.log_softmax(outputs, dim=-1), dim=0) - math.log(len(outputs))


def mean_network(network: nn.Module, weights: list[dict[str, Tensor]]) -> nn.Module:
    """A copy of a network whose parameters are the mean of several states; its buffers are those of the last."""
    trained = {name for name, _ in network.named_parameters(remove_duplicate=False)}  # tied weights have several names
    mean = {name: torch.stack([state[name] for state in weights]).mean(dim=0) for name in trained}
    return _with_weights(network, {**weights[-1], **mean})


def snapshot_steps(spec: RunSpec) -> frozenset[int]:
    """The numbers of updates after which a cycle ends, and the last one of the run.

    Example:
        >>> import loganneal as la
        >>> schedule = la.CyclicalLogAnnealing(max_lr=0.3, cycle_steps=20, cycle_mult=2)
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=schedule, steps=100, seed=0, split_seed=0,
        ...                batch_size=64, train_examples=2500, validation_examples=1000)
        >>> sorted(snapshot_steps(spec))
        [20, 60, 100]
    """
    return frozenset({*(int(step) + 1 for step in spec.schedule.cycle_ends(spec.steps)), spec.steps})


def _with_weights(network: nn.Module, weights: dict[str, Tensor]) -> nn.Module:
    copied = copy.deepcopy(network)
    copied.load_state_dict(weights)
    return copied
