"""What batches cost: CIFAR-10 as the lab makes them, against torchvision's transforms in a DataLoader.

Both crop at random, mirror half of the images and normalise, batch 128, one process and one thread. Needs CIFAR-10, see
LOGANNEAL_DATA.

python benchmarks/data_loading.py
"""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from loganneal.data import WORKLOADS, Splits
from loganneal.models import Normalize
from loganneal.training.tasks import Task

BATCH = 128
IMAGES = 5000
ROUNDS = 7
CIFAR10 = WORKLOADS["cifar10"]


class Pictures(Dataset[Any]):
    """The training images as torchvision's data sets give them: one picture at a time, transformed."""

    def __init__(self, splits: Splits) -> None:
        self.images = np.ascontiguousarray(splits.train.inputs.transpose(0, 2, 3, 1))
        self.labels = splits.train.targets
        self.transform = transforms.Compose(
            [
                transforms.ToPILImage(),
                transforms.RandomCrop(32, padding=CIFAR10.crop),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(CIFAR10.mean, CIFAR10.std),
            ]
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        return self.transform(self.images[index]), int(self.labels[index])


def lab_epoch(task: Task) -> Iterator[torch.Tensor]:
    """Normalised batches of the lab."""
    generator = torch.Generator().manual_seed(0)
    normalise = Normalize(CIFAR10.mean, CIFAR10.std)
    for chosen in torch.split(torch.randperm(task.train_size, generator=generator), BATCH):
        yield normalise(task.batch(chosen, generator)[0])


def rate(epoch: Callable[[], Iterator[Any]]) -> float:
    """Images a second, over one epoch."""
    started = time.perf_counter()
    for _ in epoch():
        pass
    return IMAGES / (time.perf_counter() - started)


def main() -> None:
    """Print the numbers: medians over alternating epochs."""
    torch.set_num_threads(1)
    splits = CIFAR10.load(0, IMAGES, 100)
    task = Task(CIFAR10, splits, torch.device("cpu"))
    loader = DataLoader(Pictures(splits), BATCH, shuffle=True)
    pairs = [(rate(lambda: lab_epoch(task)), rate(lambda: iter(loader))) for _ in range(ROUNDS)]
    lab, usual = (statistics.median(values) for values in zip(*pairs, strict=True))
    ratio = statistics.median(first / second for first, second in pairs)
    print(f"lab {lab:,.0f} images/s, DataLoader with transforms {usual:,.0f}; ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
