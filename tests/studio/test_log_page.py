"""A log that is dropped is read as data, and nothing else."""

import base64
import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from lawful_logs import COSINE, WSD, lawful_log, write_csv

import loganneal as la
from loganneal import _limits
from loganneal.cli._predicted import asked_schedules
from loganneal.prediction import Run, predict
from loganneal.prediction.predict import setting_of
from loganneal.prediction.prediction import SchedulePrediction
from loganneal.schedules import Schedule
from loganneal.studies.declare.arms import DEFAULT_ARMS
from loganneal.studio.dropped_log import DroppedLog, UnreadLogError, read_dropped
from loganneal.studio.log_choice import MOST, LogChoice, LogOptions, choosers, from_page, to_page
from loganneal.studio.log_curves import log_figure
from loganneal.studio.log_page import log_view
from loganneal.studio.state import from_query

SCHEDULE = la.CyclicalCosineAnnealing(0.1, 100)


def url(data: bytes) -> str:
    """A file as a browser sends it."""
    return "data:text/plain;base64," + base64.b64encode(data).decode()


def csv(loss: str = "train_loss") -> bytes:
    """A run of three cycles."""
    rows = [f"{step + 1},{SCHEDULE(step)},{2 / (1 + step / 50) + 0.1},{1.5}" for step in range(300)]
    return "\n".join([f"step,lr,{loss},grad_norm", *rows]).encode()


class Trap:
    """Runs a command if it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, ("touch /tmp/loganneal-studio-trap",)


def test_a_log_is_read_and_drawn() -> None:
    """Rate, loss and gradient norm are drawn over the same steps, with the restarts as lines."""
    dropped = read_dropped("run.csv", url(csv()))
    picture = log_figure(dropped.reading.log, dropped.diagnosis)
    assert [trace["name"] for trace in picture["data"]] == ["learning rate", "loss", "gradient norm"]
    assert picture["data"][0]["y"] == pytest.approx(SCHEDULE(np.arange(300)).tolist())
    lines = [shape["x0"] for shape in picture["layout"]["shapes"] if shape["type"] == "line"]
    assert lines == list(dropped.diagnosis.restarts)
    assert len(lines) == 2


def test_what_is_proposed_opens_in_the_designer() -> None:
    """Each link contains a design over the budget of the log; its own schedule goes through the log's rates."""
    proposals = read_dropped("run.csv", url(csv())).proposals()
    own = proposals["the schedule of the log"]
    assert own.total_steps == 300
    assert own.schedule(99) == pytest.approx(SCHEDULE(99))
    for design in proposals.values():
        assert design.schedule.max_lr == pytest.approx(0.1)


def test_a_log_without_rates_says_so() -> None:
    """There is a diagnosis, no prediction, and nothing to open."""
    rows = "\n".join(["step,loss", *(f"{step},{1 / step}" for step in range(1, 200))])
    dropped = read_dropped("run.csv", url(rows.encode()))
    assert (dropped.prediction, dropped.proposals()) == (None, {})


HOSTILE = {
    "pickle": pickle.dumps(Trap()),
    "binary": bytes(range(256)) * 100,
    "empty": b"",
    "page": b"<html><script>alert(1)</script></html>",
    "deep": b"[" * 100_000,
    "zip": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["log.csv", "trainer_state.json", "../../etc/passwd", "events.out.tfevents.1", ""])
def test_what_is_no_log_is_refused(kind: str, name: str) -> None:
    """There is a sentence, without the path of the temporary file; nothing is run, and nothing is left behind."""
    with pytest.raises((ValueError, OSError)) as caught:
        read_dropped(name, url(HOSTILE[kind]))
    assert "loganneal-studio-" not in str(caught.value)
    assert not Path("/tmp/loganneal-studio-trap").exists()


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is that of logs."""
    monkeypatch.setattr(_limits, "LOG_BYTES", 100)
    with pytest.raises(ValueError, match="100 bytes"):
        read_dropped("run.csv", url(csv()))


@pytest.mark.parametrize("contents", [None, "", "data:text/plain;base64,%%%", "x" * 50])
def test_what_no_browser_sends_is_refused(contents: Any) -> None:
    """A request made by hand gets a sentence."""
    with pytest.raises(ValueError, match=r".+"):
        read_dropped("run.csv", contents)


def test_names_of_columns_are_text() -> None:
    """Markup in a column's name is shown as it is, and is in no title of the picture."""
    dropped = read_dropped("run.csv", url(csv("train_loss<img src=x onerror=alert(1)>")))
    assert "<img" in str(dropped.reading.taken)
    assert "<img" not in str(log_figure(dropped.reading.log, dropped.diagnosis))
    assert log_view(dropped)


def test_links_are_short_enough() -> None:
    """The address of a proposal can be read again."""
    for part in log_view(read_dropped("run.csv", url(csv()))):
        for link in getattr(part, "children", None) or []:
            if hasattr(link, "href"):
                from_query(link.href[1:]).others()


def asked_by_the_command(dropped: DroppedLog) -> dict[str, Schedule]:
    """The schedules that `loganneal predict` asks about, with the warmup of the log."""
    return asked_schedules(list(DEFAULT_ARMS), (), setting_of([Run(dropped.reading.log)]))


def test_the_page_predicts_what_the_command_predicts(tmp_path: Path) -> None:
    """The same schedules, and so the same numbers: a log without warmup is compared with schedules without one."""
    write_csv(lawful_log(la.WarmupStableDecay(0.1, 400, 0, 80)), tmp_path / "plain.csv")
    dropped = read_dropped("plain.csv", url((tmp_path / "plain.csv").read_bytes()))
    run = Run(dropped.reading.log)
    asked = asked_by_the_command(dropped)
    assert asked["linear"] == la.Linear(0.1, 400)
    assert dropped.prediction == predict([run], asked)


def test_a_log_with_a_probe_is_predicted(tmp_path: Path) -> None:
    """A fast fall from a plateau allows a prediction of every arm; the page shows each with its verdict."""
    write_csv(lawful_log(WSD), tmp_path / "wsd.csv")
    dropped = read_dropped("wsd.csv", url((tmp_path / "wsd.csv").read_bytes()))
    assert dropped.prediction is not None
    assert [one.name for one in dropped.prediction.schedules] == list(DEFAULT_ARMS)
    shown = str(log_view(dropped))
    assert all(name in shown for name in DEFAULT_ARMS)


@pytest.mark.parametrize("verdict", ["better", "worse", "cannot tell"])
def test_only_what_is_better_is_proposed(verdict: Literal["better", "worse", "cannot tell"], tmp_path: Path) -> None:
    """The lowest mean prediction is proposed if it has a verdict, and not if the laws disagree."""
    write_csv(lawful_log(WSD), tmp_path / "wsd.csv")
    dropped = read_dropped("wsd.csv", url((tmp_path / "wsd.csv").read_bytes()))
    said = SchedulePrediction("cosine", -0.02, -0.03, -0.01, verdict)
    assert dropped.prediction is not None
    changed = replace(dropped, prediction=replace(dropped.prediction, schedules=(said,)))
    proposals = changed.proposals()
    assert ("the schedule predicted best, cosine" in proposals) == (verdict == "better")
    if verdict == "better":
        assert proposals["the schedule predicted best, cosine"].schedule == asked_by_the_command(dropped)["cosine"]


def test_a_log_that_only_falls_proposes_the_probe(tmp_path: Path) -> None:
    """Cosine decay cannot tell schedules apart; the probe to train opens in the designer."""
    write_csv(lawful_log(COSINE), tmp_path / "cosine.csv")
    dropped = read_dropped("cosine.csv", url((tmp_path / "cosine.csv").read_bytes()))
    assert dropped.prediction is not None
    assert dropped.prediction.refusal
    assert isinstance(dropped.proposals()["the probe to train"].schedule, la.WarmupStableDecay)


def of_two_runs() -> bytes:
    """Two runs one below the other, the second with twice the loss."""
    rows = [f"{run},{step},{0.1 / step},{scale / step}" for run, scale in (("a", 1), ("b", 2)) for step in range(1, 99)]
    return "\n".join(["run,step,lr,loss", *rows]).encode()


def of_two_losses() -> bytes:
    """Losses whose sum says nothing, and a column that is not numeric."""
    rows = [f"{step},{0.1 / step},{2 / step},{1 / step},text" for step in range(1, 99)]
    return "\n".join(["step,lr,G_loss,D_loss,comment", *rows]).encode()


def test_a_log_that_leaves_a_choice_says_what_there_is_to_choose() -> None:
    """The names of several runs, or the columns with numbers for several losses; what is chosen is then read."""
    with pytest.raises(UnreadLogError, match="2 runs: a, b") as caught:
        read_dropped("runs.csv", url(of_two_runs()))
    assert caught.value.options == LogOptions(("a", "b"), ())
    chosen = read_dropped("runs.csv", url(of_two_runs()), LogChoice("b"))
    assert chosen.reading.log.loss[0] == 2.0
    with pytest.raises(UnreadLogError, match="several losses") as caught:
        read_dropped("gan.csv", url(of_two_losses()))
    assert caught.value.options.columns == ("step", "lr", "G_loss", "D_loss")
    chosen = read_dropped("gan.csv", url(of_two_losses()), LogChoice(columns={"loss": "D_loss"}))
    assert chosen.reading.taken["loss"] == "D_loss"
    assert "D_loss" in str(log_view(chosen))


def test_what_was_found_by_name_can_be_read_otherwise() -> None:
    """Each quantity has a choice that says which column was read, and another one is read if it is chosen."""
    shown = str(log_view(read_dropped("run.csv", url(csv()))))
    assert "found by its name: train_loss" in shown
    other = read_dropped("run.csv", url(csv()), LogChoice(columns={"loss": "grad_norm"}))
    assert other.reading.log.loss[0] == 1.5


@pytest.mark.parametrize(
    "choice", [LogChoice("c"), LogChoice("a", {"loss": "<script>"}), LogChoice("a", {"no": "loss"})]
)
def test_a_choice_that_there_is_not_is_refused(choice: LogChoice) -> None:
    """A request made by hand gets a sentence."""
    with pytest.raises(ValueError, match=r".+"):
        read_dropped("runs.csv", url(of_two_runs()), choice)


def test_what_the_page_sends_is_checked() -> None:
    """Anything but text does not count as a choice."""
    assert from_page(("", None, 3, "rate", [], {}, "", 5)) == LogChoice(None, {"loss": "rate"})


def test_what_was_chosen_comes_back_from_the_page() -> None:
    """The stores of the page hold the whole choice."""
    choice = LogChoice("a", {"loss": "D_loss", "epoch": "pass"}, "391")
    assert from_page(to_page(choice)) == choice


def test_the_length_of_an_epoch_can_be_entered() -> None:
    """As with `loganneal diagnose --steps-per-epoch`; anything but a number above 0 is refused in a sentence."""
    log = read_dropped("run.csv", url(csv()), LogChoice(steps_per_epoch="1,50.5")).reading.log
    assert log.steps_per_epoch == 150.5
    above = r"number in \(0, inf\)"
    refused = {"0": above, "-3": above, "nan": "finite number", "inf": "finite number", "many": "number"}
    for text, allowed in refused.items():
        with pytest.raises(UnreadLogError, match=rf"steps per epoch.* must be a {allowed}\. ") as caught:
            read_dropped("run.csv", url(csv()), LogChoice(steps_per_epoch=text))
        assert caught.value.options.columns


def test_many_columns_are_listed_up_to_a_bound() -> None:
    """The page says how many there are, and how to name the others."""
    names = tuple(f"column {number}" for number in range(MOST + 1))
    shown = str(choosers(LogOptions((), names), {}))
    assert f"column {MOST - 1}'" in shown
    assert f"column {MOST}'" not in shown
    assert f"The first {MOST} of {MOST + 1} columns" in shown


def test_nothing_of_a_dropped_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its temporary folder is gone, whether it could be read or not."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_dropped("run.csv", url(csv()))
    with pytest.raises(UnreadLogError):
        read_dropped("runs.csv", url(of_two_runs()))
    assert list(tmp_path.iterdir()) == []
