"""How networks that were published for 224 pixels are adapted to small images: one rule for all.

Published, they halve the resolution five times: 224 pixels become 7. For images of at most 48 pixels the two halvings
of the stem are left out (32 pixels become 4), for at most 96 pixels one of them (72 become 5); larger images get the
published network. A stem without its halving has a 3x3 convolution of stride 1.
"""

from typing import Any

from torch import nn

SMALL_SIDE = 48
MEDIUM_SIDE = 96


def stem_halvings(side: int) -> int:
    """How often the stem may halve images of this side.

    >>> [stem_halvings(side) for side in (28, 32, 72, 224)]
    [0, 0, 1, 2]
    """
    return int(side > SMALL_SIDE) + int(side > MEDIUM_SIDE)


def stem_convolution(in_channels: int, out_channels: int, side: int, published: int) -> nn.Conv2d:
    """The first convolution: of `published` kernel size and stride 2, or 3x3 and stride 1 for small images.

    Args:
        in_channels: Channels of an image.
        out_channels: Output channels.
        side: Height and width of an image.
        published: The kernel size of the paper.
    """
    halve = stem_halvings(side) > 0
    kernel = published if halve else 3
    layer = nn.Conv2d(in_channels, out_channels, kernel, 1 + halve, kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer


def remove_halving(network: nn.Module, *, convolution: str | None = None, pooling: str | None = None) -> None:
    """Give the convolution of this name stride 1, and remove the pooling of this name."""
    if convolution is not None:
        layer: Any = network.get_submodule(convolution)
        layer.stride = (1, 1)
    if pooling is not None:
        network.set_submodule(pooling, nn.Identity())
