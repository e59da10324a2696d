"""The bases of parameter groups that are added in the middle of a run, when a schedule has already come down."""

import math
import warnings
from typing import NoReturn

from loganneal import _checks

ROUNDING = 1e-6
"""A base within this share of the largest one is taken for the largest: it has been rounded to float32."""


class LaterBases:
    """Finds the bases of the groups that one call of ``step`` takes in, and warns about them.

    A number of a group is ``offset + factor * base``. If a group does not state its base, the base is the one that
    gives the group's current number at the current position.

    Args:
        owner: The class of the scheduler.
        position: The position before the coming step.
    """

    def __init__(self, owner: str, position: float) -> None:
        self.owner = owner
        self.position = position
        self.taken: list[str] = []

    def find(self, key: str, present: float, offset: float, factor: float, largest: float) -> float:
        """The base behind the current number, at most the largest of the existing groups.

        Raises:
            ValueError: If the schedule is 0 at this position, or the base is negative or above the largest.
        """
        if factor == 0:
            self._refuse(key, present, "where the schedule is 0 and does not determine it")
        base = (present - offset) / factor
        if math.isclose(base, largest, rel_tol=ROUNDING):
            base = largest
        if not 0 <= base <= largest:
            self._refuse(key, present, f"where it would be {base:g}, outside [0, {largest:g}] of the present groups")
        self.taken.append(f"{key}={present:g} comes from initial_{key}={base:g}")
        return base

    def _refuse(self, key: str, present: float, why: str) -> NoReturn:
        allowed = f"stated in a parameter group that is added at step {self.position:g}, {why}"
        remedy = f"Add the group with 'initial_{key}', the {key} that it would have at the schedule's peak."
        _checks.fail(self.owner, f"initial_{key}", allowed, {key: present}, remedy)

    def warn(self) -> bool:
        """Warn about the bases that were found, and return whether there were any."""
        if self.taken:
            warnings.warn(
                f"{self.owner}: a parameter group was added at step {self.position:g} without its base. It is assumed "
                f"that {', and that '.join(self.taken)}, given the schedule at this step. "
                "Add the group with 'initial_lr' to state its base.",
                stacklevel=4,
            )
        return bool(self.taken)
