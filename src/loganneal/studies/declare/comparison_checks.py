"""Checks of a comparison: its arms, its range of peak rates, its number of runs, and what it tunes."""

from typing import TYPE_CHECKING

from loganneal import _checks, _limits
from loganneal.studies.declare.tuned_parameter import MANY_TRIALS

if TYPE_CHECKING:
    from loganneal.studies.declare.comparison import Comparison

DECADES = 1.5
"""Smallest width of a range of peak rates, unless it is chosen around a rate that is known to work."""


def check_arms(arms: tuple[str, ...], reference: str, known: tuple[str, ...]) -> None:
    """Raise unless the names are of known arms, all different, with the reference and a rival among them."""
    if len(arms) > _limits.ARMS:
        _checks.fail("Comparison", "arms", f"at most {_limits.ARMS} names", f"{len(arms):,} names")
    for arm in arms:
        _checks.one_of("Comparison", "arms", arm, known)
    _checks.one_of("Comparison", "reference", reference, known)
    if len(set(arms)) != len(arms):
        _checks.fail("Comparison", "arms", "different names", ",".join(arms))
    if len(arms) < 2 or reference not in arms:
        allowed = f"names of arms that include the reference {reference!r} and at least one rival"
        _checks.fail("Comparison", "arms", allowed, ",".join(arms))


def check_range(peak_range: tuple[float, float], peak_lr: float | None) -> None:
    """Raise unless a range of peak rates is wide enough, or is chosen around a rate that is known to work."""
    low, high = peak_range
    least, most = _limits.RATE
    if peak_lr is not None:
        _checks.number("Comparison", "peak_lr", peak_lr, low, high)
        return
    low = _checks.number("Comparison", "peak_range", low, least, most / 10**DECADES)
    decades = f"It has to span {DECADES} decades, so that it limits no arm."
    _checks.number("Comparison", "peak_range", high, low * 10**DECADES, most, remedy=decades)


def check_total(runs: int) -> None:
    """Raise if a study plans more runs than can be useful; a plan is held in memory."""
    if runs > _limits.RUNS:
        product = "replicates x arms x trials"
        _checks.fail("Study", product, f"at most {_limits.RUNS:,} runs", runs, "Declare fewer, or several studies.")


def check_tuned(comparison: "Comparison") -> None:
    """Raise unless all arms tune equally many parameters, with many trials if more than the peak rate is tuned."""
    counts = {name: len(comparison.arm(name).tuned) for name in comparison.arms}
    if len(set(counts.values())) > 1:
        given = ", ".join(f"{name}: {count}" for name, count in counts.items())
        _checks.fail("Comparison", "arms", "arms with equal numbers of tuned parameters", given)
    if comparison.script is not None and (comparison.tuned or comparison.settings):
        others = [*(one.name for one in comparison.tuned), *comparison.settings]
        _checks.fail("Comparison", others[0], "left out with a command, which has its own settings", others[0])
    tuned, trials = len(comparison.tuned) + max(counts.values()), comparison.trials
    if tuned and (trials < MANY_TRIALS or trials & (trials - 1)):
        allowed = f"a power of two, at least {MANY_TRIALS}, if more than the peak rate is tuned"
        _checks.fail("Comparison", "trials", allowed, trials)
