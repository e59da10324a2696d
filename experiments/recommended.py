"""Should a form of log annealing be recommended? The rule that studies/recommended.toml declared, applied to a result.

python experiments/recommended.py records/recommended/result.json
python experiments/recommended.py records/second-form/result.json
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from loganneal.studies import ArmResult, ComparisonResult, StudyResult, read_result
from loganneal.studies.judge.statistics import holm
from loganneal.studies.result import Paired

NOT_WORSE_THAN = ("cosine", "linear")
BETTER_THAN = "cosine"
FIRST_ONLY_IF_NOT_BEATEN_BY = ("wsd", "wsd-warm", "one-cycle")
ALPHA = 0.05


@dataclass(frozen=True)
class Setting:
    """What one setting says about the form.

    Args:
        label: The label of the comparison.
        is_complete: Whether every declared replicate counts.
        is_informative: Whether the reference lost enough of its loss.
        worse_than: Rivals for which it is not shown that the form is no worse than they are.
        p: The p-value of the form against cosine, adjusted by Holm over the settings.
        is_better: Whether it is better than cosine at that p.
        beaten_by: Rivals that beat it and so come before it.
    """

    label: str
    is_complete: bool
    is_informative: bool
    worse_than: tuple[str, ...]
    p: float
    is_better: bool
    beaten_by: tuple[str, ...]


@dataclass(frozen=True)
class Recommendation:
    """What the settings say together."""

    settings: tuple[Setting, ...]

    @property
    def is_decided(self) -> bool:
        """Whether every setting is complete and informative."""
        return all(one.is_complete and one.is_informative for one in self.settings)

    @property
    def is_not_worse(self) -> bool:
        """Whether the form is not worse than cosine and linear in each setting."""
        return not any(one.worse_than for one in self.settings)

    @property
    def is_better(self) -> bool:
        """Whether it is better than cosine in at least half of the settings."""
        return 2 * sum(one.is_better for one in self.settings) >= len(self.settings)

    @property
    def comes_first(self) -> bool:
        """Whether it is recommended, and no rival that beats it comes before it."""
        return self.is_decided and self.is_not_worse and self.is_better and not self.beaten_by

    @property
    def beaten_by(self) -> tuple[str, ...]:
        """Rivals that beat it somewhere."""
        return tuple(dict.fromkeys(name for one in self.settings for name in one.beaten_by))


def judge(study: StudyResult) -> Recommendation:
    """Apply the declared rule."""
    values = holm([_paired(one, BETTER_THAN).p for one in study.comparisons])
    return Recommendation(tuple(_setting(one, float(p)) for one, p in zip(study.comparisons, values, strict=True)))


def _setting(comparison: ComparisonResult, p: float) -> Setting:
    margin = comparison.declaration.margin
    return Setting(
        label=comparison.label,
        is_complete=comparison.is_complete,
        is_informative=comparison.informative is True,
        worse_than=tuple(name for name in NOT_WORSE_THAN if _advantage(comparison, name) >= margin),
        p=p,
        is_better=p < ALPHA and _paired(comparison, BETTER_THAN).mean < 0,
        beaten_by=tuple(one.name for one in comparison.rivals if _comes_before(one)),
    )


def _comes_before(rival: ArmResult) -> bool:
    return rival.name in FIRST_ONLY_IF_NOT_BEATEN_BY and str(rival.verdict) == "win"


def _advantage(comparison: ComparisonResult, rival: str) -> float:
    """The most by which a rival may be better: the upper end of its 95% interval against the form."""
    interval = _paired(comparison, rival).interval95
    return float("inf") if interval is None else interval[1]


def _paired(comparison: ComparisonResult, rival: str) -> Paired:
    judged = comparison.arm(rival).judged
    if judged is None:
        raise ValueError(f"{comparison.label} has no complete replicate yet.")
    return judged.paired


def main() -> None:
    """Print what the rule says."""
    found = judge(read_result(Path(sys.argv[1])))
    for one in found.settings:
        print(one)
    print(f"decided {found.is_decided}, not worse {found.is_not_worse}, better {found.is_better}")
    print(f"recommended first {found.comes_first}, beaten by {', '.join(found.beaten_by) or 'none'}")


if __name__ == "__main__":
    main()
