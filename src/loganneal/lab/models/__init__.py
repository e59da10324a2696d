"""The networks, by name."""

from collections.abc import Callable

import torch
from torch import nn

from loganneal import _checks
from loganneal.lab.models.mixed_precision import MixedPrecision
from loganneal.lab.models.normalize import Normalize
from loganneal.lab.models.resnet import ResNet

__all__ = ["MODELS", "MixedPrecision", "Normalize", "ResNet", "build_model"]


def resnet_tiny(in_channels: int, classes: int) -> ResNet:
    """Widths 8, 16, 32, one block each, stem stride 2: about 20,000 parameters, for small grey images."""
    return ResNet((8, 16, 32), 1, in_channels, classes, stem_stride=2)


def resnet_8(in_channels: int, classes: int) -> ResNet:
    """ResNet-8 of the CIFAR form (n = 1)."""
    return ResNet((16, 32, 64), 1, in_channels, classes)


def resnet_8_stride_2(in_channels: int, classes: int) -> ResNet:
    """ResNet-8 with stem stride 2: a quarter of the work, so that comparisons fit a processor."""
    return ResNet((16, 32, 64), 1, in_channels, classes, stem_stride=2)


def resnet_20(in_channels: int, classes: int) -> ResNet:
    """ResNet-20 of the CIFAR form (n = 3), 0.27 million parameters."""
    return ResNet((16, 32, 64), 3, in_channels, classes)


def resnet_56(in_channels: int, classes: int) -> ResNet:
    """ResNet-56 of the CIFAR form (n = 9), 0.85 million parameters."""
    return ResNet((16, 32, 64), 9, in_channels, classes)


MODELS: dict[str, Callable[[int, int], nn.Module]] = {
    "resnet-tiny": resnet_tiny,
    "resnet-8": resnet_8,
    "resnet-8-stride-2": resnet_8_stride_2,
    "resnet-20": resnet_20,
    "resnet-56": resnet_56,
}


def build_model(name: str, in_channels: int, classes: int, seed: int) -> nn.Module:
    """The network `name` with the initial weights of `seed`; torch's own random state stays as it was.

    Args:
        name: A key of `MODELS`.
        in_channels: Channels of an image.
        classes: Number of classes.
        seed: Decides the weights.

    Raises:
        ValueError: There is no network of that name.
    """
    _checks.one_of("RunSpec", "model", name, tuple(MODELS))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MODELS[name](in_channels, classes)
