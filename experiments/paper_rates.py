"""Peak learning rates for the networks of the paper, from a range test each; studies/paper-*.toml use them.

python experiments/paper_rates.py records/paper-rates.json
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import loganneal as la
from loganneal._disk import replace_file
from loganneal.data import find_workload
from loganneal.training.lr_range import lr_range

NETWORKS = ("googlenet", "vgg-16", "vgg-19", "resnet-34", "botnet", "resnet-50", "xception")
STEPS, BATCH = 100, 50
LOW, HIGH = 1e-4, 3.0


def measure(network: str) -> dict[str, Any]:
    """The usable peak of a network, and how fast it trains on this machine."""
    spec = find_workload("cifar10").spec(
        schedule=la.Constant(HIGH),
        model=network,
        seed=0,
        split_seed=0,
        steps=STEPS,
        batch_size=BATCH,
        precision="float32",
        channels_last=True,
    )
    began = time.monotonic()
    found = lr_range(spec, low=LOW, high=HIGH)
    speed = STEPS * BATCH / (time.monotonic() - began)
    return {"usable": found.usable, "leaving": found.leaving, "left": found.left, "images_per_second": round(speed, 1)}


def main(path: Path) -> None:
    """Measure what is missing, and keep it after each network."""
    rates = json.loads(path.read_text()) if path.exists() else {}
    for network in NETWORKS:
        if network not in rates:
            rates[network] = measure(network)
            replace_file(path, (json.dumps(rates, indent=2) + "\n").encode())
        print(network, rates[network], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
