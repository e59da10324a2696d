"""A real Ray cluster of two nodes on this machine, one of which is killed while it trains."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_studies import run, study
from interruptible import wait_until
from tiny_studies import outcomes, plan, write_file

from loganneal.cli import main
from loganneal.runs import Journal
from loganneal.studies import StudyFailedError
from loganneal.studies.declare.comparison import declare
from loganneal.studies.declare.study import study_of
from loganneal.studies.engines import InProcess, OnRay, RunFailedError, run_missing

pytest.importorskip("ray", reason="ray is not installed")

NODE = {"num_cpus": 1, "object_store_memory": 80_000_000}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head and one more node, each with room for one run."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    cluster.add_node(**NODE)
    yield cluster
    cluster.shutdown()


def _trains(node: Any) -> bool:
    """Whether a worker of this node is in the middle of a run: Ray names the process after its task."""
    raylet = node.all_processes["raylet"][0].process.pid
    children = Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split()
    return any(b"ray::attempt" in _command(pid) for pid in children)


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
def test_a_failing_run_is_told(cluster: Any, tmp_path: Path) -> None:
    """An error in a run on the cluster is raised at the end, and the other run is kept."""
    good, bad = plan()[:2]
    bad = bad._replace(spec=plan(steps=3)[1].spec.from_dict({**bad.spec.to_dict(), "model": "no-such-network"}))
    with pytest.raises(RunFailedError, match="no-such-network"):
        list(run_missing([bad, good], Journal(tmp_path), OnRay(cluster.address)))
    assert len(Journal(tmp_path)) == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
def test_a_killed_node_loses_nothing(cluster: Any, tmp_path: Path) -> None:
    """The study ends with the same records as in this process, though a node died in the middle of a run."""
    here, there = Journal(tmp_path / "here"), Journal(tmp_path / "there")
    runs, engine = plan(replicates=4, steps=40), OnRay(cluster.address)
    (node,) = cluster.worker_nodes
    results = run_missing(runs, there, engine)
    next(results)
    assert engine.at_once(runs[0].spec) == 2
    wait_until(lambda: _trains(node) or len(there) == len(runs))
    assert len(there) < len(runs)
    cluster.remove_node(node, allow_graceful=False)
    assert len(list(results)) == len(runs) - 1
    list(run_missing(runs, here, InProcess()))
    assert outcomes(there) == outcomes(here)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
def test_what_local_workers_began_ray_continues(cluster: Any, tmp_path: Path) -> None:
    """Engines can be mixed: the cluster trains only what has no record."""
    store, runs = Journal(tmp_path), plan()
    list(run_missing(runs[:2], store, InProcess()))
    finished = list(run_missing(runs, store, OnRay(cluster.address)))
    assert [run.planned for run in finished] == runs[2:] or [run.planned for run in finished] == runs[:1:-1]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
def test_the_command_runs_on_a_cluster(cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`loganneal study run --engine ray` trains on the cluster at the address, and reports."""
    words = ["study", "run", str(write_file(tmp_path, replicates=1)), "--out", str(tmp_path / "out")]
    words += ["--records", str(tmp_path / "out" / "records")]
    assert main([*words, "--engine", "ray", "--address", cluster.address]) == 0
    assert "12 runs done, 0 running, 0 left" in capsys.readouterr().out
    assert len(Journal(tmp_path / "out" / "records")) == 12


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
def test_a_script_of_the_user_runs_on_a_cluster(cluster: Any, tmp_path: Path) -> None:
    """Each run of a command is a task, whose rates are checked; it scores what it scores in this process."""
    there = run(study(), tmp_path / "there", OnRay(cluster.address))
    run(study(), tmp_path / "here")
    assert there.is_complete
    assert there.comparisons[0].launched.runs == 4
    assert there.comparisons[0].launched.sources == ("report",)
    assert len(_scores(tmp_path / "there")) == 4
    assert _scores(tmp_path / "there") == _scores(tmp_path / "here")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
def test_a_script_that_fails_on_a_cluster_is_told(cluster: Any, tmp_path: Path) -> None:
    """The end of its standard error comes back from the node."""
    with pytest.raises(StudyFailedError, match="no more memory"):
        run(study("crashes"), tmp_path, OnRay(cluster.address))


def _scores(folder: Path) -> dict[str, tuple[object, ...]]:
    """What the runs below this folder reported, without times and paths."""
    records = Journal(folder / "records")
    return {record.spec.key: (record.status, record.validation_score, record.test_score) for record in records}


@pytest.fixture
def no_cluster() -> Iterator[None]:
    """No connection to Ray from an earlier test."""
    import ray

    ray.shutdown()
    yield
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("ray")
@pytest.mark.usefixtures("no_cluster")
def test_an_address_where_nothing_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong address is reported within seconds, with the remedy and exit code 2."""
    words = ["study", "run", str(write_file(tmp_path)), "--out", str(tmp_path / "out")]
    words += ["--records", str(tmp_path / "out" / "records")]
    assert main([*words, "--engine", "ray", "--address", "127.0.0.1:9"]) == 2
    assert "Nothing answers at the Ray address 127.0.0.1:9" in capsys.readouterr().err


def test_a_command_gets_a_gpu_if_there_is_one() -> None:
    """Unless it or the engine says how many; a workload gets one only if the engine says so."""
    (command, *_), (training, *_) = (planned.plan() for planned in (study(gpus=None), study_of(declare("digits"))))
    (own, *_) = study(gpus=0.5).plan()
    engine = OnRay()
    assert [engine._gpus(run.spec, 2.0) for run in (command, own, training)] == [1.0, 0.5, 0.0]
    assert engine._gpus(command.spec, 0.0) == 0.0
    assert [engine._places(run.spec, 16.0, 2.0) for run in (command, own, training)] == [2, 4, 16]
    assert [OnRay(gpus=0.25)._gpus(run.spec, 2.0) for run in (command, own, training)] == [0.25, 0.5, 0.25]


@pytest.mark.parametrize(("name", "value"), [("threads", 0), ("gpus", -1.0), ("retries", -1)])
def test_bad_resources_are_refused(name: str, value: float) -> None:
    """Resources of a run are checked before a cluster is asked for them."""
    with pytest.raises(ValueError, match=f"'{name}' parameter of OnRay"):
        OnRay(**{name: value})
