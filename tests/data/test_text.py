"""What texts as examples promise."""

import numpy as np
import pytest

from loganneal.data._text import LENGTH, draw, number_characters


@pytest.fixture
def text():
    """A text of 100 pieces, no two of them alike."""
    codes = np.random.default_rng(0).integers(40, 120, 100 * LENGTH + 1)
    return number_characters("".join(map(chr, codes)), "made")


def test_targets_are_the_characters_that_follow(text):
    """Each target is the input's neighbour, across the end of a piece too."""
    splits = draw(text, "made", 3, 60, 10)
    for part in (splits.train, splits.validation, splits.test):
        assert np.array_equal(part.inputs[:, 1:], part.targets[:, :-1])


def test_parts_are_contiguous_and_disjoint(text):
    """The end is the test part; validation and training are stretches of the rest, joined at its seam; none overlap."""
    pieces = text.codes[:-1].reshape(-1, LENGTH)
    splits = draw(text, "made", 1, 85, 10)
    place = {piece.tobytes(): index for index, piece in enumerate(pieces)}
    places = [[place[row.tobytes()] for row in part.inputs] for part in (splits.validation, splits.train, splits.test)]
    assert places[2] == [95, 96, 97, 98, 99]
    assert all(set(np.diff(part) % 95) == {1} for part in places[:2])
    assert sorted([*places[0], *places[1]]) == list(range(95))


def test_split_seed_turns_the_ring(text):
    """Another split seed selects on another stretch and scores on the same."""
    first, other = (draw(text, "made", seed, 80, 10) for seed in (0, 1))
    assert not np.array_equal(first.validation.inputs, other.validation.inputs)
    assert np.array_equal(first.test.inputs, other.test.inputs)


def test_too_many_pieces_are_refused(text):
    """More pieces than there are is an error that says how many there are."""
    with pytest.raises(ValueError, match="at most 95 examples in all"):
        draw(text, "made", 0, 90, 6)


def test_rare_characters_share_a_number():
    """In a text of more than 256 characters the rarest become one, so that numbers fit a byte."""
    common = "".join(chr(1000 + index) for index in range(255)) * 3
    rare = "".join(chr(5000 + index) for index in range(20))
    text = number_characters(common + rare, "many")
    assert len(text.vocabulary) == 256
    assert len(set(text.codes[: len(common)])) == 255
    assert set(text.codes[len(common) :]) == {255}


def test_constant_score_is_cross_entropy():
    """Two equally common characters need one bit; if only the rarer one ends the text, it needs more."""
    assert number_characters("ab" * 5000, "even").constant_score == pytest.approx(1.0, abs=1e-3)
    uneven = number_characters("aaab" * 3000 + "b" * 1000, "uneven")
    assert uneven.constant_score == pytest.approx(-np.log2((3000 + 1) / 12_000), abs=0.1)
