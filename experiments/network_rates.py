"""A peak rate for each network of the paper on CIFAR-10, by one range test each: the rates of the studies of networks.

python experiments/network_rates.py records/network-rates               # trains what is missing, on one thread
python experiments/network_rates.py records/network-rates vgg-16 botnet # these alone
"""

import json
import sys
from pathlib import Path

import torch

import loganneal as la
from loganneal.data import find_workload
from loganneal.training.lr_range import NoPeakError, RangeLosses, lr_range

NETWORKS = ("vgg-16", "vgg-19", "googlenet", "botnet", "xception", "resnet-34", "resnet-50")
STEPS = 100
BATCH = 50
LOW, HIGH = 1e-4, 3.0
SCORED = 100
"""The scores of a range test are not used, so it scores few examples."""


def outcome(network: str) -> RangeLosses:
    """The range test of a network in the setting of the studies, or its losses if they show no usable peak."""
    spec = find_workload("cifar10").spec(
        schedule=la.Constant(HIGH),
        seed=0,
        split_seed=0,
        model=network,
        steps=STEPS,
        batch_size=BATCH,
        precision="float32",
        channels_last=True,
        validation_examples=SCORED,
        test_examples=SCORED,
    )
    try:
        return lr_range(spec, low=LOW, high=HIGH)
    except NoPeakError as error:
        return error.losses


def as_json(network: str, found: RangeLosses) -> str:
    """What the test found, with the losses behind it."""
    values = {name: getattr(found, name, None) for name in ("usable", "lowest", "leaving", "left")}
    curve = {name: [round(one, 7) for one in getattr(found, name).tolist()] for name in ("lr", "loss")}
    setting = {"batch_size": BATCH, "steps": STEPS, "torch": torch.__version__}
    return json.dumps({"network": network, **values, **setting, **curve})


def main() -> None:
    """Test the networks that have no file yet, and print the usable peak of each."""
    torch.set_num_threads(1)
    folder, *chosen = sys.argv[1:] or ["records/network-rates"]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for network in chosen or NETWORKS:
        file = Path(folder) / f"{network}.json"
        if not file.exists():
            file.write_text(as_json(network, outcome(network)) + "\n")
        found = json.loads(file.read_text())
        print(f"{network:10}", "no usable peak" if found["usable"] is None else f"{found['usable']:.2g}", flush=True)


if __name__ == "__main__":
    main()
