"""Shakespeare, character by character: 1.1 million characters of his plays.

Source: Andrej Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks", 2015, file `input.txt`.
"""

import functools
from pathlib import Path

from loganneal import _limits
from loganneal._reading import read_text
from loganneal.data._base import Splits, Workload
from loganneal.data._download import Published
from loganneal.data._text import LENGTH, Text, number_characters
from loganneal.data._text import draw as draw_pieces
from loganneal.data.metric import METRICS

NAME = "tinyshakespeare.txt"
URL = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
MD5 = "6fb458f1232090904fb40fe944165e91"


def draw(location: Path, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
    """Shakespeare in pieces of 128 characters; the last twentieth of the text is scored on.

    `split_seed` decides where in the rest the contiguous validation part is, and training follows it.

    Args:
        location: `tinyshakespeare.txt`, which torchvision's downloader fetches.
        split_seed: Decides the draw.
        train_examples: Pieces to train on.
        validation_examples: Pieces to select on.

    Raises:
        DataNotFoundError: It is damaged.
        ValueError: There are fewer pieces than asked for.
    """
    try:
        text = _read(location)
    except (OSError, UnicodeDecodeError) as error:
        raise PUBLISHED.damaged(location) from error
    if len(text.vocabulary) != SHAKESPEARE.classes:
        raise PUBLISHED.damaged(location)
    return draw_pieces(text, "shakespeare", split_seed, train_examples, validation_examples)


@functools.cache  # a process trains many runs
def _read(location: Path) -> Text:
    return number_characters(read_text(location, _limits.TEXT_BYTES), location.name)


def _download(folder: Path) -> None:
    from torchvision.datasets.utils import download_url

    download_url(URL, folder, NAME, MD5)


PUBLISHED = Published(
    title="Shakespeare",
    names=(NAME,),
    downloaded=NAME,
    download=_download,
    remedy=f"put {NAME} there, or name another folder with --data-root or LOGANNEAL_DATA",
    draw=draw,
)

SHAKESPEARE = Workload(
    name="shakespeare",
    title="Shakespeare, character by character",
    kind="text",
    classes=65,
    length=LENGTH,
    metric=METRICS["bits_per_character"],
    floor=4.85,
    margin=2.0,
    optimizer="adamw",
    peak_range=(1e-4, 1e-2),
    model="gpt-tiny",
    batch_size=16,
    steps=400,
    train_examples=7400,
    validation_examples=400,
    weight_decay=0.1,
    loader=PUBLISHED,
)
