"""Fixtures for the lab: a small run, and one thread so that times and sums do not depend on the machine's load."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

import loganneal as la
from loganneal.lab import RunSpec
from loganneal.lab.workloads import WORKLOADS


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Torch uses one thread during a test, as the workers of a study do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def small_run() -> Any:
    """A function that makes the specification of a small digits run, with changes."""

    def build(**changes: Any) -> RunSpec:
        settings = {"steps": 10, "seed": 0, "split_seed": 0, "train_images": 320, "validation_images": 100}
        schedule = la.Cosine(changes.pop("peak", 0.3), 10)
        return WORKLOADS["digits"].spec(**{"schedule": schedule, **settings, **changes})

    return build
