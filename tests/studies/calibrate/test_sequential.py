"""Resampled studies with looks say what real ones would."""

import numpy as np
import pytest

from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.calibrate.sequential import end, sequential_rows
from loganneal.studies.calibrate.tables import SequentialRow
from loganneal.studies.judge.looks import as_seen_at, look_at
from loganneal.studies.judge.statistics import compare_pairs
from loganneal.studies.judge.verdicts import judge_at_look, settles

LOOKS = (4, 6, 8)


def one_by_one(differences: np.ndarray, margin: float) -> tuple[str, int]:
    """Verdict and replicates of one study, by the functions that real studies are judged with."""
    for number, count in enumerate(LOOKS, 1):
        look = look_at(LOOKS[:number], 8)
        seen = as_seen_at(look, compare_pairs(differences[:count], [0.0] * count))
        if number == len(LOOKS) or settles(seen, margin, look):
            return judge_at_look(seen, margin, look, "Cosine").name, count
    raise AssertionError


@pytest.mark.parametrize("effect", [0.0, 0.8, 1.6])
def test_many_at_once_agree_with_one_by_one(effect: float) -> None:
    """Verdicts and lengths of 100 studies are those that judging each of them gives."""
    differences = np.random.default_rng(3).standard_normal((100, 8)) + effect
    ended = end(differences, margin=1.3)
    expected = [one_by_one(row, 1.3) for row in differences]
    assert list(zip(ended.verdicts.tolist(), ended.replicates.tolist(), strict=True)) == expected
    assert len({name for name, _ in expected}) > 1


def rows(studies: int = 4000) -> list[SequentialRow]:
    """The rows of a pool whose scores are noise around a broad optimum."""
    random = np.random.default_rng(0)
    base = 90 + random.standard_normal((40, 1)) - 0.05 * (np.arange(8) - 3.5) ** 2
    scores = [base + 0.5 * random.standard_normal((40, 8)) for _ in range(2)]
    return list(sequential_rows(Pool(tuple(np.geomspace(0.16, 1.0, 8)), *scores), margin=1e-9, studies=studies))


def test_an_arm_against_itself_is_seldom_decided() -> None:
    """Without a margin to tie within, at most 6% of studies decide, with a screening as well."""
    same = [row for row in rows() if not row.difference_sd]
    assert {row.arms for row in same} == {2, 3, 5}
    assert all(0.01 < row.decided < 0.06 for row in same)
    assert all(abs(row.win - row.loss) < 0.02 for row in same)


def test_larger_differences_are_found_sooner() -> None:
    """The larger the planted difference, the more often it is found, and after fewer runs."""
    planted = [row for row in rows() if row.difference_sd]
    assert [row.difference_sd for row in planted] == [1.0, 1.5, 2.0]
    assert planted[0].win < planted[1].win < planted[2].win
    assert 32 > planted[0].runs > planted[1].runs > planted[2].runs >= 16


def test_pool_around_a_rate() -> None:
    """The peak rates within a factor of one are used, as many as the number of trials divides."""
    peaks = tuple(np.geomspace(0.03, 1.5, 16))
    table = np.arange(32.0).reshape(2, 16)
    near = Pool(peaks, table, table).around(0.4, 2.5, parts=4)
    assert len(near.peaks) == 8
    assert near.peaks[0] > 0.4 / 2.5 / 1.2
    assert near.peaks[-1] < 0.4 * 2.5 * 1.2
    assert near.test.tolist() == table[:, [peaks.index(peak) for peak in near.peaks]].tolist()
    with pytest.raises(ValueError, match="'peaks' parameter of a pool"):
        Pool(peaks[:3], table[:, :3], table[:, :3]).around(0.4, 2.5, parts=4)
