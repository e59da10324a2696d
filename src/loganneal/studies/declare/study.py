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
"""A title may contain the path of a workload."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """Comparisons of the same arms with the same tuning, one for each workload, network, optimizer and budget.

    Args:
        name: Name of the study on disk.
        title: Name of the study for a reader.
        comparisons: At least one. Arms, reference, trials, replicates, first seed and looks must be the same in all.

    Raises:
        ValueError: There is no comparison, there are too many, they differ in what must be the same, or a name cannot
            be shown.

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
                _checks.fail("Study", name, "the same in every comparison", values)

    def _check_screening(self) -> None:
        if len(self.comparisons) > 1 and any(comparison.screen for comparison in self.comparisons):
            several = f"left out in a study of {len(self.comparisons)} comparisons"
            remedy = "Every further duel adds another chance of error: declare a study for each."
            _checks.fail("Study", "screen", several, max(one.screen for one in self.comparisons), remedy)

    @property
    def total(self) -> int:
        """Number of runs that the study plans; with looks, the largest number that there can be."""
        return sum(comparison.total for comparison in self.comparisons)

    def plan(self) -> list[PlannedRun]:
        """List the runs, replicate by replicate over all comparisons, so that a part of them is balanced too.

        Returns:
            The runs in the order in which they are trained.
        """
        return [
            run._replace(comparison=number)
            for replicate in range(max(comparison.replicates for comparison in self.comparisons))
            for number, comparison in enumerate(self.comparisons)
            if replicate < comparison.replicates
            for run in comparison.replicate(replicate)
        ]

    def only(self, numbers: Sequence[int]) -> "Study":
        """The study of some of its comparisons; their runs are those of the whole study.

        Args:
            numbers: Numbers of the comparisons, counted from 1 in the order in which they are declared.

        Returns:
            A new study.

        Raises:
            ValueError: There is no comparison of that number.
        """
        chosen = [_checks.whole("Study", "only", number, 1, len(self.comparisons)) for number in numbers]
        return replace(self, comparisons=tuple(self.comparisons[number - 1] for number in chosen))

    def on_seeds_from(self, first_seed: int) -> "Study":
        """The same study on other seeds, to confirm a result.

        Args:
            first_seed: Seed of the first replicate, at least 0.

        Returns:
            A new study.

        Raises:
            ValueError: ``first_seed`` is not a whole number of at least 0.
        """
        return replace(self, comparisons=tuple(replace(one, first_seed=first_seed) for one in self.comparisons))

    def parts(self, finished: Sequence[FinishedRun]) -> list[list[FinishedRun]]:
        """Sort finished runs by comparison.

        Args:
            finished: Finished runs of this study.

        Returns:
            One list for each comparison, in the declared order.
        """
        found: list[list[FinishedRun]] = [[] for _ in self.comparisons]
        for run in finished:
            found[run.planned.comparison].append(run)
        return found


def study_of(comparison: Comparison) -> Study:
    """Make a study of a single comparison.

    Args:
        comparison: The comparison.

    Returns:
        The study. It is named after the workload; if that is a path, after the last part of the path.

    Example:
        >>> from loganneal.studies.declare.comparison import declare
        >>> study_of(declare("digits")).name
        'digits'
    """
    return Study(name=name_of(comparison.workload), title=comparison.title, comparisons=(comparison,))


def name_of(workload: str) -> str:
    """The name of a workload as that of a folder.

    Args:
        workload: A name, a path or ``module:function``.

    Returns:
        The name, or the last part of the path, with letters, digits, dots and dashes alone.

    Example:
        >>> name_of("digits"), name_of("/data/my photos"), name_of("mine:task")
        ('digits', 'my-photos', 'mine-task')
    """
    last = Path(workload).expanduser().absolute().name  # absolute, since "." has no name
    return re.sub(r"[^\w.-]", "-", last).strip(".")[: _limits.TITLE_LETTERS] or "study"
