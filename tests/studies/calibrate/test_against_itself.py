"""An arm against itself has different runs under its two names."""

from loganneal.studies.calibrate.against_itself import against_itself, plan_against_itself
from loganneal.studies.declare.arms import ARMS


def test_the_same_schedule_with_other_draws_and_seeds() -> None:
    """Both names have the same schedule for a peak rate; no seed and no peak rate is in both."""
    declared = against_itself("digits", ARMS["cosine"], trials=2, replicates=4, first_seed=0)
    runs = plan_against_itself(declared, 100)
    first, second = ([run for run in runs if run.arm == name] for name in declared.arms)
    assert len(first) == len(second) == 8
    assert {run.replicate for run in first} == {run.replicate for run in second} == set(range(4))
    assert not {run.spec.seed for run in first} & {run.spec.seed for run in second}
    assert not {run.peak for run in first} & {run.peak for run in second}
    assert declared.arm("cosine").build(0.3, 100) == declared.arm("cosine-again").build(0.3, 100)
