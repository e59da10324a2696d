"""What the tests share: data, small runs, a browser, and how long Hypothesis may take."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from browsers import launched

import loganneal as la
from loganneal.data import WORKLOADS
from loganneal.runs import RunSpec

collect_ignore = ["helpers/own_scripts"]  # programs that tests start; they import each other only in their own folder

# under pytest -n each worker has one thread: more threads than cores would busily wait for one another
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # tracing takes twice as long in the processes that tests start

# Keras chooses its backend once per process, TensorFlow by default; examples and the contract run on JAX here
os.environ.setdefault("KERAS_BACKEND", "jax")

hypothesis.settings.register_profile("default", deadline=None, max_examples=150, derandomize=True)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of data sets that LOGANNEAL_DATA names; tests that need it are skipped without it."""
    if "LOGANNEAL_DATA" not in os.environ:
        pytest.skip("LOGANNEAL_DATA names no folder of data sets")
    return Path(os.environ["LOGANNEAL_DATA"])


@pytest.fixture(autouse=True, scope="session")
def _records_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes to the user's own journal of runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOGANNEAL_RECORDS", str(tmp_path_factory.mktemp("records")))
        yield


@pytest.fixture
def small_run() -> Any:
    """A function that makes the specification of a small digits run, with changes."""

    def build(**changes: Any) -> RunSpec:
        settings = {"steps": 10, "seed": 0, "split_seed": 0, "train_examples": 320, "validation_examples": 100}
        schedule = la.Cosine(changes.pop("peak", 0.3), 10)
        return WORKLOADS["digits"].spec(**{"schedule": schedule, **settings, **changes})

    return build


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Torch uses one thread during a test, as the workers of a study do, so that sums do not depend on the machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of the system: one in each worker, since Playwright refuses a second session in a process."""
    with launched() as found:
        yield found


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The browser, whose pages are closed after the test: pages left open take a core each."""
    yield chromium
    for context in chromium.contexts:
        context.close()
