"""The commands that repeat what is declared."""

import shlex

from loganneal.studies.declare.comparison import Comparison, declare
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
