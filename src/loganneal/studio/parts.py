"""Parts that several pages share: lists under a title, and tables."""

from collections.abc import Sequence
from typing import Any

from dash import html


def listed(title: str, lines: Sequence[str]) -> list[Any]:
    """Lines as a list under a title; nothing if there are none."""
    return [html.H3(title), html.Ul([html.Li(line) for line in lines])] if lines else []


def table(caption: str, names: Sequence[str], rows: Sequence[html.Tr]) -> html.Table:
    """A table with its caption and the names of its columns."""
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in names]))
    return html.Table([html.Caption(caption), head, html.Tbody(rows)])


def scrolled(label: str, inside: Any) -> html.Div:
    """A part that can be scrolled if the window is narrow, also with the keyboard."""
    return html.Div(inside, className="wide", tabIndex=0, role="region", **{"aria-label": label})
