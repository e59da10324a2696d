"""The commands that repeat what is declared."""

import shlex

from loganneal.studies.declare.comparison import Comparison, declare
from loganneal.studies.declare.script import Script
from loganneal.studies.declare.study import Study


def study_command(study: Study) -> str:
    """The command that runs a study from the file of its name.

    >>> study_command(Study(name="bases", title="Bases", comparisons=(declare("digits"),)))
    'loganneal study run bases.toml'
    """
    return shlex.join(["loganneal", "study", "run", f"{study.name}.toml"])


def compare_command(comparison: Comparison) -> str:
    """The command that declares a comparison on the command line; it declares the same runs.

    >>> compare_command(declare("digits", arms=("cla", "cosine"), replicates=8))
    'loganneal compare --workload digits --arms cla,cosine --trials 4 --replicates 8 --steps 100'
    """
    if comparison.script is not None:
        return _script_command(comparison, comparison.script)
    default = declare(comparison.workload, find=lambda _: comparison.data)  # its code need not run again
    words = ["loganneal", "compare", "--workload", comparison.workload, "--arms", ",".join(comparison.arms)]
    for name in ("trials", "replicates", "steps"):
        words += [f"--{name}", str(getattr(comparison, name))]
    for name in ("model", "optimizer", "train_examples", "margin", "reference", "first_seed", "peak_range"):
        value = getattr(comparison, name)
        if value != getattr(default, name):
            text = ",".join(map(repr, value)) if name == "peak_range" else str(value)
            words += [f"--{name.replace('_', '-')}", text]
    return shlex.join(words)


def _script_command(comparison: Comparison, script: Script) -> str:
    words = ["loganneal", "compare", "--arms", ",".join(comparison.arms)]
    for name in ("trials", "replicates", "steps", "peak_lr", "first_seed", "reference"):
        words += [f"--{name.replace('_', '-')}", str(getattr(comparison, name))]
    share = f"{comparison.margin:g}%" if comparison.relative_margin else f"{comparison.margin / 100:g}"
    factor = comparison.peak_range[1] / (comparison.peak_lr or 1.0)
    words += ["--peak-factor", f"{factor:g}", "--margin", share, "--metric", script.metric]
    words += ["--higher-is-better" if script.higher_is_better else "--lower-is-better"]
    for name in ("test_metric", "gpus", "timeout", "log"):
        value = getattr(script, name)
        if value is not None and value != Script.__dataclass_fields__[name].default:
            words += [f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value)]
    words += ["--resume"] if script.resume else []
    return shlex.join([*words, "--retries", str(script.retries), "--", *script.command])
