"""A text as examples: characters by number, cut into pieces of equal length."""

import hashlib
import math
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal import _checks
from loganneal.data._base import Examples, Splits

LENGTH = 128
LARGEST_VOCABULARY = 256  # characters fit a byte; in a text of more, the rarest share the last number
TEST_SHARE = 20  # one piece in twenty, the last ones, is scored on


class Text(NamedTuple):
    """Numbered characters of a text.

    Args:
        codes: One number per character.
        vocabulary: The characters, most common first.
        source: The name and the digest of the text, for the record.
    """

    codes: NDArray[np.uint8]
    vocabulary: str
    source: str

    @property
    def pieces(self) -> int:
        """Pieces of 128 characters that have a next character each."""
        return (len(self.codes) - 1) // LENGTH

    @property
    def test_pieces(self) -> int:
        """Pieces at the end that are scored on."""
        return max(1, self.pieces // TEST_SHARE)

    @property
    def constant_score(self) -> float:
        """Bits per character that a constant prediction needs at the end, by the characters' shares before it."""
        end = (self.pieces - self.test_pieces) * LENGTH
        counts = np.bincount(self.codes[:end], minlength=len(self.vocabulary)) + 1.0  # none of them impossible
        bits: NDArray[np.float64] = -np.log2(counts / counts.sum())
        return float(bits[self.codes[end:]].mean())


def number_characters(text: str, name: str) -> Text:
    """The text as numbers; the vocabulary is that of the whole text.

    Args:
        text: At least one character.
        name: The name of the file, for the record.

    Example:
        >>> number_characters("abba a", "none").codes.tolist()
        [0, 1, 1, 0, 2, 0]
    """
    counts = Counter(text)
    vocabulary = "".join(sorted(counts, key=lambda character: (-counts[character], character)))
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    table = np.zeros(int(points.max()) + 1, dtype=np.uint8)
    last = LARGEST_VOCABULARY - 1
    table[[ord(character) for character in vocabulary]] = np.minimum(np.arange(len(vocabulary)), last)
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Text(table[points], vocabulary[:LARGEST_VOCABULARY], f"{name} {mark}")


def draw(text: Text, owner: str, split_seed: int, train: int, validation: int) -> Splits:
    """Contiguous parts: the end of the text to score on, the rest as a ring that `split_seed` turns.

    The ring's first pieces are for validation, those after them for training, so that neighbours of a training piece
    are training pieces too, except at the seams.

    Args:
        text: The text.
        owner: Name of the workload, for the message.
        split_seed: Decides where the ring begins.
        train: Pieces to train on.
        validation: Pieces to select on.

    Raises:
        ValueError: There are fewer pieces than asked for.
    """
    ring = text.pieces - text.test_pieces
    if train + validation > ring:
        allowed = f"at most {ring} examples in all"
        _checks.fail(owner, "train_examples, validation_examples", allowed, (train, validation), "Ask for fewer.")
    first = int(np.random.default_rng(split_seed).integers(ring))
    order = (first + np.arange(train + validation)) % ring
    everything = _examples(text)
    test = everything.take(np.arange(ring, text.pieces))
    return Splits(everything.take(order[validation:]), everything.take(order[:validation]), test, text.source)


def _examples(text: Text) -> Examples:
    used = text.pieces * LENGTH
    inputs = text.codes[:used].reshape(-1, LENGTH)
    return Examples(inputs, text.codes[1 : used + 1].reshape(-1, LENGTH).astype(np.int64))


def least_characters(pieces: int = 2 * TEST_SHARE) -> int:
    """Characters that a text must have to be learned from: forty pieces."""
    return math.ceil(pieces * LENGTH) + 1
