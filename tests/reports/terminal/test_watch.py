"""A run is watched while it trains."""

import loganneal as la
from loganneal.data import find_workload
from loganneal.reports.terminal.watch import Watch
from loganneal.runs.record import MetricsRow

SPEC = find_workload("digits").spec(schedule=la.Linear(0.3, 100), seed=0, split_seed=0, steps=100, curve_points=100)


def notes(losses: list[float]) -> list[str]:
    """The notes that are printed while these losses come in."""
    said: list[str] = []
    watch = Watch(SPEC, said.append)
    for step, loss in enumerate(losses, 1):
        watch.row(MetricsRow(step=step, lr=SPEC.schedule(step - 1), loss=loss, validation_score=None))
    return said


def test_an_unstable_run_is_told_once_with_advice() -> None:
    """The note comes when the opening of its cycle is over, not only at its end."""
    (note,) = notes([2.3] * 5 + [9.0] * 60)
    step = int(note.split(":")[0].removeprefix("Step "))
    assert step == 25
    assert "Training is unstable" in note
    assert "max_lr" in note


def test_a_healthy_run_is_left_in_peace() -> None:
    """Nothing is said about a falling loss, nor about what only the end can show."""
    assert notes([2.3 * 0.97**step for step in range(100)]) == []
    assert notes([2.3] * 100) == []


def test_noise_at_the_start_is_no_instability() -> None:
    """Losses a little above the first ones are left to the end of the cycle."""
    assert notes([2.3] * 5 + [2.5] * 20 + [2.0] * 75) == []
