"""What the adaptation to small images promises."""

import pytest
import torch

from loganneal.models import build_model
from loganneal.models._adapt import stem_halvings

LAST = {
    "resnet-34": "layer4",
    "resnet-50": "layer4",
    "googlenet": "inception5b",
    "xception": "act4",
    "botnet": "1.stages",
}


def last_resolution(name: str, side: int) -> int:
    """Height of what the last layers see."""
    with torch.device("meta"):
        network = build_model(name, 3, 10, seed=0, side=side).eval()
        sizes: list[int] = []
        network.get_submodule(LAST[name]).register_forward_hook(lambda *call: sizes.append(call[2].shape[2]))
        network(torch.empty(1, 3, side, side))
    return sizes[-1]


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize("side", [28, 32, 48, 64, 72, 96, 128])
def test_resolution_stays_sensible(name, side):
    """Whatever the size of the image, the last layers see between 3 and 7 pixels a side."""
    assert 3 <= last_resolution(name, side) <= 7


@pytest.mark.parametrize("name", LAST)
def test_large_images_meet_the_published_network(name):
    """At 224 pixels the last layers see 7, as published."""
    assert last_resolution(name, 224) == 7


def test_ranges_are_closed_above():
    """48 and 96 pixels belong to the smaller range."""
    assert [stem_halvings(side) for side in (48, 49, 96, 97)] == [0, 1, 1, 2]


def test_adaptation_changes_the_resolution_not_the_blocks():
    """After the stem, the weights of ResNet-34 have the same shapes at every size of image."""
    small, large = (build_model("resnet-34", 3, 10, seed=0, side=side).layer4.state_dict() for side in (32, 224))
    assert {name: value.shape for name, value in small.items()} == {name: value.shape for name, value in large.items()}
