"""`loganneal predict` says what logs can tell, and what to train if they cannot."""

import json
from pathlib import Path

import pytest
from lawful_logs import COSINE, PEAK, STEPS, WSD, lawful_log, write_csv

import loganneal as la
from loganneal.cli import main


@pytest.fixture
def logs(tmp_path):
    """A cosine run and a probe, as CSV files."""
    paths = [tmp_path / "cosine.csv", tmp_path / "wsd.csv"]
    for path, schedule in zip(paths, (COSINE, WSD), strict=True):
        write_csv(lawful_log(schedule, noise=0.005, every=4), path)
    return [str(path) for path in paths]


def test_a_log_that_cannot_tell(logs, capsys):
    """The exit status is 3, with the reason, and the probe as a line of code and as JSON."""
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
    """It contains the probe to train, and neither "better" nor "worse"."""
    assert main(["predict", logs[0], "--json"]) == 3
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["probe"], found["schedules"]) == (None, [])
    assert "better" not in out
    assert "worse" not in out
    assert "cannot" in err
    assert la.from_dict(found["make"]["schedule"]).max_lr == pytest.approx(PEAK, rel=1e-3)


def test_a_line_for_each_schedule(logs, capsys):
    """All short names and cooldowns, the best values of families, and how often such statements were right."""
    assert main(["predict", *logs]) == 0
    text = capsys.readouterr().out
    for part in ("constant", "one-cycle", "warmup-stable-decay, cooldown 0.5", "Best cooldown of", "comparison"):
        assert part in text
    assert "worse" in next(line for line in text.splitlines() if line.startswith("constant"))


def test_json_of_chosen_schedules(logs, tmp_path, capsys):
    """They are named by short name, by file, or as JSON on the command line."""
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
    """The members of a family are predicted over it."""
    assert main(["predict", *logs, "--family", "wsd", "--total-steps", "800", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total_steps"], len(found["schedules"])) == (800, 19)


def test_a_report(logs, tmp_path, capsys):
    """It is one page with three figures, and loads nothing from elsewhere."""
    path = tmp_path / "report.html"
    assert main(["predict", *logs, "--for", "linear", "cla", "--out", str(path)]) == 0
    page = path.read_text()
    assert page.count("<svg") == 3
    assert "src=" not in page
    assert "Wrote" in capsys.readouterr().out


def test_what_is_known_of_logs_with_a_rise(tmp_path, capsys):
    """The declared test had none of this class: there is no figure, and the output says so."""
    path = tmp_path / "one-cycle.csv"
    write_csv(lawful_log(la.OneCycle(PEAK, STEPS), noise=0.005, every=4), path)
    assert main(["predict", str(path), "--for", "linear"]) == 0
    assert "No stored comparison has logs of this class (one log, a rise)" in capsys.readouterr().out
    assert main(["predict", str(path), "--for", "linear", "--json"]) == 0
    assert "is not known" in json.loads(capsys.readouterr().out)["track_record"]


def test_the_failures_of_peak_factors_are_said(logs, capsys):
    """They are mentioned in text and JSON whenever there is a factor; a shape that rises again has none."""
    assert main(["predict", *logs, "--for", "linear", "one-cycle"]) == 0
    assert "a weak guide" in capsys.readouterr().out
    assert main(["predict", *logs, "--for", "linear", "one-cycle", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found["peak_factors"]) == ["linear"]
    assert "a weak guide" in found["peak_factors_note"]


def test_a_column_is_chosen(logs, tmp_path, capsys):
    """The options are those of `loganneal diagnose`."""
    text = (tmp_path / "wsd.csv").read_text().replace("step,lr,loss", "step,lr,mine")
    (tmp_path / "wsd.csv").write_text(text)
    assert main(["predict", logs[1], "--for", "linear"]) == 2
    assert "loss" in capsys.readouterr().err
    assert main(["predict", logs[1], "--for", "linear", "--column", "loss=mine"]) == 0


def test_a_study_is_declared_in_updates(tmp_path, capsys):
    """A log of epochs says nothing about how many updates a study needs."""
    path = tmp_path / "wsd.csv"
    write_csv(lawful_log(WSD, noise=0.005, every=4), path)
    path.write_text(path.read_text().replace("step,", "epoch,"))
    words = ["predict", str(path), "--for", "linear"]
    assert main(words) == 0
    assert "400 epochs:" in capsys.readouterr().out
    assert main([*words, "--then", str(tmp_path / "study.toml")]) == 2
    assert "left out for logs that do not count updates" in capsys.readouterr().err


def test_runs_of_one_file(logs, tmp_path, capsys):
    """`--run` is given once for each log, so that two runs of an export can be used together."""
    runs = [Path(path).read_text().splitlines() for path in logs]
    rows = [f"{name},{row}" for name, lines in zip("ab", runs, strict=True) for row in lines[1:]]
    both = tmp_path / "both.csv"
    both.write_text("\n".join(["run,step,lr,loss", *rows]))
    words = ["predict", str(both), str(both), "--for", "linear"]
    assert main([*words, "--run", "a", "--run", "b"]) == 0
    assert "several logs" in capsys.readouterr().out
    assert main([*words, "--run", "b"]) == 3
    assert "hold the same run" in capsys.readouterr().out
    assert main([*words, "--run", "a", "--run", "b", "--run", "a"]) == 2
    assert "once for each of the 2 logs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--for", "cosin"], "Did you mean 'cosine'"),
        (["--for", '{"type": "Cosine"}'], "'--for' parameter of loganneal predict"),
        (["--family", "wds"], "Did you mean 'wsd'"),
        (["--total-steps", "900"], "twice the length"),
        (["--out", "report.pdf"], "'--out' parameter of loganneal predict"),
        (["--then", "study.json"], "'--then' parameter of loganneal predict"),
        (["--", "python", "train.py"], "'--then' parameter of loganneal predict must be given with a command"),
        (["--then", "a.toml", "--workload", "digits", "--", "python"], "'--workload' parameter of loganneal predict"),
        (["--then", "a.toml", "--", "python", "--seed", "${sed}"], "Did you mean '${seed}'"),
        (["--column", "loss"], "'--column' parameter of loganneal predict"),
    ],
)
def test_user_errors(logs, words, message, capsys):
    """The exit status is 2, with a sentence."""
    assert main(["predict", *logs, *words]) == 2
    assert message in capsys.readouterr().err


def test_a_log_without_rates(tmp_path, capsys):
    """It cannot be used, and the output says so."""
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["step,loss", *(f"{step},{2 - step / 100}" for step in range(100))]))
    assert main(["predict", str(path)]) == 3
    assert "no learning rate" in capsys.readouterr().out


LINES = [f"{step},{0.1 - step / 1000},{2 - step / 100}" for step in range(1, 90)]


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("", 2, "holds no rows"),
        ("step,lr,loss\n1,0.1,2.0\n", 3, "1 row after its first tenth"),
        ("step,lr\n1,0.1\n2,0.1\n", 2, "--column loss=NAME"),
        ("\n".join(["lr,loss", *(line.partition(",")[2] for line in LINES)]), 2, "--column step=NAME"),
        ("\n".join(["step|lr|loss", *(line.replace(",", "|") for line in LINES)]), 2, "is not a table"),
        ("\n".join(["step,lr,loss", *LINES, "90,0.01,often"]), 2, "line 91 holds 'often'"),
        ("\n".join(["step,lr,loss", *LINES, "90,-0.01,1.1"]), 2, "line 91 has the learning rate -0.01"),
        ("\n".join(["step,lr,loss", *LINES[:40], "41,0.05,nan", *LINES[41:]]), 3, "the first at step 41"),
        ("\n".join(["step,lr,loss", *LINES[:80], *(f"{n},0.01,nan" for n in range(81, 90))]), 3, "diverged"),
        (
            "\n".join(["step,lr,loss", *LINES[40:], *LINES[:40]]),
            3,
            "were not in the order of their steps and were sorted",
        ),
        ("\n".join(["step,lr,loss", *LINES, LINES[60]]), 3, "earlier rows were replaced"),
        ("\n".join(["step,lr,loss", *(f"-{line}" for line in LINES[::-1])]), 3, "its steps begin at -89"),
    ],
)
def test_logs_that_are_broken(tmp_path, text, status, message, capsys):
    """The output names each kind of damage, and says what was repaired."""
    path = tmp_path / "log.csv"
    path.write_text(text)
    assert main(["predict", str(path)]) == status
    assert message in "".join(capsys.readouterr())


def test_what_was_not_written_is_said(logs, tmp_path, capsys):
    """If nothing is predicted, there is neither a report nor a study."""
    paths = [tmp_path / "report.html", tmp_path / "study.toml"]
    assert main(["predict", logs[0], "--out", str(paths[0]), "--then", str(paths[1])]) == 3
    assert "study.toml are not written" in capsys.readouterr().err
    assert not any(path.exists() for path in paths)


def test_what_was_read_is_said(logs, capsys):
    """It is printed for each log, as text and as JSON."""
    main(["predict", *logs, "--for", "linear"])
    assert capsys.readouterr().out.count("100 of 100 rows.") == 2
    main(["predict", *logs, "--for", "linear", "--json"])
    assert json.loads(capsys.readouterr().out)["logs"][1]["taken"] == {"step": "step", "lr": "lr", "loss": "loss"}
