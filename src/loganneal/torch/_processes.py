"""What a scheduler can say about a run of several processes when it is over."""

import warnings

import torch.distributed as dist

SLACK = 0.02
"""Rounding of data loaders and of epochs, as a share of the schedule; twice as much above."""


def processes() -> int:
    """How many processes train together, as seen by the first of them; 1 in the others."""
    if dist.is_available() and dist.is_initialized() and dist.get_rank() == 0:
        return dist.get_world_size()
    return 1


def warn_of_a_part(owner: str, done: int, end: int | None, count: int) -> None:
    """Warn if a run of ``count`` processes is over after one process's part of its schedule."""
    if end is None or count < 2 or not (1 - SLACK) * end <= done * count <= (1 + 2 * SLACK) * end or done >= end:
        return
    warnings.warn(
        f"{owner}: the run of {count} processes is over after {done} updates, and the schedule goes to step {end}, "
        f"about {count} times as far. Was it made for the length of a data loader that was not yet distributed? "
        "Take len(loader) after accelerator.prepare(loader).",
        stacklevel=2,
    )
