"""The documentation site: `make -C docs html` builds it into docs/_build/html, without a network."""

import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.autodoc.mock import MockFinder, _MockObject
from sphinx.util.inspect import signature, stringify_signature

import loganneal

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "loganneal"
author = "The loganneal contributors"
copyright = "2026, the loganneal contributors. Apache-2.0"
version = release = loganneal.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "myst_parser",
    "sphinx_copybutton",
    "source_links",
    "schedule_gallery",
]
exclude_patterns = ["_build"]
myst_heading_anchors = 3

# Python. Docstrings are Google's, with types from the annotations; a name between single backticks is a reference.
default_role = "py:obj"
add_module_names = False
toc_object_entries_show_parents = "hide"
python_use_unqualified_type_names = True
python_display_short_literal_types = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True

# The reference needs names and docstrings only, so frameworks are imitated: the site builds from a small environment.
# Not by `autodoc_mock_imports`, which drops its imitations between two names, so that Sphinx looks up base classes in
# the originals; but for JAX, since a schedule that is drawn for the gallery asks whether JAX is there.
IMITATED = "filelock google keras lightning lightning_fabric mlxtend optax platformdirs ray rich scipy submitit"
IMITATED += " tensorboard tensorflow timm torch torchvision transformers"
sys.meta_path.insert(0, MockFinder(IMITATED.split()))
autodoc_mock_imports = ["jax"]
# an annotation such as `float | Tensor` is evaluated when a module is imported, and an imitated class knows no `|`
_MockObject.__or__ = _MockObject.__ror__ = lambda imitated, other: other

# Every name of this project has to lead somewhere; those of others would need a network to be looked up.
OTHERS = "builtins|collections|concurrent|contextlib|datetime|jax|matplotlib|np|npt|nn|numpy|pathlib|typing|"
OTHERS += "|".join(IMITATED.split())
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", rf"({OTHERS})(\..*)?"),
    ("py:.*", r"loganneal\.(.*\.)?_.*"),  # types of our own that are not public
    ("py:class", r"loganneal\.prediction\.rates\.Rates"),  # only the laws take it
    ("py:.*", r"'.*'"),  # the members of a Literal
    ("py:obj", r"(?!loganneal\.)[^A-Z].*"),  # code between single backticks, such as `total_steps`
]

html_theme = "furo"
html_title = "loganneal"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
pygments_dark_style = "github-dark"
html_theme_options = {
    "source_repository": "https://github.com/loganneal/loganneal/",
    "source_branch": "main",
    "source_directory": "docs/",
    "light_css_variables": {"color-brand-primary": "#0b6e99", "color-brand-content": "#0b6e99"},
    "dark_css_variables": {"color-brand-primary": "#5cb8dd", "color-brand-content": "#5cb8dd"},
}
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True

# Mathematics: one file of an installed package, with its glyphs inside, so that no page asks another machine for it.
mathjax = importlib.util.find_spec("sphinx-mathjax-offline")
assert mathjax is not None, "sphinx-mathjax-offline is missing: pip install '.[docs]'"
html_static_path.append(str(Path(str(mathjax.origin)).parent / "static" / "mathjax" / "tex-svg.js"))
mathjax_path = "tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}


def own_signature(app: Sphinx, what: str, name: str, thing: Any, options: Any, arguments: str, returns: str) -> Any:
    """The signature of a class whose base class is imitated, and hides it."""
    if what != "class" or arguments != "(*args, **kwargs)" or not inspect.isfunction(thing.__init__):
        return None
    return stringify_signature(signature(thing.__init__, bound_method=True), show_annotation=False), returns


def without_aliases(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Skip the fields of a named tuple, which Python documents as aliases; its parameters describe them."""
    return True if type(thing).__name__ == "_tuplegetter" else None


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("autodoc-skip-member", without_aliases)
    app.connect("autodoc-process-signature", own_signature)
