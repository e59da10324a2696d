"""A small Vision Transformer.

Source: Alexey Dosovitskiy et al., "An Image is Worth 16x16 Words", arXiv:2010.11929; the tiny width is that of
Hugo Touvron et al., arXiv:2012.12877; built by timm.
"""

from torch import nn

from loganneal.models._adapt import stem_halvings


def vit_tiny(in_channels: int, classes: int, side: int) -> nn.Module:
    """Width 192, 3 heads, half the published depth of 12: 2.7 million parameters.

    Patches have 4 pixels a side where images have at most 48, 8 up to 96, and 16 above: 64 of them at 32 pixels.
    """
    import timm  # seconds to import: only who asks for it waits

    network: nn.Module = timm.create_model(
        "vit_tiny_patch16_224",
        in_chans=in_channels,
        num_classes=classes,
        img_size=side,
        patch_size=4 * 2 ** stem_halvings(side),
        depth=6,
    )
    return network
