"""Links to files of the repository, where it is hosted: from pages, and from the reference to the code."""

import inspect
import operator
import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import loganneal

HOME = "https://github.com/loganneal/loganneal/blob/main/"
PACKAGE = Path(loganneal.__file__).parent


def to_the_repository(app: Sphinx, page: str, source: list[str]) -> None:
    """A link that leads out of docs/, ``](../NAME)``, leads to the file of the repository."""
    if "/" not in page:
        source[0] = re.sub(r"\]\(\.\./", f"]({HOME}", source[0])


def to_the_code(domain: str, info: dict[str, str]) -> str | None:
    """Where a documented name is defined; the modules are those that autodoc has imported."""
    try:
        found = operator.attrgetter(info["fullname"])(sys.modules[info["module"]])
        found = inspect.unwrap(found.fget if isinstance(found, property) else found)
        file, (_, line) = Path(inspect.getfile(found)), inspect.getsourcelines(found)
        return f"{HOME}src/loganneal/{file.relative_to(PACKAGE)}#L{line}"
    except (AttributeError, KeyError, OSError, TypeError, ValueError):
        return None  # data, and what is defined elsewhere


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.linkcode")
    app.config.linkcode_resolve = to_the_code
    app.connect("source-read", to_the_repository)
    return {"parallel_read_safe": True}
