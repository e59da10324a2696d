"""Studies that are resampled all at once have the same results as studies one by one."""

import numpy as np
import pytest

from loganneal.studies.calibrate.resampling import Size, chosen_scores, draws, judge_many, usual_differences
from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.judge.statistics import compare_pairs, holm, sign_flip_many, sign_flip_p
from loganneal.studies.judge.verdicts import judge


def pool(seeds: int = 24, sd: float = 1.0) -> Pool:
    """Eight peak rates of which the sixth is best; scores name their place: seed in units, peak in hundredths."""
    random = np.random.default_rng(5)
    shape = -0.5 * (np.arange(8) - 5.0) ** 2
    validation = 90 + shape + random.normal(0, sd, (seeds, 8))
    return Pool(tuple(np.geomspace(0.03, 1.5, 8)), validation, np.arange(seeds)[:, None] + np.arange(8) / 100)


def test_sign_flips_at_once() -> None:
    """Many sign-flip tests at once give SciPy's p one by one, ties, zeros and a mean of zero included."""
    random = np.random.default_rng(0)
    rows = [*random.normal(0.3, 1, (6, 9)), *random.integers(-2, 3, (6, 9)).astype(float), np.zeros(9)]
    one_by_one = [sign_flip_p(row) for row in rows]
    assert sign_flip_many(np.array(rows)).tolist() == pytest.approx(one_by_one, abs=1e-12)


@pytest.mark.parametrize(("replicates", "rivals"), [(10, 1), (8, 4), (7, 4)])
def test_verdicts_at_once(replicates: int, rivals: int) -> None:
    """Many studies judged at once get the verdicts that `judge` gives each."""
    random = np.random.default_rng(1)
    shifts = random.normal(0, 1.0, (40, 1, rivals))
    differences = shifts + random.normal(0, 0.8, (40, replicates, rivals))
    together = judge_many(differences, margin=0.7)
    seen = set()
    for study, verdicts in zip(differences, together.verdicts, strict=True):
        pairs = [compare_pairs(column, np.zeros(replicates)) for column in study.T]
        adjusted = holm([paired.p for paired in pairs])
        alone = [judge(paired, p, 0.7, rivals, "Cosine").name for paired, p in zip(pairs, adjusted, strict=True)]
        assert verdicts.tolist() == alone
        seen |= set(alone)
    assert seen == ({"no verdict"} if replicates == 7 else {"win", "loss", "tie", "inconclusive"})


def test_draws_are_stratified() -> None:
    """Each draw has one peak rate in every part of the range, and every rate comes up."""
    places = draws(8, 4, (500, 2), np.random.default_rng(0))
    assert (np.sort(places // 2, axis=-1) == np.arange(4)).all()
    assert set(places.ravel().tolist()) == set(range(8))
    assert len({tuple(order) for order in (places // 2).reshape(-1, 4).tolist()}) > 20


def test_validation_chooses() -> None:
    """With one trial for each peak rate the chosen test score is that of the best validation score of its seed."""
    here = pool()
    scores = chosen_scores(here, Size(5, 8, 1), 50, np.random.default_rng(0))
    best = {seed + place / 100 for seed, place in enumerate(here.validation.argmax(axis=1))}
    assert set(scores.ravel().tolist()) <= best


@pytest.mark.parametrize("shared", [False, True])
def test_seeds(shared: bool) -> None:
    """No seed occurs twice for a name; within a replicate the names have different seeds, or the same if shared."""
    seeds = np.floor(chosen_scores(pool(), Size(10, 4, 3), 50, np.random.default_rng(0), shared_seeds=shared))
    for study in seeds:
        assert all(len(set(column)) == 10 for column in study.T.tolist())
        assert {len(set(row)) for row in study.tolist()} == {1 if shared else 4}


def test_usual_protocol_reruns_the_winner() -> None:
    """Every rerun of a study has the winner's peak rate, and a seed that tuning has not seen."""
    shared = usual_differences(pool(), 10, 4, 50, np.random.default_rng(0), shared_seeds=True)
    assert (np.ptp(shared, axis=1) < 1e-9).all()
    assert len(set(shared[:, 0].round(2).tolist())) > 1
    apart = usual_differences(pool(), 10, 4, 50, np.random.default_rng(0), shared_seeds=False)
    assert (np.abs(np.round(apart)) >= 1).all()


def test_a_small_pool_is_refused() -> None:
    """Too few seeds, or peak rates whose number trials do not divide, are an error."""
    with pytest.raises(ValueError, match=r"seeds of the pool.*\[22, inf\)"):
        usual_differences(pool(21), 10, 4, 1, np.random.default_rng(0), shared_seeds=False)
    with pytest.raises(ValueError, match="a divisor of the 8 peak rates"):
        chosen_scores(pool(), Size(10, 3, 1), 1, np.random.default_rng(0))
