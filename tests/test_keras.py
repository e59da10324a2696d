"""`loganneal.keras` on each backend that is installed: one process for each, since Keras chooses its backend once."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parent / "helpers" / "keras_contract.py"
COVERED = ("-m", "coverage", "run") if os.environ.get("COVERAGE_RUN") else ()
"""In front of a program whose lines count: otherwise, the processes that a test starts are not part of the coverage."""


def run(backend: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True)


def need(backend: str) -> None:
    for name in ("keras", backend):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_the_contract_holds(backend: str) -> None:
    """Everything in keras_contract.py: rates, graphs, configurations, training and resuming."""
    need(backend)
    covered = COVERED if backend == "jax" else ()  # the adapter has the same lines on every backend
    done = run(backend, *covered, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(CONTRACT))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_model_of_another_process(tmp_path: Path) -> None:
    """If loganneal.keras has been imported, a saved model loads with its rate; otherwise Keras says what is missing."""
    need("jax")
    path = str(tmp_path / "model.keras")
    save = f"""
import keras, loganneal as la
from loganneal.keras import ScheduleLR
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(ScheduleLR(la.Linear(0.1, 10))), "mse")
model.fit(keras.ops.ones((10, 1)), keras.ops.ones((10, 1)), batch_size=2, verbose=0)
model.save({path!r})"""
    load = f"import keras; print(round(float(keras.saving.load_model({path!r}).optimizer.learning_rate), 6))"
    assert run("jax", "-c", save).returncode == 0
    assert run("jax", "-c", "import loganneal.keras; " + load).stdout.strip() == "0.05"
    assert "Could not locate class 'ScheduleLR'" in run("jax", "-c", load).stderr


def test_a_missing_keras_names_the_extra() -> None:
    """One sentence, and what to install."""
    hidden = "import sys; sys.modules['keras'] = None; import loganneal.keras"
    last = run("jax", "-c", hidden).stderr.strip().splitlines()[-1]
    expected = "ModuleNotFoundError: loganneal.keras needs Keras and a backend: pip install 'loganneal[keras]'"
    assert last == expected


def test_keras_is_not_imported_without_being_asked_for() -> None:
    """The schedules import no framework."""
    done = run("jax", "-c", "import sys, loganneal; print('keras' in sys.modules)")
    assert done.stdout.strip() == "False"
