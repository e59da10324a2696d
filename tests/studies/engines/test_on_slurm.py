"""Runs as jobs of submitit, by its executor for this machine."""

import pytest
from command_studies import run, study

from loganneal.studies import StudyFailedError
from loganneal.studies.declare.comparison import declare
from loganneal.studies.declare.study import study_of
from loganneal.studies.engines import OnSlurm

pytest.importorskip("submitit")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_a_command_is_studied_by_jobs(tmp_path):
    """Each run is a job, and its record comes back."""
    result = run(study(gpus=0), tmp_path, OnSlurm(tmp_path / "jobs", cluster="local"))
    assert result.is_complete
    assert result.comparisons[0].launched.runs == 4
    assert list((tmp_path / "jobs").glob("*_log.out"))


def test_a_job_that_fails_is_named(tmp_path):
    """As with any engine."""
    with pytest.raises(StudyFailedError, match="no more memory"):
        run(study("crashes"), tmp_path, OnSlurm(tmp_path / "jobs", gpus=0, cluster="local"))


@pytest.mark.parametrize(("gpus", "said"), [(None, "Got None"), (0.5, "Got 0.5"), (1.5, "Got 1.5")])
def test_a_command_says_how_many_gpus_a_job_takes(gpus, said, tmp_path):
    """Whether the nodes have GPUs is not known here, and jobs do not share one: nothing is submitted."""
    with pytest.raises(ValueError, match=rf"'gpus' parameter of a comparison must be a whole number.*{said}"):
        run(study(gpus=gpus), tmp_path, OnSlurm(tmp_path / "jobs", cluster="local"))
    assert not (tmp_path / "jobs").exists()


def test_a_workload_takes_the_gpus_of_the_engine(tmp_path):
    """Whole, even as the command line gives them; none by default."""
    (planned, *_) = study_of(declare("digits")).plan()
    for gpus, asked in ((None, 0), (1.0, 1)):
        found = OnSlurm(tmp_path, gpus=gpus)._gpus(planned.spec)
        assert (found, type(found)) == (asked, int)


def test_what_is_no_cluster_is_refused(tmp_path):
    """An unknown cluster is refused at once."""
    with pytest.raises(ValueError, match="'cluster'"):
        OnSlurm(tmp_path, cluster="pbs")
