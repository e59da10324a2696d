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
    count, _, height, width = images.shape
    corner = torch.randint(0, 2 * crop + 1, (2, count, 1), generator=generator).to(images.device)
    rows = corner[0] + torch.arange(height, device=images.device)
    columns = corner[1] + torch.arange(width, device=images.device)
    padded = functional.pad(images, (crop, crop, crop, crop))
    image = torch.arange(count, device=images.device)[:, None, None]
    cropped = padded.permute(0, 2, 3, 1)[image, rows[:, :, None], columns[:, None, :]]
    return cropped.permute(0, 3, 1, 2)


def _mirror(images: Tensor, generator: torch.Generator) -> Tensor:
    chosen = torch.rand((len(images), 1, 1, 1), generator=generator).to(images.device) < 0.5
    return torch.where(chosen, images.flip(3), images)
