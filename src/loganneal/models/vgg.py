"""VGG-16 and VGG-19 with BatchNorm and one linear layer, as is usual for small images.

The five poolings stay, so that 32 pixels become 1; they round up, so that 28 pixels do not become 0.

Source: Karen Simonyan, Andrew Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
arXiv:1409.1556; layers by torchvision.
"""

from torch import nn


def vgg_16(in_channels: int, classes: int, side: int) -> nn.Module:
    """VGG-16, 14.7 million parameters."""
    del side
    return _build("D", in_channels, classes)


def vgg_19(in_channels: int, classes: int, side: int) -> nn.Module:
    """VGG-19, 20.0 million parameters."""
    del side
    return _build("E", in_channels, classes)


def _build(configuration: str, in_channels: int, classes: int) -> nn.Module:
    from torchvision.models import vgg  # a second to import: only who asks for it waits

    features = vgg.make_layers(vgg.cfgs[configuration], batch_norm=True)
    features[0] = nn.Conv2d(in_channels, 64, kernel_size=3, padding=1)
    features.apply(_initialise)
    return nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d) and module.bias is not None:
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(module.bias)
    if isinstance(module, nn.MaxPool2d):
        module.ceil_mode = True
