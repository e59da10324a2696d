"""Choosing what is read from a dropped log, in a real browser."""

from typing import Any

import pytest
from browsers import serious

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

WAIT = 60_000
"""Milliseconds after which a page that does not answer has failed."""


def drop(page: Any, name: str, text: str) -> None:
    """Give a file to the page."""
    page.locator("#upload input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )


def test_a_run_and_a_column_are_chosen_by_the_keyboard(browser: Any, studio: str) -> None:
    """If a log is ambiguous, the choice is made on the page; another file starts over."""
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{studio}log")
    runs = [f"{run},{step},{0.1 / step},{1 / step},{2 / step}" for run in ("a", "b") for step in range(1, 99)]
    drop(page, "runs.csv", "\n".join(["run,step,lr,loss,<b>other</b>", *runs]))
    page.locator("#log [role=alert]").filter(has_text="2 runs").wait_for()
    page.get_by_role("combobox", name="run", exact=True).press_sequentially("b")
    page.locator("#log h2").filter(has_text="runs.csv").wait_for()
    page.get_by_role("combobox", name="training loss").press_sequentially("<b>")
    page.locator("#log li").filter(has_text="loss from <b>other</b>").wait_for()
    assert page.get_by_role("combobox", name="run", exact=True).input_value() == "b"
    assert page.locator("#log b").count() == 0
    assert serious(page) == []
    losses = [f"{step},{0.1 / step},{2 / step},{1 / step}" for step in range(1, 99)]
    drop(page, "gan.csv", "\n".join(["step,lr,G_loss,D_loss", *losses]))
    page.locator("#log [role=alert]").filter(has_text="several losses").wait_for()
    assert page.get_by_role("combobox", name="training loss").input_value() == ""
    assert serious(page) == []
    page.get_by_role("combobox", name="training loss").press_sequentially("D_")
    page.locator("#log li").filter(has_text="loss from D_loss").wait_for()
