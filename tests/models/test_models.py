"""What the networks promise."""

import pytest
import torch
from model_costs import image_cost

from loganneal.models import MODELS, MixedPrecision, Normalize, ResNet, build_model
from loganneal.models.resnet import Block


def parameters(name: str) -> int:
    """Number of parameters of a network at 10 classes."""
    return image_cost(name).parameters


def test_sizes_are_those_of_the_paper():
    """ResNet-20 and ResNet-56 have the 0.27 and 0.85 million parameters that He et al. report."""
    assert parameters("resnet-20") == pytest.approx(0.27e6, rel=0.01)
    assert parameters("resnet-56") == pytest.approx(0.85e6, rel=0.01)


@pytest.mark.parametrize(("name", "depth"), [("resnet-8", 8), ("resnet-20", 20), ("resnet-56", 56)])
def test_depth_is_in_the_name(name, depth):
    """The number in a network's name counts its layers with weights."""
    layers = [
        module for module in MODELS[name](3, 10, 32).modules() if isinstance(module, torch.nn.Conv2d | torch.nn.Linear)
    ]
    assert len(layers) == depth


@pytest.mark.parametrize(
    ("name", "millions"),
    [("resnet-34", 21.3), ("resnet-50", 23.5), ("googlenet", 5.6), ("xception", 20.8), ("vgg-16", 14.7),
     ("vgg-19", 20.0), ("botnet", 10.5)],
)  # fmt: skip
def test_large_networks_keep_their_size(name, millions):
    """Adapted to small images and 10 classes, the networks of the paper have the parameters that they should."""
    assert round(parameters(name) / 1e6, 1) == millions


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("channels", "side"), [(1, 28), (3, 32), (3, 72)])
def test_images_become_logits(name, channels, side):
    """Every network takes each size of image, grey and colour, and gives one finite logit a class."""
    logits = build_model(name, channels, 10, seed=0, side=side).eval()(torch.rand(1, channels, side, side))
    assert logits.shape == (1, 10)
    assert logits.isfinite().all()


def test_shortcut_has_no_parameters():
    """With silent convolutions a widening block passes every second pixel on and fills new channels with zeros."""
    block = Block(2, 5, stride=2).eval()
    torch.nn.init.zeros_(block.norm2.weight)
    x = torch.rand(1, 2, 6, 6)
    y = block(x)
    assert torch.equal(y[:, :2], x[:, :, ::2, ::2])
    assert y[:, 2:].abs().max() == 0


def test_stem_stride_quarters_the_work():
    """A stem of stride 2 changes no parameter, only the resolution that the stages see."""
    whole, half = (ResNet((4, 8), 1, 3, 10, stem_stride=stride) for stride in (1, 2))
    shapes = [network.stem(torch.rand(1, 3, 32, 32)).shape[-1] for network in (whole, half)]
    assert shapes == [32, 16]
    assert parameters("resnet-8") == parameters("resnet-8-stride-2")


def test_the_seed_decides_the_weights_and_nothing_else():
    """Equal seeds give equal weights whatever was drawn before, and torch's own random state is left alone."""
    torch.manual_seed(1)
    first = build_model("resnet-tiny", 1, 10, seed=5).state_dict()
    drawn = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(3), drawn)
    again, other = (build_model("resnet-tiny", 1, 10, seed=seed).state_dict() for seed in (5, 6))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["stem.weight"], other["stem.weight"])


def test_unknown_network_names_the_nearest():
    """A misspelt network is refused with the list and the nearest name."""
    with pytest.raises(ValueError, match="Did you mean 'resnet-20'"):
        build_model("resnet20", 3, 10, seed=0)


def test_normalize_centres_each_channel():
    """Whole numbers from 0 to 255 come out as floats with each channel's own mean and deviation removed."""
    images = torch.tensor([0, 255], dtype=torch.uint8).reshape(1, 2, 1, 1)
    assert Normalize((0.5, 0.25), (0.5, 0.25))(images).flatten().tolist() == [-1.0, 3.0]


def test_mixed_precision_follows_the_weights():
    """A changed weight shows in the very next pass: no cast of an old weight is kept."""
    network = MixedPrecision(torch.nn.Linear(1, 1, bias=False))
    with torch.no_grad():
        before = network(torch.ones(1, 1)).item()
        network.network.weight += 1
        after = network(torch.ones(1, 1)).item()
    assert after - before == pytest.approx(1, abs=0.02)
