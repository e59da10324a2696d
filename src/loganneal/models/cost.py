"""What a network costs: its parameters, and the multiply-adds of one example."""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from loganneal.models import MODELS, TEXT_MODELS


class Cost(NamedTuple):
    """Size and work of a network.

    Args:
        parameters: Numbers that are trained.
        multiply_adds: Of convolutions, linear layers and attention in one forward pass of one example;
            normalisation and activations, which are far cheaper, do not count.
    """

    parameters: int
    multiply_adds: int


def image_cost(name: str, in_channels: int = 3, classes: int = 10, side: int = 32) -> Cost:
    """The cost of a network of `MODELS` for images of this size; nothing is computed.

    Example:
        >>> image_cost("resnet-20")
        Cost(parameters=269722, multiply_adds=40551040)
    """
    with torch.device("meta"):
        return _cost(MODELS[name](in_channels, classes, side), torch.empty(1, in_channels, side, side))


def text_cost(name: str, vocabulary: int = 65, length: int = 128) -> Cost:
    """The cost of a network of `TEXT_MODELS` for texts of this length; nothing is computed."""
    with torch.device("meta"):
        return _cost(TEXT_MODELS[name](vocabulary, length), torch.empty(1, length, dtype=torch.uint8))


@torch.no_grad()
def _cost(network: nn.Module, example: torch.Tensor) -> Cost:
    counter = FlopCounterMode(display=False)
    with counter, sdpa_kernel(SDPBackend.MATH):  # spelt out, so that attention is counted
        network.eval()(example)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Cost(parameters, counter.get_total_flops() // 2)
