"""Images in the layout of MedMNIST's files: an .npz with `{train,val,test}_{images,labels}`."""

import functools
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loganneal.data._base import Examples
from loganneal.data._image_folder import fingerprint
from loganneal.data._labelled_images import Pool, cached_pool

LAYOUT = (
    "an .npz in MedMNIST's layout: train_examples, train_labels, val_images, val_labels, test_images and test_labels, "
    "images as bytes of shape (n, height, width) or (n, height, width, channels), square, one label an image"
)


@functools.cache  # a process trains many runs
def read_npz(location: Path) -> Pool:
    """Official training and validation images as one pool to draw from, and the official test images.

    Raises:
        ValueError, KeyError, OSError, BadZipFile: The file is not in the layout.
    """
    mark = fingerprint(location)
    return cached_pool(f"npz-{mark}", f"{location.name} {mark}", functools.partial(_decode, location))


DAMAGES = (OSError, ValueError, KeyError, zipfile.BadZipFile)


def _decode(location: Path) -> tuple[Examples, Examples]:
    with np.load(location) as file:
        train, validation, test = (_part(file, name) for name in ("train", "val", "test"))
    inputs = np.concatenate([train.inputs, validation.inputs])
    return Examples(inputs, np.concatenate([train.targets, validation.targets])), test


def _part(file: np.lib.npyio.NpzFile, name: str) -> Examples:
    images, labels = file[f"{name}_images"], file[f"{name}_labels"]
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or images.shape[1] != images.shape[2]:
        raise ValueError(f"{name}_images")
    if labels.size != len(images) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{name}_labels")
    return Examples(_channels_first(images), labels.reshape(-1).astype(np.int64))


def _channels_first(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return images[:, None] if images.ndim == 3 else np.ascontiguousarray(images.transpose(0, 3, 1, 2))
