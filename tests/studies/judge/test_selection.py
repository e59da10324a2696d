"""Tuning: validation selects, test only scores."""

from loganneal.studies.judge.selection import Trial, best, best_of_first, edge_shares


def test_validation_selects_not_test() -> None:
    """The trial with the best test accuracy is passed over for the one with the best validation accuracy."""
    assert best([Trial(0.1, 0.7, 0.99), Trial(0.2, 0.8, 0.5)]) == 1


def test_lower_may_be_better() -> None:
    """If a lower metric is better, the lowest validation score is chosen."""
    trials = [Trial(0.1, 1.9, 2.0), Trial(0.2, 1.7, 1.8)]
    assert best(trials, sign=-1) == 1
    assert best_of_first(trials, sign=-1) == (2.0, 1.8)


def test_a_diverged_trial_is_never_preferred() -> None:
    """A diverged trial is at the floor and loses to anything above it."""
    assert best([Trial(0.1, 0.1, 0.1, diverged=True), Trial(0.2, 0.11, 0.1)]) == 1


def test_of_equals_the_first_drawn() -> None:
    """Equal validation accuracies are decided by the order of the draw, not by test accuracy."""
    assert best([Trial(0.1, 0.8, 0.5), Trial(0.2, 0.8, 0.9)]) == 0


def test_best_of_first_follows_the_choice() -> None:
    """The curve over the number of trials may fall in test accuracy, since validation chooses."""
    trials = [Trial(0.1, 0.5, 0.6), Trial(0.2, 0.4, 0.9), Trial(0.3, 0.7, 0.55)]
    assert best_of_first(trials) == (0.6, 0.6, 0.55)


def test_edges_are_counted_apart() -> None:
    """Choices near the upper end do not count for the lower one."""
    assert edge_shares([1.0, 0.9, 0.5, 0.4]) == (0.0, 0.5)
