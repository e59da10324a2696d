"""The first layer of every network: pixels to numbers around zero."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Normalize(nn.Module):
    r"""Normalize the pixels of images, channel by channel.

    .. math:: y = \frac{x / 255 - \text{mean}}{\text{std}}

    Args:
        mean: Mean of each channel, in [0, 1].
        std: Standard deviation of each channel, in (0, 1].

    Example:
        >>> black = torch.zeros(1, 1, 1, 1, dtype=torch.uint8)
        >>> Normalize((0.5,), (0.25,))(black).item()
        -2.0
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).reshape(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(1, -1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Normalize a batch of images.

        Args:
            images: Whole numbers from 0 to 255, of shape (n, channels, height, width).

        Returns:
            Floating-point numbers of the same shape.
        """
        return (images / 255 - self.mean) / self.std
