"""The user's own data by path: images in folders or a zip file, an .npz in MedMNIST's layout, or a text."""

import functools
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from loganneal import _checks, _limits
from loganneal._reading import read_text, require_regular
from loganneal.data._base import Examples, Splits, Workload
from loganneal.data._cache import CacheNotWritableError
from loganneal.data._code import is_code
from loganneal.data._image_folder import Tree, class_names, common_side, fingerprint, open_tree, read_split
from loganneal.data._labelled_images import Pool, cached_pool
from loganneal.data._npz import LAYOUT, read_npz
from loganneal.data._text import LENGTH, Text, draw, least_characters, number_characters
from loganneal.data.metric import METRICS

IMAGE_LAYOUT = (
    "a folder or zip file of images as <class>/<image>, or as <split>/<class>/<image> with the splits train and "
    "test, val or both, of at least two classes"
)
VALIDATION_NAMES = ("val", "valid", "validation")
HELD_OUT_SHARE = 0.15  # of images that come without a split: scored on
VALIDATION_SHARE = 0.1  # of the rest: selected on, unless the data have a part for it
UNEQUAL = 1.5  # a class this many times as common as another calls for balanced accuracy
MEASURED_IMAGES = 1000  # enough for a channel's mean to three digits


def from_path(name: str) -> Workload:
    """The workload of a file or folder.

    A folder or zip file has images in the layout of torchvision's ImageFolder, an .npz in that of MedMNIST's files;
    anything else is read as text in UTF-8.

    Args:
        name: Its path; the workload has the same name.

    Raises:
        ValueError: The contents are not laid out like that, exceed the bounds of `loganneal._limits`, or are too little
            to learn from.
        UnfitFileError: It is neither a folder nor a regular file.
    """
    location = Path(name).expanduser()
    if not location.is_dir():
        require_regular(location, location.stat())
    if location.suffix.lower() == ".npz":
        return _images(name, _npz(location), flip=False)  # medical images have a left and a right
    if location.is_dir() or zipfile.is_zipfile(location):
        return _images(name, _folder(location), flip=True)
    return _text(name, _characters(location))


def _npz(location: Path) -> Pool:
    try:
        return read_npz(location)
    except CacheNotWritableError:
        raise
    except (OSError, ValueError) as error:
        _refuse(location, LAYOUT, error)


@functools.cache  # a process trains many runs
def _folder(location: Path) -> Pool:
    try:
        mark = fingerprint(location)
        build = functools.partial(_decode, open_tree(location))
        return cached_pool(f"images-{mark}", f"{location.name} {mark}", build)
    except CacheNotWritableError:
        raise
    except (OSError, ValueError) as error:
        _refuse(location, IMAGE_LAYOUT, error)


def _decode(tree: Tree) -> tuple[Examples, Examples]:
    if not (tree / "train").is_dir():
        return _hold_out(read_split(tree, common_side([tree])))
    named = [tree / part for part in (*VALIDATION_NAMES, "test")]
    others = [part for part in named if part.is_dir()]
    splits = [tree / "train", *others]
    if len({tuple(class_names(split)) for split in splits}) > 1:
        raise ValueError("the splits do not have the same classes")
    train, *rest = (read_split(split, common_side(splits)) for split in splits)
    if not rest:
        return _hold_out(train)
    return _joined([train, *rest[:-1]]), rest[-1]


def _hold_out(everything: Examples) -> tuple[Examples, Examples]:
    order = np.random.default_rng(0).permutation(len(everything))
    count = max(1, round(HELD_OUT_SHARE * len(everything)))
    return everything.take(order[count:]), everything.take(order[:count])


def _joined(parts: list[Examples]) -> Examples:
    inputs = np.concatenate([part.inputs for part in parts])
    return Examples(inputs, np.concatenate([part.targets for part in parts]))


def _images(name: str, pool: Pool, *, flip: bool) -> Workload:
    counts = np.bincount(pool.training.targets)
    if len(counts) < 2 or counts.min() == 0 or pool.test.targets.max() >= len(counts):
        _refuse(name, "images of at least two classes, each of them in the training part", None)
    balanced = counts.max() < UNEQUAL * counts.min()
    validation = max(1, round(VALIDATION_SHARE * len(pool.training)))
    train = len(pool.training) - validation
    mean, std = _measure(pool.training)
    side = pool.training.inputs.shape[2]
    return Workload(
        name=name,
        title=pool.source,
        classes=len(counts),
        channels=pool.training.inputs.shape[1],
        image_size=side,
        metric=METRICS["accuracy" if balanced else "balanced_accuracy"],
        floor=float(np.bincount(pool.test.targets).max() / len(pool.test)) if balanced else 1 / len(counts),
        train_examples=train,
        validation_examples=validation,
        batch_size=min(64, train),
        mean=mean,
        std=std,
        crop=side // 8,
        flip=flip,
        loader=functools.partial(_load_images, name, pool),
        **_DEFAULTS,
    )


_DEFAULTS: dict[str, Any] = {
    "margin": 1.0,
    "peak_range": (0.01, 0.5),
    "model": "resnet-8-stride-2",
    "steps": 500,
    "precision": "bfloat16",
}


def _load_images(name: str, pool: Pool, split_seed: int, train: int, validation: int) -> Splits:
    return pool.draw(name, split_seed, train, validation)


def _measure(images: Examples) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of each channel, in [0, 1]; a channel of one value has deviation 1."""
    some = images.inputs[:: -(-len(images) // MEASURED_IMAGES)].astype(np.float32) / 255
    mean, std = some.mean(axis=(0, 2, 3), dtype=float), some.std(axis=(0, 2, 3), dtype=float)
    return tuple(mean.tolist()), tuple(np.where(std > 0, std, 1.0).tolist())


@functools.cache  # a process trains many runs
def _characters(location: Path) -> Text:
    if is_code(location):
        _refuse_code(location)
    try:
        text = read_text(location, _limits.TEXT_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        _refuse(location, f"{IMAGE_LAYOUT}; {LAYOUT}; or a text in UTF-8", error)
    if len(text) < least_characters():
        _refuse(location, f"a text of at least {least_characters()} characters", None)
    return number_characters(text, location.name)


def _text(name: str, text: Text) -> Workload:
    rest = text.pieces - text.test_pieces
    train = rest - text.test_pieces
    return Workload(
        name=name,
        title=text.source,
        kind="text",
        classes=len(text.vocabulary),
        length=LENGTH,
        metric=METRICS["bits_per_character"],
        floor=text.constant_score,
        margin=2.0,
        optimizer="adamw",
        peak_range=(1e-4, 1e-2),
        model="gpt-tiny",
        batch_size=min(16, train),
        steps=400,
        train_examples=train,
        validation_examples=text.test_pieces,
        weight_decay=0.1,
        loader=functools.partial(_load_text, name, text),
    )


def _load_text(name: str, text: Text, split_seed: int, train: int, validation: int) -> Splits:
    return draw(text, name, split_seed, train, validation)


def _refuse_code(location: Path) -> NoReturn:
    allowed = "data to learn from, or module:function for a task that is code"
    task = f"A function in it that returns the task is {location.stem}:FUNCTION" if location.suffix == ".py" else ""
    text = "to learn from source code as a text, copy it to a .txt file"
    remedy = f"It is source code. {task}; {text}." if task else f"It is source code: {text}."
    _checks.fail("RunSpec", "workload", allowed, str(location), remedy)


def _refuse(location: object, allowed: str, error: Exception | None) -> NoReturn:
    remedy = "" if error is None else f"It says: {_checks.printable(' '.join(str(error).split()))[:200]}."
    _checks.fail("RunSpec", "workload", allowed, str(location), remedy)
