"""Random crops and mirror images of a whole batch at once."""

import torch
from torch import Tensor
from torch.nn import functional


def augment(images: Tensor, crop: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Each image shifted by its own whole number of pixels, and mirrored or not.

    The border is filled with zeros, as by a random crop from a padded image. The draws come from the
    processor's generator, so that every device sees the same ones.

    Args:
        images: Shape (n, channels, height, width).
        crop: Largest shift in pixels, at least 0.
        flip: Whether to mirror half of the images, left to right.
        generator: Source of the draws, on the processor.

    Returns:
        New images of the same shape and type.

    Example:
        >>> images = torch.arange(9, dtype=torch.uint8).reshape(1, 1, 3, 3)
        >>> augment(images, crop=1, flip=False, generator=torch.Generator().manual_seed(1)).shape
        torch.Size([1, 1, 3, 3])
    """
    shifted = _shift(images, crop, generator) if crop else images
    return _mirror(shifted, generator) if flip else shifted


def _shift(images: Tensor, crop: int, generator: torch.Generator) -> Tensor:
    count, channels, height, width = images.shape
    rows, columns = torch.randint(0, 2 * crop + 1, (2, count, 1), generator=generator)[..., 0].to(images.device)
    windows = functional.pad(images, (crop, crop, crop, crop)).unfold(2, height, 1).unfold(3, width, 1)
    cropped = windows[torch.arange(count, device=images.device), :, rows, columns]
    # pixel by pixel in memory, as the runs in records/ had it: convolutions round differently in another layout
    by_pixel = images.new_empty((count, height, width, channels)).permute(0, 3, 1, 2)
    return by_pixel.copy_(cropped)


def _mirror(images: Tensor, generator: torch.Generator) -> Tensor:
    chosen = torch.rand((len(images), 1, 1, 1), generator=generator).to(images.device) < 0.5
    return torch.where(chosen, images.flip(3), images)
