"""Images laid out as torchvision's ImageFolder, `<class>/<image>` or `<split>/<class>/<image>`, folder or zip file."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from loganneal.data._base import Examples

if TYPE_CHECKING:
    from PIL.Image import Image

Tree = Path | zipfile.Path
LARGEST_KEPT = 96  # pixels; images that are larger, or not all of one square size, are made SIDE pixels
SIDE = 64
SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")  # as torchvision


def open_tree(location: Path) -> Tree:
    """The folder, or the inside of the zip file, down to where its contents branch."""
    tree: Tree = location if location.is_dir() else zipfile.Path(location)
    while len(inside := _folders(tree)) == 1:
        tree = inside[0]
    return tree


def read_split(split: Tree, side: int | None = None) -> Examples:
    """All images of one split, decoded to RGB; class k is the k-th folder in alphabetical order.

    Args:
        split: Holds one folder for each class.
        side: Height and width to scale and crop to; None where all images have one size already.

    Raises:
        ValueError: There are no images, or they differ in size.
    """
    classes = _folders(split)
    decoded = [[_decode(file, side) for file in _images(folder)] for folder in classes]
    images = np.stack([image for images in decoded for image in images])
    labels = np.repeat(np.arange(len(classes)), [len(images) for images in decoded])
    return Examples(images, labels.astype(np.int64))


def class_names(split: Tree) -> list[str]:
    """The classes of a split, in the order of their numbers."""
    return [folder.name for folder in _folders(split)]


def common_side(splits: list[Tree]) -> int:
    """The side that the images are kept at or made: their own where they are small and alike, else 64."""
    sizes = {_open(file).size for split in splits for folder in _folders(split) for file in _images(folder)}
    width, height = min(sizes, default=(0, 0))
    return width if len(sizes) == 1 and width == height <= LARGEST_KEPT else SIDE


def fingerprint(location: Path) -> str:
    """16 hexadecimal digits that change with a file's contents, or a folder's names, sizes and times."""
    if location.is_file():
        with location.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    digest = hashlib.sha256()
    for path in sorted(location.rglob("*")):
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


def _open(file: Tree) -> "Image":
    from PIL import Image  # reading records needs no image library

    return Image.open(io.BytesIO(file.read_bytes()))


def _decode(file: Tree, side: int | None) -> np.ndarray:
    picture = _open(file).convert("RGB")
    pixels = np.asarray(picture if side is None else _square(picture, side), dtype=np.uint8)
    return pixels.transpose(2, 0, 1)


def _square(picture: "Image", side: int) -> "Image":
    """The shorter side scaled to `side`, the longer one cropped about its centre."""
    if picture.size == (side, side):
        return picture
    from PIL import ImageOps

    return ImageOps.fit(picture, (side, side))
