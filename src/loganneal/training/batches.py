"""The endless order in which training examples are seen, and a state from which it continues."""

from typing import Any

import torch
from torch import Tensor

from loganneal import _checks


class Batches:
    """Indices of one batch after another: every epoch has a new order, and its incomplete last batch is left out.

    Args:
        train_size: Number of training examples.
        batch_size: Examples in a batch, from 1 to `train_size`.
        seed: Decides the orders, and what is drawn from `generator` in between.

    Raises:
        ValueError: The batch is larger than the training set.

    Example:
        >>> batches = Batches(train_size=5, batch_size=2, seed=0)
        >>> first, second, third = (next(batches) for _ in range(3))
        >>> len({*first.tolist(), *second.tolist()})
        4
    """

    def __init__(self, train_size: int, batch_size: int, seed: int) -> None:
        self.train_size = train_size
        self.batch_size = _checks.whole("Batches", "batch_size", batch_size, 1, train_size)
        self.generator = torch.Generator().manual_seed(seed)
        """Generator on the CPU, from which augmentation draws too, so that one state covers everything."""
        self._order = torch.empty(0, dtype=torch.int64)
        self._position = 0

    def __iter__(self) -> "Batches":
        return self

    def __next__(self) -> Tensor:
        if self._position + self.batch_size > len(self._order):
            self._order = torch.randperm(self.train_size, generator=self.generator)
            self._position = 0
        self._position += self.batch_size
        return self._order[self._position - self.batch_size : self._position]

    def state_dict(self) -> dict[str, Any]:
        """The state from which `load_state_dict` continues."""
        return {"generator": self.generator.get_state(), "order": self._order, "position": self._position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a saved state."""
        self.generator.set_state(state["generator"])
        self._order, self._position = state["order"], state["position"]
