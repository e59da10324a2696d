"""Every test here has one thread of torch."""

import pytest


@pytest.fixture(autouse=True)
def _one_thread(one_thread: None) -> None:
    """Torch uses one thread."""
