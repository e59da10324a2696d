"""The code that the page offers runs as it is, in a fresh interpreter."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from every_schedule import SAMPLES

import loganneal as la
from loganneal.studio import code

CLA = la.CyclicalLogAnnealing(0.1, 5, warmup_steps=2, cycles=2)
MOMENTUM = la.InverseMomentum(CLA)
PROGRAMS = [name for name in code.WRITERS if name != "JSON"]
NEEDS = {
    "PyTorch": ("torch",),
    "Lightning": ("lightning",),
    "Transformers": ("transformers", "accelerate"),
    "Keras": ("keras",),
    "Optax": ("optax",),
    "nanoGPT": ("torch",),
}

RATES = {
    "PyTorch": "print('RATE', optimizer.param_groups[0]['lr'])",
    "nanoGPT": "print('RATE', lr)",
    "Optax": "print('RATE', float(as_optax(schedule)(12)))",
    "Keras": "print('RATE', float(model.optimizer.learning_rate))",
}
"""Code that prints the rate of a program after its last update."""


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_call_makes_the_schedule(sample: str) -> None:
    """The one line of code evaluates to an equal schedule."""
    assert eval(code.call(SAMPLES[sample]), {"la": la}) == SAMPLES[sample]


@pytest.mark.parametrize("sample", SAMPLES)
def test_json_makes_the_schedule(sample: str) -> None:
    """The JSON is read by `from_dict`."""
    assert la.from_dict(json.loads(code.as_json(SAMPLES[sample], 100))) == SAMPLES[sample]


def run(program: str, folder: Path) -> str:
    """What a program prints in a fresh interpreter."""
    path = folder / "program.py"
    path.write_text(program)
    done = subprocess.run([sys.executable, str(path)], cwd=folder, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("framework", PROGRAMS)
def test_a_program_runs(framework: str, tmp_path: Path) -> None:
    """The program of each framework trains for the budget, at the rates of the schedule."""
    for module in NEEDS[framework]:
        pytest.importorskip(module)
    program = code.WRITERS[framework](CLA, 12)
    printed = run(f"{program}\n{RATES.get(framework, '')}\n", tmp_path)
    if framework in RATES:
        step = {"nanoGPT": 11, "Keras": 16}.get(framework, 12)  # Keras continues to the end of its epoch
        assert float(printed.rpartition("RATE ")[2]) == pytest.approx(CLA(step), abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["PyTorch", "Lightning"])
def test_a_momentum_is_set(framework: str, tmp_path: Path) -> None:
    """If a framework can follow a momentum, it follows that of the design."""
    program = code.WRITERS[framework](MOMENTUM, 12)
    show = "print('MOMENTUM', optimizer.param_groups[0]['momentum'])" if framework == "PyTorch" else ""
    printed = run(f"{program}\n{show}\n", tmp_path)
    if show:
        assert float(printed.rpartition("MOMENTUM ")[2]) == pytest.approx(MOMENTUM(12))
    assert code.note(framework, MOMENTUM) == ""


@pytest.mark.parametrize("framework", ["Transformers", "Keras", "Optax", "nanoGPT"])
def test_what_is_left_out_is_said(framework: str) -> None:
    """If no momentum can be set, only the rate is written, and a note says so."""
    assert code.note(framework, MOMENTUM) == code.MOMENTUM
    assert f"schedule = {code.call(CLA)}" in code.WRITERS[framework](MOMENTUM, 12)
