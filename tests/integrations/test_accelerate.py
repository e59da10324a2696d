"""Accelerate with two processes: the rate follows the update in three ways, and runs ahead in Accelerate's own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_training import rates

import loganneal as la
from loganneal._trial import RATES
from loganneal.studies.engines.seen_rates import seen_rates

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("accelerate")]

WORKER = Path(__file__).with_name("accelerate_worker.py")

RIGHT_WAYS = ["unlinked", "plain", "follow"]


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of the watched runs."""
    return tmp_path_factory.mktemp("trials")


@pytest.fixture(scope="module")
def ran(trials: Path) -> dict[str, Any]:
    """What the processes did, all ways in one launch."""
    path = [str(WORKER.parents[1] / "helpers"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", str(WORKER), str(trials)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["processes"] == 2
    return result


def test_a_prepared_scheduler_runs_ahead(ran: dict[str, Any]) -> None:
    """The trap: what ``prepare`` returns steps once for each process, so that the rate is that of step 2 t."""
    assert ran["prepared"] == [rates(16)[::2], rates(8)[::2]]


@pytest.mark.parametrize("way", RIGHT_WAYS)
def test_the_rate_follows_the_update(ran: dict[str, Any], way: str) -> None:
    """One step per update, however many processes and accumulated batches go into it."""
    assert ran[way] == [rates(8), rates(4)]


@pytest.mark.parametrize("way", RIGHT_WAYS)
def test_resuming_from_a_saved_state(ran: dict[str, Any], way: str) -> None:
    """``save_state`` and ``load_state`` take the scheduler along: the same rates and weights, to the bit."""
    assert ran[f"{way} resumed"] == [rates(8, 3), True]


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize("way", ["prepared", *RIGHT_WAYS])
def test_a_prepared_optimizer_is_watched_within(trials: Path, way: str) -> None:
    """The rates of each update, accumulated batches being one, written once by the launcher's two processes.

    Those of the trap are recorded as they were.
    """
    found = [seen_rates(trials / f"{way}-{count}" / RATES, [], "report") for count in (1, 2)]
    expected = [rates(16)[::2], rates(8)[::2]] if way == "prepared" else [rates(8), rates(4)]
    assert [list(seen.rate) for seen in found if seen] == expected


def test_another_batch_size_keeps_the_share(ran: dict[str, Any]) -> None:
    """``load_state`` passes the state to a scheduler that was made with ``on_mismatch="keep_share"``."""
    assert ran["rebatched"] == [la.Linear(0.1, 16)(step) for step in range(8, 16)]


@pytest.mark.parametrize("way", ["plain", "follow"])
def test_a_schedule_for_an_undistributed_loader_is_told_at_the_end(ran: dict[str, Any], way: str) -> None:
    """The trap: 16 batches before ``prepare`` are 8 in each of two processes, and the rate is half way down.

    Not where the schedule ends with the run, nor where the prepared scheduler is stepped twice for an update.
    """
    [sentence], *others = ran["warned"][way]
    assert sentence.startswith(
        "ScheduleLR: the run of 2 processes is over after 8 updates, and the schedule goes to step 16"
    )
    assert "Take len(loader) after accelerator.prepare(loader)." in sentence
    assert others == [[], []]
    assert ran["warned"]["prepared"][0] == []
