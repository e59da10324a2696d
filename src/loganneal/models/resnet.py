"""Residual networks in the form that He et al. (2015, section 4.2) use for small images.

Source: Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun, "Deep Residual Learning for Image Recognition",
arXiv:1512.03385.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Module):
    """Two 3x3 convolutions around a parameter-free shortcut ("option A" of the paper).

    If the block halves the resolution or adds channels, the shortcut takes every second pixel and fills the new
    channels with zeros.

    Args:
        in_channels: Input channels.
        out_channels: Output channels, at least `in_channels`.
        stride: Stride of the first convolution and of the shortcut.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.new_channels = out_channels - in_channels
        self.conv1 = _conv3x3(in_channels, out_channels, stride)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = _conv3x3(out_channels, out_channels, 1)
        self.norm2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """(n, in_channels, h, w) to (n, out_channels, h / stride, w / stride)."""
        y = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        return functional.relu(y + self._shortcut(x), inplace=True)

    def _shortcut(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        return functional.pad(x, (0, 0, 0, 0, 0, self.new_channels)) if self.new_channels else x


class ResNet(nn.Module):
    """A residual network for small images, with ``2 * blocks * len(widths) + 2`` layers.

    Source: Kaiming He et al., "Deep Residual Learning for Image Recognition", section 4.2, arXiv:1512.03385.

    Args:
        widths: Channels of each stage; every stage but the first halves the resolution.
        blocks: Blocks of two convolutions in a stage (the paper's n), at least 1.
        in_channels: Channels of an image.
        classes: Number of classes.
        stem_stride: Stride of the first convolution: 1 in the paper; 2 makes a run about four times as fast.

    Example:
        >>> network = ResNet((16, 32, 64), blocks=3, in_channels=3, classes=10)
        >>> sum(parameter.numel() for parameter in network.parameters())
        269722
    """

    def __init__(
        self, widths: Sequence[int], blocks: int, in_channels: int, classes: int, stem_stride: int = 1
    ) -> None:
        super().__init__()
        self.stem = _conv3x3(in_channels, widths[0], stem_stride)
        self.norm = nn.BatchNorm2d(widths[0])
        self.stages = nn.Sequential(*_stages(widths, blocks))
        self.head = nn.Linear(widths[-1], classes)
        self.apply(_initialise)

    def forward(self, x: Tensor) -> Tensor:
        """Classify a batch of images.

        Args:
            x: Images of shape (n, in_channels, height, width).

        Returns:
            Logits of shape (n, classes).
        """
        x = functional.relu(self.norm(self.stem(x)), inplace=True)
        features: Tensor = self.stages(x).mean(dim=(2, 3))
        logits: Tensor = self.head(features)
        return logits


def small(widths: Sequence[int], blocks: int, stem_stride: int = 1) -> Callable[[int, int, int], ResNet]:
    """A builder of `ResNet` in the form that `MODELS` has; it takes images of any side."""

    def build(in_channels: int, classes: int, side: int) -> ResNet:
        del side
        return ResNet(widths, blocks, in_channels, classes, stem_stride)

    return build


def _stages(widths: Sequence[int], blocks: int) -> list[Block]:
    layers, channels = [], widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            layers.append(Block(channels, width, stride=2 if stage > 0 and block == 0 else 1))
            channels = width
    return layers


def _conv3x3(in_channels: int, out_channels: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=False)


@torch.no_grad()
def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight)  # He et al. 2015, arXiv:1502.01852
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)
