"""What a comparison concludes from runs whose scores are known."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from loganneal.reports.caveats import caveats, warnings
from loganneal.reports.headline import headline, sentences
from loganneal.runs.record import Record
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun, declare
from loganneal.studies.judge.conclude import conclude, power
from loganneal.studies.result import ArmResult, ComparisonResult

Finish = Callable[..., list[FinishedRun]]


def comparison(**changes: Any) -> Comparison:
    """Three arms, two trials, ten replicates."""
    return declare("digits", **{"arms": ("cla", "cosine", "linear"), "trials": 2, "replicates": 10, **changes})


def score(run: PlannedRun) -> float:
    """CLA is three points worse than cosine, linear the same except for noise; the second trial is the better one."""
    wobble = ((run.replicate * 7) % 5 - 2) / 1000
    advantage = {"cla": -0.03 + wobble, "linear": wobble}.get(run.arm, 0.0)
    return 0.9 + run.replicate / 1000 + advantage - (0.05 if run.trial == 0 else 0.0)


def paired_mean(arm: ArmResult) -> float:
    """Mean difference of a rival to the reference."""
    assert arm.judged is not None
    return arm.judged.paired.mean


def mean(arm: ArmResult) -> float:
    """Mean test score of an arm."""
    assert arm.scores is not None
    return arm.scores.mean


def test_known_differences(finish: Finish) -> None:
    """A loss and a tie are found with their sizes, and the reference has no verdict."""
    result = conclude(comparison(), finish(comparison(), score))
    assert [arm.verdict for arm in result.arms] == ["loss", None, "tie"]
    assert paired_mean(result.arm("cla")) == pytest.approx(-3.0)
    assert (result.reference.name, [arm.name for arm in result.rivals]) == ("cosine", ["cla", "linear"])
    assert headline(result) == "No rival has been shown to beat Cosine. Against it, cla loses; linear ties."
    assert (result.is_complete, result.informative, warnings(result)) == (True, True, [])


def test_a_winner_is_named_first(finish: Finish) -> None:
    """A winning arm opens the headline."""
    runs = finish(comparison(), lambda run: score(run) + (0.06 if run.arm == "cla" else 0.0))
    assert headline(conclude(comparison(), runs)) == "cla beats Cosine. Against it, linear ties."


def test_comes_back_from_json(finish: Finish) -> None:
    """The result survives JSON, equal in every field, without NaN."""
    result = conclude(comparison(), finish(comparison(), score))
    text = json.dumps(result.to_dict(), allow_nan=False)
    assert ComparisonResult.from_dict(json.loads(text)) == result


def test_order_of_runs_does_not_matter(finish: Finish) -> None:
    """Runs may arrive in any order, as they do from several workers."""
    runs = finish(comparison(), score)
    assert conclude(comparison(), runs[::-1]).arms == conclude(comparison(), runs).arms


def test_numbers_can_be_traced(finish: Finish) -> None:
    """Every chosen test score belongs to a trial that names its record."""
    runs = finish(comparison(), score)
    keys = {run.planned.spec.key: run.record for run in runs}
    arm = conclude(comparison(), runs).arm("cla")
    assert arm.scores is not None
    chosen = [trial for trial in arm.trials if trial.chosen]
    assert tuple(100 * (keys[trial.record].test_score or 0) for trial in chosen) == arm.scores.test_scores
    assert {trial.trial for trial in chosen} == {1}


def test_partial(finish: Finish) -> None:
    """A replicate with a missing run does not count, and the report says so at its top."""
    result = conclude(comparison(), finish(comparison(), score)[:-1])
    assert (result.is_complete, result.replicates_done) == (False, 9)
    assert "Partial: 9 of 10" in warnings(result)[0]


def test_nothing_finished() -> None:
    """Without a complete replicate there are arms without numbers."""
    result = conclude(comparison(), [])
    assert (result.is_complete, result.informative) == (False, None)
    assert all(arm.scores is None and arm.verdict is None and arm.trials == () for arm in result.arms)
    assert headline(result) == "No replicate is complete yet."


def test_the_declaration_stands_before_the_first_run() -> None:
    """The margin is shown as the metric is, in bits if the score is in bits, before anything is trained."""
    declared = conclude(declare("shakespeare", arms=("cla", "cosine"), trials=2, replicates=8), []).declaration
    assert (declared.margin, declared.metric.unit, declared.tuned) == (0.02, "bits", ("peak_lr",))


def test_divergence_is_an_outcome(finish: Finish) -> None:
    """An arm that always diverges counts at the floor, with the number of its diverged runs."""
    result = conclude(comparison(), finish(comparison(), lambda run: None if run.arm == "cla" else score(run)))
    arm = result.arm("cla")
    assert (mean(arm), arm.diverged, arm.verdict) == (10.0, 20, "loss")
    assert any("cla 20" in line for line in caveats(result))


def test_not_informative(finish: Finish) -> None:
    """If the reference's loss has hardly fallen, no arm gets a verdict."""
    result = conclude(comparison(), finish(comparison(), score, last_loss=2.0))
    assert result.informative is False
    assert {arm.verdict for arm in result.rivals} == {"no verdict"}
    assert "Not informative" in warnings(result)[0]


def test_devices_are_not_paired(finish: Finish) -> None:
    """A replicate whose runs come from two kinds of device is left out; one wholly from another is kept."""

    def device(run: PlannedRun) -> str:
        return "gpu" if run.replicate == 9 or (run.replicate == 8 and run.arm == "cla") else "cpu"

    result = conclude(comparison(), finish(comparison(), score, device=device))
    assert (result.replicates_done, result.replicates_mixed) == (9, 1)
    assert any("never paired" in line for line in warnings(result))
    assert (result.environment["device"], result.environment["torch"]) == (("cpu", "gpu"), ("2",))


def test_choices_at_the_edge_are_told(finish: Finish) -> None:
    """When an arm always does best with the highest rate of many, the report asks for a wider range."""
    wide = comparison(trials=8)
    result = conclude(wide, finish(wide, lambda run: 0.5 + run.peak / 10))
    scores = result.arm("cla").scores
    assert scores is not None
    assert scores.ranges["peak_lr"].high_share > 0.2
    assert any("next to its high end (1.5)" in line for line in warnings(result))


def test_lower_is_better(finish: Finish) -> None:
    """In bits per character the arm with fewer bits wins, its difference is positive, and nothing is in points."""
    text = declare("shakespeare", arms=("cla", "cosine"), trials=2, replicates=8)
    runs = finish(text, lambda run: 2.0 + run.replicate / 100 - (0.1 if run.arm == "cla" else 0.0) + run.trial / 10)
    result = conclude(text, runs)
    arm = result.arm("cla")
    assert (arm.verdict, mean(arm)) == ("win", pytest.approx(1.935))
    assert paired_mean(arm) == pytest.approx(0.1)
    (sentence,) = sentences(result)
    assert "is better than Cosine by 0.100 bits, 95% interval" in sentence
    assert sentence.endswith("(8 replicates of 2 trials each).")
    assert (result.declaration.margin, result.declaration.metric.unit) == (0.02, "bits")
    assert {trial.trial for trial in arm.trials if trial.chosen} == {0}


def test_a_failed_run_is_not_an_outcome(finish: Finish) -> None:
    """A replicate with a failed run is incomplete; failing is not diverging."""
    runs = finish(comparison(), score)
    broken = dataclasses.replace(runs[0].record, status="failed", validation_score=None, test_score=None)
    assert conclude(comparison(), [runs[0]._replace(record=broken), *runs[1:]]).replicates_done == 9


def test_an_averaged_arm_reads_the_same_runs(finish: Finish) -> None:
    """An arm with averaging is scored by the average, chosen by its own validation, and adds no training time."""
    mean = Arm("cosine-ema", "Cosine, averaged", "#123456", "Cosine", averaging="ema")
    declared = comparison(arms=("cosine", "cosine-ema"), own_arms=(mean,))
    made = finish(declared, score)
    read = {run.planned.spec.key: _averaged(run.record) for run in made}
    runs = [run._replace(record=read[run.planned.spec.key]) for run in made]
    result = conclude(declared, runs)
    averaged = result.arm("cosine-ema")
    assert paired_mean(averaged) == pytest.approx(5.0)
    assert {trial.trial for trial in averaged.trials if trial.chosen} == {0}
    assert result.seconds_of_training == len(declared.plan()) / 2
    assert any("cosine-ema (ema)" in line for line in caveats(result))


def _averaged(record: Record) -> Record:
    """The average of the weights is good in both trials, by validation better in the first."""
    good = (record.validation_score or 0) < 0.9
    scores = {"validation_score": 0.99 if good else 0.98, "test_score": (record.test_score or 0) + (0.1 if good else 0)}
    return dataclasses.replace(record, averages={"ema": scores})


def test_exploratory_pairs_have_no_p(finish: Finish) -> None:
    """The pair of rivals has an interval, but neither a p nor a verdict."""
    (pair,) = conclude(comparison(), finish(comparison(), score)).exploratory
    assert (pair.first, pair.second, pair.mean) == ("cla", "linear", pytest.approx(-3.0))
    assert set(pair.to_dict()) == {"first", "second", "mean", "interval95"}


def test_linear_must_be_faced(finish: Finish) -> None:
    """If linear decay is not among the arms, the report says so."""
    two = comparison(arms=("cla", "cosine"))
    assert any("Linear decay is not among the arms" in line for line in caveats(conclude(two, finish(two, score))))


def test_power_uses_the_records_there_are(finish: Finish) -> None:
    """Before a run continues, the existing replicates show how much differences vary."""
    runs = finish(comparison(), score)
    before, after = power(comparison()), power(comparison(), runs)
    assert "as in earlier records of this workload" in before.sentence
    assert "as in the records there are" in after.sentence
    assert before.detectable_difference_sd == after.detectable_difference_sd


def test_a_single_trial_tunes_nothing(finish: Finish) -> None:
    """With one trial, the claim is about the declared rates, and rates near the ends of the range were not chosen."""
    untuned = comparison(trials=1, replicates=8, peak_lr=0.1, peak_factor=1.2)
    result = conclude(untuned, finish(untuned, lambda run: 0.9 + run.replicate / 1000))
    (claim,) = (line for line in caveats(result) if line.startswith("Nothing is tuned"))
    assert "between 0.0833 and 0.12" in claim
    assert warnings(result) == []
