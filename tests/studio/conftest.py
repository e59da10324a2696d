"""A page that listens, and a browser that looks at it."""

import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("dash", reason="Dash is not installed.")

from loganneal.studio.serve import address, open_server

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def studio() -> Iterator[str]:
    """The address of a page that is served from this process."""
    server = open_server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address(server)
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The browser, whose pages are closed after the test: those that stay open take a core each."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of the system."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"None of {', '.join(BROWSERS)} is installed.")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
