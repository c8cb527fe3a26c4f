"""Which page an address belongs to, and its body for the viewer who asks.

No content: the pages write it.
"""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import parse_qsl

import dash
from dash import html

from dashboards.components.panel import heading, panel
from dashboards.components.unpublished import unpublished
from dashboards.door import Door, current_door
from dashboards.pages import (
    approvals,
    backtest,
    burden,
    ceremony,
    check_lists,
    decisions,
    draws,
    entities,
    entity,
    grade_changes,
    hotline,
    metrics,
    overview,
    plan_trial,
    plans,
    publication_clock,
    quality,
    screen,
    tables,
    texts,
    visits,
    warnings,
)

BODY_ID = "page-body"


class Page(Protocol):
    """What a page module offers."""

    NAME: str
    PATH: str

    def body(self, door: Door, **query: str) -> list[Any]:
        """The parts of the page for the viewer of the door."""
        ...

    def register(self, app: dash.Dash) -> None:
        """Add the callbacks of the page."""
        ...


IN_NAVIGATION: tuple[Page, ...] = (
    overview,
    entities,
    grade_changes,
    draws,
    approvals,
    hotline,
    texts,
    warnings,
    quality,
)
DRAWS: tuple[Page, ...] = (check_lists, plans, plan_trial, ceremony, visits, burden, publication_clock)
PAGES: tuple[Page, ...] = (*IN_NAVIGATION, entity, tables, decisions, backtest, metrics, screen, *DRAWS)


def register(app: dash.Dash) -> None:
    """Tell Dash the address of each page, and let each page add its callbacks."""
    for order, page in enumerate(PAGES):
        address = {"path_template": page.PATH} if "<" in page.PATH else {"path": page.PATH}
        dash.register_page(
            f"page_{order}",
            **address,
            name=page.NAME,
            title=f"{page.NAME} · 明察",
            layout=_layout(page.body),
            order=order,
        )
        page.register(app)
    dash.register_page(
        "not_found_404", path="/not-found", name="没有这个页面", title="没有这个页面 · 明察", layout=_layout(_not_found)
    )


def body_at(door: Door, pathname: str, search: str) -> list[Any]:
    """The body of the page at an address, as it is now."""
    query = dict(parse_qsl(search.removeprefix("?")))
    for page in PAGES:
        fixed, variable, _ = page.PATH.partition("<")
        if not variable and pathname == fixed:
            return _published(door, page.body, query)
        if variable and pathname.startswith(fixed) and "/" not in pathname.removeprefix(fixed):
            name = page.PATH.removeprefix(fixed).strip("<>")
            return _published(door, page.body, {**query, name: pathname.removeprefix(fixed)})
    return _not_found(door)


def _layout(body: Callable[..., list[Any]]) -> Callable[..., html.Div]:
    def layout(**query: str) -> html.Div:
        return html.Div(_published(current_door(), body, query), id=BODY_ID)

    return layout


def _published(door: Door, body: Callable[..., list[Any]], query: dict[str, str]) -> list[Any]:
    query.pop("door", None)
    return body(door, **query) if door.snapshot() else [unpublished()]


def _not_found(_door: Door, **_query: str) -> list[Any]:
    return [
        heading("没有这个页面"),
        panel("请从上方导航进入", html.P("地址可能有误，或该页面已改名。", className="muted")),
    ]
