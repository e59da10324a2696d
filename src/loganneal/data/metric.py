"""What a workload is scored by: how it is computed, which way is better, and how a reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from loganneal._value import Value

_ACRONYMS = ("auc", "roc")


@dataclass(frozen=True)
class Metric(Value):
    """A metric and how it is shown. Shares, such as accuracy, are shown in hundredths, which are called points.

    Args:
        name: Its name, words joined by underscores.
        higher_is_better: Whether larger scores are better.
        unit: Unit of a difference; "" if it has none.
        factor: Number by which a score is multiplied to be shown.
        decimals: Number of digits after the decimal point; None for four significant digits, where the size of the
            scores is not known.
        of_logits: Whether it is computed from the logits of a classifier.

    Example:
        >>> bits = METRICS["bits_per_character"]
        >>> bits.difference(1.5), bits.sign, METRICS["accuracy"].difference(-0.7)
        ('+1.500 bits', -1, '-0.70 points')
    """

    name: str
    higher_is_better: bool = True
    unit: str = ""
    factor: float = 1.0
    decimals: int | None = 3
    of_logits: bool = False

    @property
    def sign(self) -> int:
        """Factor that makes a positive difference the better one, 1 if higher is better and else -1."""
        return 1 if self.higher_is_better else -1

    @property
    def title(self) -> str:
        """The name in words."""
        return " ".join(word.upper() if word in _ACRONYMS else word for word in self.name.split("_"))

    @property
    def label(self) -> str:
        """The name in words, followed by ", %" if scores are shown in hundredths."""
        return f"{self.title}, %" if self.unit == "points" else self.title

    def margin(self, hundredths: float) -> float:
        """A margin on the scale on which scores are shown.

        Args:
            hundredths: The margin as it is declared, in hundredths of a score.

        Returns:
            ``hundredths / 100 * factor``.
        """
        return hundredths / 100 * self.factor

    def number(self, value: float, sign: str = "") -> str:
        """A shown number as text, without its unit.

        Args:
            value: A score or a difference, already multiplied by ``factor``.
            sign: "+" to write the sign of a positive number too.

        Returns:
            The number with the metric's digits.

        Example:
            >>> own = Metric("perplexity", higher_is_better=False, decimals=None)
            >>> own.number(23.4567), own.number(0.0000671234, "+"), own.number(123456.7)
            ('23.46', '+6.712e-05', '123457')
        """
        if self.decimals is not None:
            return f"{value:{sign}.{self.decimals}f}"
        return f"{value:{sign}.0f}" if abs(value) >= 9999.5 else f"{value:{sign}.4g}"

    def rough(self, value: float) -> str:
        """A size that is known roughly, such as a standard deviation, as text: with a digit less.

        Args:
            value: The size, already multiplied by ``factor``.

        Returns:
            The size without its unit; two significant digits, or a whole number, where the decimals are not known.

        Example:
            >>> METRICS["accuracy"].rough(0.837), Metric("reward", decimals=None).rough(123.4)
            ('0.8', '123')
        """
        if self.decimals is not None:
            return f"{value:.{max(1, self.decimals - 1)}f}"
        return f"{value:.0f}" if abs(value) >= 99.5 else f"{value:.2g}"

    def shown(self, score: float) -> str:
        """A score as text.

        Args:
            score: The score as it was measured, such as an accuracy in [0, 1].

        Returns:
            The score times ``factor``, with "%" if it is shown in hundredths.

        Example:
            >>> METRICS["accuracy"].shown(0.912)
            '91.20%'
        """
        return f"{self.number(self.factor * score)}{'%' if self.unit == 'points' else ''}"

    def difference(self, value: float) -> str:
        """A shown difference as text.

        Args:
            value: The difference, already multiplied by ``factor``.

        Returns:
            The difference with its sign and its unit.
        """
        return f"{self.number(value, '+')} {self.unit}".strip()

    def plain(self, value: float) -> str:
        """A size, such as a margin, as text.

        Args:
            value: The size, already multiplied by ``factor``.

        Returns:
            The size with its unit and without needless digits.

        Example:
            >>> METRICS["accuracy"].plain(0.5), METRICS["loss"].plain(0.02)
            ('0.5 points', '0.02')
        """
        return f"{value:g} {self.unit}".strip()

    def bracketed(self, mean: float, interval: Sequence[float] | None) -> str:
        """A shown difference with its interval, for a table.

        Args:
            mean: The difference, already multiplied by ``factor``.
            interval: Its lower and upper end; None if it has no interval.

        Returns:
            The difference, followed by the interval in brackets if there is one.

        Example:
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
    Metric("auc", unit="points", factor=100.0, decimals=2, of_logits=True),
    Metric("bits_per_character", higher_is_better=False, unit="bits", of_logits=True),
    Metric("loss", higher_is_better=False),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""The built-in metrics by name."""
