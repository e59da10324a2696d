"""What a comparison concludes from runs whose scores are known."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from loganneal.studies.comparison import Comparison, FinishedRun, PlannedRun, declare
from loganneal.studies.conclude import command, conclude

Finish = Callable[..., list[FinishedRun]]


def comparison(**changes: Any) -> Comparison:
    """Three arms, two trials, ten replicates."""
    return declare("digits", **{"arms": ("cla", "cosine", "linear"), "trials": 2, "replicates": 10, **changes})


def score(run: PlannedRun) -> float:
    """CLA is three points worse than cosine, linear the same but for noise; the second trial is the better one."""
    wobble = ((run.replicate * 7) % 5 - 2) / 1000
    advantage = {"cla": -0.03 + wobble, "cosine": 0.0, "linear": wobble}[run.arm]
    return 0.9 + run.replicate / 1000 + advantage - (0.05 if run.trial == 0 else 0.0)


def arms(summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries of the summary by name."""
    return {arm["name"]: arm for arm in summary["arms"]}


def test_known_differences(finish: Finish) -> None:
    """A loss and a tie are found with their sizes, and the reference carries no verdict."""
    summary = conclude(comparison(), finish(comparison(), score))
    found = arms(summary)
    assert (found["cla"]["verdict"], found["linear"]["verdict"]) == ("loss", "tie")
    assert found["cla"]["difference_mean"] == pytest.approx(-3.0)
    assert (found["cosine"]["reference"], found["cosine"]["verdict"]) == (True, None)
    assert summary["headline"] == "No rival is shown to beat Cosine. Against it, cla loses; linear ties."
    assert (summary["status"], summary["informative"], summary["warnings"]) == ("complete", True, [])


def test_a_winner_is_named_first(finish: Finish) -> None:
    """A winning arm opens the headline."""
    runs = finish(comparison(), lambda run: score(run) + (0.06 if run.arm == "cla" else 0.0))
    assert conclude(comparison(), runs)["headline"] == "cla beats Cosine. Against it, linear ties."


def test_is_plain_json(finish: Finish) -> None:
    """The summary survives JSON unchanged but for tuples, without NaN."""
    summary = conclude(comparison(), finish(comparison(), score))
    text = json.dumps(summary, allow_nan=False)
    assert json.dumps(json.loads(text)) == text


def test_order_of_runs_does_not_matter(finish: Finish) -> None:
    """Runs may arrive in any order, as they do from several workers."""
    runs = finish(comparison(), score)
    assert conclude(comparison(), runs[::-1])["arms"] == conclude(comparison(), runs)["arms"]


def test_numbers_can_be_traced(finish: Finish) -> None:
    """Every chosen test accuracy belongs to a trial that names its record."""
    runs = finish(comparison(), score)
    keys = {run.planned.spec.key: run.record for run in runs}
    entry = arms(conclude(comparison(), runs))["cla"]
    chosen = [trial for trial in entry["trials"] if trial["chosen"]]
    assert [100 * (keys[trial["record"]].test_accuracy or 0) for trial in chosen] == entry["test_accuracies"]
    assert {trial["trial"] for trial in chosen} == {1}


def test_partial(finish: Finish) -> None:
    """A replicate with a missing run does not count, and the report says so at its top."""
    summary = conclude(comparison(), finish(comparison(), score)[:-1])
    assert (summary["status"], summary["replicates_done"]) == ("partial", 9)
    assert "Partial: 9 of 10" in summary["warnings"][0]


def test_nothing_finished() -> None:
    """Without a complete replicate there are entries without numbers."""
    summary = conclude(comparison(), [])
    assert (summary["status"], summary["informative"]) == ("partial", None)
    assert all(arm["mean"] is None and arm["verdict"] is None for arm in summary["arms"])


def test_divergence_is_an_outcome(finish: Finish) -> None:
    """An arm that always diverges counts at the floor, with the number of its diverged runs."""
    summary = conclude(comparison(), finish(comparison(), lambda run: None if run.arm == "cla" else score(run)))
    entry = arms(summary)["cla"]
    assert (entry["mean"], entry["diverged"], entry["verdict"]) == (10.0, 20, "loss")
    assert any("cla 20" in line for line in summary["caveats"])


def test_not_informative(finish: Finish) -> None:
    """Where the reference's loss has hardly fallen no arm gets a verdict."""
    summary = conclude(comparison(), finish(comparison(), score, last_loss=2.0))
    assert summary["informative"] is False
    assert {arm["verdict"] for arm in summary["arms"]} == {"inconclusive", None}
    assert "Not informative" in summary["warnings"][0]


def test_devices_are_not_paired(finish: Finish) -> None:
    """A replicate whose runs come from two kinds of device is left out; one wholly from another is kept."""

    def device(run: PlannedRun) -> str:
        return "gpu" if run.replicate == 9 or (run.replicate == 8 and run.arm == "cla") else "cpu"

    summary = conclude(comparison(), finish(comparison(), score, device=device))
    assert (summary["replicates_done"], summary["replicates_mixed"]) == (9, 1)
    assert any("never paired" in line for line in summary["warnings"])
    assert summary["environment"]["device"] == ["cpu", "gpu"]


def test_choices_at_the_edge_are_told(finish: Finish) -> None:
    """When an arm always does best with the highest rate of many, the report asks for a wider range."""
    wide = comparison(trials=8)
    summary = conclude(wide, finish(wide, lambda run: 0.5 + run.peak / 10))
    assert arms(summary)["cla"]["edge_shares"]["high"] > 0.2
    assert any("next to its high end (1.5)" in line for line in summary["warnings"])


def test_command_repeats_what_is_not_default() -> None:
    """The command names each setting that differs from the workload's, and no folder of this machine."""
    text = command(comparison(margin=0.5, peak_range=(0.01, 2.0), first_seed=7, train_images=500))
    assert text.endswith("--steps 100 --train-images 500 --margin 0.5 --first-seed 7 --peak-range 0.01,2")
    assert "--out" not in text
