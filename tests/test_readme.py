"""The Python code of the documentation runs, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", blocks("README.md"))
def test_the_code_of_the_readme_runs(code: str) -> None:
    """Each block by itself, in a fresh namespace."""
    exec(compile(code, "README.md", "exec"), {})


def test_the_readme_has_code() -> None:
    """The blocks are found, so that the test above tests something."""
    assert len(blocks("README.md")) >= 2


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link and picture of a page is a file of the project."""
    targets = re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    targets += re.findall(r'src="([^"]+)"', (ROOT / page).read_text(encoding="utf-8"))
    missing = [t for t in targets if not t.startswith("http") and not (ROOT / t).exists()]
    assert not missing
