"""Imagenette: 13,394 photographs of ten ImageNet classes, here at 72 x 72 pixels.

Source: Jeremy Howard, "Imagenette", https://github.com/fastai/imagenette, from ImageNet (Deng et al. 2009).
"""

import functools
from pathlib import Path

from loganneal.data._base import Splits, Workload
from loganneal.data._download import Published
from loganneal.data._labelled_images import Pool, folder_pool

SIDE = 72


def draw(location: Path, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
    """Imagenette: training and validation images drawn anew by `split_seed` from its 9,469 training images.

    Its 3,925 validation images are scored on and stay the same. Images are scaled to 72 pixels on the shorter
    side and cropped about the centre.

    Args:
        location: `imagenette72.zip`, `imagenette72/`, or `imagenette2-160/`, which torchvision downloads.
        split_seed: Decides the draw.
        train_examples: Images to train on.
        validation_examples: Images to select on.

    Raises:
        DataNotFoundError: It is damaged.
        ValueError: There are fewer training images than asked for.
    """
    return _read(location).draw("imagenette", split_seed, train_examples, validation_examples)


def _download(folder: Path) -> None:
    from torchvision import datasets

    datasets.Imagenette(folder, size="160px", download=True)


PUBLISHED = Published(
    title="Imagenette",
    names=("imagenette72.zip", "imagenette72", "imagenette2-160"),
    downloaded="imagenette2-160",
    download=_download,
    remedy="put imagenette72.zip, its folder imagenette72, or torchvision's imagenette2-160 there, "
    "or name another folder with --data-root or LOGANNEAL_DATA",
    draw=draw,
)


@functools.cache  # a process trains many runs
def _read(location: Path) -> Pool:
    with PUBLISHED.reading(location):
        return folder_pool("imagenette", location, "val", SIDE)


IMAGENETTE = Workload(
    name="imagenette",
    title="Imagenette (ten ImageNet classes, 72 pixels)",
    classes=10,
    channels=3,
    image_size=SIDE,
    floor=0.1,
    margin=0.5,
    peak_range=(0.03, 1.5),
    model="resnet-8-stride-2",
    batch_size=64,
    steps=500,
    train_examples=8000,
    validation_examples=1400,
    precision="bfloat16",
    mean=(0.4633, 0.4585, 0.4312),
    std=(0.2741, 0.2719, 0.2938),
    crop=8,
    flip=True,
    loader=PUBLISHED,
)
