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
"""Networks for images by their names. Each is made from the channels, the classes and the side of an image."""

TEXT_MODELS: dict[str, Callable[[int, int], nn.Module]] = {"gpt-tiny": gpt_tiny}
"""Networks for text by their names. Each is made from the number of characters and the length of a piece."""


def build_model(name: str, in_channels: int, classes: int, seed: int, side: int = 32) -> nn.Module:
    """The network ``name`` for images, with the initial weights of ``seed``; torch's own random state stays as it was.

    Args:
        name: A key of `MODELS`, or ``timm:NAME`` or ``torchvision:NAME``, which are taken as published.
        in_channels: Channels of an image.
        classes: Number of classes.
        seed: Decides the weights.
        side: Height and width of an image; networks that were published for large images are adapted to it.

    Raises:
        ValueError: There is no network of that name, or it cannot take images of that side.
    """
    library, _, inside = name.partition(":")
    builder = LIBRARIES[library](inside) if inside and library in LIBRARIES else MODELS[_known(name, MODELS)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return builder(in_channels, classes, side)


def build_text_model(name: str, vocabulary: int, length: int, seed: int) -> nn.Module:
    """The network ``name`` for text, with the initial weights of ``seed``; torch's own random state stays as it was.

    Args:
        name: A key of `TEXT_MODELS`.
        vocabulary: Number of different characters.
        length: Most characters that are seen at once.
        seed: Decides the weights.

    Raises:
        ValueError: There is no network of that name.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TEXT_MODELS[_known(name, TEXT_MODELS)](vocabulary, length)


def _known(name: str, models: dict[str, Callable[..., nn.Module]]) -> str:
    return _checks.one_of("RunSpec", "model", name, models)
