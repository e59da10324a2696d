"""The optimizer that a specification names."""

import inspect
from typing import Any

import torch
from torch import nn

from loganneal import _checks
from loganneal.data.custom import call_function, import_function
from loganneal.runs.spec import OPTIMIZERS, RunSpec

SHORT = dict(zip(OPTIMIZERS, ("SGD", "Adam", "AdamW"), strict=True))
UNUSABLE = {"Optimizer", "LBFGS", "SparseAdam"}  # a base; one that wants a closure; one that wants sparse gradients


def build_optimizer(network: nn.Module, spec: RunSpec) -> torch.optim.Optimizer:
    """The optimizer of `spec` over all parameters, at the schedule's peak rate.

    `module:function` is a function of the user's own. It is called with the network and with `lr`, the peak rate,
    `weight_decay` and the options as keywords, and returns an optimizer of torch. Groups with rates of their own keep
    their ratio to the schedule's.

    Raises:
        ValueError: There is no such optimizer, or it does not accept these options.

    Example:
        >>> import loganneal as la
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_examples=2500, validation_examples=1000,
        ...                optimizer="RMSprop")
        >>> type(build_optimizer(nn.Linear(2, 1), spec)).__name__
        'RMSprop'
    """
    if ":" in spec.optimizer:
        return _own_optimizer(network, spec)
    names = [*OPTIMIZERS, *_classes()]
    name = _checks.one_of("RunSpec", "optimizer", spec.optimizer, names)
    build = getattr(torch.optim, SHORT.get(name, name))
    try:
        optimizer: torch.optim.Optimizer = build(network.parameters(), **_arguments(build, spec))
    except (TypeError, ValueError, RuntimeError) as error:
        allowed = f"what torch.optim.{build.__name__} takes"
        _checks.fail("RunSpec", "optimizer_options", allowed, _arguments(build, spec), f"It says: {error}")
    return optimizer


def _own_optimizer(network: nn.Module, spec: RunSpec) -> torch.optim.Optimizer:
    options = {"lr": spec.schedule.max_lr, "weight_decay": spec.weight_decay, **spec.optimizer_options}
    made = call_function(spec.optimizer, import_function(spec.optimizer, "optimizer"), network, **options)
    if not isinstance(made, torch.optim.Optimizer):
        raise ValueError(f"The function {spec.optimizer} must return an optimizer of torch. Got {made!r:.200} instead.")
    return made


def _arguments(build: type, spec: RunSpec) -> dict[str, Any]:
    own = {"momentum": spec.momentum, "nesterov": spec.momentum > 0} if spec.optimizer == "sgd" else {}
    takes_decay = "weight_decay" in inspect.signature(build).parameters
    decay = {"weight_decay": spec.weight_decay} if takes_decay or spec.weight_decay else {}
    return {"lr": spec.schedule.max_lr, **decay, **own, **spec.optimizer_options}


def _classes() -> list[str]:
    found = {name for name, value in vars(torch.optim).items() if isinstance(value, type)}
    return sorted(name for name in found - UNUSABLE if issubclass(getattr(torch.optim, name), torch.optim.Optimizer))
