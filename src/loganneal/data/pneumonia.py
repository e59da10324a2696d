"""PneumoniaMNIST: chest X-rays of children, 28 x 28 grey pixels, with pneumonia or without.

Source: Jiancheng Yang et al., "MedMNIST v2", 2023, from Daniel Kermany et al., "Identifying Medical Diagnoses and
Treatable Diseases by Image-Based Deep Learning", 2018.
"""

from pathlib import Path

from loganneal.data._base import Splits, Workload
from loganneal.data._download import Published
from loganneal.data._npz import read_npz
from loganneal.data.metric import METRICS


def draw(location: Path, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
    """PneumoniaMNIST: training and validation images drawn anew by `split_seed` from both official parts.

    The 624 official test images are scored on and stay the same.

    Args:
        location: `pneumoniamnist.npz`, which medmnist downloads.
        split_seed: Decides the draw.
        train_examples: Images to train on.
        validation_examples: Images to select on.

    Raises:
        DataNotFoundError: It is damaged.
        ValueError: There are fewer images than asked for.
    """
    with PUBLISHED.reading(location):
        pool = read_npz(location)
    return pool.draw("pneumonia", split_seed, train_examples, validation_examples)


def _download(folder: Path) -> None:
    from medmnist import PneumoniaMNIST  # type: ignore[import-not-found,import-untyped,unused-ignore] # only needed to download

    PneumoniaMNIST(split="train", root=str(folder), download=True)


PUBLISHED = Published(
    title="PneumoniaMNIST",
    names=("pneumoniamnist.npz",),
    downloaded="pneumoniamnist.npz",
    download=_download,
    remedy="put pneumoniamnist.npz there, name another folder with --data-root or LOGANNEAL_DATA, "
    "or pip install medmnist, which downloads it",
    draw=draw,
)

PNEUMONIA = Workload(
    name="pneumonia",
    title="PneumoniaMNIST (chest X-rays)",
    classes=2,
    channels=1,
    image_size=28,
    floor=0.5,
    margin=1.0,
    metric=METRICS["auc"],
    peak_range=(0.01, 0.5),
    model="resnet-8",
    batch_size=64,
    steps=300,
    train_examples=3800,
    validation_examples=600,
    mean=(0.5757,),
    std=(0.1651,),
    crop=2,
    flip=False,
    loader=PUBLISHED,
)
