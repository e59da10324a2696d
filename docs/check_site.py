"""What has to hold for a built site: links lead somewhere, nothing loads from elsewhere, every public name is there.

`python check_site.py FOLDER` prints what is wrong, one line each, and fails if anything is.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.util.inventory import InventoryFile

import loganneal

PACKAGE = Path(loganneal.__file__).parent

INTERNAL = ("loganneal.reports.terminal.progress", "loganneal.studies.declare.arms")
"""Modules whose ``__all__`` tells mypy what they pass on, and not what is public."""

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""What a browser loads by itself; links are followed by readers, and may lead elsewhere."""


class Page(HTMLParser):
    """What a page has and what it refers to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element."""
        values = {name: value for name, value in attrs if value}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in LOADED and LOADED[tag] in values and values.get("rel") not in ("canonical", "edit"):
            self.loads.append(values[LOADED[tag]])


@cache
def parsed(file: Path) -> Page:
    """A page, read once."""
    return Page(file)


def wrong_links(site: Path) -> Iterator[str]:
    """Links that lead nowhere and files that a page loads from another machine, one sentence each."""
    for file in sorted(site.rglob("*.html")):
        page, name = parsed(file), file.relative_to(site)
        yield from (f"{name}: loads {target} from another machine" for target in page.loads if urlsplit(target).netloc)
        here = [target for target in (*page.links, *page.loads) if not urlsplit(target).scheme and target[:2] != "//"]
        yield from (f"{name}: {target} leads nowhere" for target in here if not leads_somewhere(file, target))


def leads_somewhere(file: Path, target: str) -> bool:
    """Whether a link within the site has a file, and the file the anchor."""
    parts = urlsplit(target)
    goal = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if not goal.is_file():
        return False
    return not parts.fragment or goal.suffix != ".html" or unquote(parts.fragment) in parsed(goal).anchors


def documented(site: Path) -> set[str]:
    """Every name of the reference."""
    names = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    return {name for kind in names.data.values() for name in kind}


def public_names() -> list[tuple[str, str]]:
    """Every public name with the module that exports it, read from the files: importing would need every framework."""
    files = sorted(file for file in PACKAGE.rglob("*.py") if not file.stem.strip("_").startswith("main"))
    return [(module_of(file), name) for file in files if module_of(file) not in INTERNAL for name in exported(file)]


def module_of(file: Path) -> str:
    """The module that a file is."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def exported(file: Path) -> list[str]:
    """The names in ``__all__`` of a file, but for those that Python has of its own."""
    statements = [node for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)]
    lists = [each.value for each in statements if ast.unparse(each.targets[0]) == "__all__"]
    return [name for names in lists for name in ast.literal_eval(names) if not name.startswith("__")]


def missing(described: set[str]) -> list[str]:
    """The public names that are documented neither in their module, nor within it, nor in the one that holds it."""
    homes = {full.rpartition(".")[0] for full in described}
    near = {module: [home for home in homes if is_near(module, home)] for module, _ in public_names()}
    return [f"{m}.{name}" for m, name in public_names() if not any(f"{home}.{name}" in described for home in near[m])]


def is_near(module: str, home: str) -> bool:
    """Whether a name of a module may be documented in another one."""
    return home in (module, module.rpartition(".")[0]) or home.startswith(f"{module}.")


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    found = [*wrong_links(folder), *(f"{name} is not in the reference" for name in missing(documented(folder)))]
    print("\n".join(found) or "every link leads somewhere, and every public name is in the reference")
    sys.exit(bool(found))
