"""A study that is killed again and again loses nothing, repeats nothing, and says the same in the end."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from killed_studies import Life
from tiny_studies import outcomes, timeless, write_file

from loganneal.runs import Journal
from loganneal.studies import read_result

KILLS = 24

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("killed studies")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the study that was killed, and the one that was not."""
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def lives(folder: Path) -> list[Life]:
    """Many lives of a study, each ended by SIGKILL, and the one that finished it."""
    script = Path(__file__).parents[1] / "helpers" / "killed_studies.py"
    command = [sys.executable, str(script), str(write_file(folder)), str(folder), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [Life(*life) for life in json.loads(done.stdout)]


def test_it_was_killed_at_work(lives: list[Life]) -> None:
    """The kills came while there was work, and the study made progress between them; the last life finished it."""
    *killed, last = lives
    assert sum(life.status < 0 for life in killed) >= 8
    assert len({len(life.keys) for life in killed}) >= 5
    assert (last.status, len(last.keys)) == (0, 24)


def test_no_record_is_lost_or_repeated(lives: list[Life]) -> None:
    """A record that exists after a kill exists after every later one, and is never written again."""
    for before, after in itertools.pairwise(lives):
        assert after.keys[: len(before.keys)] == before.keys
    assert len(set(lives[-1].keys)) == len(lives[-1].keys)


def test_no_record_is_half_written(lives: list[Life], folder: Path) -> None:
    """Everything that the lives left is complete, and the same as an undisturbed study leaves."""
    assert set(lives[-1].keys) == outcomes(Journal(folder / "killed" / "records")).keys()
    assert outcomes(Journal(folder / "killed" / "records")) == outcomes(Journal(folder / "undisturbed" / "records"))


@pytest.mark.usefixtures("lives")
def test_the_report_is_that_of_a_study_never_killed(folder: Path) -> None:
    """Once finished, it says what an undisturbed study says, to the last digit, except for times."""
    killed, undisturbed = (read_result(folder / name / "result.json").to_dict() for name in ("killed", "undisturbed"))
    assert timeless(killed) == timeless(undisturbed)
