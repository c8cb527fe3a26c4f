"""舆情: texts that count for entities by month, area, industry and entity; risks; brigades; what waits for a person.

Review queues and model cards are the parts `text_review.py` and `text_models.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import dash
import polars as pl
from dash import dcc, get_relative_path, html

from dashboards import data, labels, text_data
from dashboards import text_lists as lists
from dashboards.choices import choices, keyword, one, several, views
from dashboards.components.graph import graph
from dashboards.components.panel import empty, heading, panel
from dashboards.components.sourced import source
from dashboards.components.tile import tiles
from dashboards.door import Door
from dashboards.figures import hotline
from dashboards.figures import text as figures
from dashboards.listed import listed
from dashboards.pages import text_models, text_review

NAME = "舆情"
PATH = "/texts"
AREA = "text"
Query = Mapping[str, str]


def body(door: Door, **query: str) -> list[Any]:
    """The part of the page that `view` names; `district_code`, `month`, `risk_ids`, `polarity`, `keyword` filter it."""
    view = query["view"] if query.get("view") in VIEWS else "summary"
    title = heading(
        NAME,
        html.Span("公开文本，由模型判读", className="muted"),
        html.Span(className="spring"),
        html.Span("仅供内部监管使用", className="notice"),
        dcc.Link("指标口径", href=get_relative_path(f"/metrics?area={AREA}"), className="button"),
    )
    if view == "models":
        return [title, views(PATH, VIEWS, view, query, ("district_code",)), *text_models.parts(door)]
    if not text_data.has_texts(door):
        return [title, panel("舆情文本", empty(f"本次运行的数据包（{data.feeds(door)}）没有提供舆情文本。"))]
    return [title, views(PATH, VIEWS, view, query, ("district_code",)), *_PARTS[view](door, query)]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page but what its address says (`choices`) and its lists (`listed`)."""


def _summary(door: Door, query: Query) -> list[Any]:
    districts = [code for code in query.get("district_code", "").split(",") if code]
    trend = text_data.months(door, districts)
    told = [(str(month), f"{month:%Y-%m}") for month in reversed(trend["month"].to_list())]
    month = query.get("month", "") if query.get("month") in dict(told) else "all"
    return [
        tiles(data.metrics(door, AREA), "本次运行没有产生舆情指标。"),
        choices(
            several("district_code", "区县／功能区", data.district_names(door).items(), query, 340),
            one("month", "风险标签的月份", [("all", "风险标签：近 13 个月"), *told], month, 220),
        ),
        panel(
            "月度走势",
            graph(figures.trend(trend), 280, "各月计入主体的舆情与负面占比")
            if trend.height
            else empty("所选区域没有计入主体的舆情。"),
            note=_beside("近 13 个月，末月到截止日", "sentiment_month"),
        ),
        _risks(text_data.risks(door, districts, "" if month == "all" else month)),
        html.Div(
            [listed(door, lists.DISTRICTS, query), listed(door, lists.INDUSTRIES, query)], className="columns halves"
        ),
    ]


def _risks(frame: pl.DataFrame) -> html.Section:
    title, note = "风险标签 × 区县／功能区", _beside("条 · 一条文本可有几个标签", "sentiment_risk")
    if frame.is_empty():
        return panel(title, empty("所选范围没有带风险标签的文本。"), note=note)
    cells = frame.select(
        pl.col("risk_id").alias("item_code"),
        pl.col("risk_id").replace_strict(labels.RISK, default=pl.col("risk_id")).alias("item_name"),
        "district_code",
        "district_name",
        "district_kind",
        pl.col("text_count").alias("order_count"),
    )
    height = 46 + 34 * hotline.busiest(cells).height
    return panel(title, graph(hotline.heat(cells, "条"), height, "舆情风险标签按区县"), note=note)


def _entities(door: Door, query: Query) -> list[Any]:
    frame = data.metrics(door, AREA)
    about = frame.filter(pl.col("metric_id").is_in([f"{AREA}.{name}" for name in ("counted", "grave", "campaigns")]))
    return [
        tiles(about, "本次运行没有产生这些指标。"),
        choices(
            several("district_code", "区县／功能区", data.district_names(door).items(), query, 300),
            several("polarity", "倾向", labels.POLARITY.items(), query, 180),
            keyword("主体、代码或文字", query),
        ),
        listed(door, lists.ENTITIES, query),
        listed(door, lists.CAMPAIGNS, query),
        listed(door, lists.TEXTS, query),
    ]


def _beside(note: str, name: str) -> html.Span:
    return html.Span([html.Span(note), source(f"mart.{name}")], className="beside")


VIEWS = {"summary": "总体", "entities": "主体、文本与刷评", "review": "待核对", "models": "模型与漂移"}
_PARTS: dict[str, Callable[[Door, Query], list[Any]]] = {
    "summary": _summary,
    "entities": _entities,
    "review": text_review.parts,
}
