"""Images laid out as `<split>/<class>/<image>`, in a folder or a zip file, as torchvision's ImageFolder."""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loganneal.lab.workloads._base import Images

Tree = Path | zipfile.Path


def read_split(split: Tree) -> Images:
    """All images of one split, decoded to RGB; class k is the k-th folder in alphabetical order."""
    classes = sorted((entry for entry in split.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    decoded = [[_decode(file.read_bytes()) for file in _files(folder)] for folder in classes]
    images = np.stack([image for images in decoded for image in images])
    labels = np.repeat(np.arange(len(classes)), [len(images) for images in decoded])
    return Images(images, labels.astype(np.int64))


def fingerprint(location: Path) -> str:
    """16 hexadecimal digits that change with a zip file's contents, or a folder's names, sizes and times."""
    if location.is_file():
        with location.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    digest = hashlib.sha256()
    for path in sorted(location.rglob("*")):
        facts = path.stat()
        digest.update(f"{path.relative_to(location)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _files(folder: Tree) -> list[Tree]:
    return sorted(folder.iterdir(), key=lambda file: file.name)


def _decode(data: bytes) -> NDArray[np.uint8]:
    from PIL import Image  # reading records needs no image library

    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8)
    return pixels.transpose(2, 0, 1)
