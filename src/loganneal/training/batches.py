"""The order in which training examples are seen, without end, and a state from which it goes on."""

from typing import Any

import torch
from torch import Tensor

from loganneal import _checks


class Batches:
    """Indices of one batch after the other: every epoch in a new order, its incomplete last batch left out.

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
        """On the processor. The draws of augmentation come from it too, so that one state says all."""
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
        """What `load_state_dict` goes on from."""
        return {"generator": self.generator.get_state(), "order": self._order, "position": self._position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self.generator.set_state(state["generator"])
        self._order, self._position = state["order"], state["position"]
