"""Any other classifier of timm or torchvision, by `timm:NAME` or `torchvision:NAME`, as published: not adapted."""

import difflib
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from loganneal import _checks

Builder = Callable[[int, int, int], nn.Module]
AUXILIARY = {"googlenet", "inception_v3"}  # of torchvision; in training they would return three outputs


class Repeated(nn.Module):
    """A network for three channels that takes grey images too.

    Args:
        network: Takes (n, 3, height, width).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """(n, 1 or 3, height, width) to what the network returns."""
        output: Tensor = self.network(images.expand(-1, 3, -1, -1))
        return output


def from_timm(name: str) -> Builder:
    """A builder of timm's network `name`.

    Raises:
        ValueError: timm has no network of that name.
    """
    import timm  # takes seconds to import: only those who ask for it wait

    _known("timm", name, timm.list_models())

    def build(in_channels: int, classes: int, side: int) -> nn.Module:
        sizes: dict[str, Any] = {"in_chans": in_channels, "num_classes": classes}
        try:
            network: nn.Module = timm.create_model(name, img_size=side, **sizes)
        except TypeError:  # a network without position embeddings takes any side
            network = timm.create_model(name, **sizes)
        return network

    return build


def from_torchvision(name: str) -> Builder:
    """A builder of torchvision's classifier `name`.

    Raises:
        ValueError: torchvision has no classifier of that name.
    """
    from torchvision import models  # takes a second to import: only those who ask for it wait

    _known("torchvision", name, models.list_models(module=models))
    extras = {"aux_logits": False, "init_weights": True} if name in AUXILIARY else {}

    def build(in_channels: int, classes: int, side: int) -> nn.Module:
        settings = {"image_size": side} if name.startswith("vit_") else {}
        network: nn.Module = models.get_model(name, weights=None, num_classes=classes, **extras, **settings)
        return network if in_channels == 3 else Repeated(network)

    return build


def _known(library: str, name: str, names: list[str]) -> None:
    if name not in names:  # nobody would read a thousand names: the nearest ones are given
        near = difflib.get_close_matches(name, names, n=3)
        remedy = f"Did you mean {', '.join(near)}?" if near else ""
        _checks.fail("RunSpec", "model", f"{library}:NAME with a network of {library}", f"{library}:{name}", remedy)


LIBRARIES: dict[str, Callable[[str], Builder]] = {"timm": from_timm, "torchvision": from_torchvision}
