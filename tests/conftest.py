"""What the tests share: the exact values of the specification, and how long Hypothesis may take."""

import os
from pathlib import Path

import hypothesis
import pytest

# Keras takes its backend once in a process, TensorFlow unless it is told; examples and the contract run on JAX here
os.environ.setdefault("KERAS_BACKEND", "jax")

hypothesis.settings.register_profile("default", deadline=None, max_examples=150, derandomize=True)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of data sets that LOGANNEAL_DATA names; tests that need it are skipped without it."""
    if "LOGANNEAL_DATA" not in os.environ:
        pytest.skip("LOGANNEAL_DATA names no folder of data sets")
    return Path(os.environ["LOGANNEAL_DATA"])
