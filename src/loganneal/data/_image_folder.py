"""Images laid out as torchvision's ImageFolder, `<class>/<image>` or `<split>/<class>/<image>`, folder or zip file."""

import hashlib
import io
import itertools
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from loganneal import _limits
from loganneal._reading import read_bytes, size
from loganneal.data._archive import decoding, open_archive
from loganneal.data._base import Examples

if TYPE_CHECKING:
    from PIL.Image import Image

Tree = Path | zipfile.Path
LARGEST_KEPT = 96  # pixels; images that are larger, or not all of one square size, are made SIDE pixels
SIDE = 64
SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")  # as torchvision
FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Pillow's decoders for these suffixes. Any other could be selected by a file's first bytes, Ghostscript by `%!PS`."""


def open_tree(location: Path) -> Tree:
    """The folder, or the inside of the zip file, down to where its contents branch.

    Raises:
        ValueError: The zip file is damaged, or beyond the bounds.
    """
    tree: Tree = location if location.is_dir() else zipfile.Path(open_archive(location))
    while len(inside := _folders(tree)) == 1:
        tree = inside[0]
    return tree


def read_split(split: Tree, side: int | None = None) -> Examples:
    """All images of one split, decoded to RGB; class k is the k-th folder in alphabetical order.

    Args:
        split: Holds one folder for each class.
        side: Height and width to scale and crop to; None if all images already have one size.

    Raises:
        ValueError: There are no images, they differ in size, one cannot be decoded, or they do not fit into memory.
    """
    files = [_images(folder) for folder in _folders(split)]
    labels = np.repeat(np.arange(len(files)), [len(inside) for inside in files])
    images = list(_bounded(_decode(file, side) for inside in files for file in inside))
    if not images:
        raise ValueError(f"{split.name} has no folders with images ({', '.join(SUFFIXES)})")
    return Examples(np.stack(images), labels.astype(np.int64))


def _bounded(images: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The images, until they are too many to hold."""
    total = 0
    for image in images:
        total += image.nbytes
        if total > _limits.ARRAY_BYTES:
            raise ValueError(
                f"the images take more than {size(_limits.ARRAY_BYTES)} of memory: use fewer or smaller ones"
            )
        yield image


def class_names(split: Tree) -> list[str]:
    """The classes of a split, in the order of their numbers."""
    return [folder.name for folder in _folders(split)]


def common_side(splits: list[Tree]) -> int:
    """The side that the images keep or are scaled to: their own if they are small and alike, else 64."""
    sizes = {_size(file) for split in splits for folder in _folders(split) for file in _images(folder)}
    width, height = min(sizes, default=(0, 0))
    return width if len(sizes) == 1 and width == height <= LARGEST_KEPT else SIDE


def fingerprint(location: Path) -> str:
    """16 hexadecimal digits that change with a file's contents, or a folder's names, sizes and times."""
    if location.is_file():
        with location.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    digest = hashlib.sha256()
    paths = list(itertools.islice(location.rglob("*"), _limits.ARCHIVE_ENTRIES + 1))
    if len(paths) > _limits.ARCHIVE_ENTRIES:
        raise ValueError(f"{location} has more than {_limits.ARCHIVE_ENTRIES:,} files and folders in it")
    for path in sorted(paths):
        facts = path.stat()
        digest.update(f"{path.relative_to(location)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _folders(tree: Tree) -> list[Tree]:
    inside: Iterator[Tree] = (entry for entry in tree.iterdir() if entry.is_dir())
    shown = (entry for entry in inside if not entry.name.startswith((".", "__MACOSX")))
    return sorted(shown, key=lambda entry: entry.name)


def _images(folder: Tree) -> list[Tree]:
    files = (file for file in folder.iterdir() if Path(file.name).suffix.lower() in SUFFIXES)
    return sorted(files, key=lambda file: file.name)


def _contents(file: Tree) -> bytes:
    """All of an image file; for an entry of a zip file, no more than is allowed, whatever size it claims."""
    if isinstance(file, Path):
        return read_bytes(file, _limits.IMAGE_BYTES)
    with file.open("rb") as opened:
        data: bytes = opened.read(_limits.IMAGE_BYTES + 1)
    if len(data) > _limits.IMAGE_BYTES:
        raise ValueError(f"it is larger than {size(_limits.IMAGE_BYTES)}")
    return data


def _open(file: Tree) -> "Image":
    """The image with its header read and its pixels not yet decoded."""
    from PIL import Image  # reading records needs no image library

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is lower
        picture = Image.open(io.BytesIO(_contents(file)), formats=FORMATS)
    if picture.width * picture.height > _limits.IMAGE_PIXELS:
        claimed = f"{picture.width:,} x {picture.height:,}"
        raise ValueError(f"it claims {claimed} pixels; at most {_limits.IMAGE_PIXELS:,} are decoded")
    return picture


def _size(file: Tree) -> tuple[int, int]:
    with decoding(file.name):
        return _open(file).size


def _decode(file: Tree, side: int | None) -> np.ndarray:
    with decoding(file.name):
        picture = _open(file).convert("RGB")
        pixels = np.asarray(picture if side is None else _square(picture, side), dtype=np.uint8)
    return pixels.transpose(2, 0, 1)


def _square(picture: "Image", side: int) -> "Image":
    """The shorter side scaled to `side`, the longer one cropped about its centre."""
    if picture.size == (side, side):
        return picture
    from PIL import ImageOps

    return ImageOps.fit(picture, (side, side))
