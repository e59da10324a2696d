"""Scores from somebody else's runs are judged like those of a study, and the report says what was not seen."""

from pathlib import Path

import numpy as np
import pytest

from loganneal.cli import main
from loganneal.reports.caveats import caveats
from loganneal.studies import StudyResult, read_result
from loganneal.studies.imported import judge_scores


def scores(folder: Path, advantage: float = -0.05, replicates: int = 8, header: str = "") -> Path:
    """Two trials of two arms, of which "new" has a loss lower by this much; the second trial is the better one."""
    random = np.random.default_rng(0)
    lines = [header or "arm,replicate,trial,peak,validation,test"]
    for number in range(1, replicates + 1):
        for arm in ("now", "new"):
            for trial, peak in enumerate((3e-4, 6e-4)):
                loss = 2.9 + 0.1 * (trial == 0) + (advantage if arm == "new" else 0) + 0.005 * random.standard_normal()
                lines.append(f"{arm},{number},{trial},{peak},{loss:.5f},{loss + 0.01:.5f}")
    file = folder / "scores.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def judged(file: Path, **changes: object) -> StudyResult:
    """The result for a loss, where lower is better."""
    asked = {"reference": "now", "higher_is_better": False, "margin": 1.0, "metric": "loss", **changes}
    return judge_scores(file, **asked)  # type: ignore[arg-type]


def test_a_lower_loss_wins(tmp_path: Path) -> None:
    """The better trial is chosen by validation, its test value is compared, and the verdict names the size."""
    arm = judged(scores(tmp_path)).comparisons[0].arm("new")
    assert arm.judged is not None
    assert arm.scores is not None
    assert (arm.verdict, arm.scores.best_setting["peak_lr"]) == ("win", 6e-4)
    assert arm.judged.paired.mean == pytest.approx(0.05, abs=0.01)
    assert arm.mean_rate_over_peak is None


def test_looks_count_as_declared(tmp_path: Path) -> None:
    """With looks, the first one that decides counts, and replicates after it do not."""
    comparison = judged(scores(tmp_path), looks=(4, 6, 8)).comparisons[0]
    assert (comparison.arm("new").verdict, comparison.replicates_done, comparison.ended_early) == ("win", 4, True)


def test_what_was_not_seen_is_said(tmp_path: Path) -> None:
    """The caveats say that pairing and learning rates were not seen, and claim nothing about settings."""
    text = " ".join(caveats(judged(scores(tmp_path)).comparisons[0]))
    assert "None of this was checked, nor which learning rates the runs had" in text
    assert "augmentation" not in text


def test_a_run_that_diverged_counts_as_the_worst(tmp_path: Path) -> None:
    """An empty cell is a run that diverged; a replicate that lacks a run is left out."""
    file = scores(tmp_path)
    lines = file.read_text().splitlines()
    lines[4] = "new,1,1,0.0006,,"
    file.write_text("\n".join(lines[:-1]))
    comparison = judged(file).comparisons[0]
    assert (comparison.replicates_done, comparison.arm("new").diverged) == (7, 1)


def test_the_command_writes_table_and_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page is self-contained, and the result can be read back from its file."""
    out = tmp_path / "out"
    words = ["study", "judge", str(scores(tmp_path)), "--reference", "now", "--margin", "0.5%", "--lower-is-better"]
    assert main([*words, "--metric", "loss", "--out", str(out)]) == 0
    assert "new beats now" in capsys.readouterr().out
    assert "scores.csv · 8 replicates of 2 trials" in (out / "index.html").read_text()
    assert read_result(out / "result.json").comparisons[0].arm("new").verdict == "win"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("arm,trial,peak,validation\nnow,1,0.1,2\n", "columns"),
        ("", "columns"),
        ("arm,replicate,trial,peak,validation\n", "rows"),
        ("arm,replicate,trial,peak,validation\nnow,one,1,0.1,2\n", "line 2"),
        ("arm,replicate,trial,peak,validation\nnow,1,1,-0.1,2\n", "peak"),
        ("arm,replicate,trial,peak,validation\nnow,1,1,0.1,2\nnow,1,1,0.1,2\n", "line 3"),
        ("arm,replicate,trial,peak,validation\nnow,1,1,0.1,low\n", "validation"),
        ("arm,replicate,trial,peak,validation\nother,1,1,0.1,2\n", "reference"),
        ("arm,replicate,trial,peak,validation\nnow,1,1,0.1,2\n", "arms"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    """A mistake in the file is an error that says where it is."""
    file = tmp_path / "scores.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=named):
        judged(file)


def test_a_wrong_margin_names_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the option and the value."""
    words = ["study", "judge", str(scores(tmp_path)), "--reference", "now", "--lower-is-better"]
    assert main([*words, "--margin", "wide"]) == 2
    error = capsys.readouterr().err
    assert "'--margin' parameter of loganneal study judge must be a number. Got 'wide'" in error


def test_wrong_looks_name_themselves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the option, what it accepts and the value."""
    words = ["study", "judge", str(scores(tmp_path)), "--reference", "now", "--lower-is-better", "--margin", "0.5%"]
    with pytest.raises(SystemExit) as end:
        main([*words, "--looks", "4,six"])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert "--looks: takes whole numbers with commas" in error
    assert "4,six" in error


def test_few_columns_from_excel(tmp_path: Path) -> None:
    """One run of each arm in a replicate needs neither trial nor peak; the mark of Excel is no part of a name."""
    file = tmp_path / "scores.csv"
    rows = [f"{arm},{number},{score + number / 100}" for arm, score in (("now", 3), ("new", 2)) for number in range(6)]
    file.write_text("\n".join(["\ufeffarm,replicate,validation", *rows]), encoding="utf-8")
    assert judged(file).comparisons[0].arm("new").verdict == "win"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("now,1,1,0.1,2", "now,1,2,0.2,2", "new,1,1,0.1,1"), "replicate 1 lacks trial 2 of 'new'"),
        (("now,1,1,0.1,2", "Now,1,1,0.1,1"), "upper and lower case"),
    ],
)
def test_scores_of_which_none_can_be_paired(rows: tuple[str, ...], message: str, tmp_path: Path) -> None:
    """The message names a run that is missing, rather than an empty table."""
    file = tmp_path / "scores.csv"
    file.write_text("\n".join(["arm,replicate,trial,peak,validation", *rows]))
    with pytest.raises(ValueError, match=message):
        judged(file)
