"""The page in a real browser: the curve follows the slider, and everything can be done with the keyboard alone."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsers import serious

import loganneal as la
from loganneal.studio.state import Design, from_query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

WAIT = 60_000
"""Milliseconds after which a page that does not answer has failed."""

RESTS = 1_000
"""Milliseconds after which the page has followed the last input."""

DRAWN = "() => { const [c] = document.querySelectorAll('#curve .js-plotly-plot'); return [c.data[0].x, c.data[0].y] }"

FOLLOWED = """() => {
  const text = new URLSearchParams(location.search).get('design');
  const rate = text ? JSON.parse(text).schedule.max_lr : 0.1;
  const field = [...document.querySelectorAll('input')].some((one) => one.value === String(rate));
  return rate > 0.1 && field && document.querySelector('#code').innerText.includes(`max_lr=${rate},`);
}"""
"""Address, field and code all show the same rate, higher than the initial one: the page has followed the slider."""

OVER_THE_CURVE = """() => {
  const curve = document.querySelector('.curve'), box = curve.getBoundingClientRect(), found = new Set();
  for (let x = box.left + 2; x < box.right; x += 15)
    for (let y = box.top + 2; y < box.bottom; y += 5) {
      const element = document.elementFromPoint(x, y);
      if (!curve.contains(element)) found.add(element.outerHTML.slice(0, 80));
    }
  return [...found];
}"""
"""The elements that lie over the curve."""

UNDER_THE_CURVE = """() => {
  const { x, y, width, height } = document.activeElement.getBoundingClientRect();
  return document.querySelector('.curve').contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
"""Whether the element that has the focus lies behind the curve."""


def opened(browser: Any, address: str, width: int = 1280, scheme: str = "light") -> Any:
    """The page, once its curve is drawn and its code written; its errors fail the tests that look at them."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.set_default_timeout(WAIT)
    page.wrong = []
    page.asked = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda line: page.wrong.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("#curve path.js-line")
    page.wait_for_function("() => document.querySelector('#code').innerText.length > 0")
    return page


def state(page: Any) -> Design:
    """The design in the address of the page."""
    return from_query(page.evaluate("location.search"))


def wait_for(page: Any, name: str, value: Any) -> Design:
    """The design once a parameter is in the address."""
    script = """([name, value]) => {
      const text = new URLSearchParams(location.search).get('design');
      return text && JSON.stringify(JSON.parse(text).schedule[name] ?? JSON.parse(text)[name]) === JSON.stringify(value)
    }"""
    page.wait_for_function(script, arg=[name, value])
    return state(page)


def same_curve(page: Any, design: Design) -> None:
    """What is drawn is what the library says, at every step that is drawn."""
    steps, rates = page.evaluate(DRAWN)
    assert rates == design.schedule(np.array(steps)).tolist()


def test_a_slider_moves_the_curve(browser: Any, studio: str) -> None:
    """The drawn rates are the library's after each move, and the field, the address and the code follow."""
    page = opened(browser, studio)
    slider = page.get_by_label("max_lr, slider")
    slider.focus()
    before = state(page).schedule.max_lr if "design" in page.url else 0.1
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(FOLLOWED)
    design = state(page)
    assert design.schedule.max_lr > before
    assert page.get_by_label("max_lr", exact=True).input_value() == repr(design.schedule.max_lr)
    page.wait_for_timeout(RESTS)
    same_curve(page, design)
    assert page.wrong == []


def test_a_move_is_passed_on_once(browser: Any, studio: str) -> None:
    """A field that follows its slider, or a button that is drawn again, does not count as the use of a control."""
    page = opened(browser, studio)
    edits = []
    page.on("request", lambda request: edits.append(1) if request.url == f"{studio}edit" else None)
    page.get_by_label("max_lr, slider").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(FOLLOWED)
    page.wait_for_timeout(RESTS)
    assert len(edits) == 1
    page.get_by_role("button", name="One-cycle").click()
    page.wait_for_selector("button[aria-pressed=true]:has-text('One-cycle')")
    page.wait_for_timeout(RESTS)
    assert len(edits) == 2


def test_nothing_is_asked_of_the_internet(browser: Any, studio: str) -> None:
    """Every request goes to the page's own server."""
    page = opened(browser, studio)
    assert [url for url in page.asked if not url.startswith((studio, "data:", "blob:"))] == []


def test_the_keyboard_is_enough(browser: Any, studio: str) -> None:
    """A class, a number, the fit and the code of a framework can be chosen without a mouse."""
    page = opened(browser, studio)
    page.wait_for_timeout(RESTS)  # the first updates are done, and the field will not be replaced while it is typed in
    field = page.get_by_label("budget", exact=True)
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("12000", delay=100)  # as a person types: the field is drawn anew after every key
    page.keyboard.press("Enter")
    wait_for(page, "total_steps", 12_000)
    fit = page.get_by_role("button", name="Fit the schedule to the budget")
    page.wait_for_timeout(RESTS)  # the slow updates are done, and the button will not be replaced
    fit.press("Enter")
    design = wait_for(page, "cycle_steps", 5_750)
    assert not design.schedule.ends_within_cycle(12_000)
    page.locator("#advice").filter(has_text="middle of cycle").wait_for(state="detached")
    page.wait_for_timeout(RESTS)
    page.get_by_label("code for").press_sequentially("Lightning")
    page.wait_for_function("() => document.querySelector('#code').innerText.includes('lightning')")
    page.wait_for_timeout(RESTS)
    page.get_by_label("class").press_sequentially("Rex")  # a closed select jumps to the entry that is typed
    same_curve(page, wait_for(page, "type", "Rex"))
    assert page.wrong == []


def test_a_link_opens_the_design_again(browser: Any, studio: str) -> None:
    """The address of a page opens the same design in another window."""
    page = opened(browser, studio)
    field = page.get_by_label("base", exact=True)
    field.fill("0.25")
    field.press("Enter")
    design = wait_for(page, "base", 0.25)
    again = opened(browser, page.url)
    assert again.get_by_label("base", exact=True).input_value() == "0.25"
    same_curve(again, design)


def test_what_is_wrong_is_said(browser: Any, studio: str) -> None:
    """A floor above the peak is refused with a sentence, the curve stays, and a valid value clears the error."""
    page = opened(browser, studio)
    field = page.get_by_label("min_lr", exact=True)
    field.fill("5")
    field.press("Enter")
    page.locator("#wrong").filter(has_text="The floor cannot lie above the peak").wait_for()
    field.fill("0.01")
    field.press("Enter")
    design = wait_for(page, "min_lr", 0.01)
    assert page.locator("#wrong").inner_text() == ""
    same_curve(page, design)


def test_a_server_that_is_gone_is_noticed(browser: Any, studio: str) -> None:
    """If the server does not answer, the page says so, and it continues once the server is back."""
    page = opened(browser, studio)
    page.route("**/edit", lambda route: route.abort())
    slider = page.get_by_label("max_lr, slider")
    slider.press("ArrowRight")
    page.locator("#wrong").filter(has_text="server does not answer").wait_for()
    page.unroute("**/edit")
    slider.press("ArrowRight")
    page.wait_for_function(FOLLOWED)
    assert page.locator("#wrong").inner_text() == ""


def test_a_hostile_link_is_text(browser: Any, studio: str) -> None:
    """Markup in an address is shown, never interpreted."""
    page = opened(browser, f"{studio}?design=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert "contains no design" in page.locator("main [role=alert]").first.inner_text()
    assert page.locator("main img").count() == 0


def test_the_code_of_the_page_runs(browser: Any, studio: str, tmp_path: Path) -> None:
    """What the page shows runs when pasted into a fresh interpreter."""
    page = opened(browser, studio)
    field = page.get_by_label("budget", exact=True)
    field.fill("20")
    field.press("Enter")
    wait_for(page, "total_steps", 20)
    page.get_by_label("code for").select_option("nanoGPT")
    page.wait_for_function("() => document.querySelector('#code').innerText.includes('range(20)')")
    program = tmp_path / "program.py"
    program.write_text(page.locator("#code").inner_text())
    subprocess.run([sys.executable, str(program)], check=True, timeout=200)


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (768, "light"), (1280, "dark"), (1280, "light")])
def test_it_fits_and_is_accessible(browser: Any, studio: str, width: int, scheme: str) -> None:
    """Nothing overflows the window, and axe-core finds nothing serious."""
    page = opened(browser, studio, width, scheme)
    page.locator("#facts table").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert serious(page) == []


@pytest.mark.parametrize("width", [375, 1280])
def test_the_curve_covers_what_passes_under_it(browser: Any, studio: str, width: int) -> None:
    """While the page scrolls under the curve, no control lies over it, and what takes the focus is not behind it."""
    page = opened(browser, studio, width)
    page.evaluate("window.scrollTo(0, 500)")
    page.wait_for_timeout(RESTS)
    assert page.evaluate(OVER_THE_CURVE) == []
    page.get_by_label("cycles, slider").focus()
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        assert not page.evaluate(UNDER_THE_CURVE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_log_fits_and_is_accessible(browser: Any, studio: str, scheme: str) -> None:
    """A log on a phone overflows nothing, and axe-core finds nothing serious."""
    rows = [f"{step},{0.1 / step},{2 / step},{1 / step}" for step in range(1, 300)]
    page = dropped(browser, studio, "run.csv", "\n".join(["step,lr,loss,grad_norm", *rows]).encode())
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 375, "height": 800})
    page.wait_for_selector("#log-curve path.js-line")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 375
    assert serious(page) == []


def dropped(browser: Any, studio: str, name: str, data: bytes) -> Any:
    """The page of logs after a file was dropped on it."""
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{studio}log")
    page.locator("#upload input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.locator("#log h2, #log [role=alert]").first.wait_for()
    return page


def test_a_dropped_log_is_shown_and_opened(browser: Any, studio: str) -> None:
    """A log with markup in a column's name is drawn and diagnosed as text, and its schedule opens in the designer."""
    schedule = la.CyclicalCosineAnnealing(0.1, 100)
    rows = [f"{step + 1},{schedule(step)},{2 / (1 + step / 50)}" for step in range(300)]
    data = "\n".join(["step,lr,train_loss<img src=x onerror=alert(1)>", *rows]).encode()
    page = dropped(browser, studio, "run.csv", data)
    page.wait_for_selector("#log-curve path.js-line")
    assert "train_loss<img src=x onerror=alert(1)>" in page.locator("#log").inner_text()
    assert page.locator("#log img").count() == 0
    page.get_by_role("link", name="Open the schedule of the log in the designer").click()
    page.wait_for_selector("#curve path.js-line")
    page.wait_for_function("() => location.search.includes('Piecewise')")
    steps, rates = page.evaluate(DRAWN)
    assert rates == pytest.approx([state(page).schedule(step) for step in steps])


@pytest.mark.parametrize("data", [b"\x80\x04\x95", b"<script>document.title = 'obeyed'</script>", b""])
def test_a_dropped_file_that_is_no_log_is_refused(browser: Any, studio: str, data: bytes) -> None:
    """A sentence is shown, and no script has run."""
    page = dropped(browser, studio, "log.csv", data)
    assert "not a log that can be read" in page.locator("#log [role=alert]").inner_text()
    assert page.title() == "loganneal studio"
