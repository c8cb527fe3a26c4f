"""Panels: a titled white card, and what stands in it when there is nothing to show.

No figure and no table is built here.
"""

from collections.abc import Iterable
from typing import Any

from dash import html

NO_DATA = "暂无数据"


def panel(title: str, *children: Any, note: Any = None, kind: str = "") -> html.Section:
    """A card with a title on the left and a note on the right; `kind` is `grid` for a panel that holds a grid."""
    head = [html.H2(title)] + ([html.Span(note, className="note")] if note is not None else [])
    return html.Section([html.Header(head), *children], className=f"panel {kind}".strip())


def empty(why: str) -> html.Div:
    """An empty table or chart: says that there is nothing, and why."""
    return html.Div([html.Strong(NO_DATA), html.P(why)], className="empty", role="status")


def heading(title: str, *beside: Any) -> html.Div:
    """The title of a page with what stands beside it."""
    return html.Div([html.H1(title), *beside], className="heading")


def legend(entries: Iterable[tuple[str, str]]) -> html.Div:
    """Names with their colours, for charts too narrow to hold their own legend."""
    return html.Div(
        [html.Span([html.I(style={"background": colour}), name]) for name, colour in entries], className="legend"
    )


def figures(entries: Iterable[tuple[str, str, str, str]]) -> html.Div:
    """Large numbers as (name, value, what stands beside it, meaning); a click on one opens its meaning."""
    return html.Div(
        [
            html.Details(
                [
                    html.Summary([html.Span(name), html.Div([html.B(value), html.Small(beside)])], title=meaning),
                    html.P(meaning),
                ]
            )
            for name, value, beside, meaning in entries
        ],
        className="figures",
    )


def facts(pairs: list[tuple[str, Any]]) -> html.Dl:
    """Name–value pairs in a grid."""
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="facts")
