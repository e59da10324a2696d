"""What networks named after a library promise."""

import pytest
import torch

from loganneal.models import build_model

NAMES = ["timm:resnet10t", "timm:vit_tiny_patch16_224", "torchvision:squeezenet1_1", "torchvision:googlenet"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("channels", [1, 3])
def test_images_become_logits(name, channels):
    """The library's own network takes the data's channels and size and gives one logit a class, in training too."""
    network = build_model(name, channels, 7, seed=0, side=64)
    assert network(torch.rand(2, channels, 64, 64)).shape == (2, 7)


def test_the_seed_decides_the_weights():
    """Equal seeds give equal weights, other seeds others."""
    first, again, other = (next(build_model("timm:resnet10t", 3, 7, seed).parameters()) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("name", ["timm:resnet10", "torchvision:resnet17"])
def test_unknown_names_are_refused_shortly(name):
    """A misspelt name gets the nearest ones, not the thousand that there are."""
    with pytest.raises(ValueError, match=r"Did you mean .*resnet1") as caught:
        build_model(name, 3, 10, seed=0)
    assert len(str(caught.value)) < 300


def test_unknown_library_is_a_misspelt_name():
    """Only timm and torchvision are libraries."""
    with pytest.raises(ValueError, match="The 'model' parameter of RunSpec must be one of 'resnet-tiny'"):
        build_model("keras:resnet", 3, 10, seed=0)
