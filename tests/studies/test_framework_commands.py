"""Studies on scripts of frameworks: scripts that follow the schedule allow conclusions, the usual traps are named."""

import dataclasses

import pytest
from command_studies import run, study

from loganneal.studies import Study, StudyFailedError
from loganneal.studies.declare.study import study_of

pytestmark = pytest.mark.slow

FILES = ["lightning_module.py", "transformers_trainer.py", "keras_fit.py"]


def against_constant(*words: str, file: str) -> Study:
    """No arm is the line to 0 that is the default scheduler of Transformers; one peak rate."""
    declared = study(*words, file=file).comparisons[0]
    return study_of(dataclasses.replace(declared, arms=("cosine", "constant"), trials=1))


@pytest.mark.parametrize("file", FILES)
def test_a_script_that_follows_is_concluded_from(file, tmp_path):
    """The rates are seen at the optimizer, at each of the 60 updates."""
    found = run(against_constant(file=file), tmp_path).comparisons[0]
    assert (found.is_complete, found.launched.runs, found.launched.sources) == (True, 2, ("optimizer",))


@pytest.mark.parametrize(
    ("file", "sabotage", "sentence"),
    [
        (FILES[0], "stepped-by-epoch", "stepped once in 6 updates"),
        (FILES[1], "default-scheduler", "the Trainer's own default scheduler"),
        (FILES[2], "schedule-ignored", "the schedule was not used"),
    ],
)
def test_the_trap_of_each_framework_is_named(file, sabotage, sentence, tmp_path):
    """The message names the trap, and no replicate counts."""
    with pytest.raises(StudyFailedError) as error:
        run(against_constant(sabotage, file=file), tmp_path)
    assert sentence in str(error.value)
    assert error.value.result.comparisons[0].replicates_done == 0
