"""What cannot be trained is recognised before anything is trained."""

import pytest

import loganneal as la
from loganneal.data import find_workload
from loganneal.data.custom import CodeFacts, from_facts
from loganneal.data.metric import METRICS
from loganneal.training.check import check_names, check_trainable

WORKLOADS = {
    "images": find_workload("digits"),
    "text": find_workload("shakespeare"),
    "own": from_facts(CodeFacts("mine:line", METRICS["loss"], 200, 100)),
}


def spec_of(kind, **changes):
    """A run of a workload of this kind."""
    return WORKLOADS[kind].spec(schedule=la.Cosine(0.01, 10), seed=0, split_seed=0, **changes)


@pytest.mark.parametrize("kind", WORKLOADS)
def test_the_usual_network_can_be_trained(kind):
    """The default network and optimizer of every kind of data pass, and no data are loaded."""
    check_trainable(spec_of(kind), WORKLOADS[kind])


@pytest.mark.parametrize("model", ["timm:resnet10t", "torchvision:mobilenet_v2"])
def test_networks_of_libraries_are_known(model):
    """Networks of timm and torchvision are known by their names for images, and for nothing else."""
    check_names(spec_of("images", model=model), WORKLOADS["images"])
    with pytest.raises(ValueError, match="'model' parameter"):
        check_names(spec_of("text", model=model), WORKLOADS["text"])


@pytest.mark.parametrize(
    ("kind", "changes", "name"),
    [
        ("images", {"model": "resnet-9"}, "model"),
        ("images", {"model": "gpt-tiny"}, "model"),
        ("images", {"model": "timm:nosuch"}, "model"),
        ("images", {"model": "timm:"}, "model"),
        ("text", {"model": "resnet-8"}, "model"),
        ("own", {"model": "resnet-8"}, "model"),
        ("images", {"optimizer": "nosuch"}, "optimizer"),
        ("images", {"optimizer": "adamw", "optimizer_options": {"beta": 0.9}}, "optimizer_options"),
        ("images", {"optimizer_options": {"lr": 5}}, "optimizer_options"),
        ("text", {"channels_last": True}, "channels_last"),
        ("text", {"crop": 2, "flip": False}, "crop, flip"),
    ],
)
def test_what_there_is_not_is_named(kind, changes, name):
    """A wrong network, optimizer or option is named with what is allowed."""
    with pytest.raises(ValueError, match=f"'{name}' parameter of RunSpec"):
        check_names(spec_of(kind, **changes), WORKLOADS[kind])
