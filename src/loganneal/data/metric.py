"""What a workload is scored by: how it is computed, which way is better, and how a reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from loganneal._value import Value


@dataclass(frozen=True)
class Metric(Value):
    """A metric as a reader sees it; shares are shown in hundredths, called points.

    Args:
        name: Its name, words joined by underscores.
        higher_is_better: Whether larger scores are better.
        unit: Of a difference; "" where it has none.
        factor: What a score is multiplied by to be shown.
        decimals: Digits behind the point.
        of_logits: Whether it is computed from a classifier's outputs.

    Example:
        >>> bits = METRICS["bits_per_character"]
        >>> bits.difference(1.5), bits.sign, METRICS["accuracy"].difference(-0.7)
        ('+1.500 bits', -1, '-0.70 points')
    """

    name: str
    higher_is_better: bool = True
    unit: str = ""
    factor: float = 1.0
    decimals: int = 3
    of_logits: bool = False

    @property
    def sign(self) -> int:
        """What turns a difference so that a positive one is better."""
        return 1 if self.higher_is_better else -1

    @property
    def title(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ")

    @property
    def label(self) -> str:
        """Its name in words, with the sign of hundredths where they are shown."""
        return f"{self.title}, %" if self.unit == "points" else self.title

    def margin(self, hundredths: float) -> float:
        """A margin, which is declared in hundredths of a score, as it is shown."""
        return hundredths / 100 * self.factor

    def number(self, value: float, sign: str = "") -> str:
        """A shown score, or with "+" as `sign` a shown difference, as text."""
        return f"{value:{sign}.{self.decimals}f}"

    def shown(self, score: float) -> str:
        """A score as text.

        >>> METRICS["accuracy"].shown(0.912)
        '91.20 %'
        """
        return f"{self.number(self.factor * score)}{' %' if self.unit == 'points' else ''}"

    def difference(self, value: float) -> str:
        """A shown difference with its unit, as text."""
        return f"{self.number(value, '+')} {self.unit}".strip()

    def plain(self, value: float) -> str:
        """A size, such as a margin, with its unit, as text.

        >>> METRICS["accuracy"].plain(0.5), METRICS["loss"].plain(0.02)
        ('0.5 points', '0.02')
        """
        return f"{value:g} {self.unit}".strip()

    def bracketed(self, mean: float, interval: Sequence[float] | None) -> str:
        """A shown difference with its interval, where it has one, for a table.

        >>> METRICS["accuracy"].bracketed(0.5, (-0.25, 1.25))
        '+0.50 [-0.25, +1.25]'
        """
        if interval is None:
            return self.number(mean, "+")
        low, high = (self.number(end, "+") for end in interval)
        return f"{self.number(mean, '+')} [{low}, {high}]"


ACCURACY = Metric("accuracy", unit="points", factor=100.0, decimals=2, of_logits=True)
"""The share of right answers."""

_ALL = (
    ACCURACY,
    Metric("balanced_accuracy", unit="points", factor=100.0, decimals=2, of_logits=True),
    Metric("bits_per_character", higher_is_better=False, unit="bits", of_logits=True),
    Metric("loss", higher_is_better=False),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""The built-in metrics by name."""
