"""Looks err as often as they say, and their levels are those of t tests with few pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from loganneal.studies.judge.looks import as_seen_at, look_at, nominal_levels, p_many, spent
from loganneal.studies.judge.statistics import compare_pairs, t_interval

LOOKS = (4, 6, 8)


@pytest.mark.parametrize("looks", [(4, 6, 8), (4, 6, 8, 10), (6, 8), (5,)])
@pytest.mark.parametrize("sides", [1, 2])
def test_all_looks_together_err_in_five_percent(looks: tuple[int, ...], sides: int) -> None:
    """In studies of two equal arms, other than those from which the levels come, some look decides in 5%."""
    differences = np.random.default_rng(11).standard_normal((200_000, looks[-1]))
    wrong = (p_many(differences, looks, sides) <= np.array(nominal_levels(looks, looks[-1], sides=sides))).any(axis=1)
    assert wrong.mean() == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 200_000))


def test_every_look_spends_its_share() -> None:
    """After each look, as much of the 5% is spent as the spending function says."""
    differences = np.random.default_rng(12).standard_normal((200_000, 8))
    wrong = p_many(differences, LOOKS) <= np.array(nominal_levels(LOOKS, 8))
    gone = np.maximum.accumulate(wrong, axis=1).mean(axis=0)
    assert gone == pytest.approx([spent(look / 8) for look in LOOKS], abs=0.002)


def test_unplanned_number_of_pairs_spends_no_more() -> None:
    """If a replicate is left out, the last look spends less than 5%, and a later one the rest."""
    short = nominal_levels((4, 6, 7), 8)
    assert spent(7 / 8) < 0.05
    differences = np.random.default_rng(13).standard_normal((200_000, 7))
    wrong = (p_many(differences, (4, 6, 7)) <= np.array(short)).any(axis=1)
    assert wrong.mean() == pytest.approx(spent(7 / 8), abs=0.002)


EIGHT = st.lists(st.integers(-100_000, 100_000).map(lambda x: x / 1000), min_size=8, max_size=8)


@given(EIGHT.filter(lambda differences: np.ptp(differences) > 0.1))
@settings(max_examples=50, deadline=None)
def test_p_is_that_of_the_paired_t_test(differences: list[float]) -> None:
    """At a look p is SciPy's, of the replicates up to it, for one study and for many at once."""
    paired = compare_pairs(differences, [0.0] * 8)
    expected = stats.ttest_1samp(differences, 0.0).pvalue
    assert as_seen_at(look_at(LOOKS, 8), paired).p == pytest.approx(expected, abs=1e-12)
    assert p_many(np.array([differences]), (8,))[0, 0] == pytest.approx(expected, abs=1e-12)


def test_intervals_agree_with_p() -> None:
    """The repeated interval excludes 0 exactly if the look decides."""
    look = look_at(LOOKS, 8)
    for shift in np.linspace(0, 2, 41):
        seen = as_seen_at(look, compare_pairs([shift + one for one in (-1, 1, 0.5, -0.5, 2, -2, 0.2, -0.2)], [0.0] * 8))
        assert seen.interval95 is not None
        assert (seen.interval95[0] > 0) == (seen.p < look.level)
        usual = t_interval(seen.differences, 0.95)
        assert usual is not None
        assert seen.interval95[0] < usual[0] < usual[1] < seen.interval95[1]


def test_equal_differences_decide_nothing() -> None:
    """Differences that do not vary have p 1, in one study and in many at once."""
    assert as_seen_at(look_at((4,), 8), compare_pairs([2.0] * 4, [1.0] * 4)).p == 1.0
    assert p_many(np.ones((1, 8)), LOOKS).tolist() == [[1.0, 1.0, 1.0]]
