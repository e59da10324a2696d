"""Small set-ups after public bug reports, if they are beside the data: each script's output, and what must hold."""

import contextlib
import io
import logging
import os
import runpy
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import transformers

CASES = Path(os.environ.get("LOGANNEAL_DATA", "nowhere")).parent / "cases" / "schedulers"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"there is no folder {CASES}")


@pytest.fixture(autouse=True)
def _settings_of_libraries() -> Iterator[None]:
    """The scripts quieten warnings and loggers for themselves; what they set is undone."""
    logger, verbosity = logging.getLogger("lightning.pytorch"), transformers.logging.get_verbosity()
    level = logger.level
    with warnings.catch_warnings():
        yield
    logger.setLevel(level)
    transformers.logging.set_verbosity(verbosity)


def output(case: str) -> str:
    """What the script of a case prints, in this process: each framework is imported once for all of them."""
    [script] = CASES.glob(f"{case}_*.py")
    printed = io.StringIO()
    warnings.simplefilter("default")
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(script), run_name="__main__")
    return printed.getvalue()


def lines(case: str, beginning: str) -> list[str]:
    return [line for line in output(case).splitlines() if line.strip().startswith(beginning)]


@pytest.mark.parametrize("scheduler", ["ScheduleLR(Cosine)", "CyclicalLogAnnealingLR"])
def test_a_group_that_is_unfrozen_keeps_its_ratio(scheduler: str) -> None:
    """A tenth at step 60, and at 61, 62 and 80."""
    [line] = lines("S01", scheduler)
    assert line.count("ratio 0.1000") == 4


def test_the_backbone_of_lightning_keeps_its_ratio_between_its_own_writes() -> None:
    """BackboneFinetuning writes at the beginning of an epoch (step 80), under torch's scheduler too."""
    ours, theirs = (lines("S02", name)[0].split("[", 1)[1] for name in ("ScheduleLR", "torch CosineAnnealingLR"))
    assert ours == theirs
    assert "(61, ['0.033063', '0.003306'])" in ours


def test_a_rate_that_is_none_is_refused_in_a_sentence() -> None:
    """Adafactor with lr=None."""
    [line] = lines("S03", "Adafactor lr=None:")
    assert "ValueError The 'optimizer' parameter of ScheduleLR" in line


def test_two_optimizers_count_together() -> None:
    """The peaks keep their ratio."""
    assert all("peak ratio ok True" in line for line in lines("S05", "{'max_"))


def test_another_batch_size_is_no_silent_end() -> None:
    """strict=False at the end of the new schedule warns."""
    [line] = lines("S06", "strict=False: step 500")
    assert line.endswith("warnings 1")


def test_a_longer_run_is_told_what_to_say() -> None:
    """The errors of Transformers and Lightning name the switch."""
    text = output("S07")
    assert text.count("on_mismatch='keep_position'") == 2


@pytest.mark.slow
def test_distributed_checkpoints() -> None:
    """Those of the same scheduler, and those that are loaded without one."""
    good = lines("S09", "saved True loaded True ok") + lines("S09", "saved values loaded values ok")
    assert len(good) == 2


def test_layer_decay_is_not_ignored() -> None:
    """The rates under loganneal.torch are those under loganneal.timm."""
    rates = [line.split(" lr ")[1] for line in lines("S18", "loganneal.")]
    assert rates[0] == rates[1]
    assert rates[0].startswith("[0.000125,")


def test_a_known_step_is_no_error_in_jax() -> None:
    """Nothing raises, inside a transformation or under apply_if_finite."""
    text = output("S19")
    assert "Error" not in text
    assert text.count("0.01464466") == 6


def test_snapshots_of_keras_come_before_the_rate_jumps() -> None:
    """After batches 20, 40, 60 and 80, however many of them make an update."""
    kept = lines("S20", "cycle ")
    assert len(kept) == 12
    assert all(line.endswith("will have: 0.05") for line in kept)
    assert [int(line.split("after batch ")[1].split()[0]) for line in kept] == [20, 40, 60, 80] * 3
