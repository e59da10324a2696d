"""One training run: `train` takes a specification and returns its record. Needs PyTorch."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganneal.training.loop import train

__all__ = ["train"]


def __getattr__(name: str) -> Any:
    if name != "train":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from loganneal.training.loop import train  # the rule of the range test needs no PyTorch

    return train
