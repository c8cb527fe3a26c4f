"""主体档案: one entity — registered facts, both scores explained, history and timeline.

The explanation only arranges contributions that the snapshot holds; it never scores.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import dash
import polars as pl
from dash import Input, Output, State, dcc, html, no_update

from dashboards import data, grade_data, labels
from dashboards.components import badge, explained
from dashboards.components.graph import graph
from dashboards.components.panel import empty, facts, heading, panel
from dashboards.components.table import table
from dashboards.components.timeline import timeline
from dashboards.door import Door, current_door
from dashboards.figures import scorecard
from dashboards.formats import MISSING, SHANGHAI, day, number
from dashboards.pages import decisions, entity_contacts, entity_neighbours, entity_texts

NAME = "主体档案"
PATH = "/entity/<entity_id>"
_PARTS = {
    "grades": "等级与改善",
    "contacts": "到访与办件",
    "texts": "舆情",
    "neighbours": "关联与邻近",
    "indicators": "指标明细",
    "timeline": "时间线与沿革",
}


def body(door: Door, entity_id: str = "", **_query: str) -> list[Any]:
    """The page of one entity, or a plain statement that there is none to show."""
    row = data.entity(door, entity_id)
    if row is None:
        why = "主体编号不存在，或不在您的辖区范围内。"
        return [heading("没有可显示的主体"), panel("主体档案", html.P([why, " 编号：", html.Code(entity_id)]))]
    grades = data.entity_grade(door, row["entity_id"])
    parts = data.entity_contributions(door, row["entity_id"])
    told = grade_data.explained(door, row["entity_id"])
    history, decided = grade_data.grades_of(door, row["entity_id"]), grade_data.decided(door, row["entity_id"])
    return [
        heading(
            row["name"],
            *([badge.grade(grades["credit_grade"]), badge.grade(grades["risk_grade"])] if grades else []),
            badge.state(labels.word(labels.STATUS, row["status"]), "ok" if row["status"] == "active" else "warn"),
            *explained.standing(told.grades),
            *entity_contacts.warned(door, row["entity_id"]),
            html.Span(className="spring"),
            html.Span("等级仅供内部监管使用，不对外公开", className="notice"),
        ),
        html.Nav(
            [html.A(name, href=f"#{part}") for part, name in _PARTS.items()],
            className="views",
            **{"aria-label": "本页各部分"},
        ),
        panel("登记信息", _facts(row)),
        *_graded(row["entity_id"], grades, parts, told, history),
        *([_decisions(door, decided)] if decided else []),
        html.Div(
            [entity_contacts.visits(door, row["entity_id"]), entity_contacts.cases(door, row["entity_id"])],
            className="columns halves",
            id="contacts",
        ),
        html.Div(entity_texts.section(door, row["entity_id"]), id="texts"),
        html.Div(entity_neighbours.section(door, row), id="neighbours"),
        *([html.Div([_indicators(pack, parts) for pack in labels.PACK], id="indicators")] if grades else []),
        *([explained.evidence(told.events)] if door.viewer.departments is None else []),
        html.Div(
            [_timeline(door, row["entity_id"]), _history(door, row["entity_id"])],
            className="columns halves",
            id="timeline",
        ),
    ]


def _graded(
    entity_id: int, grades: dict[str, Any] | None, parts: pl.DataFrame, told: Any, history: pl.DataFrame
) -> list[Any]:
    """Both scores, what would better them, peers, and grades as published; one sentence where there is no grade."""
    if grades is None:
        why = "统计日没有对该主体评级：不在册（注销、迁出等），或尚未评过。"
        before = [explained.history(history)] if history.height else []
        return [html.Div([panel("等级", html.P(why, className="muted")), *before], id="grades")]
    return [
        html.Div([_score(pack, grades, parts) for pack in labels.PACK], className="columns halves", id="grades"),
        _way_up(entity_id),
        html.Div([explained.peers(told.peers, told.grades), explained.history(history)], className="columns halves"),
    ]


def register(app: dash.Dash) -> None:
    """What would change the grades is worked out when asked for: it takes a second or two."""

    @app.callback(
        Output("way-up", "children"),
        Input("way-up-asked", "n_clicks"),
        State("way-up-entity", "data"),
        prevent_initial_call=True,
    )
    def way_up(_clicks: int | None, entity_id: str) -> Any:
        door = current_door()
        row = data.entity(door, entity_id)
        if row is None:
            return no_update
        info = data.run_info(door) or {}
        found = grade_data.changes(door, row["entity_id"], info["as_of"], info["policy_version"])
        if found is None:
            return html.P("本快照按另一套规则评级，请在命令行用 mingcha explain --policy 计算。", className="notice")
        return explained.changes(found)


def _way_up(entity_id: int) -> html.Section:
    return panel(
        "怎样改善等级",
        dcc.Store(id="way-up-entity", data=str(entity_id)),
        html.Div(
            [
                html.P("依现行规则，计算最少需要办理哪些修复或补报、最早哪一天可以达到更好的等级。"),
                html.Button("计算", id="way-up-asked", className="button"),
            ],
            id="way-up",
        ),
        note="可告知主体本人；逐项重新评级核验",
    )


def _decisions(door: Door, made: list[Any]) -> html.Section:
    today = datetime.now(UTC).astimezone(SHANGHAI).date()
    columns = [(name, "text") for name in ("编号", "类别", "主体", "所涉", "有效期", "谁", "为什么", "状态")]
    listed = [(d, entity, grade_data.due(d)) for d, entity in made]
    return panel("人工决定", table(columns, decisions.rows(door, listed, today), "人工决定", is_tight=True))


def _facts(row: dict[str, Any]) -> html.Dl:
    return facts(
        [
            ("统一社会信用代码", html.Code(row["entity_code"])),
            ("主体类型", labels.word(labels.LEGAL_FORM, row["legal_form"])),
            ("行业", row["industry_name"] or row["industry_code"] or MISSING),
            ("区县", row["district_name"] or row["district_code"] or MISSING),
            ("成立日期", day(row["established_date"])),
            ("住所", row["address"] or MISSING),
            ("主体编号", html.Code(str(row["entity_id"]))),
        ]
    )


def _score(pack: str, grades: dict[str, Any] | None, parts: pl.DataFrame) -> html.Section:
    title = f"{labels.PACK[pack]}评分构成"
    if grades is None or grades[f"{pack}_score"] is None:
        return panel(title, empty("统计日没有对该主体评分（例如已注销或新设）。"))
    score, mine = Decimal(grades[f"{pack}_score"]), parts.filter(pl.col("pack_id") == pack)
    grade = badge.grade(grades[f"{pack}_grade"], with_name=True)
    note = ["得分 ", html.B(f"{score:.2f}", className="numeral"), " ", grade, f" · {day(grades['as_of'])}"]
    total = sum((Decimal(value) for value in mine["contribution"]), Decimal(0))
    check = f"{mine.height} 项贡献合计 {total.normalize():f}，" + (
        "与得分一致。" if total == score else f"与得分 {score.normalize():f} 不一致，请核对本次运行。"
    )
    unchanged = mine.filter(pl.col("contribution") == 0).height
    veto = grades.get(f"{pack}_veto")
    return panel(
        title,
        *([html.P([badge.state("一票降级", "bad"), f" {veto}"])] if veto else []),
        graph(
            scorecard.contributions(mine, score), scorecard.height(mine), f"{labels.PACK[pack]}分由各指标贡献相加而成"
        ),
        html.P(check + (f" {unchanged} 项贡献为 0，未画出。" if unchanged else ""), className="foot"),
        note=note,
    )


def _indicators(pack: str, parts: pl.DataFrame) -> html.Section:
    mine = parts.filter(pl.col("pack_id") == pack)
    title = f"{labels.PACK[pack]}指标明细"
    if mine.is_empty():
        return panel(title, empty("统计日没有对该主体评分。"))
    columns = [
        ("指标", "text"),
        ("指标值", "number"),
        ("单位", "text"),
        ("得分", "number"),
        ("权重", "number"),
        ("贡献", "number"),
        ("证据条数", "number"),
        ("证据起止", "short"),
        ("依据", "text"),
    ]
    rows = [
        [
            html.Span(row["name_zh"] or row["indicator_id"], title=row["indicator_id"]),
            html.Span(_rounded(row["indicator_value"]), title=_plain(row["indicator_value"])),
            {"1": "比值"}.get(row["unit_zh"], row["unit_zh"]) or "",
            _plain(row["points"]),
            _plain(row["weight"]),
            html.B(_plain(row["contribution"])),
            number(row["evidence_count"]),
            _span(row),
            html.Span(row["basis_zh"] or MISSING, className="basis", title=row["basis_zh"] or ""),
        ]
        for row in mine.iter_rows(named=True)
    ]
    return panel(title, table(columns, rows, title), note="贡献 = 得分 × 权重；缺少证据的指标按规则取缺省分")


def _plain(value: Decimal | None) -> str:
    """A decimal without trailing zeros: every digit that counts, none that does not."""
    return MISSING if value is None else f"{Decimal(value).normalize():,f}"


def _rounded(value: Decimal | None) -> str:
    return _plain(None if value is None else round(Decimal(value), 2))


def _span(row: dict[str, Any]) -> str:
    first, last = row["first_evidence"], row["last_evidence"]
    return MISSING if first is None else day(first) if first == last else f"{day(first)} 至 {day(last)}"


def _timeline(door: Door, entity_id: int) -> html.Section:
    events = data.entity_events(door, entity_id)
    if events.is_empty():
        return panel("监管时间线", empty("没有该主体的检查、许可、处罚、投诉或变更记录。"))
    limited = events.height == data.TIMELINE_ROWS
    return panel(
        "监管时间线", timeline(events), note=f"最近 {events.height} 条" if limited else f"共 {events.height} 条"
    )


def _history(door: Door, entity_id: int) -> html.Section:
    periods = data.entity_history(door, entity_id)
    if periods.is_empty():
        return panel("登记沿革", empty("登记数据中没有该主体的沿革。"))
    columns = [
        ("起", "short"),
        ("止", "short"),
        ("名称", "text"),
        ("区县", "short"),
        ("住所", "text"),
        ("状态", "short"),
    ]
    rows = [
        [
            day(row["valid_from"]),
            "至今" if row["valid_to"] is None else day(row["valid_to"]),
            row["name"],
            row["district_name"] or MISSING,
            row["address"] or MISSING,
            labels.word(labels.STATUS, row["status"]),
        ]
        for row in periods.iter_rows(named=True)
    ]
    return panel("登记沿革", table(columns, rows, "登记沿革"), note=f"{periods.height} 个时段")
