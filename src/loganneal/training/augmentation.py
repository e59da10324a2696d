"""Random crops and mirror images of a whole batch at once."""

import torch
from torch import Tensor


def augment(images: Tensor, crop: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Shift each image by its own whole number of pixels, and mirror it or not.

    The border is filled with zeros, as by a random crop from a padded image. The draws come from a generator on the
    CPU, so that every device sees the same ones.

    Args:
        images: Shape (n, channels, height, width).
        crop: Largest shift in pixels, at least 0.
        flip: Whether to mirror half of the images, left to right.
        generator: Source of the draws, on the CPU.

    Returns:
        New images of the same shape and type.

    Example:
        >>> images = torch.arange(9, dtype=torch.uint8).reshape(1, 1, 3, 3)
        >>> augment(images, crop=1, flip=False, generator=torch.Generator().manual_seed(1)).shape
        torch.Size([1, 1, 3, 3])
    """
    shape = 2, len(images)
    offsets = (
        torch.randint(0, 2 * crop + 1, shape, generator=generator) if crop else torch.zeros(shape, dtype=torch.int64)
    )
    if flip:
        mirrored = (torch.rand(len(images), generator=generator) < 0.5).nonzero()[:, 0]
        images = _mirror(images, mirrored.to(images.device))
        offsets[1, mirrored] = 2 * crop - offsets[1, mirrored]  # an image is mirrored after it is shifted
    return _shift(images, crop, *offsets.to(images.device)) if crop else images


def _mirror(images: Tensor, mirrored: Tensor) -> Tensor:
    return images.index_copy(0, mirrored, images.index_select(0, mirrored).flip(3))


def _shift(images: Tensor, crop: int, rows: Tensor, columns: Tensor) -> Tensor:
    """Cut a window out of each padded image, line by line: a line is contiguous, and copied as a whole.

    The result is stored pixel by pixel, as in the runs in records/, since convolutions round differently in another
    memory layout.
    """
    count, channels, height, width = images.shape
    tall, wide = height + 2 * crop, width + 2 * crop
    padded = images.new_zeros((count, tall, wide, channels))
    padded[:, crop:-crop, crop:-crop] = images.permute(0, 2, 3, 1)
    lines = padded.as_strided((count * tall * wide - width + 1, width * channels), (channels, 1))
    top = torch.arange(count, device=images.device) * tall + rows
    starts = (top[:, None] + torch.arange(height, device=images.device)) * wide + columns[:, None]
    return lines.index_select(0, starts.flatten()).view(count, height, width, channels).permute(0, 3, 1, 2)
