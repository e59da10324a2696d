"""A study: comparisons that belong together, with the same arms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loganneal import _checks, _limits
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun
from loganneal.studies.declare.comparison_checks import check_total
from loganneal.studies.declare.sequential import SCREENING

TITLE_LETTERS = 5 * _limits.TITLE_LETTERS
"""A title may hold the path of a workload."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """Comparisons of the same arms with the same tuning, one for each workload, network, optimizer and budget.

    Args:
        name: Its name on disk.
        title: Its name for a reader.
        comparisons: At least one; trials, replicates, arms and reference are alike in all.

    Raises:
        ValueError: There is none, they are too many, they differ in what must be alike, or a name cannot be shown.

    Example:
        >>> from loganneal.studies.declare.comparison import declare
        >>> budgets = tuple(declare("digits", arms=("cla", "cosine"), steps=steps) for steps in (50, 100))
        >>> len(Study(name="budget", title="Budget", comparisons=budgets).plan())
        160
    """

    name: str
    title: str
    comparisons: tuple[Comparison, ...]

    def __post_init__(self) -> None:
        if not self.comparisons:
            _checks.fail("Study", "comparisons", "at least one comparison", self.comparisons)
        _checks.title("Study", "title", self.title, TITLE_LETTERS)
        if self.name in (".", "..") or "/" in _checks.title("Study", "name", self.name, _limits.TITLE_LETTERS):
            _checks.fail("Study", "name", "a name for a folder", self.name)
        check_total(self.total)
        self._check_screening()
        if self.comparisons[0].stage == SCREENING:
            return
        for name in ("arms", "own_arms", "trials", "replicates", "reference", "first_seed", "looks", "primary"):
            values = [getattr(comparison, name) for comparison in self.comparisons]
            if any(value != values[0] for value in values):
                _checks.fail("Study", name, "alike in every comparison", values)

    def _check_screening(self) -> None:
        if len(self.comparisons) > 1 and any(comparison.screen for comparison in self.comparisons):
            several = f"left out in a study of {len(self.comparisons)} comparisons"
            remedy = "Each duel that follows another one errs once more: declare a study for each."
            _checks.fail("Study", "screen", several, max(one.screen for one in self.comparisons), remedy)

    @property
    def total(self) -> int:
        """How many runs it plans."""
        return sum(comparison.total for comparison in self.comparisons)

    def plan(self) -> list[PlannedRun]:
        """The runs, replicate by replicate over all comparisons, so that a part of them is balanced too."""
        return [
            run._replace(comparison=number)
            for replicate in range(max(comparison.replicates for comparison in self.comparisons))
            for number, comparison in enumerate(self.comparisons)
            if replicate < comparison.replicates
            for run in comparison.replicate(replicate)
        ]

    def only(self, numbers: Sequence[int]) -> "Study":
        """The study of some of its comparisons, numbered from 1 as they are declared; they plan the same runs.

        Raises:
            ValueError: There is none of that number.
        """
        chosen = [_checks.whole("Study", "only", number, 1, len(self.comparisons)) for number in numbers]
        return replace(self, comparisons=tuple(self.comparisons[number - 1] for number in chosen))

    def on_seeds_from(self, first_seed: int) -> "Study":
        """The same study on other seeds, to confirm on.

        Raises:
            ValueError: ``first_seed`` is no whole number from 0 on.
        """
        return replace(self, comparisons=tuple(replace(one, first_seed=first_seed) for one in self.comparisons))

    def parts(self, finished: Sequence[FinishedRun]) -> list[list[FinishedRun]]:
        """The finished runs of each comparison."""
        found: list[list[FinishedRun]] = [[] for _ in self.comparisons]
        for run in finished:
            found[run.planned.comparison].append(run)
        return found


def study_of(comparison: Comparison) -> Study:
    """The study of one comparison, named by its workload; of a path, by its last part.

    >>> from loganneal.studies.declare.comparison import declare
    >>> study_of(declare("digits")).name
    'digits'
    """
    last = Path(comparison.workload).expanduser().absolute().name  # absolute: the name of "." is none
    name = re.sub(r"[^\w.-]", "-", last).strip(".")[: _limits.TITLE_LETTERS] or "study"
    return Study(name=name, title=comparison.title, comparisons=(comparison,))
