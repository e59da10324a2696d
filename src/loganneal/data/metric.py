"""How a workload's metric is shown: its unit, its decimals and which way is better."""

from collections.abc import Sequence
from dataclasses import dataclass

from loganneal.data import Workload

_SHARES = ("accuracy", "balanced_accuracy")
_UNITS = {**dict.fromkeys(_SHARES, "points"), "bits_per_character": "bits"}


@dataclass(frozen=True)
class Metric:
    """A metric as a reader sees it: shares in hundredths, called points; everything else as it is.

    Args:
        metric: As in `Workload`.
        higher_is_better: Whether the metric is to be made large.

    Example:
        >>> bits = Metric("bits_per_character", higher_is_better=False)
        >>> bits.difference(1.5), bits.sign, ACCURACY.difference(-0.7)
        ('+1.500 bits', -1, '-0.70 points')
    """

    metric: str = "accuracy"
    higher_is_better: bool = True

    @property
    def factor(self) -> float:
        """What a score is multiplied with to be shown."""
        return 100.0 if self.metric in _SHARES else 1.0

    @property
    def sign(self) -> int:
        """What turns a difference so that a positive one is better."""
        return 1 if self.higher_is_better else -1

    @property
    def unit(self) -> str:
        """The unit of a difference."""
        return _UNITS.get(self.metric, "")

    @property
    def decimals(self) -> int:
        """Digits behind the point."""
        return 2 if self.metric in _SHARES else 3

    @property
    def label(self) -> str:
        """Name of the metric, with its unit where it has one."""
        name = self.metric.replace("_", " ")
        return f"{name}, %" if self.metric in _SHARES else name

    def margin(self, hundredths: float) -> float:
        """A margin, which is declared in hundredths of a score, as it is shown."""
        return hundredths / 100 * self.factor

    def number(self, value: float, sign: str = "") -> str:
        """A shown score, or with "+" as `sign` a shown difference, as text."""
        return f"{value:{sign}.{self.decimals}f}"

    def difference(self, value: float) -> str:
        """A shown difference with its unit, as text."""
        return f"{self.number(value, '+')} {self.unit}".strip()

    def plain(self, value: float) -> str:
        """A size, such as a margin, with its unit, as text.

        >>> ACCURACY.plain(0.5), Metric("loss", False).plain(0.02)
        ('0.5 points', '0.02')
        """
        return f"{value:g} {self.unit}".strip()


def bracketed(mean: float, interval: Sequence[float] | None, decimals: int) -> str:
    """A shown difference with its interval, where it has one, for a table.

    >>> bracketed(0.5, (-0.25, 1.25), 2)
    '+0.50 [-0.25, +1.25]'
    """
    if interval is None:
        return f"{mean:+.{decimals}f}"
    low, high = interval
    return f"{mean:+.{decimals}f} [{low:+.{decimals}f}, {high:+.{decimals}f}]"


ACCURACY = Metric()
"""The share of right answers."""


def metric_of(workload: Workload) -> Metric:
    """The scale of a workload's metric.

    >>> from loganneal.data import find_workload
    >>> metric_of(find_workload("digits")).unit
    'points'
    """
    return Metric(workload.metric, workload.higher_is_better)
