"""The frame around every page: navigation, state of the data, and the panel that explains a figure.

Content of pages is elsewhere; the callbacks that fill the frame are in `dashboards/live.py`.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import dcc, get_relative_path, html

from dashboards.components.badge import state
from dashboards.components.exports import tray
from dashboards.formats import day, instant
from dashboards.theme import FONT

REFRESH_MS = 20_000
STALE_HOURS = 36
ROOMY = 8  # pages in the navigation beside which a narrow screen shows everything else


def bare() -> dmc.MantineProvider:
    """The page alone, for a wall screen: nobody navigates there, and it loads itself anew (assets/wall.js)."""
    return dmc.MantineProvider(html.Main(dash.page_container), theme={"fontFamily": FONT}, forceColorScheme="light")


def shell(snapshot: str | None, told: list[Any], who: list[Any], search: Any, *, pages: int = 0) -> dmc.MantineProvider:
    """Header, page container, clock and definition panel.

    `snapshot` is the one that the page is built from, `told` its state, `who` says who looks at it, `search` finds
    entities; `pages` is how many there are in the navigation.
    """
    return dmc.MantineProvider(
        [
            dcc.Interval(id="clock", interval=REFRESH_MS),
            dcc.Store(id="snapshot", data=snapshot or ""),
            dcc.Store(id="place"),
            dcc.Store(id="addressed"),
            html.A("跳到正文", href="#main", className="skip"),
            *who,
            html.Header(
                [
                    dcc.Link(
                        [html.B("明察"), html.Span("市场监管综合分析")], href=get_relative_path("/"), className="brand"
                    ),
                    html.Nav(id="navigation", **{"aria-label": "主导航"}),
                    search,
                    html.Div(told, id="data-state", className="data-state"),
                ],
                # told here: a rule of style that counts links (:has) is reckoned anew with every node that a chart adds
                className="topbar crowded" if pages > ROOMY else "topbar",
            ),
            html.Main(dash.page_container, id="main", tabIndex=-1),
            *tray(),
            dmc.Drawer(
                id="definition",
                position="right",
                size=480,
                padding="lg",
                opened=False,
                zIndex=1000,
                closeButtonProps={"aria-label": "关闭"},
            ),
        ],
        theme={
            "fontFamily": FONT,
            "primaryColor": "blue",
            "primaryShade": 8,
            "defaultRadius": "sm",
            "respectReducedMotion": True,
        },
        forceColorScheme="light",
    )


def navigation(pages: list[tuple[str, str]], pathname: str) -> list[dcc.Link]:
    """Links to the pages; the current one is marked."""

    def is_current(path: str) -> bool:
        within = {
            "/entities": "/entity/",
            "/warnings": "/warnings/",
            "/quality": "/tables",
            "/grades": "/decisions",
            "/draws": "/draws/",
        }.get(path)
        return pathname == path or (within is not None and pathname.startswith(within))

    return [
        dcc.Link(name, href=get_relative_path(path), className="current" if is_current(path) else "")
        for name, path in pages
    ]


def data_state(info: dict[str, Any] | None, ages: pl.DataFrame) -> list[Any]:
    """As-of day, run, when it was published (assets/age.js says how long ago), and how many sources are late."""
    if info is None:
        return [state("未发布", "warn")]
    late = ages["is_late"].sum()
    built = {"data-built": f"{info['built_at']:%FT%TZ}", "data-stale-hours": str(STALE_HOURS)}
    return [
        html.Span(["数据截至 ", html.B(day(info["as_of"]))], title=f"发布于 {instant(info['built_at'])}（北京时间）"),
        html.Span(
            ["发布于 ", html.Span("", **built)],
            title=f"{instant(info['built_at'])}（北京时间）",
        ),
        html.Span(["运行 ", html.Code(str(info["run_id"])[:20])], title=f"规则版本 {info['policy_version']}"),
        state(f"{late} 个数据源逾期", "warn") if late else state(f"{ages.height} 个数据源正常", "ok"),
    ]
