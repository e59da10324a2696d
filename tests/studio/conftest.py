"""A page that is served."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("dash", reason="Dash is not installed.")

from loganneal.studio.serve import address, open_server
from loganneal.studio.study_watch import Studies


@contextmanager
def served(studies: Studies | None = None) -> Iterator[str]:
    """The address of a page that is served from this process."""
    server = open_server(studies=studies)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address(server)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def studio() -> Iterator[str]:
    """The address of the page."""
    with served() as place:
        yield place


@pytest.fixture
def studies(tmp_path: Path) -> Iterator[str]:
    """The address of the page that shows the studies of the test's own folder, whose journal is in ``runs``."""
    with served(Studies([tmp_path], tmp_path / "runs")) as place:
        yield f"{place}studies"
