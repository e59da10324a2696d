"""Trainings by two processes of Lightning, cut after update 8; each process prints its snapshots, as JSON."""

import json
import sys
from pathlib import Path

import lightning.pytorch as lightning
import torch
from lightning_training import Net, SaveAt, fit

from loganneal.lightning import CycleSnapshots


class Report(lightning.Callback):
    """Prints what a process has at the end."""

    def __init__(self, snapshots: CycleSnapshots) -> None:
        self.snapshots = snapshots

    def on_train_end(self, trainer: lightning.Trainer, pl_module: Net) -> None:
        mean = self.snapshots.average["layer.weight"].tolist()
        line = {"cycles": list(self.snapshots.snapshots), "average": mean, "rates": pl_module.rates}
        sys.stdout.write(json.dumps(line) + "\n")  # in one piece: two processes write
        sys.stdout.flush()


def main(folder: Path) -> None:
    """An uninterrupted training, and one that continues from its checkpoint."""
    torch.set_num_threads(1)
    for resume in (None, folder / "saved.ckpt"):
        callback = CycleSnapshots(folder / "snapshots")
        callbacks = [callback, Report(callback), SaveAt(0 if resume else 8, folder / "saved.ckpt")]
        # without Lightning's sampler, which shuffles: each process has all batches, which are alike
        arguments = {"devices": 2, "strategy": "ddp_fork", "use_distributed_sampler": False}
        fit(Net(interval="step"), resume, callbacks=callbacks, **arguments)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
