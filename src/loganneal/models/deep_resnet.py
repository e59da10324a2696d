"""The residual networks of ImageNet, ResNet-34 and ResNet-50, adapted to small images.

Source: Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun, "Deep Residual Learning for Image Recognition",
arXiv:1512.03385; built by torchvision.
"""

from torch import nn

from loganneal.models._adapt import remove_halving, stem_convolution, stem_halvings


def resnet_34(in_channels: int, classes: int, side: int) -> nn.Module:
    """ResNet-34, 21.3 million parameters."""
    return _build("resnet34", in_channels, classes, side)


def resnet_50(in_channels: int, classes: int, side: int) -> nn.Module:
    """ResNet-50 with bottleneck blocks, 23.5 million parameters."""
    return _build("resnet50", in_channels, classes, side)


def _build(name: str, in_channels: int, classes: int, side: int) -> nn.Module:
    from torchvision import models  # a second to import: only who asks for it waits

    network: nn.Module = getattr(models, name)(num_classes=classes)
    network.conv1 = stem_convolution(in_channels, 64, side, published=7)
    if stem_halvings(side) < 2:
        remove_halving(network, pooling="maxpool")
    return network
