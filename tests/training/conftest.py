"""Every test here runs torch with one thread."""

import pytest


@pytest.fixture(autouse=True)
def _one_thread(one_thread: None) -> None:
    """Torch uses one thread."""
