"""GoogLeNet, with BatchNorm and without its auxiliary heads, adapted to small images.

Source: Christian Szegedy et al., "Going Deeper with Convolutions", arXiv:1409.4842; built by torchvision.
"""

from torch import nn

from loganneal.models._adapt import remove_halving, stem_convolution, stem_halvings


def googlenet(in_channels: int, classes: int, side: int) -> nn.Module:
    """GoogLeNet, 5.6 million parameters."""
    from torchvision.models import GoogLeNet  # a second to import: only who asks for it waits

    network: nn.Module = GoogLeNet(classes, aux_logits=False, init_weights=True)
    network.set_submodule("conv1.conv", stem_convolution(in_channels, 64, side, published=7))
    if stem_halvings(side) < 2:
        remove_halving(network, pooling="maxpool1")
    return network
