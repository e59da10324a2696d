"""The commands that repeat what is declared."""

import shlex

from loganneal.studies.declare.comparison import Comparison, declare
from loganneal.studies.declare.script import PEAK_FACTOR, Script, around
from loganneal.studies.declare.study import Study


def study_command(study: Study) -> str:
    """The command that runs a study from the file named after it.

    >>> study_command(Study(name="bases", title="Bases", comparisons=(declare("digits"),)))
    'loganneal study run bases.toml'
    """
    return shlex.join(["loganneal", "study", "run", f"{study.name}.toml"])


def compare_command(comparison: Comparison) -> str:
    """The command line that declares a comparison with the same runs.

    >>> compare_command(declare("digits", arms=("cla", "cosine"), replicates=8))
    'loganneal compare --workload digits --arms cla,cosine --trials 4 --replicates 8 --steps 100'
    """
    if comparison.script is not None:
        return _script_command(comparison, comparison.script)
    default = declare(comparison.workload, find=lambda _: comparison.data)  # its code need not run again
    words = ["loganneal", "compare", "--workload", comparison.workload, "--arms", ",".join(comparison.arms)]
    words += ["--trials", str(comparison.trials), *_plan_words(comparison), "--steps", str(comparison.steps)]
    for name in ("model", "optimizer", "train_examples", "margin", "reference", "first_seed"):
        if getattr(comparison, name) != getattr(default, name):
            words += [f"--{name.replace('_', '-')}", str(getattr(comparison, name))]
    if comparison.peak_lr is not None:
        words += _peak_words(comparison, comparison.peak_lr)
    elif comparison.peak_range != default.peak_range:
        words += ["--peak-range", ",".join(map(repr, comparison.peak_range))]
    return shlex.join(words)


def _plan_words(comparison: Comparison) -> list[str]:
    """Options for the number of replicates after which a comparison ends, or may end."""
    if not comparison.looks:
        return ["--replicates", str(comparison.replicates)]
    words = ["--looks", ",".join(map(str, comparison.looks))]
    words += ["--screen", str(comparison.screen)] if comparison.screen else []
    return [*words, "--primary", comparison.primary] if comparison.primary else words


def _peak_words(comparison: Comparison, peak_lr: float) -> list[str]:
    words = ["--peak-lr", repr(peak_lr)]
    if comparison.peak_range == around(peak_lr, PEAK_FACTOR):
        return words
    return [*words, "--peak-factor", repr(_factor(comparison.peak_range, peak_lr))]


def _factor(peak_range: tuple[float, float], peak_lr: float) -> float:
    """The factor that gives exactly this range: the quotient without the digits that division added, if it works."""
    low, high = peak_range
    found = (round(high / peak_lr, 12), high / peak_lr, peak_lr / low)
    return next((factor for factor in found if around(peak_lr, factor) == peak_range), found[0])


def _script_command(comparison: Comparison, script: Script) -> str:
    words = ["loganneal", "compare", "--arms", ",".join(comparison.arms)]
    words += ["--trials", str(comparison.trials), *_plan_words(comparison)]
    for name in ("steps", "first_seed", "reference"):
        words += [f"--{name.replace('_', '-')}", str(getattr(comparison, name))]
    words += _peak_words(comparison, comparison.peak_lr or 1.0)
    share = f"{comparison.margin:.12g}%" if comparison.relative_margin else f"{comparison.margin / 100:.12g}"
    words += ["--margin", share, "--metric", script.metric]
    words += ["--higher-is-better" if script.higher_is_better else "--lower-is-better"]
    for name in ("test_metric", "gpus", "timeout", "silence", "log"):
        value = getattr(script, name)
        if value is not None and value != Script.__dataclass_fields__[name].default:
            words += [f"--{name.replace('_', '-')}", f"{value:.12g}" if isinstance(value, float) else str(value)]
    words += ["--resume"] if script.resume else []
    return shlex.join([*words, "--retries", str(script.retries), "--", *script.command])
