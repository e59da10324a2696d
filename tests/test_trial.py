"""A trial in a script: what a study asks for inside of one, the defaults outside, one writer among many processes."""

import json
import os
import subprocess
import sys

import pytest
import torch

import loganneal as la
from loganneal._trial import RATES, REPORTS, is_first_process

SCHEDULE = la.Warmup(la.Cosine(0.1, 90), 10)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The folder of a run, whose trial the environment names."""
    told = {"version": 1, "steps": 100, "seed": 7, "split_seed": 8, "schedule": SCHEDULE.to_dict(), "probe": 0}
    (tmp_path / "trial.json").write_text(json.dumps({**told, "folder": str(tmp_path / "out")}))
    monkeypatch.setenv("LOGANNEAL_TRIAL", str(tmp_path / "trial.json"))
    return tmp_path


def optimizer(*rates):
    groups = [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": rate} for rate in rates]
    return torch.optim.SGD(groups)


def seen(trial, place):
    """The lines of rates, once they are written."""
    trial._rates.flush()
    return (place / RATES).read_text().splitlines()[1:]


def test_outside_a_study_a_script_stays_a_script(tmp_path, monkeypatch):
    """It has its own schedule and seed, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOGANNEAL_TRIAL", raising=False)
    trial = la.trial(la.Cosine(0.3, 50), seed=3)
    watched = trial.watch(optimizer(0.3))
    watched.step()
    trial.report(1, loss=1.0, validation=2.0)
    assert (trial.active, trial.steps, trial.seed, trial.split_seed, trial.peak_lr) == (False, 50, 3, 3, 0.3)
    assert not list(tmp_path.iterdir())


def test_in_a_study_everything_is_what_it_asks_for(place):
    """The defaults of the script do not count."""
    trial = la.trial(la.Cosine(0.3, 50), seed=3)
    assert (trial.active, trial.schedule, trial.steps) == (True, SCHEDULE, 100)
    assert (trial.seed, trial.split_seed, trial.folder) == (7, 8, place / "out")


def test_the_rates_of_each_step_are_recorded_as_the_optimizer_has_them(place):
    """One number if the groups are alike, else one for each."""
    trial = la.trial(SCHEDULE)
    watched = trial.watch(optimizer(0.1, 0.1))
    watched.step()
    watched.param_groups[1]["lr"] = 0.05
    watched.step()
    assert seen(trial, place) == ["0.1", "0.1 0.05"]


def test_rates_that_are_tensors_are_recorded_as_they_were(place):
    """A later change in place does not affect what was recorded."""
    trial = la.trial(SCHEDULE)
    rate = torch.tensor(0.5)
    trial.saw([rate])
    rate.fill_(0.25)
    assert seen(trial, place) == ["0.5"]


def test_a_wrapped_optimizer_is_watched_inside(place):
    """As Accelerate and DeepSpeed wrap it."""

    class Wrapper:
        def __init__(self, inner):
            self.optimizer = inner

    trial, inner = la.trial(SCHEDULE), optimizer(0.1)
    trial.watch(Wrapper(inner))
    inner.step()
    assert seen(trial, place) == ["0.1"]


def test_what_cannot_be_watched_is_refused_with_the_remedy(place):
    """Never in silence."""
    with pytest.raises(ValueError, match=r"trial\.report\(step, lr=\.\.\.\)"):
        la.trial(SCHEDULE).watch(object())


@pytest.mark.parametrize("variable", ["RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "LOCAL_RANK"])
def test_only_the_first_process_writes(variable, place, monkeypatch):
    """Each rank reads the same file."""
    monkeypatch.setenv(variable, "1")
    trial = la.trial(SCHEDULE)
    trial.report(1, validation=1.0)
    trial.watch(optimizer(0.1)).step()
    assert trial.seed == 7
    assert not (place / REPORTS).exists()
    assert not (place / RATES).exists()


def test_a_report_is_a_line_of_json(place):
    """Tensors and NumPy numbers are numbers in it, and other names are allowed."""
    la.trial(SCHEDULE).report(5, loss=torch.tensor(0.5), validation=None, perplexity=3)
    row = json.loads((place / REPORTS).read_text())
    row.pop("time")
    assert row == {"step": 5, "loss": 0.5, "perplexity": 3.0}


def test_a_file_that_is_no_trial_is_refused(tmp_path):
    """The file is named."""
    (tmp_path / "trial.json").write_text("{}")
    with pytest.raises(ValueError, match=r"trial\.json"):
        la.trial(SCHEDULE, path=tmp_path / "trial.json")


def test_the_rates_are_there_when_a_script_ends_without_a_word(place):
    """What is pending is written at exit."""
    code = "import loganneal as la; la.trial(la.Cosine(0.1, 9)).saw([0.1])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert (place / RATES).read_text().splitlines()[1:] == ["0.1"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_rates_are_there_when_a_child_of_multiprocessing_ends(method, place):
    """As the launchers of Accelerate and of torch.multiprocessing start their ranks."""
    (place / "ranks.py").write_text(
        "import multiprocessing, sys\nimport loganneal as la\n"
        "def train(): la.trial(la.Cosine(0.1, 9)).saw([0.1])\n"
        "if __name__ == '__main__':\n"
        "    rank = multiprocessing.get_context(sys.argv[1]).Process(target=train)\n"
        "    rank.start()\n    rank.join()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, str(place / "ranks.py"), method], env=environment, check=True)
    assert (place / RATES).read_text().splitlines()[1:] == ["0.1"]


def test_importing_it_needs_no_framework():
    """NumPy at most."""
    code = "import loganneal, sys; print(any(name in sys.modules for name in ('torch', 'jax', 'keras', 'scipy')))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert found.stdout == "False\n"


def test_a_version_of_jax_that_cannot_be_asked_for_its_rank(place, monkeypatch):
    """JAX 0.5.0 and earlier have no `is_initialized`: a process then counts as the only one unless told otherwise."""
    distributed = pytest.importorskip("jax").distributed
    assert is_first_process()
    monkeypatch.delattr(distributed, "is_initialized")
    la.trial(SCHEDULE).report(100, validation=0.5)
    assert (place / REPORTS).exists()
