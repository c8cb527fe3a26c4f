"""热点话题: what many speak of these days, by district and window: heat with its parts, trend, representative texts.

Which texts make an event and how hot it is come from `text.event`; rising ones stand under 预警 too.
"""

from typing import Any

import dash
import polars as pl
from dash import dcc, get_relative_path, html

from dashboards import data, labels, topic_data
from dashboards.approval_lists import count, day, decimal, text
from dashboards.choices import choices, keyword, one, several
from dashboards.components.graph import graph
from dashboards.components.grid import column
from dashboards.components.panel import empty, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.figures.topic import trend
from dashboards.formats import day as day_text
from dashboards.formats import number
from dashboards.listed import Listed, listed

NAME = "热点话题"
PATH = "/topics"
MOST = 6
EVENTS = Listed(
    "topic",
    "全部事件",
    "件",
    [
        text("event_label", "事件", 210, flex=2),
        text("district_name", "区县", 100),
        column("name", "所涉主体", 150, cellRenderer="EntityLink", flex=1),
        decimal("heat_score", "热度", 78),
        count("author_count", "人数", 72),
        count("text_count", "条数", 72),
        count("order_count", "工单", 72),
        count("engagement_count", "互动", 80),
        decimal("growth_score", "升温", 78),
        day("first_seen_on", "首次出现"),
        day("last_seen_on", "最近"),
        text("is_rising", "预警", 72),
    ],
    "近 30 日没有五条以上文本或工单说到同一件事。",
    "热度高的在前",
    most_rows=12,
)


def body(door: Door, **query: str) -> list[Any]:
    """The page; `district_code`, `window` (days since an event was last spoken of) and `keyword` filter it."""
    window = query["window"] if query.get("window") in topic_data.WINDOWS else "14"
    districts = [code for code in query.get("district_code", "").split(",") if code]
    return [
        heading(
            NAME,
            html.Span("舆情文本与热线工单", className="muted"),
            html.Span(className="spring"),
            dcc.Link("升温预警", href=get_relative_path("/warnings?warning_kind=topic"), className="button"),
        ),
        choices(
            several("district_code", "区县／功能区", data.district_names(door).items(), query, 300),
            one("window", "时间窗", topic_data.WINDOWS.items(), window, 140),
            keyword("事件、主体或编号（只筛列表）", query, 260),
        ),
        *_board(door, districts, int(window)),
        listed(door, EVENTS, query),
        _meanings(door),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page but what its address says (`choices`) and its list (`listed`)."""


def _meanings(door: Door) -> html.Section:
    """What every number of the board means, with the numbers of the rules in force."""
    rules = data.rules_in_force(door, "text.heat", "text.topic")
    if len(rules) < 2:
        return panel("口径", empty("本次快照没有热点规则。"))
    heat, topic = rules["text.heat"], rules["text.topic"]
    weight, full = heat["weight"], {name: number(most) for name, most in heat["full"].items()}
    parts = f"人数 {weight['people']}%、条数 {weight['texts']}%、互动 {weight['engagement']}%、升温 {weight['growth']}%"
    aged = f"按日衰减（半衰期 {heat['half_life_days']} 日）"
    rows: list[list[Any]] = [
        [
            "事件",
            f"同一区县、{topic['window_days']} 日内用词相近或关联同一主体的文本与工单；转发随原文计；"
            f"近 {topic['listed_days']} 日至少 {topic['least_texts']} 条",
        ],
        ["热度", f"{parts} 的加权平均，0–100；各部分取对数，不与其他事件比较"],
        ["人数", f"不同的作者与来电人，{aged}；{full['people']} 人为满分"],
        ["条数", f"文本、工单与转发，{aged}；{full['texts']} 条为满分"],
        ["互动", f"点赞、评论与转发次数，{aged}；{full['engagement']} 次为满分"],
        ["升温", f"近 {heat['recent_days']} 日人数高出此前日均的标准差数；{full['growth']} 为满分"],
    ]
    return panel("口径", table([("数字", "short"), ("意思", "text")], rows, "口径"))


def _board(door: Door, districts: list[str], window: int) -> list[Any]:
    frame = topic_data.hottest(door, districts, window, MOST)
    if frame.is_empty():
        why = "所选区县和时间窗内没有热点事件。" if districts else f"{topic_data.WINDOWS[str(window)]}没有热点事件。"
        return [panel("最热的事件", empty(why), note=source("mart.topic"))]
    ids = frame["event_id"].to_list()
    by_day, texts, days = topic_data.by_day(door, ids), topic_data.shown(door, ids), topic_data.days(door)
    cards = []
    for row in frame.iter_rows(named=True):
        counts = dict(by_day.filter(pl.col("event_id") == row["event_id"]).select("day", "text_count").iter_rows())
        cards.append(
            _card(
                row, graph(trend(days, [counts.get(d, 0) for d in days]), 110, f"{row['event_label']}逐日条数"), texts
            )
        )
    pairs = [cards[at : at + 2] for at in range(0, len(cards), 2)]
    return [html.Div(pair, className="columns halves" if len(pair) > 1 else "columns") for pair in pairs]


def _card(row: dict[str, Any], chart: html.Div, texts: pl.DataFrame) -> html.Section:
    parts = [
        ("人数", f"{number(row['author_count'])} 人", row["people_score"]),
        ("条数", f"{number(row['text_count'])} 条", row["texts_score"]),
        ("互动", f"{number(row['engagement_count'])} 次", row["engagement_score"]),
        ("升温", "", row["growth_score"]),
    ]
    measured = table(
        [("部分", "short"), ("数", "number"), ("分", "number")],
        [[name, counted, number(score, 1)] for name, counted, score in parts],
        "热度的各部分",
    )
    own = texts.filter(pl.col("event_id") == row["event_id"])
    quoted = [
        html.Li(
            [
                html.Span(f"{day_text(t['event_date'])} {labels.ITEM_KIND[t['item_kind']]} ", className="muted"),
                t["excerpt"],
            ]
        )
        for t in own.iter_rows(named=True)
    ]
    told = f"{row['district_name']} · 首次出现 {day_text(row['first_seen_on'])} · 最近 {day_text(row['last_seen_on'])}"
    if row["is_rising"]:
        told += f" · 应于 {day_text(row['respond_by'])} 前回应"
    note = html.Span(
        [html.Span(f"热度 {number(row['heat_score'], 1)}", className="count"), source("mart.topic")], className="beside"
    )
    return panel(
        row["event_label"],
        html.P([told, *([f" · {row['name']}"] if row["name"] else [])], className="muted"),
        html.Div([measured, chart], className="columns halves"),
        html.Ul(quoted),
        note=note,
    )
