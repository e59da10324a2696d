"""`loganneal predict` says what logs can tell, and what to train where they cannot."""

import json

import pytest
from lawful_logs import COSINE, PEAK, STEPS, WSD, lawful_log, write_csv

import loganneal as la
from loganneal.cli import main
from loganneal.studies.declare.study_file import read_study


@pytest.fixture
def logs(tmp_path):
    """A cosine run and a probe, as CSV files."""
    paths = [tmp_path / "cosine.csv", tmp_path / "wsd.csv"]
    for path, schedule in zip(paths, (COSINE, WSD), strict=True):
        write_csv(lawful_log(schedule, noise=0.005, every=4), path)
    return [str(path) for path in paths]


def test_a_log_that_cannot_tell(logs, capsys):
    """Exit status 3, the reason, and the probe as a line of code and as JSON."""
    assert main(["predict", logs[0]]) == 3
    text = capsys.readouterr().out
    for part in (
        "cannot tell",
        "schedule = la.WarmupStableDecay(max_lr=0.0999",
        "total_steps=200",
        '"type": "WarmupStableDecay"',
    ):
        assert part in text


def test_its_json_ranks_nothing(logs, capsys):
    """Neither word of a verdict is in it, and the probe to make is."""
    assert main(["predict", logs[0], "--json"]) == 3
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["probe"], found["schedules"]) == (None, [])
    assert "better" not in out
    assert "worse" not in out
    assert "cannot" in err
    assert la.from_dict(found["make"]["schedule"]).max_lr == pytest.approx(PEAK, rel=1e-3)


def test_a_line_for_each_schedule(logs, capsys):
    """The short names and cooldowns, the best values of families, and how often such statements were right."""
    assert main(["predict", *logs]) == 0
    text = capsys.readouterr().out
    for part in ("constant", "one-cycle", "warmup-stable-decay, cooldown 0.5", "Best cooldown of", "comparison"):
        assert part in text
    assert "worse" in next(line for line in text.splitlines() if line.startswith("constant"))


def test_json_of_chosen_schedules(logs, tmp_path, capsys):
    """By short name, by file and by JSON on the command line."""
    schedule = la.Polynomial(PEAK, STEPS, 0.0, 2.0).to_dict()
    (tmp_path / "mine.json").write_text(json.dumps(schedule))
    words = ["--for", "linear", str(tmp_path / "mine.json"), json.dumps(schedule)]
    assert main(["predict", *logs, *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["probe"] == "fall"
    assert found["schedules"][0]["name"] == "linear"
    assert found["schedules"][1]["difference"] == found["schedules"][2]["difference"]
    assert {"name", "difference", "low", "high", "verdict"} <= set(found["schedules"][0])
    assert found["peak_factors"]["linear"] == pytest.approx(1.02, abs=0.05)


def test_another_budget(logs, capsys):
    """Members of a family over it."""
    assert main(["predict", *logs, "--family", "wsd", "--total-steps", "800", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total_steps"], len(found["schedules"])) == (800, 19)


def test_a_report(logs, tmp_path, capsys):
    """One page with three figures, and nothing from elsewhere."""
    path = tmp_path / "report.html"
    assert main(["predict", *logs, "--for", "linear", "cla", "--out", str(path)]) == 0
    page = path.read_text()
    assert page.count("<svg") == 3
    assert "src=" not in page
    assert "Wrote" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["cla-late", "mine.json"])
def test_the_study_that_tests_it(logs, tmp_path, name, monkeypatch):
    """Own schedule, the best predicted, and linear; a file that declares a study."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.json").write_text(json.dumps(la.WarmupStableDecay(PEAK, STEPS, 20, 200).to_dict()))
    assert main(["predict", *logs, "--for", name, "--then", "study.toml"]) == 0
    comparison = read_study(tmp_path / "study.toml").comparisons[0]
    assert list(comparison.arms) == ["own", "predicted" if name == "mine.json" else name, "linear"]
    assert comparison.reference == "own"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--for", "cosin"], "Did you mean 'cosine'"),
        (["--for", '{"type": "Cosine"}'], "'--for' parameter of loganneal predict"),
        (["--family", "wds"], "Did you mean 'wsd'"),
        (["--total-steps", "900"], "twice the length"),
        (["--out", "report.pdf"], "'--out' parameter of loganneal predict"),
        (["--then", "study.json"], "'--then' parameter of loganneal predict"),
    ],
)
def test_user_errors(logs, words, message, capsys):
    """Exit status 2 and a sentence."""
    assert main(["predict", *logs, *words]) == 2
    assert message in capsys.readouterr().err


def test_a_log_without_rates(tmp_path, capsys):
    """Cannot be used, which is said."""
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["step,loss", *(f"{step},{2 - step / 100}" for step in range(100))]))
    assert main(["predict", str(path)]) == 3
    assert "no learning rate" in capsys.readouterr().out
