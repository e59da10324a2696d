"""The command `loganneal study`, with runs of a few steps on real images."""

import shutil
from pathlib import Path

import pytest
from tiny_studies import timeless, write_file

from loganneal.cli import build_parser, main
from loganneal.runs import Journal
from loganneal.studies import read_result


def call(action: str, *words: str | Path) -> int:
    """Run the command in this process."""
    return main(["study", action, *map(str, words)])


def where(folder: Path) -> list[str | Path]:
    """The options for a study's folder and the journal inside it."""
    return ["--out", folder / "out", "--records", folder / "out" / "records"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study's file and its output in `out`, finished."""
    folder = tmp_path_factory.mktemp("study")
    assert call("run", write_file(folder, replicates=1), *where(folder), "--workers", "0") == 0
    return folder


def times(folder: Path) -> dict[Path, int]:
    """When each file was last written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_run_leaves_every_record_and_a_report(done: Path) -> None:
    """Every planned run has a record, and the page shows both comparisons."""
    assert len(Journal(done / "out" / "records")) == 12
    result = read_result(done / "out" / "result.json")
    assert [len(one.arms) for one in result.comparisons] == [3, 3]
    assert "| Late fall |" in (done / "out" / "table.md").read_text()
    assert "Late fall" in (done / "out" / "index.html").read_text()


def test_finished_runs_are_not_repeated(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Running the same command again, and the report, changes no file and says the same."""
    before = times(done)
    assert call("run", done / "tiny.toml", *where(done)) == 0
    first = capsys.readouterr().out
    assert call("report", done / "tiny.toml", *where(done)) == 0
    assert capsys.readouterr().out == first
    assert times(done) == before
    assert "12 runs are done, and 0 are left" in first


def test_a_dry_run_shows_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command to probe, it lists the arms and the runs that are left, and trains none of them."""
    assert call("run", write_file(tmp_path, replicates=2), *where(tmp_path), "--dry-run") == 0
    text = capsys.readouterr().out
    assert "12 runs" in text
    assert "0/4" in text
    assert not (tmp_path / "out").exists()


def test_more_replicates_add_only_their_own(done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A larger study in the same folder counts what is done; `status` says what is left and writes nothing."""
    before = times(done / "out")
    assert call("status", write_file(tmp_path, replicates=2), *where(done)) == 0
    text = capsys.readouterr().out
    assert "12 runs are done, and 12 are left" in text
    assert "2/4" in text
    assert "of training left" in text
    assert times(done / "out") == before


def test_one_comparison_alone(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--only` takes comparisons by their number in the file, and counts their runs alone."""
    assert call("status", done / "tiny.toml", *where(done), "--only", "2") == 0
    assert "6 runs are done, and 0 are left" in capsys.readouterr().out
    assert call("status", done / "tiny.toml", *where(done), "--only", "3") == 2
    assert "whole number in [1, 2]" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        call("status", done / "tiny.toml", "--only", "second")
    assert "such as 1,3. Got 'second'" in capsys.readouterr().err


def test_fresh_seeds(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--first-seed` asks for runs that had no part in the study."""
    assert call("status", done / "tiny.toml", *where(done), "--first-seed", "100") == 0
    text = capsys.readouterr().out
    assert "0/2" in text
    assert "2/2" not in text


def test_status_before_the_first_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing needs to exist, and nothing is created."""
    assert call("status", write_file(tmp_path), *where(tmp_path)) == 0
    assert "0/4" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_another_study_reuses_the_runs(done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A study in another folder finds the runs of the first in the journal that both name, without being told."""
    words = ["--out", tmp_path, "--records", done / "out" / "records"]
    assert call("run", done / "tiny.toml", *words) == 0
    assert "12 runs are done, and 0 are left" in capsys.readouterr().out
    assert read_result(tmp_path / "result.json").comparisons == read_result(done / "out" / "result.json").comparisons


def test_a_corrupted_record_is_named_and_rerun(done: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed byte is found: `status` names the record, `run` trains that run alone, and the report is as before."""
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    words = [tmp_path / "tiny.toml", *where(tmp_path)]
    first = read_result(tmp_path / "out" / "result.json")
    journal = tmp_path / "out" / "records" / "digits.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole.replace(b'"completed"', b'"diverged" ', 1))
    capsys.readouterr()
    call("status", *words)
    assert "Line 1 of" in capsys.readouterr().out
    assert call("run", *words, "--workers", "0") == 0
    added = journal.read_bytes()[len(whole) :]
    assert len(added.splitlines()) == 1
    again = read_result(tmp_path / "out" / "result.json")
    assert timeless(again.to_dict()["comparisons"]) == timeless(first.to_dict()["comparisons"])


def test_a_bad_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line names the line of the file and the nearest name, with exit code 2."""
    path = write_file(tmp_path)
    path.write_text(path.read_text().replace("linear", "liner"))
    assert call("run", path, "--out", tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert "tiny.toml, line 3" in error
    assert "Did you mean 'linear'?" in error
    assert error.count("\n") == 1


def test_more_examples_than_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are refused before the first run."""
    path = write_file(tmp_path)
    path.write_text(f"test_examples = 1501\n{path.read_text()}")
    assert call("run", path, *where(tmp_path), "--workers", "0") == 2
    assert "'test_examples' parameter of digits must be a whole number in [1, 1500]" in capsys.readouterr().err
    assert not len(Journal(tmp_path / "out" / "records"))


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line names the wrong path."""
    assert call("status", tmp_path / "no.toml") == 2
    assert "no.toml" in capsys.readouterr().err


def test_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The examples in the help are commands that the parser accepts, on files of the project or the reader's own."""
    with pytest.raises(SystemExit):
        build_parser().parse_args(["study", "--help"])
    lines = capsys.readouterr().out.splitlines()
    examples = [line.split()[1:] for line in lines if line.strip().startswith("loganneal study")]
    assert len(examples) == 7
    for words in examples:
        args = build_parser().parse_args(words)
        assert args.file in {Path("mine.toml"), Path("scores.csv")} or (Path(__file__).parents[2] / args.file).exists()
