"""BatchNorm over the batch of all processes, so that several train as one with the whole batch does."""

from typing import Any, cast

import torch
import torch.distributed
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


def share_batch_norm(network: nn.Module) -> nn.Module:
    """The network with BatchNorm layers that take the statistics of all processes.

    Layers of classes derived from torch's own keep those of their process.

    Args:
        network: Changed in place, save for a layer that is itself the network.
    """
    if torch.cuda.is_available():
        convert: Any = nn.SyncBatchNorm.convert_sync_batchnorm
        return cast(nn.Module, convert(network))
    for name, child in network.named_children():
        setattr(network, name, share_batch_norm(child))
    if type(network) in (nn.BatchNorm1d, nn.BatchNorm2d):
        return SharedBatchNorm(cast(_BatchNorm, network))
    return network


class SharedBatchNorm(_BatchNorm):
    """Torch's own layer of this kind does not compute on a processor; this one does.

    Args:
        layer: Whose parameters and statistics it takes over.
    """

    def __init__(self, layer: _BatchNorm) -> None:
        super().__init__(layer.num_features, layer.eps, layer.momentum, layer.affine, layer.track_running_stats)
        self._parameters.update(layer._parameters)
        self._buffers.update(layer._buffers)

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised per channel and scaled."""
        if not self.training:
            statistics = self.running_mean, self.running_var
            return functional.batch_norm(input, *statistics, self.weight, self.bias, False, 0.0, self.eps)
        shape = [1, -1, *[1] * (input.ndim - 2)]
        dims = [0, *range(2, input.ndim)]
        mean = _over_processes(input.float().mean(dims))
        centred = input.float() - mean.view(shape)
        variance = _over_processes(centred.square().mean(dims))
        self._track(mean.detach(), variance.detach(), input.numel() // input.shape[1])
        normal = centred * torch.rsqrt(variance + self.eps).view(shape)
        return (normal * self.weight.view(shape) + self.bias.view(shape)).to(input.dtype)

    def _track(self, mean: Tensor, variance: Tensor, count: int) -> None:
        buffers = cast(dict[str, Tensor], self._buffers)
        buffers["num_batches_tracked"].add_(1)
        share = 1 / int(buffers["num_batches_tracked"]) if self.momentum is None else self.momentum
        everywhere = count * torch.distributed.get_world_size()
        buffers["running_mean"].lerp_(mean, share)
        buffers["running_var"].lerp_(variance * everywhere / (everywhere - 1), share)


def _over_processes(value: Tensor) -> Tensor:
    summed: Any = all_reduce
    return cast(Tensor, summed(value)) / torch.distributed.get_world_size()
