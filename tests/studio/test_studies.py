"""Studies are followed through their files, which are read as data, and only from the folders the page was given."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from followed_studies import SECONDS, compared, end, followed, start, train

from loganneal.reports.headline import headline
from loganneal.runs.lock import hold
from loganneal.studies.declare.study import Study
from loganneal.studies.tables import rows
from loganneal.studio.study_places import Places
from loganneal.studio.study_snapshot import Snapshot
from loganneal.studio.study_view import study_view
from loganneal.studio.study_watch import Studies

STUDY = Path(__file__).parents[2] / "studies" / "bases.toml"
RECORDS = Path(__file__).parents[2] / "records"


def seen(folder: Path, records: Path) -> Snapshot:
    """The study in a folder as it is now."""
    looked = Studies([folder], records).look(str(folder))
    assert looked is not None
    return looked[1]


def text(snapshot: Snapshot, records: Path) -> str:
    """Everything that the page shows of it."""
    return str(study_view(snapshot, Studies([], records).store))


def test_a_study_is_followed_from_its_declaration_to_its_end(tmp_path: Path) -> None:
    """First the declaration, then finished runs, then verdicts in the words of the report, each time with the cost."""
    study, folder, records = followed(), tmp_path / "out", tmp_path / "runs"
    start(study, folder, records)
    before = seen(folder, records)
    assert (before.title, before.state) == ("A study", "not started")
    assert "how long a run takes is not known" in text(before, records)
    train(study, records, 3)
    with hold(folder, OSError):
        during = seen(folder, records)
    assert (during.state, during.process) == ("running", os.getpid())
    shown = text(during, records)
    assert "3 runs are done, and 5 are left." in shown
    assert f"6 s of training in 3 runs, {SECONDS:g} s a run on average." in shown
    assert "About 10 s of training left" in shown
    assert seen(folder, records).state == "stopped"
    end(study, folder, records)
    after = seen(folder, records)
    assert after.state == "complete"
    assert after.result is not None
    shown = text(after, records)
    comparison = after.result.comparisons[0]
    assert headline(comparison) in shown
    assert all(cell in shown for row in rows(comparison) for cell in row)
    assert "left" not in "".join(line for line in shown.splitlines() if "About" in line)


def test_looks_say_which_is_next_and_what_ended_it(tmp_path: Path) -> None:
    """Before a look, its number and its replicates are shown; afterwards, that it decided."""
    study, folder, records = followed(looks=(4, 6), peak_lr=0.4, trials=1, replicates=None), tmp_path / "out", tmp_path
    start(study, folder, records)
    train(study, records, 5)
    shown = text(seen(folder, records), records)
    assert "Look 1 of 2 is due after 4 replicates; 2 are complete." in shown
    assert "until the next look" in shown
    assert "if no look ends it" in shown
    train(study, records)
    after = seen(folder, records)
    assert after.state == "complete"
    assert "Look 1 of 2 ended it." in text(after, records)


def test_runs_that_failed_and_diverged_are_counted(tmp_path: Path) -> None:
    """The page says how many, and the last reason."""
    study, folder = followed(), tmp_path / "out"
    start(study, folder, tmp_path)
    train(study, tmp_path, 2, "diverged")
    assert "2 runs diverged." in text(seen(folder, tmp_path), tmp_path)
    train(study, tmp_path, 1, "failed")
    shown = text(seen(folder, tmp_path), tmp_path)
    assert "1 run failed; the same command tries again. The last: it broke" in shown


def test_nothing_is_read_again_until_it_changes(tmp_path: Path) -> None:
    """Without a change, looking again returns the same; a new record, or a process that starts running it, is seen."""
    study, folder, records = followed(), tmp_path / "out", tmp_path / "runs"
    start(study, folder, records)
    train(study, records, 1)
    studies = Studies([folder], records, clock=lambda: 0.0)
    studies.look(str(folder))  # from now on, it is known which file of the journal has its runs
    first, again = studies.look(str(folder)), studies.look(str(folder))
    assert first is again
    train(study, records, 2)
    more = studies.look(str(folder))
    assert more is not None
    assert more[1].stage is not None
    assert len(more[1].stage.inventory.finished) == 2
    with hold(folder, OSError):
        running = studies.look(str(folder))
        assert running is not None
        assert running[1].state == "running"


def test_reading_a_large_study_leaves_time_to_train(tmp_path: Path) -> None:
    """A study that took a second to read is not read again within the next ten."""
    study, folder = followed(), tmp_path / "out"
    start(study, folder, tmp_path)
    now = [0.0]

    def clock() -> float:
        now[0] += 1.0
        return now[0]

    studies = Studies([folder], tmp_path, clock=clock)
    first = studies.look(str(folder))
    train(study, tmp_path, 1)
    assert studies.look(str(folder)) is first
    now[0] += 10.0
    assert studies.look(str(folder)) is not first


def test_a_study_file_is_shown_before_its_first_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows what is declared and that nothing has been spent; a command that it names is not run."""
    monkeypatch.chdir(tmp_path)
    looked = Studies([STUDY], tmp_path).look(str(STUDY))
    assert looked is not None
    assert (looked[1].state, looked[1].title) == ("not started", "Bases of the logarithm, on both sides of 1")


def test_the_committed_results_are_shown_with_their_curves() -> None:
    """A folder without a declaration is shown from its result, and the curves from the journal."""
    snapshot = seen(RECORDS / "averaging", RECORDS / "runs")
    assert snapshot.state == "complete"
    shown = text(snapshot, RECORDS / "runs")
    assert "No rival has been shown to beat Cosine" in shown
    assert "Curves of" in shown
    assert "640 runs" in shown


def test_records_elsewhere_are_said(tmp_path: Path) -> None:
    """With another journal, nothing is reported as missing: the page says where the study keeps its records."""
    study, folder = followed(), tmp_path / "out"
    start(study, folder, tmp_path / "runs")
    train(study, tmp_path / "runs", 3)
    (tmp_path / "other").mkdir()
    snapshot = seen(folder, tmp_path / "other")
    assert snapshot.stage is None
    assert snapshot.state == "declared"
    assert f"--records {tmp_path / 'runs'}" in snapshot.notes[0]


def test_a_journal_without_the_runs_does_not_take_the_result_away(tmp_path: Path) -> None:
    """If the records are gone, the result is still shown, and the page says so."""
    study, folder, records = followed(), tmp_path / "out", tmp_path / "runs"
    end(study, folder, records)
    for file in records.glob("*.jsonl"):
        file.unlink()
    snapshot = seen(folder, records)
    assert (snapshot.state, snapshot.stage) == ("complete", None)
    assert "does not have the records" in snapshot.notes[0]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"\xff\xfe", b"{}", b"[" * 100_000, b'{"format": "loganneal-study/2"}']
)
def test_damage_is_a_sentence(damage: bytes, tmp_path: Path) -> None:
    """A damaged result is named, and the study is judged by its records; without them there is only the sentence."""
    study, folder, records = followed(), tmp_path / "out", tmp_path / "runs"
    end(study, folder, records)
    (folder / "result.json").write_bytes(damage)
    snapshot = seen(folder, records)
    assert snapshot.state == "complete"
    assert "result.json" in snapshot.notes[0]
    (folder / "study.json").write_bytes(damage)
    snapshot = seen(folder, records)
    assert snapshot.state == "unreadable"
    assert len(snapshot.notes) == 2
    assert "Traceback" not in text(snapshot, records)


@pytest.mark.parametrize(
    "change", [{"comparisons": 3}, {"comparisons": [{}]}, {"title": ["a"]}, {"seconds_of_training": "1"}]
)
def test_results_of_another_form_are_refused(change: dict[str, Any], tmp_path: Path) -> None:
    """JSON that is not the result of a study is reported as such."""
    study, folder = followed(), tmp_path / "out"
    end(study, folder, tmp_path)
    values = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps({**values, **change}))
    assert "does not hold the result of a study" in seen(folder, tmp_path).notes[0]


def test_only_what_was_given_can_be_named(tmp_path: Path) -> None:
    """A path, a path out of the folder, and the name of a link are not names of studies."""
    end(followed(), tmp_path / "given" / "one", tmp_path / "runs")
    end(followed(), tmp_path / "secret", tmp_path / "runs")
    (tmp_path / "given" / "link").symlink_to(tmp_path / "secret")
    given = tmp_path / "given"
    studies = Studies([given], tmp_path / "runs")
    assert [row[0] for row in studies.listed()] == [str(given / "one")]
    for name in (
        str(tmp_path / "secret"),
        str(given / "link"),
        str(given / "one" / ".." / ".." / "secret"),
        "",
        "/etc",
    ):
        assert studies.look(name) is None


@pytest.mark.parametrize("name", ["result.json", "study.json"])
def test_links_and_pipes_in_a_folder_are_refused(name: str, tmp_path: Path) -> None:
    """A link to a result elsewhere is not followed, and a pipe does not block."""
    end(followed("Secret"), tmp_path / "secret", tmp_path / "runs")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / name).symlink_to(tmp_path / "secret" / name)
    assert "link" in seen(tmp_path / "link", tmp_path).notes[0]
    assert seen(tmp_path / "link", tmp_path).title != "Secret"
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / name)
    assert "pipe" in seen(tmp_path / "pipe", tmp_path).notes[0]


def test_studies_come_and_go(tmp_path: Path) -> None:
    """Folders are scanned each time; a study that is removed is no longer listed."""
    studies = Studies([tmp_path], tmp_path / "runs")
    assert studies.listed() == []
    start(followed("First"), tmp_path / "first", tmp_path / "runs")
    end(followed("Second"), tmp_path / "second", tmp_path / "runs")
    assert {row[1:3] for row in studies.listed()} == {("First", "declared"), ("Second", "complete")}
    assert studies.look(str(tmp_path / "first")) is not None
    shutil.rmtree(tmp_path / "first")
    assert studies.look(str(tmp_path / "first")) is None
    shutil.rmtree(tmp_path)
    assert studies.listed() == []


def test_the_default_places_are_those_of_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder, what `study run` and `compare` write in the current folder is shown as soon as it exists."""
    monkeypatch.chdir(tmp_path)
    places = Places()
    assert places.all() == {}
    start(followed(), Path("loganneal-compare/digits"), Path("runs"))
    assert list(places.all()) == ["loganneal-compare/digits"]


@pytest.mark.parametrize("given", ["missing", "file.txt"])
def test_what_is_no_folder_is_refused_at_the_start(given: str, tmp_path: Path) -> None:
    """The message contains the path."""
    (tmp_path / "file.txt").write_text("")
    with pytest.raises(ValueError, match=given):
        Studies([tmp_path / given])


def test_several_comparisons_are_shown_by_themselves(tmp_path: Path) -> None:
    """Each has its own label and table, and the study's headline counts them."""
    study = Study(name="two", title="Two budgets", comparisons=(compared(steps=10), compared(steps=20)))
    end(study, tmp_path / "out", tmp_path / "runs")
    shown = text(seen(tmp_path / "out", tmp_path / "runs"), tmp_path / "runs")
    assert "Of 2 comparisons with Cosine" in shown
    assert "10 steps" in shown
    assert "20 steps" in shown
