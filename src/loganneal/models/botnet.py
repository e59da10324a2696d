"""A residual network whose last stages attend to all positions: BoTNet-26, adapted to small images.

Source: Aravind Srinivas et al., "Bottleneck Transformers for Visual Recognition", arXiv:2101.11605; built by
timm (`botnet26t_256`).
"""

from torch import nn

from loganneal.models._adapt import remove_halving, stem_halvings


def botnet(in_channels: int, classes: int, side: int) -> nn.Module:
    """BoTNet-26, 10.4 million parameters; its position embeddings hold for one side only.

    Images are padded to a side that halves evenly down to the last attention: 28 pixels to 32, 72 to 80.
    """
    import timm  # seconds to import: only who asks for it waits

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
