"""The networks, by name."""

from collections.abc import Callable

import torch
from torch import nn

from loganneal import _checks
from loganneal.models.gpt import gpt_tiny
from loganneal.models.library import LIBRARIES
from loganneal.models.mixed_precision import MixedPrecision
from loganneal.models.normalize import Normalize
from loganneal.models.published import (
    botnet,
    googlenet,
    resnet_34,
    resnet_50,
    vgg_16,
    vgg_19,
    vit_tiny,
    xception,
)
from loganneal.models.resnet import ResNet, small

__all__ = ["MODELS", "TEXT_MODELS", "MixedPrecision", "Normalize", "ResNet", "build_model", "build_text_model"]

MODELS: dict[str, Callable[[int, int, int], nn.Module]] = {
    "resnet-tiny": small((8, 16, 32), 1, stem_stride=2),  # for small grey images
    "resnet-8": small((16, 32, 64), 1),
    "resnet-8-stride-2": small((16, 32, 64), 1, stem_stride=2),  # a quarter of the work: comparisons fit a processor
    "resnet-20": small((16, 32, 64), 3),
    "resnet-56": small((16, 32, 64), 9),
    "resnet-34": resnet_34,
    "resnet-50": resnet_50,
    "googlenet": googlenet,
    "xception": xception,
    "vgg-16": vgg_16,
    "vgg-19": vgg_19,
    "botnet": botnet,
    "vit-tiny": vit_tiny,
}
"""Builders of networks for images, by name. Each takes the channels, the number of classes and the side of an image."""

TEXT_MODELS: dict[str, Callable[[int, int], nn.Module]] = {"gpt-tiny": gpt_tiny}
"""Builders of networks for text, by name. Each takes the number of different characters and the length of a piece."""


def build_model(name: str, in_channels: int, classes: int, seed: int, side: int = 32) -> nn.Module:
    """Build a network for images. The same seed gives the same initial weights.

    Torch's own random state is left unchanged.

    Args:
        name: A key of `MODELS`, or ``timm:NAME`` or ``torchvision:NAME``, which are taken as published.
        in_channels: Channels of an image, 1 or 3.
        classes: Number of classes, at least 1.
        seed: Decides the initial weights; at least 0.
        side: Height and width of an image in pixels. Networks that were published for large images are adapted to it.

    Returns:
        A network from images of shape (n, in_channels, side, side) to logits of shape (n, classes).

    Raises:
        ValueError: There is no network of that name, or it cannot take images of that side.

    Example:
        >>> network = build_model("resnet-tiny", in_channels=1, classes=10, seed=0, side=28)
        >>> network(torch.zeros(4, 1, 28, 28)).shape
        torch.Size([4, 10])
    """
    library, _, inside = name.partition(":")
    builder = LIBRARIES[library](inside) if inside and library in LIBRARIES else MODELS[_known(name, MODELS)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return builder(in_channels, classes, side)


def build_text_model(name: str, vocabulary: int, length: int, seed: int) -> nn.Module:
    """Build a network for text. The same seed gives the same initial weights.

    Torch's own random state is left unchanged.

    Args:
        name: A key of `TEXT_MODELS`.
        vocabulary: Number of different characters, at least 1.
        length: Largest number of characters that the network sees at once, at least 1.
        seed: Decides the initial weights; at least 0.

    Returns:
        A network from numbers of characters of shape (n, length) to logits of shape (n, length, vocabulary).

    Raises:
        ValueError: There is no network of that name.

    Example:
        >>> network = build_text_model("gpt-tiny", vocabulary=65, length=128, seed=0)
        >>> network(torch.zeros(2, 128, dtype=torch.uint8)).shape
        torch.Size([2, 128, 65])
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TEXT_MODELS[_known(name, TEXT_MODELS)](vocabulary, length)


def _known(name: str, models: dict[str, Callable[..., nn.Module]]) -> str:
    return _checks.one_of("RunSpec", "model", name, models)
