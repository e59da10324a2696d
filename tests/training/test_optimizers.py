"""What the choice of an optimizer promises."""

import pytest
import torch
from torch import nn

from loganneal.training import train
from loganneal.training.optimizers import build_optimizer


def built(spec):
    """The optimizer of a specification over a small network."""
    return build_optimizer(nn.Linear(2, 1), spec)


def test_sgd_has_nesterovs_momentum(small_run):
    """The default is SGD with Nesterov's momentum 0.9, unless momentum is 0 or an option says otherwise."""
    group = built(small_run()).param_groups[0]
    assert (group["momentum"], group["nesterov"], group["weight_decay"], group["lr"]) == (0.9, True, 5e-4, 0.3)
    assert not built(small_run(momentum=0.0)).param_groups[0]["nesterov"]
    assert not built(small_run(optimizer_options={"nesterov": False})).param_groups[0]["nesterov"]


def test_options_reach_the_class(small_run):
    """Adam's betas arrive, and so does a weight decay of 0 if the class has another default."""
    spec = small_run(optimizer="adamw", weight_decay=0.0, optimizer_options={"betas": [0.8, 0.9]})
    group = built(spec).param_groups[0]
    assert (list(group["betas"]), group["weight_decay"]) == ([0.8, 0.9], 0.0)


@pytest.mark.parametrize(
    "name", ["adam", "adamw", "Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "NAdam", "RAdam", "Adamax", "Adafactor"]
)
def test_classes_of_torch_train(small_run, name):
    """Optimizers of torch train by their names, the rate of each update being the schedule's."""
    record = train(small_run(optimizer=name, peak=1e-3, steps=4))
    assert record.status == "completed"
    assert record.metrics[0].lr == 1e-3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "Adamm"}, "Did you mean 'Adam'"),
        ({"optimizer": "LBFGS"}, "'optimizer' parameter of RunSpec must be one of"),
        ({"optimizer": "Rprop"}, "unexpected keyword argument 'weight_decay'"),
        ({"optimizer": "adam", "optimizer_options": {"beta": 1}}, "what torch.optim.Adam takes"),
        ({"optimizer": "adam", "optimizer_options": {"betas": [2, 2]}}, "Invalid beta"),
        ({"optimizer": "Muon"}, "what torch.optim.Muon takes"),
    ],
)
def test_what_a_class_does_not_take_is_told(small_run, changes, message):
    """Unknown names, and options that a class refuses, are an error in one sentence, with torch's own message."""
    if changes["optimizer"] == "Muon" and not hasattr(torch.optim, "Muon"):
        pytest.skip("this torch has no Muon")
    with pytest.raises(ValueError, match=message):
        built(small_run(**changes))


def test_a_function_of_the_users_own(small_run, monkeypatch, tmp_path):
    """It gets the network, the peak rate and the options; its groups keep their ratio to the schedule."""
    (tmp_path / "own_optimizer.py").write_text(
        "import torch\n"
        "def two_groups(network, lr, weight_decay, head=1.0):\n"
        "    *body, last = network.parameters()\n"
        "    groups = [{'params': body}, {'params': [last], 'lr': head * lr, 'weight_decay': 0.0}]\n"
        "    return torch.optim.RMSprop(groups, lr=lr, weight_decay=weight_decay)\n"
        "def nothing(network, lr, weight_decay):\n"
        "    return None\n"
        "def broken(network, lr, weight_decay):\n"
        "    raise RuntimeError('no such thing')\n"
    )
    monkeypatch.chdir(tmp_path)
    spec = small_run(optimizer="own_optimizer:two_groups", optimizer_options={"head": 0.5}, peak=1e-3, steps=3)
    assert [group["lr"] for group in built(spec).param_groups] == [1e-3, 5e-4]
    assert train(spec).status == "completed"
    with pytest.raises(ValueError, match="must return an optimizer of torch"):
        built(small_run(optimizer="own_optimizer:nothing"))
    with pytest.raises(ValueError, match=r"no such thing \(own_optimizer.py:9"):
        built(small_run(optimizer="own_optimizer:broken"))
    with pytest.raises(ValueError, match="'optimizer' parameter of RunSpec must be a function in the module"):
        built(small_run(optimizer="own_optimizer:missing"))
