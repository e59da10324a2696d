"""Plans that may end early: looks after declared numbers of replicates, and a screening before them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal.data import Workload

if TYPE_CHECKING:
    from loganneal.studies.declare.comparison import Comparison

LOOKS = (4, 6, 8)
"""Replicates after which a plan may end, unless declared otherwise."""

TRIALS = 2
"""Peak rates that each tuning tries within a factor of 2.5 of the one that works; enough for so narrow a range."""

SCREEN_REPLICATES = 2
"""Replicates of all arms from which the rival is picked."""

FEWEST, MOST = 3, 64
"""Fewest and most replicates of a look: two pairs are too few for a deviation, and levels are simulated."""

SCREENING, DUEL, IMPORTED = "screening", "duel", "imported"
"""The stages of a plan with a screening, and the stage of scores that no study made."""


def checked_looks(looks: Sequence[Any]) -> tuple[int, ...]:
    """Check that looks are increasing numbers of replicates, and return them as whole numbers.

    Raises:
        ValueError: They do not increase, or are out of range.
    """
    if isinstance(looks, str) or not isinstance(looks, Sequence):
        _checks.fail("Comparison", "looks", "numbers of replicates, such as 4, 6 and 8", looks)
    found = tuple(_checks.whole("Comparison", "looks", look, FEWEST, MOST) for look in looks)
    if any(first >= second for first, second in pairwise(found)):
        _checks.fail("Comparison", "looks", "increasing numbers of replicates", looks)
    return found


def check_plan(comparison: "Comparison") -> None:
    """Check what a comparison declares about looks, a primary rival and a screening.

    Raises:
        ValueError: They contradict each other; the message says what is missing.
    """
    if not comparison.looks:
        for name in ("primary", "screen"):
            if getattr(comparison, name):
                _checks.fail("Comparison", name, "left out without looks", getattr(comparison, name))
        return
    last = comparison.looks[-1]
    if comparison.replicates != last:
        _checks.fail("Comparison", "replicates", f"left out, or the last look, {last}", comparison.replicates)
    if comparison.peak_lr is None:
        remedy = "Declare the plan without looks by giving only `replicates`."
        _checks.fail("Comparison", "peak_lr", "given with looks: the peak rate that works", None, remedy)
    _check_screening(comparison) if comparison.screen else _check_primary(comparison)


def _check_screening(comparison: "Comparison") -> None:
    _checks.whole("Comparison", "screen", comparison.screen, 1, MOST)
    if len(comparison.rivals) < 2:
        _checks.fail("Comparison", "screen", "left out with a single rival", comparison.screen)
    if comparison.primary:
        _checks.fail("Comparison", "primary", "left out with a screening, which picks it", comparison.primary)


def _check_primary(comparison: "Comparison") -> None:
    rivals = comparison.rivals
    if comparison.primary:
        _checks.one_of("Comparison", "primary", comparison.primary, rivals)
    elif len(rivals) > 1:
        remedy = "Only this rival is tested, at 5%. Or declare `screen`, which picks the rival."
        _checks.fail("Comparison", "primary", f"one of the rivals {', '.join(rivals)}", None, remedy)


def known_peak(workload: Workload, declared: Mapping[str, Any]) -> float | None:
    """A peak rate that is known to work: the declared one, or else the workload's if its own settings are used."""
    if declared.get("peak_lr") is not None:
        return float(declared["peak_lr"])
    own = all(declared.get(name) in (None, getattr(workload, name)) for name in ("model", "optimizer"))
    return workload.peak_lr if own else None


def declare_looks(declared: dict[str, Any], peak_lr: float | None) -> None:
    """Complete the declaration of a comparison with looks: two trials around a rate that works.

    Args:
        declared: Parameters of `Comparison`, completed in place.
        peak_lr: The peak rate that `known_peak` returned.

    Raises:
        ValueError: A range of peak rates is declared together with looks.
    """
    if declared.get("peak_range") is not None:
        remedy = "Peak rates are tried around one that works: give `peak_lr`, and `peak_factor` if 2.5 does not suit."
        _checks.fail("Comparison", "peak_range", "left out with looks", declared["peak_range"], remedy)
    defaults = {"peak_lr": peak_lr, "trials": TRIALS, "replicates": checked_looks(declared["looks"])[-1]}
    declared.update({name: value for name, value in defaults.items() if declared.get(name) is None})


def screening(comparison: "Comparison") -> "Comparison":
    """The part of a plan that picks the rival: all arms, without looks and without a verdict."""
    return replace(comparison, replicates=comparison.screen, looks=(), screen=0, stage=SCREENING)


def duel(comparison: "Comparison", pick: str) -> "Comparison":
    """The part that follows: the picked arm against the reference, on seeds that the screening did not use.

    Args:
        comparison: The whole plan.
        pick: A rival.
    """
    first = comparison.first_seed + comparison.screen
    arms = tuple(name for name in comparison.arms if name in (comparison.reference, pick))
    return replace(comparison, arms=arms, first_seed=first, screen=0, primary=pick, stage=DUEL)
