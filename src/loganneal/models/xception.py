"""Xception, adapted to small images.

Its five halvings are those of the first convolution and of blocks 1, 2, 3 and 12; for small images those of
the first convolution and of block 1 are left out.

Source: François Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", arXiv:1610.02357;
built by timm.
"""

from torch import nn

from loganneal.models._adapt import remove_halving, stem_halvings


def xception(in_channels: int, classes: int, side: int) -> nn.Module:
    """Xception, 20.8 million parameters."""
    import timm  # seconds to import: only who asks for it waits

    network: nn.Module = timm.create_model("legacy_xception", in_chans=in_channels, num_classes=classes)
    if stem_halvings(side) < 2:
        remove_halving(network, convolution="block1.skip", pooling="block1.rep.5")
    if stem_halvings(side) < 1:
        remove_halving(network, convolution="conv1")
    return network
