"""Where a run computes: its device, its precision, and the processes of `torchrun` that share it."""

import os
from typing import Any, cast

import torch
import torch.distributed
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from loganneal import _checks
from loganneal.runs.spec import RunSpec
from loganneal.training.environment import computes_bfloat16


def start_fabric(spec: RunSpec) -> Fabric:
    """Lightning's Fabric for a run: the GPU if there is one, and all processes of `torchrun`.

    Raises:
        ValueError: The processes cannot share a batch evenly.
    """
    kind = "cuda" if torch.cuda.is_available() else "cpu"
    # given as an object, since the name makes Fabric print a line at each run
    mixed = precision_used(spec, torch.device(kind)) == "bfloat16"
    plugins: list[Any] = [MixedPrecision("bf16-mixed", kind)] if mixed else []
    if not torch.distributed.is_torchelastic_launched():
        return Fabric(accelerator=kind, devices=1, plugins=[*plugins, LightningEnvironment()])
    world, local = int(os.environ["WORLD_SIZE"]), int(os.environ["LOCAL_WORLD_SIZE"])
    if spec.batch_size % (world * spec.accumulation):
        allowed = f"a multiple of processes times parts, {world} times {spec.accumulation}"
        _checks.fail("RunSpec", "batch_size", allowed, spec.batch_size)
    fabric = Fabric(accelerator=kind, devices=local, num_nodes=world // local, strategy="ddp", plugins=plugins)
    fabric.launch()
    return fabric


def precision_used(spec: RunSpec, device: torch.device) -> str:
    """The precision that a run of `spec` has on this device."""
    return spec.precision if computes_bfloat16(device) else "float32"


def share_batch_norm(network: nn.Module, model: str, device: torch.device) -> nn.Module:
    """The network with BatchNorm over the batch of all processes, so that they train like one with the whole batch.

    Args:
        network: Changed in place, unless it is itself a BatchNorm layer.
        model: Its name, for the message.
        device: Where it trains.

    Raises:
        ValueError: The network has BatchNorm layers and trains on a CPU, which torch's SyncBatchNorm does not support.
    """
    if not any(isinstance(layer, _BatchNorm) for layer in network.modules()):
        return network
    if device.type != "cuda":
        allowed = "a network without BatchNorm if several processes train on CPUs"
        remedy = "Train in one process, on GPUs, or with a network such as vit-tiny or gpt-tiny."
        _checks.fail("RunSpec", "model", allowed, model, remedy)
    convert: Any = nn.SyncBatchNorm.convert_sync_batchnorm
    return cast(nn.Module, convert(network))


def generator_states(fabric: Fabric) -> list[dict[str, Tensor]]:
    """The states of torch's own generators in every process; dropout draws from them."""
    states = {"cpu": torch.get_rng_state()}
    if fabric.device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(fabric.device)
    if fabric.world_size == 1:
        return [states]
    gathered: list[dict[str, Tensor]] = [{}] * fabric.world_size
    torch.distributed.all_gather_object(gathered, states)
    return gathered


def set_generator_states(fabric: Fabric, states: list[dict[str, Tensor]]) -> None:
    """Continue from saved states; with a different number of processes, the generators start anew."""
    if len(states) != fabric.world_size:
        return
    own = states[fabric.global_rank]
    torch.set_rng_state(own["cpu"])
    if "cuda" in own and fabric.device.type == "cuda":
        torch.cuda.set_rng_state(own["cuda"], fabric.device)
