"""Which page an address belongs to, and its body for the viewer who asks.

No content: the pages write it.
"""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import parse_qsl

import dash
from dash import html
from flask import current_app

from dashboards.auditing import note
from dashboards.components.panel import heading, panel
from dashboards.components.unpublished import unpublished
from dashboards.door import Door, current_door
from dashboards.pages import (
    account,
    approvals,
    audit,
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
    policies,
    publication_clock,
    quality,
    screen,
    tables,
    texts,
    topics,
    users,
    visits,
    warning,
    warnings,
    workbench,
)
from models.access.rules import access_rules
from models.access.viewer import Viewer

BODY_ID = "page-body"
FRAME = "frame"  # callbacks around every page, open to whoever may open any page
OWNERS = "MINGCHA_CALLBACKS"


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
    backtest,
    draws,
    approvals,
    hotline,
    texts,
    topics,
    warnings,
    quality,
    policies,
    workbench,
)
DRAWS: tuple[Page, ...] = (check_lists, plans, plan_trial, ceremony, visits, burden, publication_clock)
NOWHERE = ""
STANDALONE = {"/account", "/audit", "/users"}  # pages that need no snapshot
DASH_PAGES = {"_pages_dummy.children", ".._pages_content.children..._pages_store.data.."}
ACCOUNTS: tuple[Page, ...] = (account, audit, users)
PAGES: tuple[Page, ...] = (
    *IN_NAVIGATION,
    entity,
    warning,
    tables,
    decisions,
    metrics,
    screen,
    *ACCOUNTS,
    *DRAWS,
)


def register(app: dash.Dash) -> None:
    """Tell Dash the address of each page, and let each page add its callbacks; the frame adds its own afterwards."""
    owners: dict[str, str] = app.server.config.setdefault(OWNERS, {})
    for order, page in enumerate(PAGES):
        address = {"path_template": page.PATH} if "<" in page.PATH else {"path": page.PATH}
        dash.register_page(
            f"page_{order}",
            **address,
            name=page.NAME,
            title=f"{page.NAME} · 明察",
            layout=_layout(page.PATH, page.body),
            order=order,
        )
        before = set(app.callback_map)
        page.register(app)
        owners |= dict.fromkeys(set(app.callback_map) - before, page.PATH)
    dash.register_page(
        "not_found_404",
        path="/not-found",
        name="没有这个页面",
        title="没有这个页面 · 明察",
        layout=_layout(NOWHERE, _not_found),
    )


def page_of(output: str) -> str | None:
    """The page that a callback belongs to, FRAME for those around every page, None for an output of no callback."""
    owner: str | None = current_app.config[OWNERS].get(output)
    if owner is None and output in DASH_PAGES:
        return FRAME
    return owner


def open_to(viewer: Viewer) -> list[tuple[str, str]]:
    """Name and path of the pages in the navigation that a viewer may open."""
    return [(page.NAME, page.PATH) for page in IN_NAVIGATION if access_rules().opens(viewer, page.PATH)]


def body_at(door: Door, pathname: str, search: str) -> list[Any]:
    """The body of the page at an address, as it is now."""
    query = dict(parse_qsl(search.removeprefix("?")))
    for page in PAGES:
        fixed, variable, _ = page.PATH.partition("<")
        if not variable and pathname == fixed:
            return _opened(door, page.PATH, page.body, query)
        if variable and pathname.startswith(fixed) and "/" not in pathname.removeprefix(fixed):
            name = page.PATH.removeprefix(fixed).strip("<>")
            return _opened(door, page.PATH, page.body, {**query, name: pathname.removeprefix(fixed)})
    return _not_found(door)


def _layout(path: str, body: Callable[..., list[Any]]) -> Callable[..., html.Div]:
    def layout(**query: str) -> html.Div:
        return html.Div(_opened(current_door(), path, body, query), id=BODY_ID)

    return layout


def _opened(door: Door, path: str, body: Callable[..., list[Any]], query: dict[str, str]) -> list[Any]:
    query.pop("door", None)
    if path != NOWHERE and not access_rules().opens(door.viewer, path):
        note("refused", path, "refused")
        return _not_allowed()
    if path in STANDALONE:
        return body(door, **query)
    return body(door, **query) if door.snapshot() else [unpublished()]


def _not_allowed() -> list[Any]:
    return [
        heading("没有权限"),
        panel("您的角色不能打开这个页面", html.P("如因工作需要，请联系管理员调整角色。", className="muted")),
    ]


def _not_found(_door: Door, **_query: str) -> list[Any]:
    return [
        heading("没有这个页面"),
        panel("请从上方导航进入", html.P("地址可能有误，或该页面已改名。", className="muted")),
    ]
