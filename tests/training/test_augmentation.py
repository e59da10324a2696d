"""What augmentation does to a batch."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from loganneal.training.augmentation import augment


def generator(seed: int = 0) -> torch.Generator:
    """A source of draws."""
    return torch.Generator().manual_seed(seed)


def test_shape_and_type_stay():
    """A batch keeps its shape and its whole numbers."""
    images = torch.randint(0, 256, (5, 3, 12, 10), dtype=torch.uint8)
    augmented = augment(images, crop=4, flip=True, generator=generator())
    assert augmented.shape == images.shape
    assert augmented.dtype == torch.uint8


def test_crops_shift_each_image_by_its_own_offset():
    """A single bright pixel moves by at most the crop, by every amount, and alike in all channels."""
    images = torch.zeros(400, 2, 9, 9)
    images[:, :, 4, 4] = 1
    positions = augment(images, crop=2, flip=False, generator=generator()).nonzero()
    per_image = positions.reshape(400, 2, 4)
    assert torch.equal(per_image[:, 0, 2:], per_image[:, 1, 2:])
    offsets = {tuple(offset) for offset in (per_image[:, 0, 2:] - 4).tolist()}
    assert offsets == {(row, column) for row in range(-2, 3) for column in range(-2, 3)}


def test_what_leaves_the_image_is_lost():
    """The border that comes in is black: no pixel wraps around."""
    images = torch.ones(50, 1, 4, 4)
    shifted = augment(images, crop=3, flip=False, generator=generator())
    assert 0 < shifted.sum() < images.sum()


def test_about_half_are_mirrored():
    """Mirroring swaps left and right in about half of the images and leaves the others alone."""
    images = torch.arange(6.0).reshape(1, 1, 2, 3).repeat(1000, 1, 1, 1)
    mirrored = augment(images, crop=0, flip=True, generator=generator())
    turned = (mirrored == images.flip(3)).flatten(1).all(dim=1)
    kept = (mirrored == images).flatten(1).all(dim=1)
    assert torch.equal(turned, ~kept)
    assert 400 < turned.sum() < 600


def test_nothing_asked_nothing_done():
    """Without crop and flip the images are the same, and no draw is made."""
    images = torch.rand(3, 1, 4, 4)
    source = generator()
    state = source.get_state()
    assert torch.equal(augment(images, crop=0, flip=False, generator=source), images)
    assert torch.equal(source.get_state(), state)


def test_the_generator_decides():
    """Equal seeds give equal augmentations, other seeds give others."""
    images = torch.rand(20, 1, 8, 8)
    first, again, other = (augment(images, 2, True, generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def one_by_one(images: torch.Tensor, crop: int, source: torch.Generator) -> torch.Tensor:
    """The plain way: pad an image, cut a window out, then mirror it."""
    count, _, height, width = images.shape
    rows, columns = torch.randint(0, 2 * crop + 1, (2, count), generator=source)
    turned = torch.rand(count, generator=source) < 0.5
    padded = torch.nn.functional.pad(images, (crop, crop, crop, crop))
    cut = [
        image[:, row : row + height, column : column + width]
        for image, row, column in zip(padded, rows.tolist(), columns.tolist(), strict=True)
    ]
    return torch.stack([window.flip(2) if turn else window for window, turn in zip(cut, turned, strict=True)])


@given(
    shape=st.tuples(*(st.integers(1, high) for high in (6, 4, 9, 9))),
    crop=st.integers(1, 5),
    seed=st.integers(0, 2**32),
)
def test_a_batch_is_augmented_as_its_images_one_by_one(shape: tuple[int, ...], crop: int, seed: int):
    """They are equal to the pixel, whatever the sizes; the input images are unchanged."""
    images = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator(seed))
    before = images.clone()
    assert torch.equal(augment(images, crop, True, generator(seed)), one_by_one(images, crop, generator(seed)))
    assert torch.equal(images, before)


def test_pixels_lie_side_by_side_in_memory():
    """Convolutions round differently in another layout: records repeat to the bit only in this one."""
    augmented = augment(torch.zeros(2, 3, 8, 6), crop=2, flip=True, generator=generator())
    assert augmented.is_contiguous(memory_format=torch.channels_last)
