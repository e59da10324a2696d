"""The bases of parameter groups that are added in the middle of a run, when a schedule has come down already."""

import math
import warnings
from typing import NoReturn

from loganneal import _checks

ROUNDING = 1e-6
"""A base within this share of the largest one is the largest one: it went through the rounding of a float32."""


class LaterBases:
    """Finds the bases of the groups that one call of ``step`` takes in, and warns of them.

    A number of a group is ``offset + factor * base``. Where a group does not state its base, the base is the one that
    gives the group's present number at the present position.

    Args:
        owner: The class of the scheduler.
        position: The position before the coming step.
    """

    def __init__(self, owner: str, position: float) -> None:
        self.owner = owner
        self.position = position
        self.taken: list[str] = []

    def find(self, key: str, present: float, offset: float, factor: float, largest: float) -> float:
        """The base behind the present number, at most the largest of the present groups.

        Raises:
            ValueError: If the schedule is 0 at this position, or the base is negative or above the largest.
        """
        if factor == 0:
            self._refuse(key, present, "where the schedule is 0 and tells nothing of it")
        base = (present - offset) / factor
        if math.isclose(base, largest, rel_tol=ROUNDING):
            base = largest
        if not 0 <= base <= largest:
            self._refuse(key, present, f"where it would be {base:g}, outside [0, {largest:g}] of the present groups")
        self.taken.append(f"{key}={present:g} comes from initial_{key}={base:g}")
        return base

    def _refuse(self, key: str, present: float, why: str) -> NoReturn:
        allowed = f"stated in a parameter group that is added at step {self.position:g}, {why}"
        remedy = f"Add the group with 'initial_{key}', the {key} that it would have had where the schedule peaks."
        _checks.fail(self.owner, f"initial_{key}", allowed, {key: present}, remedy)

    def warn(self) -> bool:
        """Warn of the bases that were found, and say whether there were any."""
        if self.taken:
            warnings.warn(
                f"{self.owner}: a parameter group was added at step {self.position:g} without its base. It is assumed "
                f"that {', and that '.join(self.taken)}, as the schedule stands at this step. "
                "Add the group with 'initial_lr' to state its base.",
                stacklevel=4,
            )
        return bool(self.taken)
