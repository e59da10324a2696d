"""How long after a move of a slider the curve of `loganneal studio` is on the screen, at a budget of a million steps.

    python benchmarks/studio_latency.py [MOVES]

It needs a Chromium and Playwright. Each move is a key on the slider of the logarithm's base; the time is from the key
to the frame after the curve has changed. A drag moves the pointer at 60 Hz for two seconds; its time is from the last
change of the slider to the last curve. Browser and server share the processors with whatever else runs: see the load
that is printed.
"""

import os
import shutil
import statistics
import sys
import threading
import time
from typing import Any

from playwright.sync_api import sync_playwright

from loganneal.studio.serve import address, open_server
from loganneal.studio.starts import starting_schedule
from loganneal.studio.state import Design, to_query

STEPS = 1_000_000

ARM = """() => {
  const path = () => document.querySelector('#curve path.js-line').getAttribute('d');
  const before = path();
  window.began = window.took = null;
  window.addEventListener('keydown', () => { window.began = performance.now() }, { once: true, capture: true });
  const look = () => {
    if (window.began !== null && path() !== before) window.took = performance.now() - window.began;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""

WATCH = """() => {
  document.querySelector('#curve .js-plotly-plot').on('plotly_afterplot', () => { window.drawn = performance.now() });
  window.addEventListener('input', () => { window.moved = performance.now() }, true);
}"""


def key_times(page: Any, slider: Any, moves: int) -> list[float]:
    """Milliseconds from each key to its curve."""
    slider.focus()
    times = []
    for _ in range(moves):
        page.evaluate(ARM)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => window.took !== null")
        times.append(page.evaluate("() => window.took"))
        page.wait_for_timeout(400)
    return times


def drag_lag(page: Any, slider: Any) -> float:
    """Milliseconds from the last change of a slider that was dragged to its curve."""
    page.evaluate(WATCH)
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], middle)
    page.mouse.down()
    for frame in range(120):
        page.mouse.move(box["x"] + (0.3 + 0.4 * frame / 120) * box["width"], middle)
        time.sleep(1 / 60)
    page.mouse.up()
    page.wait_for_timeout(1_500)
    return float(page.evaluate("() => window.drawn - window.moved"))


def main(moves: int) -> None:
    """Print the times."""
    server = open_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    schedule = starting_schedule("CyclicalLogAnnealing", 0.1, STEPS)
    query = to_query(Design(schedule.to_dict(), STEPS, rivals=("sgdr",)))
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address(server) + query)
        page.wait_for_selector("#facts table")
        slider = page.get_by_label("base, slider")
        times = key_times(page, slider, moves)
        lag = drag_lag(page, slider)
    load = os.getloadavg()[0]
    middle, late = statistics.median(times), sum(time > 100 for time in times)
    print(f"{moves} keys: median {middle:.0f} ms, from {min(times):.0f} to {max(times):.0f}, {late} above 100.")
    print(f"After a drag: {lag:.0f} ms. {os.cpu_count()} processors, load {load:.1f}.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
