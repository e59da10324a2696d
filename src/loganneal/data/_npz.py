"""Images in the layout of MedMNIST's files: an .npz with `{train,val,test}_{images,labels}`."""

import functools
import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from loganneal import _limits
from loganneal._reading import size
from loganneal.data._archive import decoding, open_archive
from loganneal.data._base import Examples
from loganneal.data._image_folder import fingerprint
from loganneal.data._labelled_images import Pool, cached_pool

LAYOUT = (
    "an .npz in MedMNIST's layout: train_images, train_labels, val_images, val_labels, test_images and test_labels, "
    "images as bytes of shape (n, height, width) or (n, height, width, channels), square, one label an image"
)


@functools.cache  # a process trains many runs
def read_npz(location: Path) -> Pool:
    """Official training and validation images as one pool to draw from, and the official test images.

    Raises:
        ValueError, OSError: The file is not in the layout.
    """
    mark = fingerprint(location)
    return cached_pool(f"npz-{mark}", f"{location.name} {mark}", functools.partial(_decode, location))


def _decode(location: Path) -> tuple[Examples, Examples]:
    with open_archive(location) as archive:
        train, validation, test = (_part(archive, name) for name in ("train", "val", "test"))
    sizes = {part.inputs.shape[1:] for part in (train, validation, test)}
    if len(sizes) > 1:
        raise ValueError("the images of train, val and test differ in size")
    inputs = np.concatenate([train.inputs, validation.inputs])
    return Examples(inputs, np.concatenate([train.targets, validation.targets])), test


def _part(archive: zipfile.ZipFile, name: str) -> Examples:
    images, labels = (_array(archive, f"{name}_{kind}") for kind in ("images", "labels"))
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or images.shape[1] != images.shape[2] or not images.size:
        raise ValueError(f"{name}_images has the type {images.dtype} and the shape {images.shape}")
    if labels.size != len(images) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{name}_labels has the type {labels.dtype} and the shape {labels.shape}")
    if labels.min() < 0 or labels.max() >= _limits.CLASSES:
        raise ValueError(f"{name}_labels has labels outside 0 to {_limits.CLASSES - 1:,}")
    return Examples(_channels_first(images), labels.reshape(-1).astype(np.int64))


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[np.generic]:
    """An array of the archive, if its header claims as many bytes as there are."""
    if f"{name}.npy" not in archive.namelist():
        raise ValueError(f"it has no array {name}")
    with decoding(name):
        entry = archive.getinfo(f"{name}.npy")
        with archive.open(entry) as file:
            _check_header(file, entry.file_size)
        with archive.open(entry) as file:
            array: NDArray[np.generic] = npy.read_array(file, allow_pickle=False)
    return array


_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def _check_header(file: IO[bytes], there: int) -> None:
    version = npy.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"its header has the version {version}")
    shape, _, dtype = _HEADERS[version](file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are not read")
    claimed, left = math.prod(shape) * dtype.itemsize, there - file.tell()
    if claimed != left:
        raise ValueError(f"its header claims {size(claimed)}, but it has {size(left)}")
    if claimed > _limits.ARRAY_BYTES:
        raise ValueError(f"it takes {size(claimed)} of memory; at most {size(_limits.ARRAY_BYTES)} are read")


def _channels_first(images: NDArray[np.generic]) -> NDArray[np.generic]:
    return images[:, None] if images.ndim == 3 else np.ascontiguousarray(images.transpose(0, 3, 1, 2))
