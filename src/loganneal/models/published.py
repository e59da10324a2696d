"""Networks that were published for large images, adapted to small ones; torchvision and timm build them.

`_adapt` has the one rule of the adaptation. Libraries are imported when a network is built, since each takes seconds.

Sources: ResNet, Kaiming He et al., arXiv:1512.03385; GoogLeNet, Christian Szegedy et al., arXiv:1409.4842; Xception,
François Chollet, arXiv:1610.02357; VGG, Karen Simonyan and Andrew Zisserman, arXiv:1409.1556; BoTNet, Aravind
Srinivas et al., arXiv:2101.11605; the Vision Transformer, Alexey Dosovitskiy et al., arXiv:2010.11929, in the tiny
width of Hugo Touvron et al., arXiv:2012.12877.
"""

from torch import nn

from loganneal.models._adapt import remove_halving, stem_convolution, stem_halvings


def resnet_34(in_channels: int, classes: int, side: int) -> nn.Module:
    """ResNet-34, 21.3 million parameters."""
    return _resnet("resnet34", in_channels, classes, side)


def resnet_50(in_channels: int, classes: int, side: int) -> nn.Module:
    """ResNet-50 with bottleneck blocks, 23.5 million parameters."""
    return _resnet("resnet50", in_channels, classes, side)


def googlenet(in_channels: int, classes: int, side: int) -> nn.Module:
    """GoogLeNet with BatchNorm and without its auxiliary heads, 5.6 million parameters."""
    from torchvision.models import GoogLeNet

    network: nn.Module = GoogLeNet(classes, aux_logits=False, init_weights=True)
    network.set_submodule("conv1.conv", stem_convolution(in_channels, 64, side, published=7))
    if stem_halvings(side) < 2:
        remove_halving(network, pooling="maxpool1")
    return network


def xception(in_channels: int, classes: int, side: int) -> nn.Module:
    """Xception, 20.8 million parameters.

    Its five halvings are those of the first convolution and of blocks 1, 2, 3 and 12; for small images those of the
    first convolution and of block 1 are left out.
    """
    import timm

    network: nn.Module = timm.create_model("legacy_xception", in_chans=in_channels, num_classes=classes)
    if stem_halvings(side) < 2:
        remove_halving(network, convolution="block1.skip", pooling="block1.rep.5")
    if stem_halvings(side) < 1:
        remove_halving(network, convolution="conv1")
    return network


def vgg_16(in_channels: int, classes: int, side: int) -> nn.Module:
    """VGG-16 with BatchNorm and one linear layer, as is usual for small images: 14.7 million parameters."""
    del side
    return _vgg("D", in_channels, classes)


def vgg_19(in_channels: int, classes: int, side: int) -> nn.Module:
    """VGG-19 with BatchNorm and one linear layer, as is usual for small images: 20.0 million parameters."""
    del side
    return _vgg("E", in_channels, classes)


def botnet(in_channels: int, classes: int, side: int) -> nn.Module:
    """BoTNet-26, whose last stages attend to all positions: 10.4 million parameters, for images of one side only.

    Images are padded to a side that halves evenly down to the last attention: 28 pixels to 32, 72 to 80.
    """
    import timm

    halvings = stem_halvings(side)
    unit = 8 * 2**halvings
    border = -side % unit
    as_published = (side + border) * 4 // 2**halvings  # the side whose published stem would give this resolution
    network: nn.Module = timm.create_model(
        "botnet26t_256", in_chans=in_channels, num_classes=classes, img_size=as_published
    )
    if halvings < 2:
        remove_halving(network, pooling="stem.pool")
    if halvings < 1:
        remove_halving(network, convolution="stem.conv1.conv")
    before, after = border // 2, border - border // 2
    return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), network)


def vit_tiny(in_channels: int, classes: int, side: int) -> nn.Module:
    """A Vision Transformer of width 192, 3 heads and half the published depth of 12: 2.7 million parameters.

    Patches have 4 pixels a side for images of at most 48, 8 up to 96, and 16 above: 64 of them at 32 pixels.
    """
    import timm

    network: nn.Module = timm.create_model(
        "vit_tiny_patch16_224",
        in_chans=in_channels,
        num_classes=classes,
        img_size=side,
        patch_size=4 * 2 ** stem_halvings(side),
        depth=6,
    )
    return network


def _resnet(name: str, in_channels: int, classes: int, side: int) -> nn.Module:
    from torchvision import models

    network: nn.Module = getattr(models, name)(num_classes=classes)
    network.conv1 = stem_convolution(in_channels, 64, side, published=7)
    if stem_halvings(side) < 2:
        remove_halving(network, pooling="maxpool")
    return network


def _vgg(configuration: str, in_channels: int, classes: int) -> nn.Module:
    from torchvision.models import vgg

    features = vgg.make_layers(vgg.cfgs[configuration], batch_norm=True)
    features[0] = nn.Conv2d(in_channels, 64, kernel_size=3, padding=1)
    features.apply(_adapt_vgg)
    return nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def _adapt_vgg(module: nn.Module) -> None:
    """The five poolings stay, so that 32 pixels become 1; they round up, so that 28 pixels do not become 0."""
    if isinstance(module, nn.Conv2d) and module.bias is not None:
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(module.bias)
    if isinstance(module, nn.MaxPool2d):
        module.ceil_mode = True
