"""The Python code of the documentation runs, and its links lead somewhere."""

import re
from pathlib import Path

import pytest
from cogapp import Cog
from lightning_training import QUIET

ROOT = Path(__file__).parent.parent
DOCS = sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", *DOCS]


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def examples() -> list[object]:
    """Each block of Python, named by its page and the heading above it."""
    found = []
    for page in PAGES:
        sections = re.split(r"^#+ (.+)$", text(page), flags=re.MULTILINE)
        for heading, section in zip(["", *sections[1::2]], sections[::2], strict=True):
            blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
            found += [pytest.param(page, block, id=f"{page}, {heading}") for block in blocks]
    return found


pytestmark = [
    *QUIET,
    # an example that is right on every machine runs here without an accelerator
    pytest.mark.filterwarnings("ignore:'pin_memory' argument is set as true but no accelerator:UserWarning"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "code"), examples())
def test_the_code_runs(page: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block by itself, in a fresh namespace and an empty folder."""
    monkeypatch.chdir(tmp_path)
    exec(compile(code, page, "exec"), {"__name__": "example"})


@pytest.mark.parametrize(("page", "fewest"), [("README.md", 1), ("docs/quickstart.md", 2), ("docs/frameworks.md", 2)])
def test_there_is_code(page: str, fewest: int) -> None:
    """The blocks are found, so that the test above tests something."""
    assert text(page).count("```python") == sum(example.values[0] == page for example in examples()) >= fewest


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link and picture of a page is a file of the project, from the folder of the page."""
    targets = re.findall(r"\]\(([^)#]+)", text(page)) + re.findall(r'src="([^"]+)"', text(page))
    folder = (ROOT / page).parent
    missing = [target for target in targets if not target.startswith("http") and not (folder / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_links_within_a_page_lead_to_a_heading(page: str) -> None:
    """By the names that headings have on GitHub."""
    headings = re.findall(r"^#+ (.+)$", text(page), flags=re.MULTILINE)
    names = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text(page))) <= names


@pytest.mark.parametrize("page", [page for page in PAGES if "[[[cog" in text(page)])
def test_numbers_are_those_of_the_results(
    page: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What cog writes into a page from the committed results is what is there."""
    monkeypatch.chdir(ROOT)
    assert Cog().main(["cog", "--check", "-P", page]) == 0, capfd.readouterr().out
