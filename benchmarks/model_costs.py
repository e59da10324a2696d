"""What the networks cost: parameters, and the multiply-adds of one example. Prints the rows of docs/models.md.

python benchmarks/model_costs.py
"""

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
        return measure(MODELS[name](in_channels, classes, side), torch.empty(1, in_channels, side, side))


def text_cost(name: str, vocabulary: int = 65, length: int = 128) -> Cost:
    """The cost of a network of `TEXT_MODELS` for texts of this length; nothing is computed."""
    with torch.device("meta"):
        return measure(TEXT_MODELS[name](vocabulary, length), torch.empty(1, length, dtype=torch.uint8))


@torch.no_grad()
def measure(network: nn.Module, example: torch.Tensor) -> Cost:
    """The cost of any network for this example."""
    counter = FlopCounterMode(display=False)
    with counter, sdpa_kernel(SDPBackend.MATH):  # spelt out, so that attention is counted
        network.eval()(example)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Cost(parameters, counter.get_total_flops() // 2)


IMAGE_SIZES = ((3, 32), (1, 28), (3, 72))


def image_row(name: str) -> str:
    """Parameters at 32 pixels and three channels, then multiply-adds at each size of image."""
    costs = [image_cost(name, in_channels=channels, side=side) for channels, side in IMAGE_SIZES]
    return _row(name, costs)


def text_row(name: str) -> str:
    """Parameters and multiply-adds at 65 characters and pieces of 128."""
    return _row(name, [text_cost(name)])


def _row(name: str, costs: list[Cost]) -> str:
    work = (f"{cost.multiply_adds / 1e6:,.1f}" for cost in costs)
    return " | ".join((f"| `{name}`", f"{costs[0].parameters:,}", *work)) + " |"


def main() -> None:
    """Print the rows."""
    print("\n".join([*map(image_row, MODELS), *map(text_row, TEXT_MODELS)]))


if __name__ == "__main__":
    main()
