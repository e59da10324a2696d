"""The documentation site: it builds without a warning, its links lead somewhere, and it has every public name."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from loganneal.schedules import SCHEDULES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def check_site() -> ModuleType:
    """`docs/check_site.py`, which `make html` runs."""
    pytest.importorskip("sphinx")
    spec = importlib.util.spec_from_file_location("check_site", DOCS / "check_site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site: the one that LOGANNEAL_SITE names, or one that is built now."""
    if "LOGANNEAL_SITE" in os.environ:
        return Path(os.environ["LOGANNEAL_SITE"])
    pytest.importorskip("sphinx")
    pytest.importorskip("furo")
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = ["make", "-C", str(DOCS), "html", f"BUILD={folder}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    return folder / "html"


def test_the_site_is_built(site: Path) -> None:
    """Without a warning, and as `make html` checks it: each link leads somewhere, and nothing loads from elsewhere."""
    pages = {page.stem for page in site.glob("*.html")}
    assert {page.stem for page in DOCS.glob("*.md")} <= pages


def test_every_schedule_has_its_curve(site: Path) -> None:
    """In the gallery, on a light and on a dark ground."""
    shown = re.findall(r'src="_images/schedule-(\w+)-(light|dark)\.svg"', (site / "gallery.html").read_text())
    assert sorted(shown) == sorted((name, ground) for name in SCHEDULES for ground in ("light", "dark"))
    assert all((site / "_images" / f"schedule-{name}-{ground}.svg").stat().st_size > 5_000 for name, ground in shown)


def test_formulas_are_drawn_without_a_network(site: Path) -> None:
    """By a file of the site itself."""
    page = (site / "api" / "schedules.html").read_text()
    assert "../_static/tex-svg.js" in page
    assert (site / "_static" / "tex-svg.js").stat().st_size > 1_000_000
    assert r"\eta_{max}" in page


def test_a_missing_name_is_found(check_site: ModuleType) -> None:
    """The check of the reference can fail."""
    names = {f"{module}.{name}" for module, name in check_site.public_names()}
    assert {"loganneal.schedules.Cosine", "loganneal.studies.run_study", "loganneal.torch.ScheduleLR"} <= names
    assert check_site.missing(names) == []
    assert check_site.missing(names - {"loganneal.torch.ScheduleLR"}) == ["loganneal.torch.ScheduleLR"]


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<a href="other.html#there">', []),
        ('<a href="other.html#nowhere">', ["page.html: other.html#nowhere leads nowhere"]),
        ('<a href="gone.html">', ["page.html: gone.html leads nowhere"]),
        ('<a href="https://example.org/">', []),
        ('<img src="https://example.org/a.png">', ["page.html: loads https://example.org/a.png from another machine"]),
    ],
)
def test_dead_links_are_found(check_site: ModuleType, tmp_path: Path, link: str, found: list[str]) -> None:
    """Within the site; a link to another site is the reader's to follow, and a picture there is not loaded."""
    (tmp_path / "page.html").write_text(link)
    (tmp_path / "other.html").write_text('<p id="there">')
    assert list(check_site.wrong_links(tmp_path)) == found
